#include "board/fingerprint.h"
#include "support/cmocka.h"

#include <string.h>

static fm_print print_of(fm_hash *hash, fm_print_tag tag, const char *text)
{
    fm_print print;
    assert_int_equal(fm_print_of(&print, hash, tag, text, strlen(text), NULL), FM_OK);
    return print;
}

static bool same(fm_print a, fm_print b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static void test_the_same_bytes_under_another_tag_are_another_print(void **state)
{
    (void)state;
    fm_hash *hash;
    assert_int_equal(fm_hash_new(&hash, FM_SHA256, NULL), FM_OK);
    assert_true(same(print_of(hash, FM_PRINT_SYNC, "x"), print_of(hash, FM_PRINT_SYNC, "x")));
    assert_false(same(print_of(hash, FM_PRINT_SYNC, "x"), print_of(hash, FM_PRINT_SYNC, "y")));
    assert_false(same(print_of(hash, FM_PRINT_SYNC, "x"), print_of(hash, FM_PRINT_PARENT, "x")));
    fm_hash_free(hash);
}

static void test_a_print_in_pieces_is_the_print_of_the_whole(void **state)
{
    (void)state;
    fm_hash *hash;
    fm_print pieces;
    assert_int_equal(fm_hash_new(&hash, FM_SHA256, NULL), FM_OK);
    fm_print_begin(hash, FM_PRINT_CONTENT);
    fm_hash_add(hash, "ab", 2);
    fm_hash_add(hash, "c", 1);
    assert_int_equal(fm_print_end(&pieces, hash, NULL), FM_OK);
    assert_true(same(pieces, print_of(hash, FM_PRINT_CONTENT, "abc")));
    fm_hash_free(hash);
}

static void test_mixing_has_no_order_and_can_be_undone(void **state)
{
    (void)state;
    fm_hash *hash;
    assert_int_equal(fm_hash_new(&hash, FM_SHA256, NULL), FM_OK);
    fm_print a = print_of(hash, FM_PRINT_CONTENT, "a"), b = print_of(hash, FM_PRINT_CONTEXT, "b"), ab = a, ba = b;
    fm_print_mix(&ab, &b);
    fm_print_mix(&ba, &a);
    assert_true(same(ab, ba));
    assert_false(same(ab, a));
    fm_print_mix(&ab, &b);
    assert_true(same(ab, a));
    fm_hash_free(hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_bytes_under_another_tag_are_another_print),
        cmocka_unit_test(test_a_print_in_pieces_is_the_print_of_the_whole),
        cmocka_unit_test(test_mixing_has_no_order_and_can_be_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
