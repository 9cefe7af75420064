#include "core/url.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fm_url parsed(const char *text)
{
    fm_url url;
    fm_error err = {0};
    if (fm_url_parse(&url, text, &err))
        fail_msg("%s: %s", text, err.message);
    return url;
}

static void assert_refused(const char *text)
{
    fm_url url;
    fm_error err = {0};
    assert_int_equal(fm_url_parse(&url, text, &err), FM_EINVAL);
    assert_null(url.host);
    assert_true(strlen(err.message) > 0);
}

static void test_parse_gives_the_parts(void **state)
{
    (void)state;
    fm_url url = parsed("https://Cal.Example.COM/a%20b/?x=1#frag");
    assert_string_equal(url.scheme, "https");
    assert_string_equal(url.host, "cal.example.com");
    assert_int_equal(url.port, 443);
    assert_string_equal(url.path, "/a%20b/");
    assert_string_equal(url.query, "x=1");
    assert_null(strchr(url.canonical, '#'));
    fm_url_clear(&url);
    url = parsed("http://[::1]:5232");
    assert_string_equal(url.host, "::1");
    assert_int_equal(url.port, 5232);
    assert_string_equal(url.path, "/");
    assert_null(url.query);
    fm_url_clear(&url);
}

/* A fragment, which is left out, has libcurl parse what would be taken apart without it. */
static void test_plain_urls_are_parsed_as_libcurl_does(void **state)
{
    (void)state;
    static const char *const plain[] = {"http://host/",
                                        "https://dav.example.org/a/b%c.ics",
                                        "http://host:80/x",
                                        "https://host:8443/cal/a-b_c~d.ics",
                                        "https://127.0.0.1:443/a;b=c,d@e",
                                        "http://a.example.org/a//b/",
                                        "http://host:65536/",
                                        "http://010.0.0.1/",
                                        "https://cafe/",
                                        "http://HOST/",
                                        "http://host/a/../b",
                                        "http://host"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        fm_url url = {0}, same = {0};
        char text[100];
        snprintf(text, sizeof text, "%s#x", plain[i]);
        fm_status status = fm_url_parse(&same, text, NULL);
        assert_int_equal(fm_url_parse(&url, plain[i], NULL), status);
        if (!status) {
            assert_string_equal(url.scheme, same.scheme);
            assert_string_equal(url.host, same.host);
            assert_int_equal(url.port, same.port);
            assert_string_equal(url.path, same.path);
            assert_null(url.query);
            assert_string_equal(url.canonical, same.canonical);
        }
        fm_url_clear(&url);
        fm_url_clear(&same);
    }
}

static void test_parse_refuses_what_is_dangerous(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:pw@example.com/",
        "https://example.com/a b",
        "https://example.com/a\r\nX: y",
        "https://example.com/\x7f",
        "https://example.com:99999/",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i]);
}

/* What is compared is what is asked, however often it is parsed. */
static void test_percent_encoded_hosts(void **state)
{
    (void)state;
    fm_url url = {0}, again = {0};
    assert_int_equal(fm_url_parse(&url, "https://EX%41mple%2Ecom/%41", NULL), FM_OK);
    assert_string_equal(url.host, "example.com");
    assert_int_equal(fm_url_parse(&again, url.canonical, NULL), FM_OK);
    assert_true(fm_url_same_origin(&url, &again));
    fm_url_clear(&url);
    fm_url_clear(&again);
    assert_true(fm_url_text_trusts("https://a.example.com/", "https://b.ex%61mple.com/"));
    assert_false(fm_url_text_trusts("https://a.example.com/", "https://a.example.com%2eevil.org/"));
    static const char *const refused[] = {"https://ev%2561l.com/", "https://a%2fb.example.com/",
                                          "https://a%40b.com/",    "https://a.com%00.b.com/",
                                          "https://a.com%3a80/",   "https://a%0d%0ab.com/"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(fm_url_parse(&url, refused[i], NULL), FM_EINVAL);
}

static void test_resolve(void **state)
{
    (void)state;
    static const struct {
        const char *base, *reference, *expected;
    } cases[] = {
        {"https://h/a/b/", "c.ics", "https://h/a/b/c.ics"},
        {"https://h/a/b/", "a:b.ics", "https://h/a/b/a:b.ics"},
        {"https://h/a/b/", "mailto:x", "https://h/a/b/mailto:x"},
        {"https://h/a/b/", "/c/", "https://h/c/"},
        {"https://h/a/b/", "../c", "https://h/a/c"},
        {"https://h/a/b/", "https://p12-h.example:443/x/", "https://p12-h.example:443/x/"},
        {"https://h/a/b/", "//other/x", "https://other/x"},
        {"https://h/a/b/", "", "https://h/a/b/"},
        {"https://h/a/b/", "/x y/\xc3\xa9.ics", "https://h/x%20y/%C3%A9.ics"},
        {"https://h/a/b/", "/x%40y#frag", "https://h/x%40y"},
        {"https://h/a/b/", "?q=1", "https://h/a/b/?q=1"},
        {"http://127.0.0.1:5232/a/b/", "c--1-40d.ics", "http://127.0.0.1:5232/a/b/c--1-40d.ics"},
        {"http://127.0.0.1:5232/a/b", "c.ics", "http://127.0.0.1:5232/a/c.ics"},
        {"http://127.0.0.1:5232/a/b", "/c/d@e.ics", "http://127.0.0.1:5232/c/d@e.ics"},
        {"http://0x7f.1/a/", "b", "http://127.0.0.1/a/b"},
        {"http://127.1/a/", "b", "http://127.0.0.1/a/b"},
        {"https://h/a/b/", "c/../d", "https://h/a/b/d"},
        {"https://h/a/b/", "/.well-known/x", "https://h/.well-known/x"},
        {"https://h", "b", "https://h/b"},
        {"https://h?x=/y/", "b", "https://h/b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out;
        fm_error err = {0};
        if (fm_url_resolve(&out, cases[i].base, cases[i].reference, &err))
            fail_msg("%s: %s", cases[i].reference, err.message);
        assert_string_equal(out, cases[i].expected);
        free(out);
    }
}

static void test_resolve_refuses_line_breaks_and_users(void **state)
{
    (void)state;
    static const char *const bad[] = {"/a\r\nHost: evil", "/a\nb", "https://u:p@h/", "//u@h/"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *out;
        assert_int_equal(fm_url_resolve(&out, "https://h/", bad[i], NULL), FM_EINVAL);
        assert_null(out);
    }
}

static void test_canonical_path_has_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"/cal/k1%40x.ics", "/cal/k1@x.ics"},
        {"/cal/k1@x.ics", "/cal/k1@x.ics"},
        {"https://h:8443/cal/%7euser/?q#f", "/cal/~user/"},
        {"/cal/a b%2fc.ics", "/cal/a%20b%2Fc.ics"},
        {"/\xc3\xa9/%c3%a9", "/%C3%A9/%C3%A9"},
        {"/100%/x%zz%4", "/100%25/x%25zz%254"},
        {"https://h", "/"},
        {"https://h?x=/y", "/"},
        {"/a:b;c=d,e", "/a:b;c=d,e"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out, *again;
        assert_int_equal(fm_url_canonical_path(&out, cases[i].given, NULL), FM_OK);
        assert_string_equal(out, cases[i].expected);
        assert_int_equal(fm_url_canonical_path(&again, out, NULL), FM_OK);
        assert_string_equal(again, out);
        free(out);
        free(again);
    }
    char *out;
    assert_int_equal(fm_url_canonical_path(&out, "/a%00b", NULL), FM_EINVAL);
    assert_int_equal(fm_url_canonical_path(&out, "relative", NULL), FM_EINVAL);
    assert_int_equal(fm_url_canonical_path(&out, "/a\nb", NULL), FM_EINVAL);
}

static bool trusts(const char *home_text, const char *target_text)
{
    fm_url home = parsed(home_text), target = parsed(target_text);
    bool answer = fm_url_trusts(&home, &target);
    fm_url_clear(&home);
    fm_url_clear(&target);
    return answer;
}

static void test_credentials_stay_in_their_domain(void **state)
{
    (void)state;
    assert_true(trusts("https://caldav.icloud.com/", "https://p42-caldav.icloud.com:443/1/calendars/"));
    assert_true(trusts("https://a.example.co.uk/", "https://b.example.co.uk/"));
    assert_true(trusts("http://cal.lan:8080/", "http://cal.lan:8080/x"));
    assert_true(trusts("http://127.0.0.1:5232/", "http://localhost:8008/"));
    assert_true(trusts("http://[::1]/", "http://127.9.9.9:1/"));
    assert_false(trusts("https://a.co.uk/", "https://b.co.uk/"));
    assert_false(trusts("https://me.github.io/", "https://you.github.io/"));
    assert_false(trusts("https://icloud.com/", "https://icloud.com.evil.example/"));
    assert_false(trusts("https://a.example.com/", "http://a.example.com/"));
    assert_false(trusts("https://localhost/", "http://localhost/"));
    assert_false(trusts("http://127.0.0.1/", "https://example.com/"));
    assert_false(trusts("https://example.com/", "https://127.0.0.1/"));
    assert_false(trusts("https://10.0.0.1/", "https://11.0.0.1/"));
    assert_false(trusts("http://a.example.com/", "http://b.example.com/"));
}

static void test_credentials_follow_redirects_in_their_domain_over_https(void **state)
{
    (void)state;
    assert_true(fm_url_text_may_follow("https://a.example.com/x", "https://b.example.com/"));
    assert_true(fm_url_text_may_follow("http://cal.example.com/", "https://cal.example.com/"));
    assert_true(fm_url_text_may_follow("http://cal.lan:8080/", "http://cal.lan:8080/x"));
    assert_true(fm_url_text_may_follow("http://127.0.0.1:5232/", "http://127.0.0.1:5232/x"));
    assert_false(fm_url_text_may_follow("http://127.0.0.1:5232/", "http://127.0.0.1:5233/"));
    assert_false(fm_url_text_may_follow("http://127.0.0.1:5232/", "http://localhost:5232/"));
    assert_false(fm_url_text_may_follow("http://cal.lan:8080/", "http://cal.lan/"));
    assert_false(fm_url_text_may_follow("https://a.example.com/", "http://a.example.com/"));
    assert_false(fm_url_text_may_follow("https://a.example.com/", "https://example.org/"));
    assert_false(fm_url_text_may_follow("https://a.example.com/", "no URL"));
}

static void test_loopback(void **state)
{
    (void)state;
    assert_true(fm_url_is_loopback("127.0.0.1"));
    assert_true(fm_url_is_loopback("::1"));
    assert_true(fm_url_is_loopback("LOCALHOST"));
    assert_true(fm_url_is_loopback("x.localhost"));
    assert_false(fm_url_is_loopback("127.0.0.1.example.com"));
    assert_false(fm_url_is_loopback("128.0.0.1"));
    assert_false(fm_url_is_loopback(".localhost"));
    assert_false(fm_url_is_loopback("localhost.example.com"));
}

static void test_encode_and_decode(void **state)
{
    (void)state;
    fm_buf out;
    fm_buf_init(&out, 1000);
    assert_int_equal(fm_url_encode(&out, "a b/\xc3\xa9~", 7), FM_OK);
    assert_string_equal(out.data, "a%20b%2F%C3%A9~");
    fm_buf_reset(&out);
    assert_int_equal(fm_url_decode(&out, "a%20b%2f%zz%", 12), FM_OK);
    assert_string_equal(out.data, "a b/%zz%");
    fm_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_gives_the_parts),
        cmocka_unit_test(test_plain_urls_are_parsed_as_libcurl_does),
        cmocka_unit_test(test_parse_refuses_what_is_dangerous),
        cmocka_unit_test(test_percent_encoded_hosts),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_resolve_refuses_line_breaks_and_users),
        cmocka_unit_test(test_canonical_path_has_one_spelling),
        cmocka_unit_test(test_credentials_stay_in_their_domain),
        cmocka_unit_test(test_credentials_follow_redirects_in_their_domain_over_https),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_encode_and_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
