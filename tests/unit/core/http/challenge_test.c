#include "core/http/challenge.h"
#include "support/cmocka.h"

#include <string.h>

/* The names of all challenges in a header's value, each with a parameter's value. */
static void assert_challenges(const char *value, const char *param, const char *expected)
{
    const char *at = value;
    fm_http_challenge c;
    fm_buf out;
    fm_buf_init(&out, 4096);
    while (fm_http_challenge_next(&c, &at)) {
        fm_buf_addf(&out, "%.*s=", (int)c.scheme_len, c.scheme);
        if (!fm_http_challenge_param(&c, param, &out))
            fm_buf_adds(&out, "-");
        fm_buf_addc(&out, ';');
    }
    assert_string_equal(out.len ? out.data : "", expected);
    fm_buf_free(&out);
}

static void test_one_or_several_in_a_line(void **state)
{
    (void)state;
    assert_challenges("Basic realm=\"x\"", "realm", "Basic=x;");
    assert_challenges("Basic", "realm", "Basic=-;");
    assert_challenges("Digest realm = \"a, b\" ,nonce=n, Basic realm=\"c\"", "REALM", "Digest=a, b;Basic=c;");
    assert_challenges("Negotiate, Basic realm=\"c\"", "realm", "Negotiate=-;Basic=c;");
    assert_challenges(" , Basic realm=token ,, Bearer scope=\"\"", "realm", "Basic=token;Bearer=-;");
}

static void test_quotes_are_undone(void **state)
{
    (void)state;
    assert_challenges("Digest realm=\"a \\\"b\\\\ c\", x=\"\"", "realm", "Digest=a \"b\\ c;");
    assert_challenges("Digest realm=\"a \\\"b\\\\ c\", x=\"\"", "x", "Digest=;");
}

static void test_words_of_a_schemes_own_are_no_schemes(void **state)
{
    (void)state;
    assert_challenges("Negotiate YIIabc==, Basic realm=\"c\"", "realm", "Negotiate=-;Basic=c;");
    assert_challenges("NTLM TlRMTVNTUAAB, Digest realm=d", "realm", "NTLM=-;Digest=d;");
}

static void test_what_is_broken_ends(void **state)
{
    (void)state;
    assert_challenges("", "realm", "");
    assert_challenges("\"", "realm", "");
    assert_challenges("Digest realm=\"open", "realm", "Digest=open;");
    assert_challenges("Digest realm=\"open\\", "realm", "Digest=open\\;");
    assert_challenges("Digest realm=", "realm", "Digest=;");
    assert_challenges("Digest =x", "realm", "Digest=-;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_or_several_in_a_line),
        cmocka_unit_test(test_quotes_are_undone),
        cmocka_unit_test(test_words_of_a_schemes_own_are_no_schemes),
        cmocka_unit_test(test_what_is_broken_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
