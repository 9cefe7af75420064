#include "core/ical_value.h"
#include "core/vtimezone.h"
#include "provider/description.h"
#include "provider/event_same.h"
#include "provider/event_tags.h"
#include "provider/ics_codec.h"
#include "provider/ics_model.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";
static const char metadata_version[] = "1";
static const char empty_object[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fleet Monitor//fmcal//EN\r\n"
                                   "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
static const fm_span no_params = {"", 0};

/* An object being edited. The first failure stays; everything after it does nothing. */
typedef struct edit {
    ics_object object;
    const fm_event *want;
    fm_event have; /* what the object says before the edit; empty for a new one */
    bool is_new;
    fm_zones *zones;
    fm_buf scratch;
    fm_status status;
    fm_error *err;
} edit;

/* ------------------------------------------------------------------ lines of the master */

static size_t find(const edit *e, const char *name)
{
    return fm_ical_find_property(e->object.doc, e->object.master, FM_ICAL_NONE, name);
}

/* Where a new line goes: behind the master's own properties, before its alarms. */
static size_t insertion_point(const edit *e)
{
    size_t at = fm_ical_find_component(e->object.doc, e->object.master, FM_ICAL_NONE, NULL);
    return at == FM_ICAL_NONE ? fm_ical_end(e->object.doc, e->object.master) : at;
}

/* Gives the first line of a name parameters and a value, adding it where it is missing. */
static void set_line(edit *e, const char *name, fm_span params, fm_span value)
{
    if (e->status)
        return;
    size_t at = find(e, name);
    if (at == FM_ICAL_NONE)
        e->status = fm_ical_insert(e->object.doc, insertion_point(e), name, params, value, e->err);
    else
        e->status = fm_ical_set(e->object.doc, at, params, value, e->err);
}

/* The parameters that the line of a name has; none where they could not be written again. */
static fm_span params_of(const edit *e, const char *name)
{
    size_t at = find(e, name);
    fm_span params = at == FM_ICAL_NONE ? no_params : fm_ical_at(e->object.doc, at)->parts.params;
    return fm_ical_is_params(params) ? params : no_params;
}

/* As set_line(), with the parameters that the line has. */
static void set_value(edit *e, const char *name, fm_span value)
{
    set_line(e, name, params_of(e, name), value);
}

/* Removes the lines of a name from the master, but for the first `keep`. */
static void remove_lines(edit *e, const char *name, size_t keep)
{
    size_t at = FM_ICAL_NONE;
    while (!e->status && (at = fm_ical_find_property(e->object.doc, e->object.master, at, name)) != FM_ICAL_NONE) {
        if (keep) {
            keep--;
            continue;
        }
        fm_ical_remove(e->object.doc, at, 1);
        at--; /* a BEGIN stands before any property */
    }
}

/* Sets the line to what the scratch buffer holds, removes it where that is nothing. Empties the buffer. */
static void set_from_scratch(edit *e, const char *name)
{
    if (!e->status)
        e->status = e->scratch.status;
    if (e->scratch.len)
        set_value(e, name, (fm_span){e->scratch.data, e->scratch.len});
    else
        remove_lines(e, name, 0);
    fm_buf_reset(&e->scratch);
}

/* ------------------------------------------------------------------ text */

/* Whether a text, once cleaned, is what the object has. Leaves the clean text in `clean`. */
static bool is_there(edit *e, fm_buf *clean, const char *want, const char *have)
{
    fm_buf_init(clean, e->scratch.max_bytes);
    if (want)
        fm_ical_clean(clean, want, strlen(want));
    if (clean->status && !e->status)
        e->status = clean->status;
    return fm_text_same(clean->data, have);
}

static void encode_title(edit *e)
{
    fm_buf clean;
    if (!is_there(e, &clean, e->want->title, e->have.title)) {
        fm_ical_escape(&e->scratch, clean.data, clean.len);
        set_from_scratch(e, "SUMMARY");
    }
    fm_buf_free(&clean);
}

static void encode_description(edit *e)
{
    fm_buf text, footer, joined;
    bool same = is_there(e, &text, e->want->description, e->have.description);
    same = is_there(e, &footer, e->want->footer, e->have.footer) && same;
    if (!same) {
        fm_buf_init(&joined, e->scratch.max_bytes);
        if (!fm_description_join(&joined, text.data, footer.data))
            fm_ical_escape(&e->scratch, joined.data, joined.len);
        else if (!e->status)
            e->status = joined.status;
        set_from_scratch(e, "DESCRIPTION");
        fm_buf_free(&joined);
    }
    fm_buf_free(&text);
    fm_buf_free(&footer);
}

/* The event's tags as a calendar can have them. */
static void clean_tags(edit *e, fm_strings *out)
{
    for (size_t i = 0; i < e->want->tags.count && !e->status; i++) {
        const char *tag = e->want->tags.items[i];
        e->status = fm_event_tag(&e->scratch, tag, strlen(tag));
        if (!e->status && e->scratch.len)
            e->status = fm_strings_add(out, e->scratch.data);
        fm_buf_reset(&e->scratch);
    }
    fm_event_tags_normalise(out);
}

static void encode_tags(edit *e)
{
    fm_strings tags = {0};
    clean_tags(e, &tags);
    if (!e->status && !fm_strings_same(&tags, &e->have.tags)) {
        for (size_t i = 0; i < tags.count; i++) {
            if (i)
                fm_buf_addc(&e->scratch, ',');
            fm_ical_escape(&e->scratch, tags.items[i], strlen(tags.items[i]));
        }
        set_from_scratch(e, "CATEGORIES");
        remove_lines(e, "CATEGORIES", 1);
    }
    fm_strings_clear(&tags);
}

/* ------------------------------------------------------------------ metadata */

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._/-", c);
}

/*
 * A blank at either end would be lost, so only those within stay as they are. What calendars escape is written in
 * small letters: python-icalendar (khal, Xandikos) takes %2C, %3A, %3B and %5C for escapes of its own.
 */
static void add_percent_encoded(fm_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (is_plain(c) || (c == ' ' && i > 0 && i + 1 < len))
            fm_buf_addc(out, c);
        else
            fm_buf_addf(out, strchr(",:;\\", c) ? "%%%02x" : "%%%02X", (unsigned char)c);
    }
}

static void encode_metadata(edit *e, const char *name, const char *want, const char *have)
{
    fm_buf clean;
    if (!is_there(e, &clean, want, have)) {
        add_percent_encoded(&e->scratch, clean.data, clean.len);
        set_from_scratch(e, name);
    }
    fm_buf_free(&clean);
}

/* Whether an X- property that has no member of its own says this already. */
static bool says(edit *e, const char *name, const char *want)
{
    size_t at = find(e, name);
    fm_status status = FM_OK;
    if (at != FM_ICAL_NONE)
        status = ics_metadata_decode(&e->scratch, fm_ical_at(e->object.doc, at)->parts.value);
    bool same = !status && strcmp(e->scratch.data, want) == 0;
    if (!e->status)
        e->status = status;
    fm_buf_reset(&e->scratch);
    return same;
}

static void encode_priority(edit *e)
{
    fm_buf clean;
    if (!is_there(e, &clean, e->want->priority, e->have.priority)) {
        int number = ics_priority_number(clean.data);
        if (number)
            fm_buf_addf(&e->scratch, "%d", number);
        set_from_scratch(e, "PRIORITY");
    }
    if (!says(e, "X-PRIORITY", clean.data)) {
        add_percent_encoded(&e->scratch, clean.data, clean.len);
        set_from_scratch(e, "X-PRIORITY");
    }
    fm_buf_free(&clean);
}

static void encode_all_metadata(edit *e)
{
    bool ours = e->is_new || (e->want->kanban_id && *e->want->kanban_id);
    for (size_t i = 0; i < ics_metadata_count; i++) {
        const ics_metadata *entry = &ics_metadata_list[i];
        const char *want = ics_metadata_value(e->want, entry);
        if (ours && strcmp(entry->name, "X-SOURCE") == 0 && (!want || !*want))
            want = "fleet-monitor";
        encode_metadata(e, entry->name, want, ics_metadata_value(&e->have, entry));
    }
    if (ours && !says(e, "X-VERSION", metadata_version))
        set_value(e, "X-VERSION", fm_span_of(metadata_version));
}

/* ------------------------------------------------------------------ dates */

static bool same_time(const fm_event_time *a, const fm_event_time *b)
{
    return a->form == b->form && a->s == b->s && (a->form != FM_TIME_ZONED || a->zone == b->zone);
}

/* What TZID is to say for a zone: the name by which the object has it, else its own, with a VTIMEZONE added. */
static void name_zone(edit *e, const fm_zone *zone, int64_t epoch, fm_buf *tzid)
{
    const ics_object *o = &e->object;
    for (size_t at = FM_ICAL_NONE; !e->status;) {
        at = fm_ical_find_component(o->doc, o->calendar, at, "VTIMEZONE");
        size_t name = at == FM_ICAL_NONE ? FM_ICAL_NONE : fm_ical_find_property(o->doc, at, FM_ICAL_NONE, "TZID");
        if (at == FM_ICAL_NONE)
            break;
        if (name == FM_ICAL_NONE)
            continue;
        fm_span value = fm_ical_at(o->doc, name)->parts.value;
        const fm_zone *found;
        e->status = ics_zone_of(&found, o, value, e->zones, e->err);
        if (found == zone) {
            fm_buf_add(tzid, value.at, value.len);
            return;
        }
    }
    fm_buf text;
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    fm_buf_adds(tzid, fm_zone_name(zone));
    size_t at = fm_ical_find_component(o->doc, o->calendar, FM_ICAL_NONE, NULL), before = fm_ical_count(o->doc);
    if (!e->status)
        e->status = fm_vtimezone_write(&text, zone, fm_zone_name(zone), epoch, e->err);
    if (!e->status)
        e->status = fm_ical_insert_text(o->doc, at, text.data, text.len, e->err);
    fm_buf_free(&text);
    if (!e->status)
        e->object.master += fm_ical_count(o->doc) - before; /* it stands behind what was put in */
}

/* The parameters of a date line: VALUE or TZID as the time needs, then the others that the line has. */
static void date_params(edit *e, fm_buf *params, const char *name, const fm_event_time *t, fm_span tzid)
{
    if (t->form == FM_TIME_DAY)
        e->status = fm_ical_add_param(params, "VALUE", fm_span_of("DATE"), e->err);
    if (t->form == FM_TIME_ZONED)
        e->status = fm_ical_add_param(params, "TZID", tzid, e->err);
    fm_span old = params_of(e, name), param, value;
    for (size_t at = 0, start = 0; fm_ical_next_param(old, &at, &param, &value); start = at)
        if (!fm_span_is(param, "VALUE") && !fm_span_is(param, "TZID"))
            fm_buf_add(params, old.at + start, at - start);
}

static void set_time(edit *e, const char *name, const fm_event_time *t, fm_span tzid)
{
    fm_date date;
    if (!e->status && fm_event_time_fields(&date, t))
        e->status = fm_error_set(e->err, FM_EINVAL, domain, "the event ends outside the years 1 to 9999");
    if (e->status)
        return;
    char text[FM_DATE_TEXT_MAX];
    fm_buf params;
    fm_buf_init(&params, FM_ICS_MAX_BYTES);
    date_params(e, &params, name, t, tzid);
    if (!e->status)
        e->status = params.status;
    set_line(e, name, (fm_span){params.data, params.len}, fm_span_of(fm_ical_date_format(&date, text)));
    fm_buf_free(&params);
}

static void encode_transparency(edit *e, bool was_day, bool is_day)
{
    const fm_ical_line *line = ics_property(&e->object, "TRANSP");
    if (is_day && !was_day)
        set_value(e, "TRANSP", fm_span_of("TRANSPARENT"));
    else if (was_day && !is_day && line && fm_span_is(fm_span_trim(line->parts.value), "TRANSPARENT"))
        remove_lines(e, "TRANSP", 0);
}

/* Whether the old DURATION leads from the new start to the new end. */
static bool keeps_duration(const edit *e, const fm_event_dates *want)
{
    const fm_ical_line *line = e->is_new ? NULL : ics_property(&e->object, "DURATION");
    fm_ical_duration d;
    if (!line || ics_property(&e->object, "DTEND") || fm_ical_duration_parse(&d, line->parts.value, NULL))
        return false;
    fm_event_time end = fm_event_time_after(&want->start, d.days, d.seconds);
    return same_time(&end, &want->end);
}

/* An instant without a zone leaves the calendar its zone, where it is the same instant or a series hangs on it. */
static void keep_zone(const edit *e, const fm_event_dates *have, fm_event_dates *want)
{
    if (want->start.form != FM_TIME_UTC || have->start.form != FM_TIME_ZONED)
        return;
    if (fm_event_time_instant(&have->start) != want->start.s && !e->have.recurring)
        return;
    want->start = fm_event_time_convert(&want->start, &have->start);
    want->end = fm_event_time_convert(&want->end, &want->start);
}

/*
 * Whether the clocks of the zone are put back within the event so far that they show no later time at its end. Servers
 * that take the start for the second of the two moments it may mean then see an event without length, and refuse it
 * (Cyrus): of a length there is one reading only.
 */
static bool ends_no_later_on_the_clock(const fm_event_dates *want)
{
    return want->start.form == FM_TIME_ZONED && want->end.form == FM_TIME_UTC &&
           fm_zone_to_local(want->start.zone, want->end.s) <= want->start.s;
}

/* The end as a DURATION. */
static void set_length(edit *e, const fm_event_dates *want)
{
    long long seconds = (long long)(want->end.s - fm_event_time_instant(&want->start));
    fm_buf_addf(&e->scratch, seconds % 60 ? "PT%lldS" : "PT%lldM", seconds % 60 ? seconds : seconds / 60);
    set_from_scratch(e, "DURATION");
    remove_lines(e, "DTEND", 0);
}

static void set_end(edit *e, const fm_event_dates *want, bool end_stays, fm_span zone)
{
    if (ends_no_later_on_the_clock(want)) {
        set_length(e, want);
        return;
    }
    if (!end_stays || find(e, "DTEND") == FM_ICAL_NONE)
        set_time(e, "DTEND", &want->end, zone);
    remove_lines(e, "DURATION", 0);
}

/* Returns whether the date changed. */
static bool encode_dates(edit *e)
{
    fm_event_dates want, have = {0};
    if (!e->status)
        e->status = fm_event_dates_load(&want, e->want, e->zones, e->err);
    if (!e->status && !e->is_new)
        e->status = ics_dates_read(&have, &e->object, e->zones, e->err);
    if (e->status)
        return false;
    bool was_day = !e->is_new && have.start.form == FM_TIME_DAY, is_day = want.start.form == FM_TIME_DAY;
    if (!e->is_new)
        keep_zone(e, &have, &want);
    /* A timed event of another program may have no end, and need not get one. */
    bool endless = !e->is_new && !have.has_end && !e->want->end_date && !is_day;
    bool start_stays = !e->is_new && same_time(&have.start, &want.start);
    bool end_stays = endless || (have.has_end && same_time(&have.end, &want.end));
    if (start_stays && end_stays)
        return false;
    fm_buf tzid;
    fm_buf_init(&tzid, FM_ICS_MAX_BYTES);
    if (want.start.form == FM_TIME_ZONED)
        name_zone(e, want.start.zone, fm_event_time_instant(&want.start), &tzid);
    fm_span zone = {tzid.data, tzid.len};
    bool length_stays = endless || keeps_duration(e, &want);
    if (!start_stays)
        set_time(e, "DTSTART", &want.start, zone);
    if (!length_stays)
        set_end(e, &want, end_stays, zone);
    encode_transparency(e, was_day, is_day);
    fm_buf_free(&tzid);
    return true;
}

/* ------------------------------------------------------------------ alarms */

static bool in_list(const fm_strings *list, fm_span value)
{
    for (size_t i = 0; i < list->count; i++)
        if (strlen(list->items[i]) == value.len && memcmp(list->items[i], value.at, value.len) == 0)
            return true;
    return false;
}

/* Ours whose reminder is gone from the event. A person's stay. */
static void remove_alarms(edit *e)
{
    size_t at = FM_ICAL_NONE;
    while (!e->status && (at = fm_ical_find_component(e->object.doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span mark = ics_reminder_of(&e->object, at);
        if (!mark.len || in_list(&e->want->reminders, mark))
            continue;
        fm_ical_remove(e->object.doc, at, fm_ical_end(e->object.doc, at) - at + 1);
        at--;
    }
}

/* By its mark, or, where a server took the mark away, by when it rings. */
static bool has_alarm(const edit *e, const char *reminder)
{
    const fm_ical *doc = e->object.doc;
    size_t at = FM_ICAL_NONE, len = strlen(reminder);
    while ((at = fm_ical_find_component(doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span said = ics_reminder_of(&e->object, at);
        size_t trigger = fm_ical_find_property(doc, at, FM_ICAL_NONE, "TRIGGER");
        if (!said.len && trigger != FM_ICAL_NONE)
            said = fm_ical_at(doc, trigger)->parts.value;
        if (said.len == len && memcmp(said.at, reminder, len) == 0)
            return true;
    }
    return false;
}

static void add_alarm(edit *e, const char *reminder)
{
    fm_ical_duration duration;
    if (fm_ical_duration_parse(&duration, fm_span_of(reminder), e->err)) {
        e->status = FM_EINVAL;
        if (e->err)
            e->err->status = FM_EINVAL;
        fm_error_prefix(e->err, "reminders");
        return;
    }
    fm_buf_addf(&e->scratch,
                "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:%s\r\nDESCRIPTION:Reminder\r\n" ICS_REMINDER_MARK
                ":%s\r\nEND:VALARM\r\n",
                reminder, reminder);
    e->status = e->scratch.status;
    if (!e->status)
        e->status = fm_ical_insert_text(e->object.doc, fm_ical_end(e->object.doc, e->object.master), e->scratch.data,
                                        e->scratch.len, e->err);
    fm_buf_reset(&e->scratch);
}

static void encode_reminders(edit *e)
{
    remove_alarms(e);
    for (size_t i = 0; i < e->want->reminders.count && !e->status; i++)
        if (!has_alarm(e, e->want->reminders.items[i]))
            add_alarm(e, e->want->reminders.items[i]);
}

/* ------------------------------------------------------------------ the whole */

static void encode_deleted(edit *e)
{
    if (e->want->deleted == e->have.deleted)
        return;
    if (e->want->deleted)
        set_value(e, "STATUS", fm_span_of("CANCELLED"));
    else
        remove_lines(e, "STATUS", 0);
}

static void set_stamps(edit *e, const fm_env *env)
{
    fm_date now;
    char text[FM_DATE_TEXT_MAX];
    int64_t us = env->now_us(env->data);
    if (fm_date_from_epoch(&now, us / 1000000, FM_DATE_UTC, 0)) {
        e->status = fm_error_set(e->err, FM_EINVAL, domain, "the clock is outside the years 1 to 9999");
        return;
    }
    fm_ical_date_format(&now, text);
    set_value(e, "DTSTAMP", fm_span_of(text));
    remove_lines(e, "DTSTAMP", 1); /* some servers write it twice */
    set_value(e, "LAST-MODIFIED", fm_span_of(text));
}

static void bump_sequence(edit *e)
{
    const fm_ical_line *line = ics_property(&e->object, "SEQUENCE");
    int64_t sequence = 0;
    fm_span value = line ? fm_span_trim(line->parts.value) : no_params;
    for (size_t i = 0; i < value.len && value.at[i] >= '0' && value.at[i] <= '9' && sequence < INT32_MAX; i++)
        sequence = sequence * 10 + (value.at[i] - '0');
    if (sequence >= INT32_MAX)
        return; /* as far as it goes: it must not go back */
    fm_buf_addf(&e->scratch, "%lld", (long long)sequence + 1);
    set_from_scratch(e, "SEQUENCE");
}

static void set_uid(edit *e)
{
    if (!e->want->uid || !*e->want->uid)
        e->status = fm_error_set(e->err, FM_EINVAL, domain, "a new event needs a UID");
    else
        fm_ical_escape(&e->scratch, e->want->uid, strlen(e->want->uid));
    set_from_scratch(e, "UID");
}

static void encode_members(edit *e, const fm_env *env)
{
    if (e->is_new) {
        set_uid(e);
        set_stamps(e, env);
        set_value(e, "SEQUENCE", fm_span_of("0"));
    }
    bool rescheduled = encode_dates(e);
    encode_title(e);
    encode_description(e);
    encode_tags(e);
    encode_priority(e);
    encode_deleted(e);
    encode_all_metadata(e);
    encode_reminders(e);
    if (!e->is_new && !e->status && fm_ical_edited(e->object.doc)) {
        set_stamps(e, env);
        if (rescheduled)
            bump_sequence(e);
    }
}

static fm_status open_object(edit *e, const char *old, size_t old_len)
{
    if (e->is_new)
        return ics_object_read(&e->object, empty_object, sizeof empty_object - 1, e->err);
    fm_status status = ics_object_read(&e->object, old, old_len, e->err);
    if (!status)
        status = ics_event_read(&e->have, &e->object, e->zones, e->err);
    const char *uid = e->want->uid;
    if (!status && uid && strcmp(uid, e->have.uid) != 0)
        status = fm_error_set(e->err, FM_EINVAL, domain, "the object has the UID %.80s, not %.80s", e->have.uid, uid);
    return status;
}

static void explain(fm_status status, fm_error *err)
{
    if (!err || err->status == status)
        return;
    if (status == FM_ELIMIT)
        fm_error_set(err, status, domain, "the event would take more than %u bytes", FM_ICS_MAX_BYTES);
    else if (status == FM_ENOMEM)
        fm_error_set(err, status, domain, "not enough memory for an event");
}

fm_status fm_ics_encode(const fm_event *event, const char *old, size_t old_len, const fm_env *env, fm_zones *zones,
                        fm_buf *out, fm_error *err)
{
    fm_zones *own = zones ? NULL : fm_zones_new(NULL);
    edit e = {.want = event, .is_new = !old, .zones = zones ? zones : own, .err = err};
    fm_buf text;
    fm_error_clear(err);
    fm_buf_init(&e.scratch, (size_t)FM_ICS_MAX_BYTES * 8); /* every byte of a text may grow to three */
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    e.status = e.zones ? open_object(&e, old, old_len) : FM_ENOMEM;
    if (!e.status)
        encode_members(&e, env);
    if (!e.status)
        e.status = fm_ical_write(e.object.doc, &text);
    if (!e.status)
        e.status = fm_buf_add(out, text.data, text.len);
    explain(e.status, err);
    fm_ical_free(e.object.doc);
    fm_event_clear(&e.have);
    fm_buf_free(&e.scratch);
    fm_buf_free(&text);
    fm_zones_free(own);
    return e.status;
}
