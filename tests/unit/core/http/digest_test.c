#include "core/http/digest.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <string.h>

static fm_status read_text(fm_http_digest *out, const char *value)
{
    fm_http_challenge challenge;
    assert_true(fm_http_challenge_next(&challenge, &value));
    return fm_http_digest_read(out, &challenge);
}

/* The line that answers a challenge; borrowed until the next call. */
static const char *answer(fm_http_digest *d, const char *username, const char *password, const char *uri)
{
    static char line[2048];
    fm_env env;
    fm_secret *out, *secret = fm_secret_new(password, strlen(password));
    const fm_http_digest_request request = {username, secret, "GET", uri};
    fm_env_default(&env);
    assert_int_equal(fm_http_digest_answer(&out, d, &request, &env, NULL), FM_OK);
    snprintf(line, sizeof line, "%s", fm_secret_bytes(out, NULL));
    fm_secret_unref(out);
    fm_secret_unref(secret);
    return line;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

/* RFC 7616 section 3.9.1. */
static void test_the_examples_of_rfc_7616(void **state)
{
    (void)state;
    static const struct {
        const char *algorithm, *response;
    } cases[] = {{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
                 {"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}};
    for (size_t i = 0; i < 2; i++) {
        char text[512];
        fm_http_digest d;
        snprintf(text, sizeof text,
                 "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=%s, "
                 "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
                 "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
                 cases[i].algorithm);
        assert_int_equal(read_text(&d, text), FM_OK);
        snprintf(d.cnonce, sizeof d.cnonce, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        const char *line = answer(&d, "Mufasa", "Circle of Life", "/dir/index.html");
        assert_has(line, "Authorization: Digest username=\"Mufasa\"");
        assert_has(line, cases[i].response);
        assert_has(line, "nc=00000001");
        assert_has(line, "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
        assert_has(answer(&d, "Mufasa", "Circle of Life", "/dir/index.html"), "nc=00000002");
        fm_http_digest_clear(&d);
    }
}

/* RFC 2617 section 3.5, and the same as RFC 2069 has it. */
static void test_the_examples_of_older_rfcs(void **state)
{
    (void)state;
    fm_http_digest d;
    assert_int_equal(read_text(&d, "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                                   "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""),
                     FM_OK);
    snprintf(d.cnonce, sizeof d.cnonce, "0a4f113b");
    assert_has(answer(&d, "Mufasa", "Circle Of Life", "/dir/index.html"), "6629fae49393a05397450978507c4ef1");
    fm_http_digest_clear(&d);
    assert_int_equal(read_text(&d, "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""),
                     FM_OK);
    const char *line = answer(&d, "Mufasa", "Circle Of Life", "/dir/index.html");
    assert_has(line, "670fd8c2df070c60b045671b8b24ff02");
    assert_null(strstr(line, "nc="));
    assert_null(strstr(line, "algorithm"));
    fm_http_digest_clear(&d);
}

static void test_what_is_not_known(void **state)
{
    (void)state;
    static const char *const unknown[] = {"Digest realm=r, nonce=n, algorithm=SHA3-256",
                                          "Digest realm=r, nonce=n, qop=\"auth-int\"", "Digest realm=r",
                                          "Digest nonce=n", "Digest realm=\"r\x01\", nonce=n"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        fm_http_digest d;
        assert_int_equal(read_text(&d, unknown[i]), FM_EUNSUPPORTED);
        assert_null(d.realm);
    }
}

static void test_quotes_cannot_be_broken_out_of(void **state)
{
    (void)state;
    fm_http_digest d;
    assert_int_equal(read_text(&d, "Digest realm=\"r\\\", x=\\\"y\", nonce=n, stale=TRUE"), FM_OK);
    assert_true(d.stale);
    const char *line = answer(&d, "a\", b=\"c\\", "p", "/\"");
    assert_has(line, "username=\"a\\\", b=\\\"c\\\\\"");
    assert_has(line, "realm=\"r\\\", x=\\\"y\"");
    fm_http_digest_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_rfc_7616),
        cmocka_unit_test(test_the_examples_of_older_rfcs),
        cmocka_unit_test(test_what_is_not_known),
        cmocka_unit_test(test_quotes_cannot_be_broken_out_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
