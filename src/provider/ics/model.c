#include "provider/ics/model.h"
#include "core/ical/value.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char domain[] = "ical";

const fm_ics_member fm_ics_texts[] = {
    {"SUMMARY", offsetof(fm_event, title), false},
    {"LOCATION", offsetof(fm_event, location), true},
};
const size_t fm_ics_text_count = sizeof fm_ics_texts / sizeof fm_ics_texts[0];

const fm_ics_member fm_ics_metadata[] = {
    {"X-KANBAN-ID", offsetof(fm_event, kanban_id), false}, {"X-TYPE", offsetof(fm_event, event_type), false},
    {"X-TEAM", offsetof(fm_event, team), false},           {"X-STATUS", offsetof(fm_event, status), false},
    {"X-EPIC-ID", offsetof(fm_event, epic_id), false},     {"X-CASE-NUMBER", offsetof(fm_event, case_number), false},
    {"X-SOURCE", offsetof(fm_event, source), false},
};
const size_t fm_ics_metadata_count = sizeof fm_ics_metadata / sizeof fm_ics_metadata[0];

char **fm_ics_slot(fm_event *event, const fm_ics_member *member)
{
    return (char **)(void *)((char *)event + member->member);
}

const char *fm_ics_value(const fm_event *event, const fm_ics_member *member)
{
    return *(char *const *)(const void *)((const char *)event + member->member);
}

fm_status fm_ics_metadata_decode(fm_buf *out, fm_span value)
{
    fm_buf plain, decoded;
    fm_buf_init(&plain, out->max_bytes);
    fm_buf_init(&decoded, out->max_bytes);
    fm_ical_unescape(&plain, value.at, value.len);
    fm_url_decode(&decoded, plain.data, plain.len);
    fm_ical_clean(out, decoded.data, decoded.len);
    fm_status status = plain.status ? plain.status : decoded.status ? decoded.status : out->status;
    fm_buf_free(&plain);
    fm_buf_free(&decoded);
    return status;
}

/* ------------------------------------------------------------------ the master event */

static bool has(const fm_ical *doc, size_t begin, const char *name)
{
    return fm_ical_find_property(doc, begin, FM_ICAL_NONE, name) != FM_ICAL_NONE;
}

static fm_status find_master(fm_ics_object *o, fm_error *err)
{
    o->calendar = fm_ical_find_component(o->doc, FM_ICAL_NONE, FM_ICAL_NONE, NULL);
    if (!fm_span_is(fm_ical_at(o->doc, o->calendar)->parts.value, "VCALENDAR"))
        return fm_error_set(err, FM_EPARSE, domain, "this is no calendar object: it does not begin with VCALENDAR");
    if (fm_ical_find_component(o->doc, FM_ICAL_NONE, o->calendar, NULL) != FM_ICAL_NONE)
        return fm_error_set(err, FM_EPARSE, domain, "the file holds more than one calendar object");
    o->master = FM_ICAL_NONE;
    for (size_t at = FM_ICAL_NONE;;) {
        at = fm_ical_find_component(o->doc, o->calendar, at, "VEVENT");
        if (at == FM_ICAL_NONE)
            break;
        o->attendees = o->attendees || has(o->doc, at, "ATTENDEE");
        if (has(o->doc, at, "RECURRENCE-ID"))
            o->overrides = true;
        else if (o->master == FM_ICAL_NONE)
            o->master = at;
    }
    return FM_OK;
}

fm_status fm_ics_object_parse(fm_ics_object *out, const char *text, size_t len, fm_error *err)
{
    *out = (fm_ics_object){0};
    fm_status status = fm_ical_parse(&out->doc, text, len, NULL, err);
    if (!status)
        status = find_master(out, err);
    if (status) {
        fm_ical_free(out->doc);
        *out = (fm_ics_object){0};
    }
    return status;
}

fm_status fm_ics_object_read(fm_ics_object *out, const char *text, size_t len, fm_error *err)
{
    fm_status status = fm_ics_object_parse(out, text, len, err);
    if (status || out->master != FM_ICAL_NONE)
        return status;
    status = fm_error_set(err, FM_EUNSUPPORTED, domain,
                          out->overrides ? "the object holds only single occurrences of a series, not the series"
                                         : "the object holds no event");
    fm_ical_free(out->doc);
    *out = (fm_ics_object){0};
    return status;
}

static const fm_ical_line *property_of(const fm_ics_object *o, size_t begin, const char *name)
{
    size_t at = fm_ical_find_property(o->doc, begin, FM_ICAL_NONE, name);
    return at == FM_ICAL_NONE ? NULL : fm_ical_at(o->doc, at);
}

const fm_ical_line *fm_ics_property(const fm_ics_object *o, const char *name)
{
    return property_of(o, o->master, name);
}

fm_span fm_ics_reminder_of(const fm_ics_object *o, size_t alarm)
{
    const fm_span none = {"", 0};
    fm_ical_duration duration;
    fm_span related;
    const fm_ical_line *action = property_of(o, alarm, "ACTION"), *trigger = property_of(o, alarm, "TRIGGER");
    if (!action || !trigger || !fm_span_is(fm_span_trim(action->parts.value), "DISPLAY") ||
        property_of(o, alarm, "X-APPLE-DEFAULT-ALARM"))
        return none;
    if (fm_ical_param(&trigger->parts, "RELATED", &related) && !fm_span_is(related, "START"))
        return none;
    fm_span value = fm_span_trim(trigger->parts.value);
    return fm_ical_duration_parse(&duration, value, NULL) ? none : value;
}

/* ------------------------------------------------------------------ words */

int fm_ics_priority_number(const char *word)
{
    static const struct {
        const char *word;
        int number;
    } words[] = {{"high", 1},   {"critical", 1}, {"urgent", 1}, {"highest", 1}, {"blocker", 1}, {"medium", 5},
                 {"normal", 5}, {"low", 9},      {"lowest", 9}, {"minor", 9},   {"trivial", 9}};
    for (size_t i = 0; word && i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i].word, word) == 0)
            return words[i].number;
    return 0;
}
