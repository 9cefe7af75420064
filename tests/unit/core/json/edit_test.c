#include "core/json/edit.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"

/* Splits "a/b/3" into steps; digits are 1-based indexes. */
static size_t split(char *spelled, fm_json_step path[8])
{
    size_t steps = 0;
    for (char *at = spelled; *at;) {
        size_t len = strcspn(at, "/");
        bool index = strspn(at, "0123456789") == len;
        path[steps++] = index ? (fm_json_step){.index = strtoul(at, NULL, 10) - 1} : (fm_json_step){at, len, 0};
        at += len + (at[len] == '/');
    }
    return steps;
}

typedef struct edit {
    const char *operation; /* "set", "remove", "append" */
    const char *before, *path, *value;
    const char *after; /* NULL: refused */
} edit;

static fm_status apply(fm_buf *doc, const edit *e, fm_error *err)
{
    char spelled[64] = {0};
    fm_json_step path[8];
    memcpy(spelled, e->path, strlen(e->path));
    size_t steps = split(spelled, path);
    fm_json_span value = {e->value, e->value ? strlen(e->value) : 0};
    if (*e->operation == 's')
        return fm_json_set(doc, path, steps, &value, err);
    if (*e->operation == 'r')
        return fm_json_remove(doc, path, steps, err);
    return fm_json_append(doc, path, steps, &value, 1, err);
}

static void run(const edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const edit *e = &edits[i];
        fm_error err = {0};
        fm_buf doc;
        fm_buf_init(&doc, 4096);
        fm_buf_adds(&doc, e->before);
        fm_status status = apply(&doc, e, &err);
        if (e->after ? status != FM_OK || strcmp(doc.data, e->after) != 0
                     : status != FM_EINVAL || !*err.message || strcmp(doc.data, e->before) != 0)
            fail_msg("%s %s = %s in\n%s\ngave (%s)\n%s\nnot\n%s", e->operation, e->path, e->value, e->before,
                     err.message, doc.data, e->after ? e->after : e->before);
        fm_buf_free(&doc);
    }
}

#define RUN(edits) run(edits, sizeof edits / sizeof edits[0])

static void test_a_new_member_goes_last_as_the_one_before_it(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"set", "{}", "x", "1", "{\"x\": 1}"},
        {"set", "{ }", "x", "1", "{ \"x\": 1 }"},
        {"set", "{\"a\":1}", "x", "2", "{\"a\":1,\"x\":2}"},
        {"set", "{\"a\": 1, \"b\": 2}", "x", "3", "{\"a\": 1, \"b\": 2, \"x\": 3}"},
        {"set", "{ \"a\" : 1 }", "x", "2", "{ \"a\" : 1, \"x\" : 2 }"},
        {"set", "{\n  \"a\": 1\n}\n", "x", "2", "{\n  \"a\": 1,\n  \"x\": 2\n}\n"},
        {"set", "{\n\t\"a\": 1\n}", "x", "2", "{\n\t\"a\": 1,\n\t\"x\": 2\n}"},
        {"set", "{\r\n  \"a\": 1\r\n}", "x", "2", "{\r\n  \"a\": 1,\r\n  \"x\": 2\r\n}"},
        {"set", BOM "{\"a\":1}", "x", "2", BOM "{\"a\":1,\"x\":2}"},
        {"set", "{\n  \"a\": 1,\n  \"b\": 2, \"c\": 3\n}", "x", "4",
         "{\n  \"a\": 1,\n  \"b\": 2, \"c\": 3, \"x\": 4\n}"},
        {"set", "{\n  \"a\": 1\n}", "x", "{\"b\":[1,{}],\"c\":[]}",
         "{\n  \"a\": 1,\n  \"x\": {\n    \"b\": [\n      1,\n      {}\n    ],\n    \"c\": []\n  }\n}"},
        {"set", "{\r\n\t\"a\": {\r\n\t\t\"b\": 1\r\n\t}\r\n}", "a/x", "[1]",
         "{\r\n\t\"a\": {\r\n\t\t\"b\": 1,\r\n\t\t\"x\": [\r\n\t\t\t1\r\n\t\t]\r\n\t}\r\n}"},
        {"set", "{ \"a\": 1, \"b\": [] }", "x", "{\"b\":[1,2],\"c\":{}}",
         "{ \"a\": 1, \"b\": [], \"x\": { \"b\": [1, 2], \"c\": {} } }"},
        {"set", "{\"a\":1,\"b\":2}", "x", "{\"b\":[1,2],\"c\":3}", "{\"a\":1,\"b\":2,\"x\":{\"b\":[1,2],\"c\":3}}"},
        {"set", "{\n}", "x", "1", "{\n  \"x\": 1\n}"},
        {"set", "{\"a\": {\n    }\n}", "a/x", "1", "{\"a\": {\n      \"x\": 1\n    }\n}"},
        {"set", "[1]", "2", "{\"a\":1}", "[1,{\"a\": 1}]"},
    };
    RUN(edits);
}

static void test_missing_objects_are_made_on_the_way(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"set", "{\"a\":1}", "m/n/x", "2", "{\"a\":1,\"m\":{\"n\":{\"x\":2}}}"},
        {"set", "{\"m\": null, \"z\": 1}", "m/x", "2", "{\"m\": {\"x\": 2}, \"z\": 1}"},
        {"set", "{\n  \"m\": null\n}", "m/x", "2", "{\n  \"m\": {\n    \"x\": 2\n  }\n}"},
        {"set", "null", "m/x", "2", "{\"m\": {\"x\": 2}}"},
        {"set", "{}", "m/1/x", "2", "{\"m\": [{\"x\": 2}]}"},
        {"set", "{}", "m/2", "2", NULL},
        {"set", "{\"m\":1}", "m/x", "2", NULL},
        {"set", "{\"m\":\"s\"}", "m/x/y", "2", NULL},
        {"set", "{\"m\":[]}", "m/x", "2", NULL},
        {"set", "{\"m\":{}}", "m/1", "2", NULL},
        {"set", "{\"m\":[1]}", "m/3", "2", NULL},
        {"set", "true", "m", "2", NULL},
    };
    RUN(edits);
}

static void test_a_value_is_replaced_in_its_place(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"set", "{\"a\": 1 , \"b\": 2}", "a", "\"x\"", "{\"a\": \"x\" , \"b\": 2}"},
        {"set", "{\"a\":1,\"a\":2}", "a", "3", "{\"a\":1,\"a\":3}"},
        {"set", "{\"\\u0061\":1}", "a", "3", "{\"\\u0061\":3}"},
        {"set", "{\"a\":[1, 2]}", "a/2", "3", "{\"a\":[1, 3]}"},
        {"set", "{\n  \"t\": [\"a\", \"b\"]\n}", "t", "[1,2,3]", "{\n  \"t\": [1, 2, 3]\n}"},
        {"set", "{\n  \"t\": [\n    1\n  ]\n}", "t", "[2,3]", "{\n  \"t\": [\n    2,\n    3\n  ]\n}"},
        {"set", "{\n  \"t\": []\n}", "t", "[2]", "{\n  \"t\": [\n    2\n  ]\n}"},
        {"set", "{\n  \"t\": {\"a\": 1}\n}", "t", "null", "{\n  \"t\": null\n}"},
        {"set", " 1 ", "", "[2]", " [2] "},
    };
    RUN(edits);
}

static void test_what_means_the_same_is_left_alone(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"set", "{\"a\": 1.10}", "a", "1.1", "{\"a\": 1.10}"},
        {"set", "{\"a\": \"\\u00e9\"}", "a", "\"\xC3\xA9\"", "{\"a\": \"\\u00e9\"}"},
        {"set", "{\"a\": { \"x\":1, \"y\":2 }}", "a", "{\"y\":2,\"x\":1}", "{\"a\": { \"x\":1, \"y\":2 }}"},
        {"set", "{\"a\": 12345678901234567890}", "a", "1.2345678901234567e+19", "{\"a\": 12345678901234567890}"},
        {"remove", "{\"a\":1}", "x", NULL, "{\"a\":1}"},
        {"remove", "{\"a\":1}", "a/x", NULL, "{\"a\":1}"},
        {"remove", "{\"a\":[1]}", "a/2", NULL, "{\"a\":[1]}"},
    };
    RUN(edits);
}

static void test_an_object_over_an_object_is_merged(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"set", "{\"s\": {\"b\": 1.0, \"x\": 0, \"a\": 2}}", "s", "{\"a\":3,\"b\":1,\"c\":4}",
         "{\"s\": {\"b\": 1.0, \"a\": 3, \"c\": 4}}"},
        {"set", "{\"s\":{\"a\":{\"b\":1,\"c\":2}}}", "s", "{\"a\":{\"c\":5}}", "{\"s\":{\"a\":{\"c\":5}}}"},
        {"set", "{\"s\":{\"\\u0061\":1,\"\\u0062\":2}}", "s", "{\"b\":2,\"\\n\":0}",
         "{\"s\":{\"\\u0062\":2,\"\\n\":0}}"},
        {"set", "{\"s\":{\"a\":1,\"b\":2}}", "s", "{}", "{\"s\":{}}"},
        {"set", "{\"a\":1}", "", "{\"b\":2}", "{\"b\":2}"},
    };
    RUN(edits);
}

static void test_large_objects_are_replaced_as_a_whole(void **state)
{
    (void)state;
    fm_buf doc;
    fm_buf_init(&doc, 1 << 20);
    fm_buf_adds(&doc, "{\"s\":{\"b\":1");
    for (int i = 0; i < 1000; i++)
        fm_buf_addf(&doc, ",\"n%d\":0", i);
    fm_buf_adds(&doc, "}}");
    fm_json_step path[] = {{"s", 1, 0}};
    fm_json_span value = {"{\"c\":2,\"d\":3}", 13};
    assert_int_equal(fm_json_set(&doc, path, 1, &value, NULL), FM_OK);
    assert_string_equal(doc.data, "{\"s\":{\"c\":2,\"d\":3}}");
    fm_buf_free(&doc);
}

static void test_removal_takes_the_comma_and_all_duplicates(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"remove", "{\"a\":1}", "a", NULL, "{}"},
        {"remove", "{ \"a\": 1 }", "a", NULL, "{}"},
        {"remove", "{ \"a\": 1, \"b\": 2 }", "a", NULL, "{ \"b\": 2 }"},
        {"remove", "{ \"a\": 1, \"b\": 2 }", "b", NULL, "{ \"a\": 1 }"},
        {"remove", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "b", NULL, "{\n  \"a\": 1,\n  \"c\": 3\n}\n"},
        {"remove", "{\"a\":1,\"b\":2,\"\\u0061\":3}", "a", NULL, "{\"b\":2}"},
        {"remove", "{\"a\":1,\"a\":2}", "a", NULL, "{}"},
        {"remove", "[1, 2, 3]", "2", NULL, "[1, 3]"},
        {"remove", "[[1], 2]", "1/1", NULL, "[[], 2]"},
        {"remove", "{\"a\":1}", "", NULL, NULL},
    };
    RUN(edits);
}

static void test_elements_are_appended_as_the_ones_before(void **state)
{
    (void)state;
    static const edit edits[] = {
        {"append", "[]", "", "1", "[1]"},
        {"append", "[ 1, 2 ]", "", "3", "[ 1, 2, 3 ]"},
        {"append", "{\"l\":null}", "l", "1", "{\"l\":[1]}"},
        {"append", "{\"a\":1}", "l", "1", "{\"a\":1,\"l\":[1]}"},
        {"append", "{\n  \"l\": []\n}", "l", "{\"a\":1}", "{\n  \"l\": [\n    {\n      \"a\": 1\n    }\n  ]\n}"},
        {"append", "{\n  \"l\": [\n    { \"a\": 1, \"b\": [1] }\n  ]\n}", "l", "{\"c\":[1,2],\"d\":{\"e\":1}}",
         "{\n  \"l\": [\n    { \"a\": 1, \"b\": [1] },\n    { \"c\": [1, 2], \"d\": { \"e\": 1 } }\n  ]\n}"},
        {"append", "{\n  \"l\": [\n    {\n      \"a\": 1\n    }\n  ]\n}", "l", "{\"c\":1}",
         "{\n  \"l\": [\n    {\n      \"a\": 1\n    },\n    {\n      \"c\": 1\n    }\n  ]\n}"},
        {"append", "[\n  {}\n]", "", "{\"c\":1}", "[\n  {},\n  {\n    \"c\": 1\n  }\n]"},
        {"append", "[{\"a\":1},{\"a\":2}]", "", "{\"c\":[1,2]}", "[{\"a\":1},{\"a\":2},{\"c\":[1,2]}]"},
        {"append", "{\"l\":{}}", "l", "1", NULL},
        {"append", "{\"l\":\"x\"}", "l", "1", NULL},
    };
    RUN(edits);
}

static void test_several_elements_at_once(void **state)
{
    (void)state;
    fm_json_span values[] = {{"1", 1}, {"{\"a\":2}", 7}};
    fm_json_step path[] = {{"l", 1, 0}};
    fm_buf doc;
    fm_buf_init(&doc, 4096);
    fm_buf_adds(&doc, "{\"l\":[0, 0]}");
    assert_int_equal(fm_json_append(&doc, path, 1, values, 2, NULL), FM_OK);
    assert_string_equal(doc.data, "{\"l\":[0, 0, 1, {\"a\":2}]}");
    assert_int_equal(fm_json_append(&doc, path, 1, values, 0, NULL), FM_OK);
    fm_buf_reset(&doc);
    fm_buf_adds(&doc, "{}");
    assert_int_equal(fm_json_append(&doc, path, 1, values, 2, NULL), FM_OK);
    assert_string_equal(doc.data, "{\"l\": [1, {\"a\": 2}]}");
    fm_buf_free(&doc);
}

static void test_bad_values_and_names_change_nothing(void **state)
{
    (void)state;
    fm_buf doc;
    fm_buf_init(&doc, 64);
    fm_buf_adds(&doc, "{\"a\":1}");
    fm_json_step path[] = {{"x", 1, 0}}, bad_name[] = {{"\xFF", 1, 0}};
    fm_json_span broken = {"{\"a\":", 5}, fine = {"1", 1},
                 huge = {"\"0123456789012345678901234567890123456789012345678901\"", 54};
    fm_error err;
    assert_int_equal(fm_json_set(&doc, path, 1, &broken, &err), FM_EPARSE);
    assert_int_equal(fm_json_append(&doc, path, 1, &broken, 1, &err), FM_EPARSE);
    assert_int_equal(fm_json_set(&doc, bad_name, 1, &fine, &err), FM_EINVAL);
    assert_int_equal(fm_json_append(&doc, bad_name, 1, &fine, 1, &err), FM_EINVAL);
    assert_int_equal(fm_json_set(&doc, path, 1, &huge, &err), FM_ELIMIT);
    assert_string_equal(doc.data, "{\"a\":1}");
    fm_buf_free(&doc);
}

static void test_find(void **state)
{
    (void)state;
    static const char text[] = BOM " {\"a\": [1, {\"b\": 2}], \"a\": [3, {\"b\": 4}]} ";
    fm_json_step path[] = {{"a", 1, 0}, {NULL, 0, 1}, {"b", 1, 0}};
    fm_json_span value;
    assert_true(fm_json_find(&value, text, strlen(text), path, 3));
    assert_int_equal(*value.at, '4');
    path[1].index = 2;
    assert_false(fm_json_find(&value, text, strlen(text), path, 3));
    assert_true(fm_json_find(&value, text, strlen(text), NULL, 0));
    assert_int_equal(*value.at, '{');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_member_goes_last_as_the_one_before_it),
        cmocka_unit_test(test_missing_objects_are_made_on_the_way),
        cmocka_unit_test(test_a_value_is_replaced_in_its_place),
        cmocka_unit_test(test_what_means_the_same_is_left_alone),
        cmocka_unit_test(test_an_object_over_an_object_is_merged),
        cmocka_unit_test(test_large_objects_are_replaced_as_a_whole),
        cmocka_unit_test(test_removal_takes_the_comma_and_all_duplicates),
        cmocka_unit_test(test_elements_are_appended_as_the_ones_before),
        cmocka_unit_test(test_several_elements_at_once),
        cmocka_unit_test(test_bad_values_and_names_change_nothing),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
