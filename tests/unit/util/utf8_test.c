#include "support/cmocka.h"
#include "util/utf8.h"

#include <string.h>

static void test_every_character_is_read_back(void **state)
{
    (void)state;
    for (uint32_t character = 0; character <= 0x10FFFF; character++) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        char bytes[4];
        size_t length = fm_utf8_put(bytes, character);
        assert_int_equal(fm_utf8_character(bytes, length), length);
        if (length > 1)
            assert_int_equal(fm_utf8_character(bytes, length - 1), 0);
    }
}

static void test_what_rfc_3629_forbids(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xE2\x82",
        "\xC3\x28",
        "\xE2\x28\xA1",
        "\xE2\x82\x28",
        "\xF0\x9F\x98\x28",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(fm_utf8_character(bad[i], strlen(bad[i])), 0);
    assert_int_equal(fm_utf8_character("", 0), 0);
}

static void test_valid_looks_at_every_byte(void **state)
{
    (void)state;
    assert_true(fm_utf8_valid("", 0));
    assert_true(fm_utf8_valid("a\0\xC3\xA9\xF0\x9F\x98\x80", 8));
    assert_false(fm_utf8_valid("ok\xC3", 3));
    assert_false(fm_utf8_valid("ok\xFFok", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_character_is_read_back),
        cmocka_unit_test(test_what_rfc_3629_forbids),
        cmocka_unit_test(test_valid_looks_at_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
