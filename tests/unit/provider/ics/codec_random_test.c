/* The codec on random events and random objects: what goes out comes back, what is not ours stays. */
#include "core/ical/ical.h"
#include "provider/event/description.h"
#include "provider/event/tags.h"
#include "provider/ics/codec.h"
#include "provider/ics/model.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer makes everything several times slower. */
#ifdef __SANITIZE_ADDRESS__
enum { EVENTS = 10000, UPDATES = 2000, COMPARED = 500 };
#else
enum { EVENTS = 100000, UPDATES = 20000, COMPARED = 3000 };
#endif
enum { LONG_BYTES = 10240 };

static fm_env env;

static int64_t fixed_now_us(void *data)
{
    (void)data;
    return INT64_C(1769344200000000);
}

static int setup(void **state)
{
    fm_env_default(&env);
    env.now_us = fixed_now_us;
    icalerror_set_errors_are_fatal(0);
    return test_zones_setup(state);
}

/* ------------------------------------------------------------------ chance */

static uint64_t seed;

static unsigned below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

#define PICK(array) (array)[below(sizeof(array) / sizeof(array)[0])]

static const char *const pieces[] = {
    "a",
    "B",
    "word ",
    " ",
    "  ",
    "\t",
    ",",
    ";",
    ":",
    "\\",
    "\\n",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "^",
    "%",
    "%41",
    "=",
    "[X] a > b: c",
    "é",
    "日",
    "📊",
    "👩‍👩‍👧",
    "\x01",
    "\x7F",
    "\xC3",
    "\xFF",
    "\xEF\xBF\xBE",
    "\xE2\x80\xA8",
    "\xC2\x85",
    "BEGIN:VEVENT",
    "\nEND:VCALENDAR\n",
    "\n— Fleet Monitor —\n",
    "— Fleet Monitor —",
    "\n— Fleet Monitor — \n",
    "\n — Fleet Monitor —",
    "⚖️ COURT: ",
    "— ",
    "Tags: ",
    "0123456789abcdefghijklmnopqrstuvwxyz",
};

/* A random text of up to `most` bytes; now and then NULL. */
static char *random_text(size_t most)
{
    fm_buf text;
    fm_buf_init(&text, most + 64);
    if (below(8) == 0)
        return NULL;
    size_t want = below((unsigned)most + 1);
    while (text.len < want)
        fm_buf_adds(&text, PICK(pieces));
    char *taken = fm_buf_take(&text, NULL);
    assert_non_null(taken);
    return taken;
}

static const char *const zone_names[] = {"Europe/Rome",       "America/Los_Angeles", "Asia/Kathmandu",
                                         "Africa/Casablanca", "Australia/Lord_Howe", "UTC",
                                         "Africa/Cairo"};

/* A random date in one of the four spellings, with an end after it. */
static void random_dates(fm_event *event)
{
    static const fm_date_kind kinds[] = {FM_DATE_DAY, FM_DATE_UTC, FM_DATE_LOCAL, FM_DATE_LOCAL};
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    fm_date_kind kind = PICK(kinds);
    int64_t start = INT64_C(0) + (int64_t)below(80 * 366) * FM_DAY_S + below(FM_DAY_S);
    int64_t length = kind == FM_DATE_DAY ? (int64_t)(below(5) + 1) * FM_DAY_S : (int64_t)(below(3000) + 120) * 60;
    assert_int_equal(fm_date_from_epoch(&date, start, kind, 0), FM_OK);
    fm_event_set(&event->due_date, fm_date_format(&date, text));
    assert_int_equal(fm_date_from_epoch(&date, start + length, kind, 0), FM_OK);
    fm_event_set(&event->end_date, fm_date_format(&date, text));
    if (kind == FM_DATE_LOCAL && below(4))
        fm_event_set(&event->time_zone, PICK(zone_names));
}

static void random_list(fm_strings *list, unsigned most)
{
    for (unsigned i = below(most + 1); i > 0; i--) {
        char *text = random_text(30);
        fm_strings_add(list, text ? text : "");
        free(text);
    }
}

static void random_event(fm_event *event)
{
    static const char *const priorities[] = {NULL, "high", "medium", "low", "critical", "High", "some, day", "0", "📊"};
    static const char *const reminders[] = {"-P1D", "-PT15M", "PT0S", "-P1W"};
    *event = (fm_event){0};
    fm_event_set(&event->uid, "random@fleetmonitor");
    random_dates(event);
    event->title = random_text(200);
    event->description = random_text(below(200) ? 300 : LONG_BYTES);
    event->footer = random_text(100);
    fm_event_set(&event->priority, PICK(priorities));
    event->kanban_id = random_text(20);
    event->team = random_text(40);
    event->status = random_text(20);
    event->epic_id = random_text(20);
    event->event_type = random_text(10);
    event->case_number = random_text(30);
    random_list(&event->tags, 5);
    for (size_t i = 0; i < below(3); i++)
        fm_strings_add(&event->reminders, reminders[i]);
    event->deleted = below(20) == 0;
}

/* ------------------------------------------------------------------ what should come back */

static void assert_text(const char *want, const char *got, const char *what)
{
    fm_buf clean;
    fm_buf_init(&clean, 1 << 20);
    fm_ical_clean(&clean, want ? want : "", want ? strlen(want) : 0);
    if (strcmp(clean.data, got ? got : "") != 0)
        fail_msg("%s: \"%s\" came back as \"%s\"", what, clean.data, got ? got : "");
    fm_buf_free(&clean);
}

static void assert_tags(const fm_strings *want, const fm_strings *got)
{
    fm_strings tags = {0};
    for (size_t i = 0; i < want->count; i++) {
        fm_buf tag;
        fm_buf_init(&tag, 4096);
        fm_event_tag(&tag, want->items[i], strlen(want->items[i]));
        if (tag.len)
            fm_strings_add(&tags, tag.data);
        fm_buf_free(&tag);
    }
    fm_event_tags_normalise(&tags);
    assert_int_equal(tags.count, got->count);
    for (size_t i = 0; i < got->count; i++)
        assert_string_equal(tags.items[i], got->items[i]);
    fm_strings_clear(&tags);
}

static void assert_event(const fm_event *want, const fm_event *got)
{
    assert_text(want->title, got->title, "title");
    assert_text(want->description, got->description, "description");
    assert_text(want->footer, got->footer, "footer");
    assert_text(want->priority, got->priority, "priority");
    assert_text(want->kanban_id, got->kanban_id, "kanbanId");
    assert_text(want->team, got->team, "team");
    assert_text(want->status, got->status, "status");
    assert_text(want->epic_id, got->epic_id, "epicId");
    assert_text(want->event_type, got->event_type, "eventType");
    assert_text(want->case_number, got->case_number, "caseNumber");
    assert_text(want->due_date, got->due_date, "dueDate");
    assert_text(want->end_date, got->end_date, "endDate");
    assert_text(want->time_zone, got->time_zone, "timeZone");
    assert_tags(&want->tags, &got->tags);
    assert_int_equal(want->reminders.count, got->reminders.count);
    assert_int_equal(want->deleted, got->deleted);
}

static void encode(fm_buf *out, const fm_event *event, const fm_buf *old)
{
    fm_error err = {0};
    fm_buf_init(out, FM_ICS_MAX_BYTES);
    if (fm_ics_encode(event, old ? old->data : NULL, old ? old->len : 0, &env, zones, out, &err))
        fail_msg("%s", err.message);
}

static void decode(fm_event *event, const fm_buf *text)
{
    fm_error err = {0};
    *event = (fm_event){0};
    if (fm_ics_decode(text->data, text->len, zones, event, &err))
        fail_msg("%s\n%s", err.message, text->data);
}

/* Every physical line is at most 75 octets of UTF-8, ends with CR LF, and holds no control character. */
static void assert_well_formed(const fm_buf *text)
{
    for (const char *at = text->data; *at;) {
        size_t len = strcspn(at, "\r\n");
        assert_true(len <= 75);
        assert_int_equal(strncmp(at + len, "\r\n", 2), 0);
        fm_buf clean;
        fm_buf_init(&clean, 1024);
        fm_ical_clean(&clean, at, len);
        assert_int_equal(clean.len, len);
        assert_memory_equal(clean.data, at, len);
        fm_buf_free(&clean);
        at += len + 2;
    }
}

/* ------------------------------------------------------------------ tests */

static void test_what_goes_out_comes_back(void **state)
{
    (void)state;
    seed = 1;
    for (int i = 0; i < EVENTS; i++) {
        fm_event event, back;
        fm_buf text;
        random_event(&event);
        encode(&text, &event, NULL);
        decode(&back, &text);
        assert_event(&event, &back);
        if (i % 10 == 0) {
            fm_buf again;
            assert_well_formed(&text);
            encode(&again, &back, &text);
            assert_string_equal(again.data, text.data);
            fm_buf_free(&again);
        }
        fm_event_clear(&event);
        fm_event_clear(&back);
        fm_buf_free(&text);
    }
}

static const char *const foreign_lines[] = {
    "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC  ",
    "X-RANDOM;A=\"b;c:d\",e;F=g:value,with;separators\\n",
    "LOCATION;ALTREP=\"cid:x\":Caf\xC3\xA9\\, 2nd floor",
    "ATTENDEE;CN=\"M, O\":mailto:a@b",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "COLOR:tomato",
    "X-ALT-DESC;FMTTYPE=text/html:<b>x</b>",
    "X-FOLDED:0123456789012345678901234567890123456789012345678901234567890123456\r\n 89",
    "X-FOLDED-ODDLY:a\r\n\tb\r\n \r\n c",
    "nonsense without a colon",
    "",
    "URL;VALUE=URI:https://example.org/?a=1;b=2",
    "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nX-WR-ALARMUID:1\r\nEND:VALARM",
    "GEO:1;2",
    "x-lower-case:kept",
};

/* An object with an event in it and, between its lines, lines of others; which they are is left in `picked`. */
static void add_foreign(fm_buf *out, const fm_buf *text, fm_strings *picked)
{
    bool within = false, nested = false;
    fm_buf_init(out, FM_ICS_MAX_BYTES);
    for (const char *at = text->data; *at;) {
        size_t len = strcspn(at, "\n") + 1;
        if (strncmp(at, "BEGIN:VALARM", 12) == 0)
            nested = true; /* properties stand before the components within */
        if (strncmp(at, "END:VEVENT", 10) == 0)
            within = false;
        while (within && !nested && *at != ' ' && below(3) == 0) {
            const char *line = PICK(foreign_lines);
            if (strncmp(line, "BEGIN", 5) == 0)
                continue;
            fm_strings_add(picked, line);
            fm_buf_addf(out, "%s\r\n", line);
        }
        fm_buf_add(out, at, len);
        within = within || strncmp(at, "BEGIN:VEVENT", 12) == 0;
        at += len;
    }
}

/* The lines of others are still there, in their order, byte for byte. */
static void assert_foreign(const fm_buf *text, const fm_strings *picked)
{
    const char *at = text->data;
    for (size_t i = 0; i < picked->count; i++) {
        char line[256];
        snprintf(line, sizeof line, "\n%s\r\n", picked->items[i]);
        const char *found = strstr(at, line);
        if (!found)
            fail_msg("\"%s\" is gone from\n%s", picked->items[i], text->data);
        at = found + strlen(line) - 1;
    }
}

static void test_what_is_not_ours_stays(void **state)
{
    (void)state;
    seed = 2;
    for (int i = 0; i < UPDATES; i++) {
        fm_event first, second, back;
        fm_buf text, object, updated;
        fm_strings picked = {0};
        random_event(&first);
        random_event(&second);
        encode(&text, &first, NULL);
        add_foreign(&object, &text, &picked);
        decode(&back, &object);
        encode(&updated, &back, &object);
        assert_string_equal(updated.data, object.data); /* nothing changed: not a byte */
        fm_buf_free(&updated);
        fm_event_clear(&back);
        encode(&updated, &second, &object);
        assert_foreign(&updated, &picked);
        decode(&back, &updated);
        assert_text(second.title, back.title, "title");
        assert_text(second.description, back.description, "description");
        assert_text(second.footer, back.footer, "footer");
        assert_text(second.priority, back.priority, "priority");
        assert_tags(&second.tags, &back.tags);
        assert_int_equal(second.deleted, back.deleted);
        fm_buf again;
        encode(&again, &second, &updated);
        assert_string_equal(again.data, updated.data); /* the same once more: nothing to do */
        fm_buf_free(&again);
        fm_event_clear(&first);
        fm_event_clear(&second);
        fm_event_clear(&back);
        fm_strings_clear(&picked);
        fm_buf_free(&text);
        fm_buf_free(&object);
        fm_buf_free(&updated);
    }
}

/* ------------------------------------------------------------------ another reader */

/* What libical reads of a property, in a text of its own; NULL where there is none. */
static char *value_by_libical(icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    return property ? icalvalue_as_ical_string_r(icalproperty_get_value(property)) : NULL;
}

/* libical drops blanks at both ends. */
static size_t trimmed(const char **text)
{
    *text += strspn(*text, " \t");
    size_t len = strlen(*text);
    while (len && ((*text)[len - 1] == ' ' || (*text)[len - 1] == '\t'))
        len--;
    return len;
}

static int is_blank(const char *text)
{
    return text && *text && trimmed(&text) == 0;
}

static void assert_same_text(icalcomponent *event, icalproperty_kind kind, const char *ours, const char *what)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    const char *theirs = property ? icalvalue_get_text(icalproperty_get_value(property)) : NULL;
    theirs = theirs ? theirs : "";
    ours = ours ? ours : "";
    size_t len = trimmed(&theirs);
    if (len != trimmed(&ours) || memcmp(theirs, ours, len) != 0)
        fail_msg("%s: libical reads \"%s\", we read \"%s\"", what, theirs, ours);
}

static void assert_same_date(icalcomponent *event, icalproperty_kind kind, const char *ours)
{
    char *theirs = value_by_libical(event, kind);
    assert_non_null(theirs);
    char plain[64];
    size_t n = 0;
    for (const char *c = ours; *c; c++)
        if (*c != '-' && *c != ':')
            plain[n++] = *c;
    plain[n] = '\0';
    assert_string_equal(theirs, plain);
    icalmemory_free_buffer(theirs);
}

static void test_libical_reads_the_same(void **state)
{
    (void)state;
    seed = 3;
    for (int i = 0; i < COMPARED; i++) {
        fm_event event, back;
        fm_buf text, joined;
        random_event(&event);
        encode(&text, &event, NULL);
        decode(&back, &text);
        icalcomponent *calendar = icalparser_parse_string(text.data);
        icalcomponent *theirs = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        fm_buf_init(&joined, FM_ICS_MAX_BYTES);
        fm_description_join(&joined, back.description, back.footer);
        int blank = is_blank(back.title) + is_blank(joined.data); /* which it takes for errors */
        if (icalcomponent_count_errors(calendar) != blank)
            fail_msg("libical sees errors in\n%s", icalcomponent_as_ical_string(calendar));
        assert_same_text(theirs, ICAL_SUMMARY_PROPERTY, back.title, "SUMMARY");
        assert_same_text(theirs, ICAL_DESCRIPTION_PROPERTY, joined.data, "DESCRIPTION");
        assert_same_text(theirs, ICAL_UID_PROPERTY, back.uid, "UID");
        assert_same_date(theirs, ICAL_DTSTART_PROPERTY, back.due_date);
        assert_same_date(theirs, ICAL_DTEND_PROPERTY, back.end_date);
        assert_int_equal(icalcomponent_count_components(theirs, ICAL_VALARM_COMPONENT), back.reminders.count);
        icalcomponent_free(calendar);
        fm_event_clear(&event);
        fm_event_clear(&back);
        fm_buf_free(&joined);
        fm_buf_free(&text);
    }
}

/* ------------------------------------------------------------------ damage */

static void test_damaged_objects_do_no_harm(void **state)
{
    (void)state;
    seed = 4;
    long readable = 0;
    for (int i = 0; i < UPDATES; i++) {
        fm_event event, back = {0};
        fm_buf text;
        fm_error err = {0};
        random_event(&event);
        encode(&text, &event, NULL);
        for (unsigned k = below(6) + 1; k > 0 && text.len; k--) {
            size_t at = below((unsigned)text.len);
            if (below(3))
                text.data[at] = (char)below(256);
            else
                fm_buf_splice(&text, at, below(40) % (text.len - at), "\r\n", below(3));
        }
        fm_status status = fm_ics_decode(text.data, text.len, zones, &back, &err);
        assert_int_equal(status, err.status);
        if (!status) {
            fm_buf updated, again; /* what is ours and was damaged is mended, once */
            readable++;
            encode(&updated, &back, &text);
            encode(&again, &back, &updated);
            assert_string_equal(again.data, updated.data);
            fm_buf_free(&updated);
            fm_buf_free(&again);
        }
        fm_event_clear(&event);
        fm_event_clear(&back);
        fm_buf_free(&text);
    }
    assert_true(readable > UPDATES / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_goes_out_comes_back),
        cmocka_unit_test(test_what_is_not_ours_stays),
        cmocka_unit_test(test_libical_reads_the_same),
        cmocka_unit_test(test_damaged_objects_do_no_harm),
    };
    return cmocka_run_group_tests(tests, setup, test_zones_teardown);
}
