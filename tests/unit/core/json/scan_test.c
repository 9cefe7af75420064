#include "core/json/scan.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

/* Checks a copy that ends where the text ends, so that a sanitizer sees a byte read beyond it. */
static fm_status check(const char *text, size_t len, unsigned max_depth, fm_error *err)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    fm_status status = fm_json_check(copy, len, max_depth, err);
    free(copy);
    return status;
}

static void test_accepts_what_the_grammar_has(void **state)
{
    (void)state;
    static const char *const good[] = {
        "null",
        " true\n",
        "false",
        "0",
        "-0",
        "-1.5e+10",
        "1E400",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\ud83d\"",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[1,[2,[3]],{}]",
        "{\"a\":1,\"a\":2}",
        "\t\r\n {\"a\" : [ null , true ] } \r\n",
        "\xEF\xBB\xBF[]",
        "\"\x7F\xC3\xA9\xF0\x9F\x98\x80\"",
        "\"\\u0000\"",
        "{\"\":0}",
        "1.10",
        "1e-2",
        "[\"long enough to be read by the word \\u00e9 and beyond it\"]",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        fm_error err = {0};
        if (check(good[i], strlen(good[i]), 0, &err))
            fail_msg("%s: %s", good[i], err.message);
    }
}

static void test_refuses_everything_else_and_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line, column;
    } bad[] = {
        {"", 1, 1},
        {"  ", 1, 3},
        {"nul", 1, 1},
        {"nulll", 1, 5},
        {"True", 1, 1},
        {"01", 1, 1},
        {"-", 1, 2},
        {"-01", 1, 2},
        {"+1", 1, 1},
        {".5", 1, 1},
        {"1.", 1, 3},
        {"1.e5", 1, 3},
        {"1e", 1, 3},
        {"1e+", 1, 3},
        {"0x10", 1, 2},
        {"NaN", 1, 1},
        {"[1,]", 1, 4},
        {"[,1]", 1, 2},
        {"[1 2]", 1, 4},
        {"[1", 1, 3},
        {"[", 1, 2},
        {"]", 1, 1},
        {"{\"a\":1,}", 1, 8},
        {"{\"a\" 1}", 1, 6},
        {"{\"a\":}", 1, 6},
        {"{a:1}", 1, 2},
        {"{1:1}", 1, 2},
        {"{'a':1}", 1, 2},
        {"{\"a\":1 \"b\":2}", 1, 8},
        {"{\"a\":1", 1, 7},
        {"{\"a\"", 1, 5},
        {"{", 1, 2},
        {"[1}", 1, 3},
        {"{\"a\":1]", 1, 7},
        {"\"abc", 1, 5},
        {"\"a\tb\"", 1, 3},
        {"\"a\nb\"", 1, 3},
        {"\"\\x\"", 1, 2},
        {"\"\\u12G4\"", 1, 2},
        {"\"\\u123", 1, 2},
        {"\"\\", 1, 2},
        {"\"\xFF\"", 1, 2},
        {"\"\xC3", 1, 2},
        {"\"\xED\xA0\x80\"", 1, 2},
        {"[1] x", 1, 5},
        {"{}{}", 1, 3},
        {"/* no */ 1", 1, 1},
        {"[1,\n 2,\r\n  x]", 3, 3},
        {"{\n\t\"a\": 1,\n\t\"b\": tru\n}", 3, 7},
        {"\xEF\xBB\xBF[x]", 1, 2},
        {"\xEF\xBB", 1, 1},
        {"\xC2\xA0[]", 1, 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_error err = {0};
        fm_status status = check(bad[i].text, strlen(bad[i].text), 0, &err);
        if (status != FM_EPARSE || err.line != bad[i].line || err.column != bad[i].column)
            fail_msg("%s: status %d at %u:%u, not %u:%u", bad[i].text, status, err.line, err.column, bad[i].line,
                     bad[i].column);
    }
}

static void test_zero_bytes_are_not_white_space(void **state)
{
    (void)state;
    assert_int_equal(check("[]\0", 3, 0, NULL), FM_EPARSE);
    assert_int_equal(check("\"a\0b\"", 5, 0, NULL), FM_EPARSE);
    assert_int_equal(check("\"\\\0\"", 4, 0, NULL), FM_EPARSE);
}

static void test_depth_is_limited(void **state)
{
    (void)state;
    char text[2 * FM_JSON_DEPTH_LIMIT + 2];
    for (unsigned depth = 1; depth <= FM_JSON_DEPTH_LIMIT; depth += 37) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(check(text, 2 * depth, depth, NULL), FM_OK);
        if (depth > 1)
            assert_int_equal(check(text, 2 * depth, depth - 1, NULL), FM_ELIMIT);
    }
    memset(text, '[', FM_JSON_DEPTH_LIMIT + 1);
    assert_int_equal(check(text, FM_JSON_DEPTH_LIMIT + 1, 1000000, NULL), FM_ELIMIT);
    memset(text, '[', FM_JSON_DEPTH + 1);
    assert_int_equal(check(text, FM_JSON_DEPTH + 1, 0, NULL), FM_ELIMIT);
}

static void test_every_special_byte_is_seen_at_every_place_in_a_word(void **state)
{
    (void)state;
    static const char specials[] = "\"\\\x01\x1F\x80\xFF";
    for (size_t at = 0; at < 24; at++) {
        char text[26];
        memset(text, 'x', sizeof text);
        text[0] = text[25] = '"';
        assert_int_equal(check(text, sizeof text, 0, NULL), FM_OK);
        for (const char *special = specials; *special; special++) {
            text[1 + at] = *special;
            text[2 + at == 25 ? at : 2 + at] = 'x';
            assert_int_equal(check(text, sizeof text, 0, NULL), FM_EPARSE);
        }
    }
}

static void test_a_walk_delivers_names_and_values(void **state)
{
    (void)state;
    const char *text = "{ \"a\" : [1, 2] ,\n\"b\\n\":\"x\" }";
    fm_json_scan s;
    fm_json_string name;
    fm_json_span value;
    fm_json_begin(&s, text, strlen(text), 0);
    assert_int_equal(fm_json_peek(&s), FM_JSON_OBJECT);
    assert_true(fm_json_open(&s));
    assert_true(fm_json_member(&s, true, &name));
    assert_int_equal(name.len, 1);
    assert_false(name.escaped);
    assert_true(fm_json_skip(&s, &value));
    assert_memory_equal(value.at, "[1, 2]", 6);
    assert_int_equal(value.len, 6);
    assert_true(fm_json_member(&s, false, &name));
    assert_true(name.escaped);
    assert_int_equal(s.line, 2);
    assert_true(fm_json_skip(&s, &value));
    assert_int_equal(value.len, 3);
    assert_false(fm_json_member(&s, false, &name));
    assert_true(fm_json_finish(&s));
    assert_int_equal(s.depth, 0);
}

static void test_numbers_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_integer;
        int64_t integer;
    } cases[] = {
        {"0", true, 0},
        {"-1", true, -1},
        {"9007199254740993", true, 9007199254740993},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"184467440737095516160", false, 0},
        {"-0", false, 0},
        {"1.0", false, 0},
        {"1e2", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_json_scan s;
        fm_json_number number;
        fm_json_begin(&s, cases[i].text, strlen(cases[i].text), 0);
        assert_true(fm_json_number_at(&s, &number));
        assert_int_equal(number.is_integer, cases[i].is_integer);
        assert_true(number.integer == cases[i].integer);
        assert_int_equal(number.len, strlen(cases[i].text));
    }
}

static void test_after_a_failure_nothing_moves(void **state)
{
    (void)state;
    fm_json_scan s;
    fm_json_string name;
    fm_json_span value;
    fm_json_begin(&s, "[1 2]", 5, 0);
    assert_false(fm_json_skip(&s, &value));
    const char *at = s.at;
    assert_false(fm_json_skip(&s, NULL));
    assert_false(fm_json_element(&s, true));
    assert_false(fm_json_member(&s, true, &name));
    assert_false(fm_json_word_at(&s));
    assert_false(fm_json_finish(&s));
    assert_int_equal(fm_json_peek(&s), FM_JSON_NONE);
    assert_ptr_equal(s.at, at);
    fm_error err;
    assert_int_equal(fm_json_error(&s, &err), FM_EPARSE);
    assert_string_equal(err.message, "line 1, column 4: ',' or ']' is expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts_what_the_grammar_has),
        cmocka_unit_test(test_refuses_everything_else_and_says_where),
        cmocka_unit_test(test_zero_bytes_are_not_white_space),
        cmocka_unit_test(test_depth_is_limited),
        cmocka_unit_test(test_every_special_byte_is_seen_at_every_place_in_a_word),
        cmocka_unit_test(test_a_walk_delivers_names_and_values),
        cmocka_unit_test(test_numbers_are_taken_apart),
        cmocka_unit_test(test_after_a_failure_nothing_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
