#include "core/crypto.h"
#include "core/date.h"
#include "core/ical/value.h"
#include "core/json/value.h"
#include "provider/event/description.h"
#include "provider/event/people.h"
#include "provider/event/tags.h"
#include "provider/google/event/html.h"
#include "provider/google/event/model.h"
#include "provider/google/event/object.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdlib.h>
#include <string.h>

#define HASH_BYTES 8

const fm_google_text fm_google_texts[] = {
    {"summary", offsetof(fm_event, title), false},
    {"location", offsetof(fm_event, location), true},
};
const size_t fm_google_text_count = sizeof fm_google_texts / sizeof fm_google_texts[0];

const fm_google_text fm_google_metadata[] = {
    {"kanbanId", offsetof(fm_event, kanban_id), false},
    {"type", offsetof(fm_event, event_type), false},
    {"team", offsetof(fm_event, team), false},
    {"status", offsetof(fm_event, status), false},
    {"priority", offsetof(fm_event, priority), false},
    {"epicId", offsetof(fm_event, epic_id), false},
    {"caseNumber", offsetof(fm_event, case_number), false},
    {"source", offsetof(fm_event, source), false},
};
const size_t fm_google_metadata_count = sizeof fm_google_metadata / sizeof fm_google_metadata[0];

const char *const fm_google_marks[] = {"uid", "tags", "reminders", "floating", "textHash", "version", "url", "color"};
const size_t fm_google_mark_count = sizeof fm_google_marks / sizeof fm_google_marks[0];

char **fm_google_slot(fm_event *event, const fm_google_text *text)
{
    return (char **)(void *)((char *)event + text->member);
}

const char *fm_google_value(const fm_event *event, const fm_google_text *text)
{
    return *(char *const *)(const void *)((const char *)event + text->member);
}

/* ------------------------------------------------------------------ dates */

/* The zone of a time; NULL for UTC, and for none or one that is not known: `known` tells which. */
static fm_status zone_of(const fm_zone **out, bool *known, const fm_json_span *point, fm_zones *zones, fm_error *err)
{
    char *name = NULL;
    *out = NULL;
    if (fm_google_string(&name, point, "timeZone"))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    bool utc = name && strcmp(name, "UTC") == 0;
    fm_status status = name && !utc ? fm_zones_resolve(zones, out, name, NULL) : FM_OK;
    if (status == FM_ENOTFOUND || status == FM_EPARSE)
        status = FM_OK;
    *known = utc || *out;
    free(name);
    return status ? fm_error_set(err, status, FM_GOOGLE_DOMAIN, "cannot read a time zone") : FM_OK;
}

static fm_status read_date(fm_date *out, const fm_json_span *point, const char *member, fm_error *err)
{
    char *text = NULL;
    if (fm_google_string(&text, point, member))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_status status = fm_date_parse(out, text ? text : "", err);
    free(text);
    return status;
}

/* A moment in UTC or in its zone; floating where the event says so. A clock of no zone that is known tells nothing. */
static fm_status read_moment(fm_event_time *out, const fm_json_span *point, bool floating, fm_zones *zones,
                             fm_error *err)
{
    const fm_zone *zone;
    bool known = false;
    fm_date date;
    fm_status status = read_date(&date, point, "dateTime", err);
    if (!status)
        status = zone_of(&zone, &known, point, zones, err);
    if (status)
        return status;
    int64_t epoch = fm_date_epoch(&date);
    if (!known && (floating || date.kind == FM_DATE_LOCAL)) {
        *out = (fm_event_time){.form = FM_TIME_UNKNOWN, .s = epoch};
        return FM_OK;
    }
    if (date.kind == FM_DATE_LOCAL && zone)
        epoch = fm_zone_to_utc(zone, epoch);
    fm_event_time utc = {.form = FM_TIME_UTC, .s = epoch};
    *out = zone ? fm_event_time_convert(&utc, &(fm_event_time){.form = FM_TIME_ZONED, .zone = zone}) : utc;
    if (floating)
        *out = (fm_event_time){.form = FM_TIME_FLOATING, .s = zone ? fm_zone_to_local(zone, epoch) : epoch};
    return FM_OK;
}

static fm_status read_point(fm_event_time *out, const fm_json_span *event, const char *name, bool floating,
                            fm_zones *zones, fm_error *err)
{
    fm_json_span point, day;
    fm_date date;
    if (!fm_google_member(&point, event, name))
        return fm_error_set(err, FM_EPARSE, FM_GOOGLE_DOMAIN, "the event has no %s", name);
    if (!fm_google_member(&day, &point, "date"))
        return read_moment(out, &point, floating, zones, err);
    fm_status status = read_date(&date, &point, "date", err);
    if (!status && date.kind != FM_DATE_DAY)
        return fm_error_set(err, FM_EPARSE, FM_GOOGLE_DOMAIN, "the event's %s is no date", name);
    *out = (fm_event_time){.form = FM_TIME_DAY, .s = status ? 0 : fm_date_epoch(&date)};
    return status;
}

static bool has_private(const fm_json_span *event, const char *name)
{
    fm_json_span properties, value;
    return fm_google_member(&properties, event, "extendedProperties.private") &&
           fm_google_member(&value, &properties, name);
}

static fm_status set_unknown(fm_event_dates *out, const fm_event_time *t, const fm_json_span *event, const char *point,
                             fm_error *err)
{
    char *name = NULL;
    fm_json_span at;
    if (fm_google_member(&at, event, point) && fm_google_string(&name, &at, "timeZone"))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_event_dates_set_unknown(out, t, name ? name : "", name ? strlen(name) : 0);
    free(name);
    return FM_OK;
}

fm_status fm_google_dates(fm_event_dates *out, const fm_json_span *event, fm_zones *zones, fm_error *err)
{
    fm_json_span open_end, end_point;
    fm_event_time end;
    bool floating = has_private(event, "floating");
    *out = (fm_event_dates){0};
    fm_status status = read_point(&out->start, event, "start", floating, zones, err);
    if (!status && out->start.form == FM_TIME_UNKNOWN)
        return set_unknown(out, &out->start, event, "start", err);
    if (!status && fm_google_member(&end_point, event, "end")) {
        status = read_point(&end, event, "end", floating, zones, err);
        if (!status && end.form == FM_TIME_UNKNOWN)
            return set_unknown(out, &end, event, "end", err);
        if (!status && (end.form == FM_TIME_DAY) == (out->start.form == FM_TIME_DAY))
            fm_event_dates_set_end(out, fm_event_time_convert(&end, &out->start));
    }
    if (out->start.form != FM_TIME_DAY && fm_google_member(&open_end, event, "endTimeUnspecified") && open_end.len == 4)
        out->has_end = false;
    fm_event_dates_need_a_day(out);
    return status;
}

/* ------------------------------------------------------------------ text */

fm_status fm_google_text_hash(fm_buf *out, const char *description)
{
    unsigned char digest[FM_SHA256_SIZE];
    fm_status status = fm_crypto_hash(digest, FM_SHA256, description, strlen(description), NULL);
    return status ? status : fm_encoding_append(out, FM_HEX, digest, HASH_BYTES);
}

bool fm_google_is_html(const fm_json_span *event, const char *description)
{
    fm_buf hash;
    char *ours = NULL;
    if (!fm_html_is(description))
        return false;
    fm_buf_init(&hash, 64);
    bool known = !fm_google_private(&ours, event, "textHash") && ours && !fm_google_text_hash(&hash, description) &&
                 strcmp(hash.data, ours) == 0;
    fm_buf_free(&hash);
    free(ours);
    return !known;
}

fm_status fm_google_part(fm_buf *text, fm_buf *footer, const char *description, bool html)
{
    fm_buf plain, clean;
    fm_buf_init(&plain, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&clean, FM_GOOGLE_EVENT_MAX);
    fm_status status = html ? fm_html_to_text(&plain, description) : fm_buf_adds(&plain, description);
    if (!status)
        status = fm_ical_clean(&clean, plain.data, plain.len);
    if (!status)
        status = fm_description_part(text, footer, clean.data, clean.len);
    fm_buf_free(&plain);
    fm_buf_free(&clean);
    return status;
}

/* An empty text and an absent one are the same. */
static fm_status take_text(char **member, fm_buf *text)
{
    fm_status status = text->len ? fm_event_set(member, text->data) : text->status;
    fm_buf_free(text);
    return status;
}

static fm_status decode_description(fm_event *event, const fm_json_span *object)
{
    char *description = NULL;
    fm_buf text, footer;
    fm_status status = fm_google_string(&description, object, "description");
    if (status || !description)
        return status;
    fm_buf_init(&text, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&footer, FM_GOOGLE_EVENT_MAX);
    status = fm_google_part(&text, &footer, description, fm_google_is_html(object, description));
    free(description);
    fm_status kept = take_text(&event->description, &text);
    fm_status kept_footer = take_text(&event->footer, &footer);
    return status ? status : kept ? kept : kept_footer;
}

static fm_status decode_text(char **member, const fm_json_span *object, const char *name)
{
    char *text = NULL;
    fm_buf clean;
    fm_status status = fm_google_string(&text, object, name);
    if (status || !text)
        return status;
    fm_buf_init(&clean, FM_GOOGLE_EVENT_MAX);
    status = fm_ical_clean(&clean, text, strlen(text));
    free(text);
    fm_status kept = take_text(member, &clean);
    return status ? status : kept;
}

static fm_status decode_texts(fm_event *event, const fm_json_span *object)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < fm_google_text_count && !status; i++)
        status = decode_text(fm_google_slot(event, &fm_google_texts[i]), object, fm_google_texts[i].name);
    return status;
}

/* ------------------------------------------------------------------ metadata */

static fm_status decode_metadata(fm_event *event, const fm_json_span *object)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < fm_google_metadata_count && !status; i++) {
        const fm_google_text *entry = &fm_google_metadata[i];
        status = fm_google_private(fm_google_slot(event, entry), object, entry->name);
    }
    return status;
}

/* A list that a person damaged counts as none. */
static fm_status decode_tags(fm_event *event, const fm_json_span *object)
{
    char *list = NULL;
    fm_json_scan scan;
    fm_json_span element;
    fm_status status = fm_google_private(&list, object, "tags");
    if (status || !list)
        return status;
    if (fm_json_check(list, strlen(list), 0, NULL) == FM_OK) {
        fm_json_begin(&scan, list, strlen(list), 0);
        FM_GOOGLE_EACH(&scan, &element)
        {
            char *tag = NULL;
            if (!status)
                status = fm_google_string_of(&tag, &element);
            if (!status && tag && *tag)
                status = fm_strings_add(&event->tags, tag);
            free(tag);
        }
    }
    free(list);
    fm_event_tags_normalise(&event->tags);
    return status;
}

static fm_status decode_modified(fm_event *event, const fm_json_span *object)
{
    char *updated = NULL, text[FM_DATE_TEXT_MAX];
    fm_date date;
    fm_status status = fm_google_string(&updated, object, "updated");
    if (!status && updated && !fm_date_parse(&date, updated, NULL) && !fm_date_format_epoch(text, fm_date_epoch(&date)))
        status = fm_event_set(&event->last_modified, text);
    free(updated);
    return status;
}

/* Whether an array has elements. */
static bool has_elements(const fm_json_span *object, const char *path)
{
    fm_json_span array, element;
    fm_json_scan scan;
    bool any = false;
    if (!fm_google_member(&array, object, path))
        return false;
    fm_json_begin(&scan, array.at, array.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &element)
    any = true;
    return any;
}

static bool is_true(const fm_json_span *object, const char *path)
{
    fm_json_span value;
    return fm_google_member(&value, object, path) && value.len == 4 && memcmp(value.at, "true", 4) == 0;
}

/* Somebody who is not the account, by Google's word. */
static fm_status add_person(fm_strings *people, const fm_json_span *person)
{
    char *email = NULL;
    if (is_true(person, "self"))
        return FM_OK;
    fm_status status = fm_google_string(&email, person, "email");
    if (!status)
        status = fm_people_add(people, fm_span_of(email && *email ? email : "somebody"));
    free(email);
    return status;
}

/* Everybody that the event names; nobody where it only names the one who invites. */
static fm_status decode_people(fm_event *event, const fm_json_span *object)
{
    fm_json_span attendees = {"", 0}, organizer, person;
    fm_json_scan scan;
    fm_strings host = {0};
    fm_status status = FM_OK;
    bool invited = false; /* somebody but the host */
    if (fm_google_member(&organizer, object, "organizer"))
        status = add_person(&host, &organizer);
    fm_google_member(&attendees, object, "attendees");
    fm_json_begin(&scan, attendees.at, attendees.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &person)
    if (!status) {
        status = add_person(&event->people, &person);
        invited = invited || is_true(&person, "self");
    }
    invited = invited || fm_people_others(&event->people, &host);
    for (size_t i = 0; i < host.count && !status; i++)
        status = fm_people_add(&event->people, fm_span_of(host.items[i]));
    if (host.count && !invited)
        fm_strings_clear(&event->people);
    if (!status && is_true(object, "attendeesOmitted"))
        status = fm_people_add(&event->people, fm_span_of("others"));
    fm_strings_clear(&host);
    return status;
}

static fm_status decode_strings(fm_event *event, const fm_json_span *object)
{
    fm_status status = fm_google_string(&event->event_id, object, "id");
    if (!status)
        status = fm_google_string(&event->etag, object, "etag");
    if (!status)
        status = decode_texts(event, object);
    if (!status)
        status = decode_description(event, object);
    if (!status)
        status = decode_metadata(event, object);
    if (!status)
        status = decode_tags(event, object);
    return status ? status : decode_modified(event, object);
}

static fm_status decode_dates(fm_event *event, const fm_json_span *object, fm_zones *zones, fm_error *err)
{
    fm_event_dates dates;
    fm_json_span start;
    if (event->deleted && !fm_google_member(&start, object, "start"))
        return FM_OK;
    fm_status status = fm_google_dates(&dates, object, zones, err);
    return status ? status : fm_event_dates_store(&dates, event, err);
}

fm_status fm_google_decode(const char *text, size_t len, fm_zones *zones, fm_event *event, fm_error *err)
{
    fm_json_span object = {text, len}, series;
    if (len > FM_GOOGLE_EVENT_MAX)
        return fm_error_set(err, FM_ELIMIT, FM_GOOGLE_DOMAIN, "the event is larger than %zu bytes",
                            FM_GOOGLE_EVENT_MAX);
    fm_status status = fm_json_check(text, len, FM_JSON_DEPTH_LIMIT, err);
    if (!status)
        status = decode_strings(event, &object) ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
    if (!status)
        status = fm_google_uid(&event->uid, &object, err);
    if (!status && !(event->raw = strndup(text, len)))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    event->deleted = fm_google_is_cancelled(&object);
    event->recurring = has_elements(&object, "recurrence") || fm_google_member(&series, &object, "recurringEventId");
    if (!status && has_elements(&object, "attendees") && decode_people(event, &object))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    event->has_attendees = event->people.count > 0;
    if (!status)
        status = decode_dates(event, &object, zones, err);
    if (!status && fm_google_traits(event, &object))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    if (status)
        fm_event_clear(event);
    return status;
}
