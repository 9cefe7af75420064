#include "core/json/style.h"
#include "support/cmocka.h"

#include <string.h>

static void assert_span(const fm_json_span *span, const char *expected)
{
    assert_int_equal(span->len, strlen(expected));
    assert_memory_equal(span->at, expected, span->len);
}

static fm_json_container look(const char *text, const fm_json_step *step)
{
    fm_json_container c;
    assert_true(fm_json_look(&c, text, strlen(text), step));
    return c;
}

static void test_look_tells_the_parts_around_the_one_meant(void **state)
{
    (void)state;
    fm_json_step b = {"b", 1, 0}, second = {NULL, 0, 1}, none = {"x", 1, 0};
    fm_json_container c = look("{ \"a\" : 1 ,\n\"b\": [2],\t\"c\":3 } rest", &b);
    assert_true(c.is_object && c.found);
    assert_int_equal(c.count, 3);
    assert_span(&c.lead, " ");
    assert_span(&c.before, "\t");
    assert_span(&c.colon, ":");
    assert_span(&c.last, "3");
    assert_span(&c.value, "[2]");
    assert_int_equal(*c.start, '"');
    assert_int_equal(c.before_end[-1], '1');
    assert_memory_equal(c.after, "\"c\"", 3);
    assert_int_equal(*c.close, '}');
    c = look("[1, 2]", &second);
    assert_true(c.found);
    assert_span(&c.value, "2");
    assert_null(c.after);
    c = look("{\"a\":1}", &none);
    assert_false(c.found);
    c = look("[ \n ]", &second);
    assert_false(c.found);
    assert_span(&c.lead, " \n ");
    assert_false(fm_json_look(&c, "1", 1, NULL));
    assert_false(fm_json_look(&c, "[1", 2, NULL));
}

static void assert_layout(const char *shown, const char *value, const char *expected)
{
    fm_json_container c = look(shown, NULL);
    fm_json_style style;
    fm_json_style_default(&style);
    fm_json_style_of(&style, &c);
    fm_buf out;
    fm_buf_init(&out, 4096);
    fm_json_span span = {value, strlen(value)};
    assert_int_equal(fm_json_layout(&out, &span, &style), FM_OK);
    assert_string_equal(out.data, expected);
    fm_buf_free(&out);
}

static void test_a_value_is_laid_out_as_another_one_shows(void **state)
{
    (void)state;
    static const char value[] = "{ \"b\" :[1,{}], \"c\":{\"d\":[]} }";
    assert_layout("{}", value, "{\"b\": [1, {}], \"c\": {\"d\": []}}");
    assert_layout("{\"x\":1,\"y\":2}", value, "{\"b\":[1,{}],\"c\":{\"d\":[]}}");
    assert_layout("{ \"x\": 1, \"y\": 2 }", value, "{ \"b\": [1, {}], \"c\": { \"d\": [] } }");
    assert_layout("{\n\t\"x\": 1\n}", value, "{\n\t\"b\": [\n\t\t1,\n\t\t{}\n\t],\n\t\"c\": {\n\t\t\"d\": []\n\t}\n}");
    assert_layout("{\r\n   \"x\":1\r\n }", "{\"b\":1}", "{\r\n   \"b\":1\r\n }");
    assert_layout("[\n1,\n2\n]", "[3,[4]]", "[\n3,\n[\n4\n]\n]");
}

static void test_scalars_keep_their_spelling(void **state)
{
    (void)state;
    assert_layout("[1,2]", " 1.10 ", "1.10");
    assert_layout("[1,2]", "[\"\\u00e9\",12345678901234567890]", "[\"\\u00e9\",12345678901234567890]");
}

static void test_a_buffer_that_is_too_small_fails(void **state)
{
    (void)state;
    fm_json_style style;
    fm_json_style_default(&style);
    fm_buf out;
    fm_buf_init(&out, 4);
    fm_json_span value = {"[1,2,3]", 7};
    assert_int_equal(fm_json_layout(&out, &value, &style), FM_ELIMIT);
    fm_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_tells_the_parts_around_the_one_meant),
        cmocka_unit_test(test_a_value_is_laid_out_as_another_one_shows),
        cmocka_unit_test(test_scalars_keep_their_spelling),
        cmocka_unit_test(test_a_buffer_that_is_too_small_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
