#include "core/xml.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes what it is handed as "<name a=v>" and "text</>". */
typedef struct record {
    fm_buf out;
    const char *refuse; /* element whose start is refused */
} record;

static fm_status on_start(void *data, const char *name, const char **attributes, fm_error *err)
{
    record *r = data;
    if (r->refuse && strcmp(r->refuse, name) == 0)
        return fm_error_set(err, FM_EPROTOCOL, "test", "no %s", name);
    fm_buf_addf(&r->out, "<%s", name);
    for (; *attributes; attributes += 2)
        fm_buf_addf(&r->out, " %s=%s", attributes[0], attributes[1]);
    return fm_buf_addc(&r->out, '>');
}

static fm_status on_end(void *data, const char *name, const char *text, size_t len, fm_error *err)
{
    record *r = data;
    (void)name;
    (void)err;
    assert_int_equal(strlen(text), len);
    return fm_buf_addf(&r->out, "%s</>", text);
}

/* Reads a document in pieces of `step` bytes. */
static fm_status read_text(const char *text, size_t step, record *r, fm_error *err)
{
    static const fm_xml_handler handler = {.start = on_start, .end = on_end};
    fm_xml *xml;
    fm_buf_init(&r->out, 1 << 20);
    assert_int_equal(fm_xml_new(&xml, &handler, r, 100, NULL), FM_OK);
    fm_status status = FM_OK;
    size_t len = strlen(text);
    for (size_t at = 0; at < len && !status; at += step)
        status = fm_xml_feed(xml, text + at, len - at < step ? len - at : step, err);
    fm_status end = fm_xml_finish(xml, err);
    if (status)
        assert_int_equal(end, status);
    fm_xml_free(xml);
    return end;
}

static void assert_reads(const char *text, const char *expected)
{
    static const size_t steps[] = {1, 7, 10000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        record r = {0};
        fm_error err = {0};
        if (read_text(text, steps[i], &r, &err))
            fail_msg("%s: %s", text, err.message);
        assert_string_equal(r.out.data, expected);
        fm_buf_free(&r.out);
    }
}

static void test_names_carry_their_namespace(void **state)
{
    (void)state;
    assert_reads("<a xmlns='DAV:' x='1'>t<c:b xmlns:c='urn:c' c:y='2'/></a>", "<DAV: a x=1><urn:c b urn:c y=2></></>");
    assert_reads("<plain>text</plain>", "<plain>text</>");
}

static void test_text_is_what_stands_before_the_end(void **state)
{
    (void)state;
    assert_reads("<a>lost<b>one</b>two&amp;&#x41;<![CDATA[<3>]]></a>", "<a><b>one</>two&A<3></>");
}

static void assert_fails(const char *text, fm_status expected)
{
    record r = {0};
    fm_error err = {0};
    assert_int_equal(read_text(text, 3, &r, &err), expected);
    assert_true(strlen(err.message) > 0);
    fm_buf_free(&r.out);
}

static void test_hostile_documents_are_refused(void **state)
{
    (void)state;
    static char deep[1000], fat[1000];
    assert_fails("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", FM_ELIMIT);
    assert_fails("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", FM_ELIMIT);
    for (int i = 0; i < 65; i++)
        memcpy(deep + 3 * i, "<a>", 4);
    assert_fails(deep, FM_ELIMIT);
    snprintf(fat, sizeof fat, "<a>%0200d</a>", 1);
    assert_fails(fat, FM_ELIMIT);
}

static void test_broken_documents_say_where(void **state)
{
    (void)state;
    record r = {0};
    fm_error err = {0};
    assert_int_equal(read_text("<a>\n<b></a>", 100, &r, &err), FM_EPARSE);
    assert_int_equal(err.line, 2);
    assert_true(err.column > 0);
    fm_buf_free(&r.out);
    assert_fails("", FM_EPARSE);
    assert_fails("<a>", FM_EPARSE);
    assert_fails("not xml", FM_EPARSE);
    assert_fails("<a>&unknown;</a>", FM_EPARSE);
    assert_fails("<a>\xff</a>", FM_EPARSE);
}

static void test_a_handler_can_end_it(void **state)
{
    (void)state;
    record r = {.refuse = "b"};
    fm_error err = {0};
    assert_int_equal(read_text("<a><b/><c/></a>", 100, &r, &err), FM_EPROTOCOL);
    assert_string_equal(err.message, "no b");
    assert_string_equal(r.out.data, "<a>");
    fm_buf_free(&r.out);
}

static void test_escape(void **state)
{
    (void)state;
    fm_buf out;
    fm_buf_init(&out, 100);
    assert_int_equal(fm_xml_escape(&out, "a<b>&\"c\"\x01\n\xc3\xa9"), FM_OK);
    assert_string_equal(out.data, "a&lt;b&gt;&amp;&quot;c&quot;\n\xc3\xa9");
    fm_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_carry_their_namespace),   cmocka_unit_test(test_text_is_what_stands_before_the_end),
        cmocka_unit_test(test_hostile_documents_are_refused), cmocka_unit_test(test_broken_documents_say_where),
        cmocka_unit_test(test_a_handler_can_end_it),          cmocka_unit_test(test_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
