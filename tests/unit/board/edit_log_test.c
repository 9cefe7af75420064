#include "board/edit_log.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <string.h>

static void test_holds_copies(void **state)
{
    (void)state;
    char key[] = "K\0x", name[] = "member", value[] = "[1]", old[] = "null";
    fm_json_step path[] = {{name, 6, 0}, {NULL, 0, 3}};
    fm_edit edit = {FM_EDIT_SET, key, 3, path, 2, {value, 3}, {old, 4}}, bare = {.kind = FM_EDIT_REMOVE};
    fm_edit_log log = {0};
    assert_int_equal(fm_edit_log_add(&log, &edit, NULL), FM_OK);
    assert_int_equal(fm_edit_log_add(&log, &bare, NULL), FM_OK);
    memset(key, '#', sizeof key);
    memset(name, '#', sizeof name);
    memset(value, '#', sizeof value);
    memset(path, 0xFF, sizeof path);
    const fm_edit *copy = log.edits[0];
    assert_int_equal(copy->kind, FM_EDIT_SET);
    assert_memory_equal(copy->key, "K\0x", 3);
    assert_int_equal(copy->steps, 2);
    assert_memory_equal(copy->path[0].name, "member", 6);
    assert_null(copy->path[1].name);
    assert_int_equal(copy->path[1].index, 3);
    assert_memory_equal(copy->value.at, "[1]", 3);
    assert_memory_equal(copy->old.at, "null", 4);
    assert_null(log.edits[1]->key);
    fm_edit_log_drop_last(&log);
    assert_int_equal(log.count, 1);
    fm_edit_log_clear(&log);
    fm_edit_log_clear(&log);
    assert_int_equal(log.count, 0);
}

static void test_grows(void **state)
{
    (void)state;
    fm_edit_log log = {0};
    for (int i = 0; i < 1000; i++) {
        char key[8];
        fm_edit edit = {.key = key, .key_len = (size_t)snprintf(key, sizeof key, "%d", i)};
        assert_int_equal(fm_edit_log_add(&log, &edit, NULL), FM_OK);
    }
    assert_int_equal(log.count, 1000);
    assert_memory_equal(log.edits[999]->key, "999", 3);
    fm_edit_log_clear(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_holds_copies), cmocka_unit_test(test_grows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
