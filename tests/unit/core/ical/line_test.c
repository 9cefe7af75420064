#include "core/ical/line.h"
#include "support/cmocka.h"

#include <string.h>

static void assert_span(fm_span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.at, text, span.len);
}

static fm_ical_parts split(const char *line)
{
    fm_ical_parts parts;
    if (!fm_ical_split(&parts, line, strlen(line)))
        fail_msg("\"%s\" was not split", line);
    return parts;
}

static void test_a_line_in_its_parts(void **state)
{
    (void)state;
    static const struct {
        const char *line, *name, *params, *value;
    } cases[] = {
        {"SUMMARY:a:b;c", "SUMMARY", "", "a:b;c"},
        {"X-A:", "X-A", "", ""},
        {"DTSTART;VALUE=DATE:20260215", "DTSTART", ";VALUE=DATE", "20260215"},
        {"A;CN=\"x:y;z\";B=1:v", "A", ";CN=\"x:y;z\";B=1", "v"},
        {"A;CN=\"never closed:v", "A", ";CN=\"never closed", "v"},
        {"A;:v", "A", ";", "v"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_ical_parts parts = split(cases[i].line);
        assert_span(parts.name, cases[i].name);
        assert_span(parts.params, cases[i].params);
        assert_span(parts.value, cases[i].value);
    }
    static const char *const bad[] = {"", "no colon", ":value", ";A=1:value", "A;B=\"c:d\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_ical_parts parts;
        bool lenient = strcmp(bad[i], "A;B=\"c:d\"") == 0; /* no ":" outside of the quotes: the first one counts */
        assert_int_equal(fm_ical_split(&parts, bad[i], strlen(bad[i])), lenient);
    }
}

static void test_parameters(void **state)
{
    (void)state;
    fm_ical_parts parts = split("A;tzid=Europe/Rome;MEMBER=\"a,b\",c,\"d\";EMPTY=;FLAG:v");
    fm_span value, name;
    assert_true(fm_ical_param(&parts, "TZID", &value));
    assert_span(value, "Europe/Rome");
    assert_true(fm_ical_param(&parts, "member", &value));
    assert_span(value, "a,b");
    assert_true(fm_ical_param(&parts, "EMPTY", &value));
    assert_span(value, "");
    assert_true(fm_ical_param(&parts, "FLAG", &value));
    assert_span(value, "");
    assert_false(fm_ical_param(&parts, "TZI", &value));
    size_t at = 0, count = 0;
    while (fm_ical_next_param(parts.params, &at, &name, &value))
        count++;
    assert_int_equal(count, 4);
    static const char *const members[] = {"a,b", "c", "d"};
    at = 0;
    fm_ical_next_param(parts.params, &at, &name, &value);
    fm_ical_next_param(parts.params, &at, &name, &value);
    at = count = 0;
    for (fm_span member; fm_ical_next_param_value(value, &at, &member); count++)
        assert_span(member, members[count]);
    assert_int_equal(count, 3);
}

static void test_parameters_are_quoted(void **state)
{
    (void)state;
    fm_buf out;
    fm_error err = {0};
    fm_buf_init(&out, 1024);
    assert_int_equal(fm_ical_add_param(&out, "A", fm_span_of("plain"), &err), FM_OK);
    assert_int_equal(fm_ical_add_param(&out, "B", fm_span_of("x:y"), &err), FM_OK);
    assert_int_equal(fm_ical_add_param_value(&out, fm_span_of("p,q"), &err), FM_OK);
    assert_string_equal(out.data, ";A=plain;B=\"x:y\",\"p,q\"");
    static const char *const bad[] = {"a\"b", "a\nb", "a\rb", "a\x01", "\x7F"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(fm_ical_add_param(&out, "C", fm_span_of(bad[i]), &err), FM_EINVAL);
        assert_int_equal(fm_ical_add_param_value(&out, fm_span_of(bad[i]), &err), FM_EINVAL);
    }
    assert_int_equal(fm_ical_add_param(&out, "C:x", fm_span_of(""), &err), FM_EINVAL);
    assert_int_equal(fm_ical_add_param(&out, "", fm_span_of(""), &err), FM_EINVAL);
    assert_string_equal(out.data, ";A=plain;B=\"x:y\",\"p,q\"");
    fm_buf_free(&out);
}

static fm_status add_line(fm_buf *out, const char *name, const char *params, const char *value)
{
    fm_error err = {0};
    fm_status status = fm_ical_add_line(out, fm_span_of(name), fm_span_of(params), fm_span_of(value), "\r\n", &err);
    assert_int_equal(err.status, status);
    return status;
}

/* What is folded joins to the same again, and no physical line is too long or cuts a character. */
static void assert_folds(const char *value)
{
    fm_buf out, joined;
    fm_buf_init(&out, 1 << 16);
    fm_buf_init(&joined, 1 << 16);
    assert_int_equal(add_line(&out, "SUMMARY", ";LANGUAGE=en", value), FM_OK);
    for (const char *at = out.data; *at;) {
        size_t len = strcspn(at, "\r");
        assert_true(len <= 75);
        bool first = at == out.data;
        assert_true(first || *at == ' ');
        assert_true(((unsigned char)at[first ? 0 : 1] & 0xC0) != 0x80);
        fm_buf_add(&joined, at + !first, len - !first);
        at += len + 2;
    }
    assert_memory_equal(joined.data, "SUMMARY;LANGUAGE=en:", 20);
    assert_string_equal(joined.data + 20, value);
    fm_buf_free(&out);
    fm_buf_free(&joined);
}

static void test_folding(void **state)
{
    (void)state;
    static const char *const units[] = {"x", " ", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x93\x8A", "a\xF0\x9F\x93\x8A"};
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (size_t n = 0; n < 120; n++) {
            char value[1024] = "";
            for (size_t i = 0; i < n; i++)
                memcpy(value + strlen(value), units[u], strlen(units[u]) + 1);
            assert_folds(value);
        }
    /* Bytes that are no UTF-8 are broken anywhere, but the line still ends. */
    fm_buf out;
    fm_buf_init(&out, 1 << 16);
    char value[401];
    memset(value, 0x80, 400);
    value[400] = '\0';
    assert_int_equal(add_line(&out, "X", "", value), FM_OK);
    fm_buf_free(&out);
}

static void test_nothing_ends_a_line(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        {"URL", "", "x\r\nATTENDEE:mailto:a@b"},
        {"URL", "", "x\ny"},
        {"URL", "", "\x01"},
        {"URL:x\r\nY", "", "v"},
        {"", "", "v"},
        {"U RL", "", "v"},
        {"\xC3\xA9", "", "v"},
        {"URL", "A=1", "v"},
        {"URL", ";A=1:x", "v"},
        {"URL", ";A=\"1", "v"},
        {"URL", ";A=1\n", "v"},
    };
    fm_buf out;
    fm_buf_init(&out, 1024);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(add_line(&out, bad[i][0], bad[i][1], bad[i][2]), FM_EINVAL);
        assert_int_equal(out.len, 0);
    }
    fm_buf_free(&out);
}

static void assert_text(fm_status (*fn)(fm_buf *, const char *, size_t), const char *in, const char *want)
{
    fm_buf out;
    fm_buf_init(&out, 1024);
    assert_int_equal(fn(&out, in, strlen(in)), FM_OK);
    assert_string_equal(out.data, want);
    fm_buf_free(&out);
}

static void test_text(void **state)
{
    (void)state;
    assert_text(fm_ical_escape, "a\\b;c,d\ne", "a\\\\b\\;c\\,d\\ne");
    assert_text(fm_ical_escape, "a\r\nb\rc\n", "a\\nb\\nc\\n");
    assert_text(fm_ical_escape, "t\tx\x01\x1F\x7Fy", "t\txy");
    assert_text(fm_ical_escape, "\xC3\xA9\xF0\x9F\x93\x8A", "\xC3\xA9\xF0\x9F\x93\x8A");
    assert_text(fm_ical_escape, "\xC3(\xFF", "\xEF\xBF\xBD(\xEF\xBF\xBD");
    assert_text(fm_ical_escape, "\xEF\xBF\xBF", "\xEF\xBF\xBD");
    assert_text(fm_ical_unescape, "a\\\\b\\;c\\,d\\ne\\N", "a\\b;c,d\ne\n");
    assert_text(fm_ical_unescape, "\\x\\\"\\", "\\x\\\"\\");
    assert_text(fm_ical_unescape, "a;b,c", "a;b,c");
    assert_text(fm_ical_unescape, "\xE9t\x01", "\xEF\xBF\xBDt");
    assert_text(fm_ical_clean, "a\\,\r\nb", "a\\,\nb");
}

static void test_lists(void **state)
{
    (void)state;
    static const char *const want[] = {"a", "b\\,c", "", "d\\\\", "e\\"};
    fm_span text;
    size_t at = 0, count = 0;
    while (fm_ical_next_text(fm_span_of("a,b\\,c,,d\\\\,e\\"), &at, &text))
        assert_span(text, want[count++]);
    assert_int_equal(count, 5);
    at = count = 0;
    while (fm_ical_next_text(fm_span_of(""), &at, &text))
        count++;
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_in_its_parts),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_parameters_are_quoted),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_nothing_ends_a_line),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
