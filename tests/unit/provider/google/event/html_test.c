#include "provider/google/event/html.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

static void assert_text(const char *html, const char *expected)
{
    fm_buf out;
    fm_buf_init(&out, 1 << 20);
    assert_int_equal(fm_html_to_text(&out, html), FM_OK);
    assert_string_equal(out.data, expected);
    fm_buf_free(&out);
}

static void test_what_is_html(void **state)
{
    (void)state;
    static const char *const html[] = {
        "<b>bold</b>", "a<br>b", "a<br/>b",   "<BR />",  "<a href=\"x>y\">z</a>", "<html-blob>x</html-blob>",
        "&amp;",       "&#65;",  "&#x1F4CA;", "5 &lt; 6"};
    static const char *const plain[] = {"",     "a < b > c", "<",        "a & b", "AT&T;",     "<bogus>",
                                        "<b",   "&#xZZ;",    "&#;",      "&",     "&amp",      "<3 you",
                                        "< b>", "<@x>",      "&#xD800;", "&#0;",  "&#1114112;"};
    for (size_t i = 0; i < sizeof html / sizeof html[0]; i++)
        if (!fm_html_is(html[i]))
            fail_msg("%s is not taken for HTML", html[i]);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (fm_html_is(plain[i]))
            fail_msg("%s is taken for HTML", plain[i]);
}

static void test_lines(void **state)
{
    (void)state;
    assert_text("one<br>two<BR/>three", "one\ntwo\nthree");
    assert_text("one<br><br>two", "one\n\ntwo");
    assert_text("<p>one</p><p>two</p>", "one\ntwo");
    assert_text("<div>one</div>two", "one\ntwo");
    assert_text("<div><div>one</div></div>", "one");
    assert_text("<p>one</p><br><p>two</p>", "one\n\ntwo");
    assert_text("one<p>two</p><p></p>", "one\ntwo");
    assert_text("<p>one</p><b>two</b>", "one\ntwo");
    assert_text("head<ul><li>one</li><li>two</li></ul>tail", "head\n- one\n- two\ntail");
    assert_text("<ol><li>one</li></ol>", "- one");
    assert_text("<ul><li><p>one</p></li></ul>", "- one");
}

static void test_text_and_references(void **state)
{
    (void)state;
    assert_text("<b>bold</b> <i class=\"x\">and</i> <u>so on</u>", "bold and so on");
    assert_text("<a href=\"https://example.org/?a=1&amp;b=2\">link</a>", "link");
    assert_text("a &lt;b&gt; &quot;c&quot; &apos;d&apos;&nbsp;e &amp;amp;", "a <b> \"c\" 'd' e &amp;");
    assert_text("&#233;&#xE9;&#128202;", "éé📊");
    assert_text("<unknown>&bogus; &#xD800; & <", "<unknown>&bogus; &#xD800; & <");
}

/* Nothing that comes from outside is read beyond its end. */
static void test_texts_that_break_off(void **state)
{
    (void)state;
    static const char whole[] = "<a href=\"x\">&#x1F4CA;&amp;</a><br/><li>";
    char part[sizeof whole];
    fm_buf out;
    for (size_t len = 0; len < sizeof whole; len++) {
        memcpy(part, whole, len);
        part[len] = '\0';
        char *alone = strdup(part);
        assert_non_null(alone);
        fm_buf_init(&out, 1 << 20);
        assert_int_equal(fm_html_to_text(&out, alone), FM_OK);
        assert_true(out.len <= len);
        fm_html_is(alone);
        fm_buf_free(&out);
        free(alone);
    }
}

static void test_escaped_text_comes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"a < b & c > d", "<b>&amp;</b>\n<br>\n", "two\n\nlines", "&#65; &lt;"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fm_buf html;
        fm_buf_init(&html, 1 << 20);
        assert_int_equal(fm_html_escape(&html, texts[i]), FM_OK);
        assert_text(html.data, texts[i]);
        fm_buf_free(&html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_html),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_text_and_references),
        cmocka_unit_test(test_texts_that_break_off),
        cmocka_unit_test(test_escaped_text_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
