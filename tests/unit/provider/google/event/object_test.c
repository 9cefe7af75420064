#include "provider/google/event/object.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void id_of(char id[FM_GOOGLE_ID_MAX], const char *uid, unsigned generation)
{
    assert_int_equal(fm_google_id(id, uid, generation, NULL), FM_OK);
}

/* Events that older versions made must be found: the ids are part of the format. */
static void test_ids_are_base32hex_of_sha256(void **state)
{
    (void)state;
    char id[FM_GOOGLE_ID_MAX];
    id_of(id, "XACA-0040@fleetmonitor", 0);
    assert_string_equal(id, "6br4hfc0tukjdto4mlblrjrsue6c89ihu3nkrqeh3rassk2ovacg");
    id_of(id, "XACA-0040@fleetmonitor", 1);
    assert_string_equal(id, "2v9a5g7hcggjece9et1gq3li1oqvttr27f8jrjsho94q1qeenv6g");
}

static void test_ids_hold_only_what_google_takes(void **state)
{
    (void)state;
    static const char *const uids[] = {"a", "xyz-XYZ_0@w", "ÄÖ-📊", "a b/c?d#e%2F"};
    char id[FM_GOOGLE_ID_MAX], other[FM_GOOGLE_ID_MAX] = "";
    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        for (unsigned generation = 0; generation < FM_GOOGLE_GENERATIONS; generation++) {
            id_of(id, uids[i], generation);
            assert_int_equal(strlen(id), 52);
            assert_int_equal(strspn(id, "0123456789abcdefghijklmnopqrstuv"), 52);
            assert_string_not_equal(id, other);
            memcpy(other, id, sizeof id);
        }
    }
}

static void assert_uid(const char *expected, const char *json)
{
    fm_json_span event = {json, strlen(json)};
    char *uid = NULL;
    assert_int_equal(fm_google_uid(&uid, &event, NULL), FM_OK);
    if (expected)
        assert_string_equal(uid, expected);
    else
        assert_null(uid);
    free(uid);
}

/* An event is ours where its property and its id agree, whichever generation of the id it is. */
static void test_whose_an_event_is(void **state)
{
    (void)state;
    char id[FM_GOOGLE_ID_MAX], json[1024];
    for (unsigned generation = 0; generation < FM_GOOGLE_GENERATIONS + 1; generation++) {
        id_of(id, "u@x", generation);
        snprintf(json, sizeof json,
                 "{\"id\":\"%s\",\"iCalUID\":\"theirs\",\"extendedProperties\":{\"private\":{\"uid\":\"u@x\"}}}", id);
        assert_uid(generation < FM_GOOGLE_GENERATIONS ? "u@x" : "theirs", json);
    }
    id_of(id, "u@x", 0);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"iCalUID\":\"theirs\"}", id);
    assert_uid("theirs", json);
    snprintf(json, sizeof json,
             "{\"id\":\"%s\",\"iCalUID\":\"theirs\",\"extendedProperties\":{\"shared\":{\"uid\":\"u@x\"}}}", id);
    assert_uid("theirs", json);
    assert_uid("an id", "{\"id\":\"an id\"}");
    assert_uid(NULL, "{}");
}

static void test_members_by_path(void **state)
{
    (void)state;
    static const char json[] =
        "{\"a\":{\"b\":\"text \\u00e9\\u0000!\",\"null\":null,\"n\":5},\"status\":\"cancelled\"}";
    fm_json_span object = {json, strlen(json)}, value;
    char *text = NULL;
    assert_int_equal(fm_google_string(&text, &object, "a.b"), FM_OK);
    assert_string_equal(text, "text é!");
    free(text);
    assert_int_equal(fm_google_string(&text, &object, "a.n"), FM_OK);
    assert_null(text);
    assert_true(fm_google_member(&value, &object, "a.n"));
    assert_false(fm_google_member(&value, &object, "a.null"));
    assert_false(fm_google_member(&value, &object, "a.b.c"));
    assert_false(fm_google_member(&value, &object, "missing"));
    assert_true(fm_google_is_cancelled(&object));
}

static void assert_private(const char *expected, const char *properties)
{
    char json[512], *text = NULL;
    snprintf(json, sizeof json, "{\"extendedProperties\":{\"private\":%s}}", properties);
    fm_json_span event = {json, strlen(json)};
    assert_int_equal(fm_google_private(&text, &event, "tags"), FM_OK);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    free(text);
}

static void test_split_values_are_put_together(void **state)
{
    (void)state;
    assert_private("one", "{\"tags\":\"one\"}");
    assert_private("one two three", "{\"tags.2\":\" three\",\"tags\":\"one\",\"tags.1\":\" two\"}");
    assert_private("one", "{\"tags\":\"one\",\"tags.2\":\"lost\"}");
    assert_private("one", "{\"tags\":\"one\",\"tags.1\":null,\"tags.2\":\"old\"}");
    assert_private(NULL, "{\"tags.1\":\"no start\"}");
    assert_private(NULL, "{\"tags\":7}");
    assert_private(NULL, "[]");
    assert_private(NULL, "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_base32hex_of_sha256),
        cmocka_unit_test(test_ids_hold_only_what_google_takes),
        cmocka_unit_test(test_whose_an_event_is),
        cmocka_unit_test(test_members_by_path),
        cmocka_unit_test(test_split_values_are_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
