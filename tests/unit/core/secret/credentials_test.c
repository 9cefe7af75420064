#include "core/secret/credentials.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

static void add(fm_options *o, const char *name, const void *value, size_t len)
{
    fm_secret *s = fm_secret_new(value, len);
    assert_int_equal(fm_options_set_secret(o, name, s), FM_OK);
    fm_secret_unref(s);
}

static void test_what_is_packed_comes_back(void **state)
{
    (void)state;
    fm_options *in = fm_options_new(), *out = fm_options_new();
    fm_secret *packed;
    size_t len;
    char longer[500];
    memset(longer, 'x', sizeof longer);
    add(in, "appPassword", "abcd-efgh", 9);
    add(in, "binary", "a\0b", 3);
    add(in, "empty", "", 0);
    add(in, "long", longer, sizeof longer);
    fm_options_set_string(in, "calendarId", "not a secret");
    assert_int_equal(fm_credentials_pack(&packed, in, NULL), FM_OK);
    fm_secret_bytes(packed, &len);
    assert_int_equal(len % 64, 0);
    assert_int_equal(fm_credentials_unpack(out, packed, NULL), FM_OK);
    assert_string_equal(fm_secret_bytes(fm_options_secret(out, "appPassword"), NULL), "abcd-efgh");
    assert_memory_equal(fm_secret_bytes(fm_options_secret(out, "binary"), &len), "a\0b", 3);
    assert_int_equal(len, 3);
    fm_secret_bytes(fm_options_secret(out, "empty"), &len);
    assert_int_equal(len, 0);
    assert_memory_equal(fm_secret_bytes(fm_options_secret(out, "long"), &len), longer, sizeof longer);
    assert_int_equal(len, sizeof longer);
    assert_string_equal(fm_options_name(out, 3), "long");
    assert_null(fm_options_name(out, 4));
    fm_secret_unref(packed);
    fm_options_free(in);
    fm_options_free(out);
}

static void test_nothing_is_one_block(void **state)
{
    (void)state;
    fm_options *o = fm_options_new();
    fm_secret *packed;
    size_t len;
    assert_int_equal(fm_credentials_pack(&packed, o, NULL), FM_OK);
    fm_secret_bytes(packed, &len);
    assert_int_equal(len, 64);
    assert_int_equal(fm_credentials_unpack(o, packed, NULL), FM_OK);
    assert_null(fm_options_name(o, 0));
    fm_secret_unref(packed);
    fm_options_free(o);
}

static void test_length_of_a_password_does_not_show(void **state)
{
    (void)state;
    size_t lengths[2];
    for (int i = 0; i < 2; i++) {
        fm_options *o = fm_options_new();
        fm_secret *packed;
        add(o, "appPassword", "0123456789abcdef", i ? 16 : 4);
        assert_int_equal(fm_credentials_pack(&packed, o, NULL), FM_OK);
        fm_secret_bytes(packed, &lengths[i]);
        fm_secret_unref(packed);
        fm_options_free(o);
    }
    assert_int_equal(lengths[0], lengths[1]);
}

static void test_names_that_cannot_be_stored(void **state)
{
    (void)state;
    fm_options *o = fm_options_new();
    fm_secret *packed;
    fm_error err;
    char *name = calloc(1, 65537);
    memset(name, 'n', 65536);
    add(o, name, "x", 1);
    assert_int_equal(fm_credentials_pack(&packed, o, &err), FM_EINVAL);
    assert_null(packed);
    fm_options_free(o);
    o = fm_options_new();
    add(o, "", "x", 1);
    assert_int_equal(fm_credentials_pack(&packed, o, &err), FM_EINVAL);
    fm_options_free(o);
    free(name);
}

static void assert_refused(const char *bytes, size_t len)
{
    fm_options *o = fm_options_new();
    fm_secret *s = fm_secret_new(bytes, len);
    fm_error err;
    assert_int_equal(fm_credentials_unpack(o, s, &err), FM_EPARSE);
    fm_secret_unref(s);
    fm_options_free(o);
}

static void test_hostile_bytes(void **state)
{
    (void)state;
    assert_refused("", 0);
    assert_refused("\0", 1);
    assert_refused("\0\0\0x", 4);
    assert_refused("\0\1n\0\0\0\1v", 8);
    assert_refused("\0\1n\0\0\0\2v\0\0", 10);
    assert_refused("\0\1n\xff\xff\xff\xffv\0\0", 10);
    assert_refused("\xff\xffn\0\0\0\1v\0\0", 10);
    assert_refused("\0\2n\0\0\0\0\1v\0\0", 11);
    assert_refused("\0\1n\0\0", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_packed_comes_back),
        cmocka_unit_test(test_nothing_is_one_block),
        cmocka_unit_test(test_length_of_a_password_does_not_show),
        cmocka_unit_test(test_names_that_cannot_be_stored),
        cmocka_unit_test(test_hostile_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
