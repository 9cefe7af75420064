#include "provider/caldav/hrefs.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

static void test_keys_are_canonical_and_spellings_kept(void **state)
{
    (void)state;
    fm_hrefs h;
    char *key;
    fm_hrefs_init(&h, 1);
    assert_int_equal(fm_hrefs_key(&h, &key, "https://h/c/", "/c/k1%40x.ics", NULL), FM_OK);
    assert_string_equal(key, "/c/k1@x.ics");
    assert_string_equal(fm_hrefs_spelling(&h, key), "/c/k1%40x.ics");
    free(key);
    assert_int_equal(fm_hrefs_key(&h, &key, "https://h/c/", "a:b.ics", NULL), FM_OK);
    assert_string_equal(key, "/c/a:b.ics");
    assert_string_equal(fm_hrefs_spelling(&h, key), key);
    free(key);
    assert_int_equal(fm_hrefs_key(&h, &key, "https://h/c/", "https://other:1/c/d%7e", NULL), FM_OK);
    assert_string_equal(key, "/c/d~");
    assert_string_equal(fm_hrefs_spelling(&h, key), "/c/d%7e");
    free(key);
    assert_int_equal(fm_hrefs_key(&h, &key, "https://h/c/", "/c/\n", NULL), FM_EINVAL);
    assert_null(key);
    fm_hrefs_free(&h);
}

static void test_the_last_spelling_counts(void **state)
{
    (void)state;
    fm_hrefs h;
    char *key;
    fm_hrefs_init(&h, 1);
    static const char *const spellings[] = {"/c/%61%40.ics", "/c/a%40.ics"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fm_hrefs_key(&h, &key, "https://h/c/", spellings[i], NULL), FM_OK);
        free(key);
    }
    assert_string_equal(fm_hrefs_spelling(&h, "/c/a@.ics"), "/c/a%40.ics");
    fm_hrefs_free(&h);
}

static void test_within(void **state)
{
    (void)state;
    assert_true(fm_href_is_within("/c/a.ics", "/c/"));
    assert_true(fm_href_is_within("/c/d/a.ics", "/c/"));
    assert_false(fm_href_is_within("/c/", "/c/"));
    assert_false(fm_href_is_within("/c/d/", "/c/"));
    assert_false(fm_href_is_within("/cc/a.ics", "/c/"));
}

static char *name_of(const char *uid)
{
    fm_buf out;
    fm_buf_init(&out, 1000);
    assert_int_equal(fm_href_name(&out, uid), FM_OK);
    return fm_buf_take(&out, NULL);
}

static void test_names_are_safe(void **state)
{
    (void)state;
    static const char *const uids[] = {"XACA-0040@fleetmonitor", "../../etc/passwd", "\xc3\xa9 \n%\"", "", "x.ics"};
    static const char *const names[] = {"XACA--0040-40fleetmonitor.ics", "-2E-2E-2F-2E-2E-2Fetc-2Fpasswd.ics",
                                        "-C3-A9-20-0A-25-22.ics", ".ics", "x-2Eics.ics"};
    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        char *name = name_of(uids[i]);
        assert_string_equal(name, names[i]);
        free(name);
    }
}

static void test_names_differ(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"a-40", "a@"}, {"a--40", "a-@"}, {"a--", "a-"}, {"-2D", "-"}, {"A", "a"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *a = name_of(pairs[i][0]), *b = name_of(pairs[i][1]);
        assert_string_not_equal(a, b);
        free(a);
        free(b);
    }
}

static void test_long_names_are_hashed(void **state)
{
    (void)state;
    char uid[400];
    memset(uid, 'a', sizeof uid);
    uid[399] = '\0';
    char *a = name_of(uid);
    uid[398] = 'b';
    char *b = name_of(uid);
    assert_true(strlen(a) < 100);
    assert_memory_equal(a, "-x", 2);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_canonical_and_spellings_kept),
        cmocka_unit_test(test_the_last_spelling_counts),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_names_are_safe),
        cmocka_unit_test(test_names_differ),
        cmocka_unit_test(test_long_names_are_hashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
