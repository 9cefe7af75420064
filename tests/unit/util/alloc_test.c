#include "support/cmocka.h"
#include "util/alloc.h"

#include <stdint.h>
#include <stdlib.h>

static void test_an_array_keeps_what_it_holds_while_it_grows(void **state)
{
    (void)state;
    int *numbers = NULL;
    size_t room = 0, moves = 0;
    for (int i = 0; i < 1000; i++) {
        size_t before = room;
        assert_int_equal(fm_grow(&numbers, &room, (size_t)i + 1, sizeof *numbers), FM_OK);
        assert_true(room > (size_t)i);
        moves += room != before;
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(moves < 10);
    free(numbers);
}

static void test_room_for_many_at_once(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t room = 0;
    assert_int_equal(fm_grow(&bytes, &room, 5000, 1), FM_OK);
    assert_true(room >= 5000);
    free(bytes);
}

static void test_what_no_memory_holds_leaves_the_array(void **state)
{
    (void)state;
    uint64_t *numbers = NULL;
    size_t room = 0;
    assert_int_equal(fm_grow(&numbers, &room, 1, sizeof *numbers), FM_OK);
    uint64_t *before = numbers;
    size_t room_before = room;
    assert_int_equal(fm_grow(&numbers, &room, SIZE_MAX / 4, sizeof *numbers), FM_ENOMEM);
    assert_ptr_equal(numbers, before);
    assert_int_equal(room, room_before);
    free(numbers);
}

static void test_texts_are_replaced_by_copies(void **state)
{
    (void)state;
    char *text = NULL, from[] = "one";
    assert_int_equal(fm_text_set(&text, from), FM_OK);
    from[0] = 'x';
    assert_string_equal(text, "one");
    assert_int_equal(fm_text_set(&text, text), FM_OK);
    assert_string_equal(text, "one");
    assert_int_equal(fm_text_set(&text, ""), FM_OK);
    assert_string_equal(text, "");
    assert_int_equal(fm_text_set(&text, NULL), FM_OK);
    assert_null(text);
}

static void test_an_empty_text_may_be_none(void **state)
{
    (void)state;
    char *text = NULL;
    assert_int_equal(fm_text_set_filled(&text, "one"), FM_OK);
    assert_string_equal(text, "one");
    assert_int_equal(fm_text_set_filled(&text, ""), FM_OK);
    assert_null(text);
}

static void test_one_sentence_says_that_memory_ran_out(void **state)
{
    (void)state;
    fm_error err = {0};
    assert_int_equal(fm_error_no_memory(&err, "board"), FM_ENOMEM);
    assert_int_equal(err.status, FM_ENOMEM);
    assert_string_equal(err.domain, "board");
    assert_string_equal(err.message, "memory ran out");
    assert_int_equal(fm_error_no_memory(NULL, "board"), FM_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_array_keeps_what_it_holds_while_it_grows),
        cmocka_unit_test(test_room_for_many_at_once),
        cmocka_unit_test(test_what_no_memory_holds_leaves_the_array),
        cmocka_unit_test(test_texts_are_replaced_by_copies),
        cmocka_unit_test(test_an_empty_text_may_be_none),
        cmocka_unit_test(test_one_sentence_says_that_memory_ran_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
