#include "support/cmocka.h"
#include "util/strmap.h"

#include <stdio.h>
#include <string.h>

static void test_an_empty_map_has_nothing(void **state)
{
    (void)state;
    fm_strmap map;
    fm_strmap_init(&map, 1);
    assert_null(fm_strmap_find(&map, ""));
    assert_null(fm_strmap_find(&map, "a"));
    fm_strmap_free(&map);
}

static void test_set_and_replace(void **state)
{
    (void)state;
    fm_strmap map;
    fm_strmap_init(&map, 2);
    assert_int_equal(fm_strmap_set(&map, "a", 1, "one"), FM_OK);
    assert_int_equal(fm_strmap_set(&map, "", 2, NULL), FM_OK);
    assert_int_equal(fm_strmap_set(&map, "a", 3, "three"), FM_OK);
    assert_int_equal(map.count, 2);
    assert_int_equal(fm_strmap_find(&map, "a")->number, 3);
    assert_string_equal(fm_strmap_find(&map, "a")->text, "three");
    assert_null(fm_strmap_find(&map, "")->text);
    fm_strmap_free(&map);
    assert_null(fm_strmap_find(&map, "a"));
}

static void test_many_keys(void **state)
{
    (void)state;
    fm_strmap map;
    char key[32];
    fm_strmap_init(&map, 3);
    for (size_t i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "/cal/%zu.ics", i);
        assert_int_equal(fm_strmap_set(&map, key, i, key), FM_OK);
    }
    assert_int_equal(map.count, 10000);
    for (size_t i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "/cal/%zu.ics", i);
        assert_int_equal(fm_strmap_find(&map, key)->number, i);
        assert_string_equal(fm_strmap_find(&map, key)->text, key);
    }
    assert_null(fm_strmap_find(&map, "/cal/10000.ics"));
    fm_strmap_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_map_has_nothing),
        cmocka_unit_test(test_set_and_replace),
        cmocka_unit_test(test_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
