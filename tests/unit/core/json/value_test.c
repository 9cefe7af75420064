#include "core/json/value.h"
#include "support/cmocka.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static fm_json_span span(const char *text)
{
    return (fm_json_span){text, strlen(text)};
}

static bool equal(const char *a, const char *b)
{
    fm_json_span left = span(a), right = span(b);
    bool is = fm_json_equal(&left, &right);
    assert_int_equal(is, fm_json_equal(&right, &left));
    return is;
}

static double real(const char *text)
{
    fm_json_scan s;
    fm_json_number number;
    fm_json_begin(&s, text, strlen(text), 0);
    assert_true(fm_json_number_at(&s, &number));
    return fm_json_real(&number);
}

static void test_unescapes(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *meaning;
        size_t len;
    } cases[] = {
        {"\"plain\"", "plain", 5},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
        {"\"a\\u0000b\"", "a\0b", 3},
        {"\"\\u00e9\\u00E9\"", "\xC3\xA9\xC3\xA9", 4},
        {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80", 4},
        {"\"\\ud83d\"", "\xEF\xBF\xBD", 3},
        {"\"\\ude00\\ud83d\"", "\xEF\xBF\xBD\xEF\xBF\xBD", 6},
        {"\"\\ud83dx\"", "\xEF\xBF\xBDx", 4},
        {"\"\\ud83d\\u0041\"",
         "\xEF\xBF\xBD"
         "A",
         4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_json_string string;
        fm_json_span value = span(cases[i].raw);
        char out[64];
        assert_true(fm_json_string_of(&value, &string));
        assert_int_equal(fm_json_unescape(out, &string), cases[i].len);
        assert_memory_equal(out, cases[i].meaning, cases[i].len);
        assert_true(fm_json_string_is(&string, cases[i].meaning, cases[i].len));
        assert_false(fm_json_string_is(&string, cases[i].meaning, cases[i].len - 1));
    }
}

static void test_equality(void **state)
{
    (void)state;
    assert_true(equal("\"\\u00e9\"", "\"\xC3\xA9\""));
    assert_false(equal("\"\\u00e9\"", "\"e\""));
    assert_false(equal("\"a\"", "\"ab\""));
    assert_true(equal("1.10", "1.1"));
    assert_true(equal("1e2", "100"));
    assert_true(equal("12345678901234567890", "1.2345678901234567e19"));
    assert_false(equal("9007199254740993", "9007199254740992.0"));
    assert_false(equal("9223372036854775807", "9223372036854775806"));
    assert_false(equal("9223372036854775807", "9223372036854775808"));
    assert_false(equal("1", "\"1\""));
    assert_false(equal("true", "false"));
    assert_true(equal("null", " null "));
    assert_true(equal("[1, 2]", "[1,2]"));
    assert_false(equal("[1,2]", "[2,1]"));
    assert_false(equal("[1,2]", "[1,2,3]"));
    assert_false(equal("[]", "{}"));
    assert_true(equal("{\"a\":1,\"b\":[{}]}", "{ \"b\": [ { } ], \"\\u0061\": 1 }"));
    assert_false(equal("{\"a\":1}", "{\"a\":1,\"b\":2}"));
    assert_false(equal("{\"a\":1,\"c\":2}", "{\"a\":1,\"b\":2}"));
    assert_true(equal("{\"a\":1,\"a\":2}", "{\"a\":2}"));
    assert_false(equal("{\"a\":2,\"a\":1}", "{\"a\":2}"));
}

static void test_find_member_takes_the_last(void **state)
{
    (void)state;
    fm_json_span object = span("{\"a\":1,\"b\":{\"a\":2},\"\\u0061\": 3 }"), value;
    assert_true(fm_json_find_member(&object, "a", 1, &value));
    assert_int_equal(value.len, 1);
    assert_int_equal(*value.at, '3');
    assert_false(fm_json_find_member(&object, "c", 1, &value));
    object = span("[1]");
    assert_false(fm_json_find_member(&object, "a", 1, &value));
}

static void test_reals_are_the_nearest_double(void **state)
{
    (void)state;
    static const char *const texts[] = {"0.1",
                                        "1.10",
                                        "2.5e-3",
                                        "1e22",
                                        "1e23",
                                        "5e-324",
                                        "2.2250738585072014e-308",
                                        "1e308",
                                        "1.7976931348623157e308",
                                        "123456789012345678901234567890",
                                        "0.30000000000000004",
                                        "9007199254740993.0",
                                        "8.5e15",
                                        "1e-400",
                                        "-0.0",
                                        "0e999"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(real(texts[i]) == strtod(texts[i], NULL));
    assert_true(isinf(real("1e400")) && real("-1e400") < 0);
    assert_true(signbit(real("-0")));
    assert_true(real("1e-9999999999999999999") == 0);
}

static void test_long_numbers_are_exact(void **state)
{
    (void)state;
    /* 1 + 2^-53 lies halfway between two doubles: the last of many digits decides. */
    char text[2000];
    static const char halfway[] = "1.00000000000000011102230246251565404236316680908203125";
    memset(text, '0', sizeof text);
    memcpy(text, halfway, sizeof halfway - 1);
    text[1998] = '\0';
    assert_true(real(text) == 1.0);
    text[1997] = '1';
    assert_true(real(text) == nextafter(1.0, 2.0));
    memset(text, '9', 400);
    text[400] = '\0';
    assert_true(isinf(real(text)));
}

static void test_reals_are_written_shortest(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1, "0.1"},
        {60.0, "60"},
        {-0.0, "-0"},
        {1.1, "1.1"},
        {1e15, "1e+15"},
        {0.30000000000000004, "0.30000000000000004"},
        {1e300, "1e+300"},
        {5e-324, "4.94065645841247e-324"},
        {123456.75, "123456.75"},
        {-999999999999999.0, "-999999999999999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_buf out;
        fm_buf_init(&out, 64);
        assert_int_equal(fm_json_add_real(&out, cases[i].value), FM_OK);
        assert_string_equal(out.data, cases[i].text);
        assert_true(real(out.data) == cases[i].value);
        fm_buf_free(&out);
    }
    fm_buf out;
    fm_buf_init(&out, 64);
    assert_int_equal(fm_json_add_real(&out, NAN), FM_EINVAL);
    assert_int_equal(fm_json_add_real(&out, INFINITY), FM_EINVAL);
    assert_int_equal(out.len, 0);
    assert_int_equal(fm_json_add_integer(&out, INT64_MIN), FM_OK);
    assert_string_equal(out.data, "-9223372036854775808");
    fm_buf_free(&out);
}

static void test_random_doubles_read_back(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double value;
        memcpy(&value, &seed, sizeof value);
        fm_buf out;
        fm_buf_init(&out, 64);
        if (fm_json_add_real(&out, value) == FM_OK)
            assert_true(real(out.data) == value);
        else
            assert_false(isfinite(value));
        fm_buf_free(&out);
    }
}

static void test_the_locale_does_not_matter(void **state)
{
    (void)state;
    locale_t comma = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
    if (!comma)
        comma = newlocale(LC_ALL_MASK, "fr_FR.UTF-8", (locale_t)0);
    locale_t old = comma ? uselocale(comma) : (locale_t)0;
    fm_buf out;
    fm_buf_init(&out, 64);
    fm_json_add_real(&out, 0.30000000000000004);
    assert_string_equal(out.data, "0.30000000000000004");
    assert_true(real("1.000000000000000000001") == 1.0);
    if (comma) {
        assert_ptr_equal(uselocale(old), comma);
        freelocale(comma);
    }
    fm_buf_free(&out);
}

static void test_strings_are_written_with_the_escapes_they_need(void **state)
{
    (void)state;
    fm_buf out;
    fm_buf_init(&out, 256);
    assert_int_equal(fm_json_add_string(&out, "a\"\\/\b\f\n\r\t\x01\x1F\x7F\0\xC3\xA9", 15), FM_OK);
    assert_string_equal(out.data, "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\\u0000\xC3\xA9\"");
    assert_int_equal(fm_json_check(out.data, out.len, 0, NULL), FM_OK);
    assert_int_equal(fm_json_add_string(&out, "\xC3", 1), FM_EINVAL);
    fm_buf_free(&out);
    fm_buf_init(&out, 4);
    assert_int_equal(fm_json_add_string(&out, "abcdef", 6), FM_ELIMIT);
    fm_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unescapes),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_find_member_takes_the_last),
        cmocka_unit_test(test_reals_are_the_nearest_double),
        cmocka_unit_test(test_long_numbers_are_exact),
        cmocka_unit_test(test_reals_are_written_shortest),
        cmocka_unit_test(test_random_doubles_read_back),
        cmocka_unit_test(test_the_locale_does_not_matter),
        cmocka_unit_test(test_strings_are_written_with_the_escapes_they_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
