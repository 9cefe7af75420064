#include "core/ical/value.h"
#include "provider/event/description.h"
#include "provider/event/people.h"
#include "provider/event/tags.h"
#include "provider/ics/codec.h"
#include "provider/ics/model.h"
#include "provider/ics/text.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";

/* ------------------------------------------------------------------ values */

static fm_status read_uid(char **member, const fm_ical_line *line, fm_buf *scratch)
{
    if (!line)
        return FM_OK;
    fm_span value = fm_span_trim(line->parts.value);
    fm_ical_unescape(scratch, value.at, value.len);
    return fm_ics_take(member, scratch);
}

static fm_status read_texts(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < fm_ics_text_count && !status; i++) {
        status = fm_ics_add_text(scratch, o, fm_ics_texts[i].name);
        if (!status)
            status = fm_ics_take(fm_ics_slot(event, &fm_ics_texts[i]), scratch);
    }
    return status;
}

static fm_status read_metadata(char **member, const fm_ical_line *line, fm_buf *scratch)
{
    if (!line)
        return FM_OK;
    fm_status status = fm_ics_metadata_decode(scratch, line->parts.value);
    return status ? status : fm_ics_take(member, scratch);
}

static fm_status read_description(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    fm_buf text, footer;
    fm_buf_init(&text, scratch->max_bytes);
    fm_buf_init(&footer, scratch->max_bytes);
    fm_status status = fm_ics_add_text(scratch, o, "DESCRIPTION");
    if (!status)
        status = fm_description_part(&text, &footer, scratch->data, scratch->len);
    fm_buf_reset(scratch);
    if (!status)
        status = fm_ics_take(&event->description, &text);
    if (!status)
        status = fm_ics_take(&event->footer, &footer);
    fm_buf_free(&text);
    fm_buf_free(&footer);
    return status;
}

static fm_status read_tags(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    size_t at = FM_ICAL_NONE;
    fm_buf plain, decoded;
    fm_buf_init(&plain, scratch->max_bytes);
    fm_buf_init(&decoded, scratch->max_bytes);
    fm_status status = FM_OK;
    while (!status && (at = fm_ical_find_property(o->doc, o->master, at, "CATEGORIES")) != FM_ICAL_NONE) {
        fm_span list, tag;
        fm_buf_reset(&decoded);
        status = fm_ics_text_value(&list, &decoded, o, at);
        for (size_t next = 0; !status && fm_ical_next_text(list, &next, &tag);) {
            fm_ical_unescape(&plain, tag.at, tag.len);
            status = plain.status ? plain.status : fm_event_tag(scratch, plain.data, plain.len);
            if (!status && scratch->len)
                status = fm_strings_add(&event->tags, scratch->data);
            fm_buf_reset(&plain);
            fm_buf_reset(scratch);
        }
    }
    fm_buf_free(&plain);
    fm_buf_free(&decoded);
    fm_event_tags_normalise(&event->tags);
    return status;
}

/* The word that was written, while PRIORITY is still what went with it; else the number's own. */
static fm_status read_priority(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    const fm_ical_line *line = fm_ics_property(o, "PRIORITY");
    int number = 0;
    if (line && line->parts.value.len == 1 && line->parts.value.at[0] >= '0' && line->parts.value.at[0] <= '9')
        number = line->parts.value.at[0] - '0';
    char *word = NULL;
    fm_status status = read_metadata(&word, fm_ics_property(o, "X-PRIORITY"), scratch);
    if (!status && word && fm_ics_priority_number(word) == number) {
        event->priority = word;
        return FM_OK;
    }
    free(word);
    if (!status && number)
        status = fm_event_set(&event->priority, number < 5 ? "high" : number == 5 ? "medium" : "low");
    return status;
}

static fm_status read_last_modified(fm_event *event, const fm_ics_object *o)
{
    static const char *const names[] = {"LAST-MODIFIED", "DTSTAMP"};
    for (size_t i = 0; i < 2; i++) {
        const fm_ical_line *line = fm_ics_property(o, names[i]);
        fm_date date;
        char text[FM_DATE_TEXT_MAX];
        if (!line || fm_ical_date_parse(&date, line->parts.value, NULL) || date.kind == FM_DATE_DAY)
            continue; /* only a clock: one that cannot be read is as good as none */
        date.kind = FM_DATE_UTC;
        return fm_event_set(&event->last_modified, fm_date_format(&date, text));
    }
    return FM_OK;
}

static fm_status read_reminders(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    size_t at = FM_ICAL_NONE;
    fm_status status = FM_OK;
    while (!status && (at = fm_ical_find_component(o->doc, o->master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span reminder = fm_ics_reminder_of(o, at);
        if (!reminder.len)
            continue;
        status = fm_buf_add(scratch, reminder.at, reminder.len);
        if (!status)
            status = fm_strings_add(&event->reminders, scratch->data);
        fm_buf_reset(scratch);
    }
    return status;
}

/* An address; of one that only the server can read, the mail address that is said beside it. */
static fm_status add_person(fm_strings *people, const fm_ical_parts *line)
{
    fm_span mail, value = fm_span_trim(line->value);
    bool is_mail = memchr(value.at, '@', value.len) != NULL;
    return fm_people_add(people, !is_mail && fm_ical_param(line, "EMAIL", &mail) ? mail : value);
}

static fm_status add_people(fm_strings *people, const fm_ics_object *o, const char *name)
{
    fm_status status = FM_OK;
    for (size_t event = FM_ICAL_NONE; !status;) {
        event = fm_ical_find_component(o->doc, o->calendar, event, "VEVENT");
        if (event == FM_ICAL_NONE)
            break;
        for (size_t at = FM_ICAL_NONE; !status;) {
            at = fm_ical_find_property(o->doc, event, at, name);
            if (at == FM_ICAL_NONE)
                break;
            status = add_person(people, &fm_ical_at(o->doc, at)->parts);
        }
    }
    return status;
}

/* Everybody that the event names in any of its occurrences; nobody where it only names the one who invites. */
static fm_status read_people(fm_event *event, const fm_ics_object *o)
{
    fm_strings hosts = {0};
    fm_status status = add_people(&hosts, o, "ORGANIZER");
    if (!status)
        status = add_people(&event->people, o, "ATTENDEE");
    if (!status)
        status = add_people(&event->people, o, "ORGANIZER");
    if (!status && hosts.count == 1 && !fm_people_others(&event->people, &hosts))
        fm_strings_clear(&event->people);
    fm_strings_clear(&hosts);
    return status;
}

/* ------------------------------------------------------------------ the event */

static fm_status read_members(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    fm_status status = read_texts(event, o, scratch);
    if (!status)
        status = read_description(event, o, scratch);
    if (!status)
        status = read_tags(event, o, scratch);
    if (!status)
        status = read_priority(event, o, scratch);
    for (size_t i = 0; i < fm_ics_metadata_count && !status; i++)
        status = read_metadata(fm_ics_slot(event, &fm_ics_metadata[i]), fm_ics_property(o, fm_ics_metadata[i].name),
                               scratch);
    if (!status)
        status = read_last_modified(event, o);
    if (!status)
        status = read_reminders(event, o, scratch);
    if (!status)
        status = fm_ics_traits_read(event, o, scratch);
    const fm_ical_line *line = fm_ics_property(o, "STATUS");
    event->deleted = line && fm_span_is(fm_span_trim(line->parts.value), "CANCELLED");
    event->recurring = o->overrides || fm_ics_property(o, "RRULE") || fm_ics_property(o, "RDATE");
    if (!status && o->attendees)
        status = read_people(event, o);
    event->has_attendees = event->people.count > 0;
    return status;
}

fm_status fm_ics_event_read(fm_event *event, const fm_ics_object *o, fm_zones *zones, fm_error *err)
{
    fm_buf scratch;
    fm_buf_init(&scratch, FM_ICS_MAX_BYTES * 3); /* a byte that is no UTF-8 grows to three */
    fm_status status = read_uid(&event->uid, fm_ics_property(o, "UID"), &scratch);
    if (!status && !event->uid)
        status = fm_error_set(err, FM_EPARSE, domain, "line %u: the event has no UID",
                              fm_ical_at(o->doc, o->master)->number);
    fm_event_dates dates;
    if (!status)
        status = fm_ics_dates_read(&dates, o, zones, err);
    if (!status)
        status = fm_event_dates_store(&dates, event, err);
    if (!status)
        status = read_members(event, o, &scratch);
    fm_buf_free(&scratch);
    if (status == FM_ENOMEM)
        fm_error_no_memory(err, domain);
    return status;
}

fm_status fm_ics_decode(const char *text, size_t len, fm_zones *zones, fm_event *event, fm_error *err)
{
    fm_ics_object object = {0};
    fm_zones *own = zones ? NULL : fm_zones_new(NULL);
    fm_status status = FM_ENOMEM;
    if (!zones && !own)
        goto out;
    if ((status = fm_ics_object_read(&object, text, len, err)))
        goto out;
    if ((status = fm_ics_event_read(event, &object, zones ? zones : own, err)))
        goto out;
    if (!(event->raw = strndup(text, len)))
        status = FM_ENOMEM;
out:
    if (status == FM_ENOMEM)
        fm_error_no_memory(err, domain);
    if (status)
        fm_event_clear(event);
    fm_ical_free(object.doc);
    fm_zones_free(own);
    return status;
}
