#include "provider/google/event/json.h"
#include "provider/google/event/object.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <stdlib.h>
#include <string.h>

static void set(char **member, const char *value)
{
    assert_int_equal(fm_event_set(member, value), FM_OK);
}

static void decode(fm_event *event, const char *text)
{
    fm_error err = {0};
    *event = (fm_event){0};
    if (fm_google_decode(text, strlen(text), zones, event, &err))
        fail_msg("%s in %s", err.message, text);
}

static fm_status try_encode(char **out, const fm_event *event, const char *old, fm_error *err)
{
    fm_buf text;
    fm_buf_init(&text, 1 << 20);
    fm_status status = fm_google_encode(event, old, old ? strlen(old) : 0, zones, NULL, &text, err);
    *out = fm_buf_take(&text, NULL);
    return status;
}

static char *encode(const fm_event *event, const char *old)
{
    char *out;
    fm_error err = {0};
    if (try_encode(&out, event, old, &err))
        fail_msg("%s", err.message);
    return out;
}

static void assert_says(const char *text, const char *path, const char *value)
{
    fm_json_span object = {text, strlen(text)};
    if (!fm_google_is(&object, path, value))
        fail_msg("%s is not %s in %s", path, value, text);
}

static void assert_lacks(const char *text, const char *path)
{
    fm_json_span object = {text, strlen(text)}, value;
    if (fm_google_member(&value, &object, path))
        fail_msg("%s is in %s", path, text);
}

static void simple(fm_event *event)
{
    *event = (fm_event){0};
    set(&event->uid, "X-1@fleetmonitor");
    set(&event->due_date, "2026-02-15T10:00:00Z");
}

static const char theirs[] =
    "{\"id\":\"abcdef\",\"location\":\"Room 4\",\"source\":{\"url\":\"https://example.org\",\"title\":\"T\"},"
    "\"colorId\":\"11\",\"visibility\":\"confidential\",\"transparency\":\"transparent\","
    "\"reminders\":{\"useDefault\":false,\"overrides\":[{\"method\":\"email\",\"minutes\":5},"
    "{\"method\":\"popup\",\"minutes\":60}]},"
    "\"extendedProperties\":{\"private\":{\"COURT\":\"a\",\"someApp\":\"b\"}},"
    "\"start\":{\"dateTime\":\"2026-02-15T10:00:00Z\"},\"end\":{\"dateTime\":\"2026-02-15T11:00:00Z\"}}";

static void test_what_is_not_said_stays(void **state)
{
    (void)state;
    fm_event event = {0}, read;
    set(&event.due_date, "2026-02-15T10:00:00Z");
    char *text = encode(&event, theirs);
    assert_string_equal(text, theirs);
    free(text);
    decode(&read, theirs);
    assert_string_equal(read.location, "Room 4");
    assert_string_equal(read.url, "https://example.org");
    assert_string_equal(read.color, "#d50000");
    assert_string_equal(read.visibility, "confidential");
    assert_int_equal(read.busy, FM_NO);
    assert_int_equal(read.extras.count, 1);
    assert_int_equal(read.reminders.count, 1);
    assert_string_equal(read.reminders.items[0], "-PT60M");
    set(&read.uid, NULL);
    read.owns_reminders = true;
    text = encode(&read, theirs);
    assert_string_equal(text, theirs);
    free(text);
    fm_event_clear(&event);
    fm_event_clear(&read);
}

static void test_what_is_said_is_written_and_comes_back(void **state)
{
    (void)state;
    fm_event event, back;
    simple(&event);
    set(&event.location, "Room 4");
    set(&event.url, "https://example.org/a");
    set(&event.color, "red");
    set(&event.visibility, "private");
    event.busy = FM_NO;
    char long_value[3000];
    memset(long_value, 'x', sizeof long_value - 1);
    long_value[sizeof long_value - 1] = '\0';
    assert_int_equal(fm_extras_set(&event.extras, "ASSIGNEE", long_value), FM_OK);
    char *text = encode(&event, NULL);
    assert_says(text, "colorId", "11");
    assert_says(text, "source.url", "https://example.org/a");
    assert_lacks(text, FM_GOOGLE_SETS);
    decode(&back, text);
    assert_string_equal(back.location, "Room 4");
    assert_string_equal(back.url, event.url);
    assert_string_equal(back.color, "red");
    assert_string_equal(back.visibility, "private");
    assert_int_equal(back.busy, FM_NO);
    assert_string_equal(fm_extras_get(&back.extras, "ASSIGNEE"), long_value);
    free(text);
    fm_event_clear(&back);
    fm_event_clear(&event);
}

static void test_a_link_that_is_no_web_page(void **state)
{
    (void)state;
    fm_event event = {0}, back;
    set(&event.due_date, "2026-02-15T10:00:00Z");
    set(&event.url, "file:///srv/cases/1");
    char *text = encode(&event, theirs);
    assert_lacks(text, "source");
    decode(&back, text);
    assert_string_equal(back.url, event.url);
    free(text);
    fm_event_clear(&back);
    fm_event_clear(&event);
}

static void test_what_is_said_to_be_nothing_goes(void **state)
{
    (void)state;
    fm_event event = {0};
    set(&event.due_date, "2026-02-15T10:00:00Z");
    set(&event.location, "");
    set(&event.url, "");
    set(&event.color, "");
    set(&event.visibility, "");
    event.busy = FM_YES;
    event.owns_reminders = true;
    assert_int_equal(fm_extras_set(&event.extras, "COURT", ""), FM_OK);
    char *text = encode(&event, theirs);
    static const char *const gone[] = {"location", "source", "colorId", "visibility",
                                       "extendedProperties.private.COURT"};
    static const char *const noted[] = {"location", "source", "colorId", "visibility", "COURT", "reminders"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_lacks(text, gone[i]);
    fm_json_span object = {text, strlen(text)}, sets, value;
    assert_true(fm_google_member(&sets, &object, FM_GOOGLE_SETS));
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++)
        assert_true(fm_google_member(&value, &sets, noted[i]));
    assert_says(text, "transparency", "opaque");
    assert_true(fm_google_member(&value, &object, "reminders.overrides"));
    assert_int_equal(value.len, strlen("[{\"method\":\"email\",\"minutes\":5}]"));
    free(text);
    fm_event_clear(&event);
}

static void test_another_colour_of_a_person_counts(void **state)
{
    (void)state;
    fm_event event;
    decode(&event, "{\"id\":\"abcdef\",\"colorId\":\"9\",\"start\":{\"date\":\"2026-02-15\"},"
                   "\"extendedProperties\":{\"private\":{\"color\":\"red\"}}}");
    assert_string_equal(event.color, "#3f51b5");
    fm_event_clear(&event);
}

static void test_what_cannot_be_said(void **state)
{
    (void)state;
    fm_event event;
    fm_error err = {0};
    char *text;
    simple(&event);
    set(&event.color, "reddish");
    assert_int_equal(try_encode(&text, &event, NULL, &err), FM_EINVAL);
    assert_non_null(strstr(err.message, "reddish"));
    free(text);
    set(&event.color, NULL);
    set(&event.visibility, "secret");
    assert_int_equal(try_encode(&text, &event, NULL, &err), FM_EINVAL);
    assert_non_null(strstr(err.message, "secret"));
    free(text);
    fm_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_said_stays),
        cmocka_unit_test(test_what_is_said_is_written_and_comes_back),
        cmocka_unit_test(test_a_link_that_is_no_web_page),
        cmocka_unit_test(test_what_is_said_to_be_nothing_goes),
        cmocka_unit_test(test_another_colour_of_a_person_counts),
        cmocka_unit_test(test_what_cannot_be_said),
    };
    return cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown);
}
