#include "support/cmocka.h"
#include "util/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is shown of `text` while `secret` (NULL for none) is alive. */
static void assert_shown(const char *secret, const char *text, const char *expected)
{
    fm_redact *set = fm_redact_new();
    fm_secret *s = secret ? fm_secret_new(secret, strlen(secret)) : NULL;
    fm_redact_add(set, s);
    fm_buf out;
    fm_buf_init(&out, 1 << 20);
    assert_int_equal(fm_redact_text(set, &out, text, strlen(text)), FM_OK);
    assert_string_equal(out.data, expected);
    fm_buf_free(&out);
    fm_secret_unref(s);
    fm_redact_free(set);
}

static void test_plain_text_is_left_alone(void **state)
{
    (void)state;
    assert_shown(NULL, "", "");
    assert_shown("hunter22", "GET /cal/ 207, 12 entries, \"é\" 📊 https://example.org/a@b",
                 "GET /cal/ 207, 12 entries, \"é\" 📊 https://example.org/a@b");
    assert_shown("hunter22", "hunter2 unter22 hunter2 2", "hunter2 unter22 hunter2 2");
}

static void test_spellings_of_a_live_secret(void **state)
{
    (void)state;
    const char *s = "p+w/ &\"\\<é%";
    assert_shown(s, "[p+w/ &\"\\<é%]", "[[secret]]");
    assert_shown(s, "x=p%2Bw%2F%20%26%22%5C%3C%C3%A9%25;", "x=[secret];");
    assert_shown(s, "x=p%2bw/+%26%22%5c%3c%c3%a9%25;", "x=[secret];");
    assert_shown(s, "\"p+w\\/ &\\\"\\\\<\\u00e9%\"", "\"[secret]\"");
    assert_shown(s, "'\\x70+w/ \\u0026\\u0022\\u005c\\u003Cé%'", "'[secret]'");
    assert_shown(s, "<b>p+w/ &amp;&quot;\\&lt;&#233;&#x25;</b>", "<b>[secret]</b>");
    assert_shown("p😀word", "\"p\\uD83D\\uDE00word\"", "\"[secret]\"");
    assert_shown("a+b/c", "x=a+b%2Fc&y=1", "x=[secret]&y=1");
    assert_shown("hunter22", "ahunter22hunter22b hunter22", "a[secret]b [secret]");
}

static void test_base64_at_each_alignment(void **state)
{
    (void)state;
    /* "hunter22" behind 0, 1 and 2 other bytes, and in front of others */
    assert_shown("hunter22", "(aHVudGVyMjI=)", "([secret])");
    assert_shown("hunter22", "(YWh1bnRlcjIy)", "([secret])");
    assert_shown("hunter22", "(YWJodW50ZXIyMg==)", "([secret])");
    assert_shown("hunter22", "x anVsaWE6aHVudGVyMjI= y", "x [secret] y");
    assert_shown("hunter22", "x aHVudGVyMjJ6eno y", "x [secret] y");
    /* both alphabets, percent-encoded too */
    assert_shown("\xfb\xff\xfe\xfb\xff", "(+//++/8=)", "([secret])");
    assert_shown("\xfb\xff\xfe\xfb\xff", "(-__--_8)", "([secret])");
    assert_shown("\xfb\xff\xfe\xfb\xff", "(%2B%2f%2F%2B%2b%2F8%3D)", "([secret])");
}

static void test_short_secrets_are_not_searched_for(void **state)
{
    (void)state;
    assert_shown("abc", "abc", "abc");
    assert_shown("abcd", "abcd", "[secret]");
    assert_shown("", "abc", "abc");
}

static void test_headers(void **state)
{
    (void)state;
    assert_shown(NULL, "Authorization: Basic dXNlcjpwYXNz\r\nAccept: */*", "Authorization: [secret]\\r\\nAccept: */*");
    assert_shown(NULL, "proxy-authorization:Bearer \"x\" y", "proxy-authorization:[secret]");
    assert_shown(NULL, "Set-Cookie: a=b; Path=/", "Set-Cookie: [secret]");
    assert_shown(NULL, "cookie = a=b", "cookie = [secret]");
    assert_shown(NULL, "{\"Authorization\": \"Bearer abc\", \"n\": 1}", "{\"Authorization\": \"[secret]\", \"n\": 1}");
}

static void test_members_and_query(void **state)
{
    (void)state;
    assert_shown(NULL, "code=4%2FabC&state=x&client_secret=s&n=1", "code=[secret]&state=x&client_secret=[secret]&n=1");
    assert_shown(NULL, "GET /cb?code=abcd&scope=a HTTP/1.1", "GET /cb?code=[secret]&scope=a HTTP/1.1");
    assert_shown(NULL, "{\"access_token\":\"ya29.a\\\"b\",\"refresh_token\" : \"1//x\",\"expires_in\":3599}",
                 "{\"access_token\":\"[secret]\",\"refresh_token\" : \"[secret]\",\"expires_in\":3599}");
    assert_shown(NULL, "{\"appPassword\": \"abcd-efgh\"}", "{\"appPassword\": \"[secret]\"}");
    assert_shown(NULL, "password: correct horse", "password: [secret] horse");
    assert_shown(NULL, "refreshToken='1//x'", "refreshToken='[secret]'");
}

static void test_what_only_sounds_like_a_secret(void **state)
{
    (void)state;
    assert_shown(NULL, "{\"error\":{\"code\":403}}, code=404", "{\"error\":{\"code\":403}}, code=404");
    assert_shown(NULL, "the token: not accepted", "the token: not accepted");
    assert_shown(NULL, "syncToken=CPDAlvWDx70C&zipcode=12345", "syncToken=CPDAlvWDx70C&zipcode=12345");
    assert_shown(NULL, "password", "password");
    assert_shown(NULL, "password=", "password=");
    assert_shown(NULL, "\"token\":", "\"token\":");
    assert_shown(NULL, "\"token\": \"abc", "\"token\": \"[secret]");
}

static void test_userinfo(void **state)
{
    (void)state;
    assert_shown(NULL, "https://julia:pw@example.org/a", "https://[secret]@example.org/a");
    assert_shown(NULL, "proxy http://u:p@q@h:80 used", "proxy http://[secret]@h:80 used");
    assert_shown(NULL, "https://example.org?x=a@b ://", "https://example.org?x=a@b ://");
}

static void test_control_characters(void **state)
{
    (void)state;
    assert_shown(NULL, "a\nb\rc\td\x1b[31m\x7f\xc2\x9b\xff\xc3", "a\\nb\\rc\\td\\x1B[31m\\x7F\\xC2\\x9B\\xFF\\xC3");
    assert_shown(NULL, "\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf", "\\xED\\xA0\\x80\\xF4\\x90\\x80\\x80\\xC0\\xAF");
    fm_buf out;
    fm_buf_init(&out, 100);
    assert_int_equal(fm_redact_text(NULL, &out, "a\0b", 3), FM_OK);
    assert_string_equal(out.data, "a\\x00b");
    fm_buf_free(&out);
}

/* A line of so many copies of a text, which nobody waits for where the work grows with their square. */
static char *repeated(const char *text, size_t count)
{
    size_t len = strlen(text);
    char *line = malloc(len * count + 1);
    assert_non_null(line);
    for (size_t i = 0; i < count; i++)
        memcpy(line + i * len, text, len + 1);
    return line;
}

static void test_long_texts_take_no_longer_than_they_are(void **state)
{
    (void)state;
    static const char *const texts[] = {"password=",    "Cookie: ", "cookie: token=",   "code=1",
                                        "password='\\", "://a:b@",  "YWJjZGFiY2RhYmNk", "token = "};
    fm_redact *set = fm_redact_new();
    fm_secret *secret = fm_secret_new("abcdabcd", 8);
    fm_redact_add(set, secret);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *line = repeated(texts[i], 200000);
        fm_buf out;
        fm_buf_init(&out, 64 << 20);
        assert_int_equal(fm_redact_text(set, &out, line, strlen(line)), FM_OK);
        assert_non_null(strstr(out.data, "[secret]"));
        fm_buf_free(&out);
        free(line);
    }
    fm_secret_unref(secret);
    fm_redact_free(set);
}

static void test_full_buffer(void **state)
{
    (void)state;
    fm_buf out;
    fm_buf_init(&out, 4);
    assert_int_equal(fm_redact_text(NULL, &out, "12345", 5), FM_ELIMIT);
    fm_buf_free(&out);
}

static void test_a_dead_secret_leaves_its_set(void **state)
{
    (void)state;
    fm_redact *set = fm_redact_new();
    fm_secret *s[3];
    const char *words[] = {"first-one", "second-one", "third-one"};
    for (int i = 0; i < 3; i++) {
        s[i] = fm_secret_new(words[i], strlen(words[i]));
        fm_redact_add(set, s[i]);
        fm_redact_add(set, s[i]);
    }
    fm_secret_unref(s[1]);
    fm_buf out;
    fm_buf_init(&out, 1000);
    const char *text = "first-one second-one third-one";
    assert_int_equal(fm_redact_text(set, &out, text, strlen(text)), FM_OK);
    assert_string_equal(out.data, "[secret] second-one [secret]");
    fm_secret_unref(s[0]);
    fm_redact_free(set);
    fm_secret_unref(s[2]);
    fm_buf_free(&out);
    fm_redact_free(NULL);
    fm_redact_add(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_is_left_alone),
        cmocka_unit_test(test_spellings_of_a_live_secret),
        cmocka_unit_test(test_base64_at_each_alignment),
        cmocka_unit_test(test_short_secrets_are_not_searched_for),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_members_and_query),
        cmocka_unit_test(test_what_only_sounds_like_a_secret),
        cmocka_unit_test(test_userinfo),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_long_texts_take_no_longer_than_they_are),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test(test_a_dead_secret_leaves_its_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
