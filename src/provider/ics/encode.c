#include "core/ical/value.h"
#include "provider/event/description.h"
#include "provider/event/same.h"
#include "provider/event/tags.h"
#include "provider/ics/codec.h"
#include "provider/ics/edit.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char metadata_version[] = "1";
static const char empty_object[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fleet Monitor//fmcal//EN\r\n"
                                   "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/* ------------------------------------------------------------------ text */

static void encode_text(fm_ics_edit *e, const fm_ics_member *text)
{
    fm_buf clean;
    if (!fm_ics_is_there(e, &clean, fm_ics_value(e->want, text), fm_ics_value(&e->have, text))) {
        fm_ical_escape(&e->scratch, clean.data, clean.len);
        fm_ics_edit_from_scratch(e, text->name);
    }
    fm_buf_free(&clean);
}

static void encode_texts(fm_ics_edit *e)
{
    for (size_t i = 0; i < fm_ics_text_count; i++)
        if (!fm_ics_texts[i].stays || fm_ics_value(e->want, &fm_ics_texts[i]))
            encode_text(e, &fm_ics_texts[i]);
}

static void encode_description(fm_ics_edit *e)
{
    fm_buf text, footer, joined;
    bool same = fm_ics_is_there(e, &text, e->want->description, e->have.description);
    same = fm_ics_is_there(e, &footer, e->want->footer, e->have.footer) && same;
    if (!same) {
        fm_buf_init(&joined, e->scratch.max_bytes);
        if (!fm_description_join(&joined, text.data, footer.data))
            fm_ical_escape(&e->scratch, joined.data, joined.len);
        else if (!e->status)
            e->status = joined.status;
        fm_ics_edit_from_scratch(e, "DESCRIPTION");
        fm_buf_free(&joined);
    }
    fm_buf_free(&text);
    fm_buf_free(&footer);
}

/* The event's tags as a calendar can have them. */
static void clean_tags(fm_ics_edit *e, fm_strings *out)
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

static void encode_tags(fm_ics_edit *e)
{
    fm_strings tags = {0};
    clean_tags(e, &tags);
    if (!e->status && !fm_strings_same(&tags, &e->have.tags)) {
        for (size_t i = 0; i < tags.count; i++) {
            if (i)
                fm_buf_addc(&e->scratch, ',');
            fm_ical_escape(&e->scratch, tags.items[i], strlen(tags.items[i]));
        }
        fm_ics_edit_from_scratch(e, "CATEGORIES");
        fm_ics_edit_remove(e, "CATEGORIES", 1);
    }
    fm_strings_clear(&tags);
}

/* ------------------------------------------------------------------ metadata */

/* Whether an X- property that has no member of its own says this already. */
static bool says(fm_ics_edit *e, const char *name, const char *want)
{
    size_t at = fm_ics_edit_find(e, name);
    fm_status status = FM_OK;
    if (at != FM_ICAL_NONE)
        status = fm_ics_metadata_decode(&e->scratch, fm_ical_at(e->object.doc, at)->parts.value);
    bool same = !status && strcmp(e->scratch.data, want) == 0;
    if (!e->status)
        e->status = status;
    fm_buf_reset(&e->scratch);
    return same;
}

static void encode_priority(fm_ics_edit *e)
{
    fm_buf clean;
    if (!fm_ics_is_there(e, &clean, e->want->priority, e->have.priority)) {
        int number = fm_ics_priority_number(clean.data);
        if (number)
            fm_buf_addf(&e->scratch, "%d", number);
        fm_ics_edit_from_scratch(e, "PRIORITY");
        fm_ics_add_percent_encoded(&e->scratch, clean.data, clean.len);
        fm_ics_edit_from_scratch(e, "X-PRIORITY");
    }
    fm_buf_free(&clean);
}

static void encode_all_metadata(fm_ics_edit *e)
{
    bool ours = e->is_new || (e->want->kanban_id && *e->want->kanban_id);
    for (size_t i = 0; i < fm_ics_metadata_count; i++) {
        const fm_ics_member *entry = &fm_ics_metadata[i];
        const char *want = fm_ics_value(e->want, entry);
        if (ours && strcmp(entry->name, "X-SOURCE") == 0 && (!want || !*want))
            want = "fleet-monitor";
        fm_ics_encode_metadata(e, entry->name, want, fm_ics_value(&e->have, entry));
    }
    if (ours && !says(e, "X-VERSION", metadata_version))
        fm_ics_edit_value(e, "X-VERSION", fm_span_of(metadata_version));
}

/* ------------------------------------------------------------------ the whole */

static void encode_deleted(fm_ics_edit *e)
{
    if (e->want->deleted == e->have.deleted)
        return;
    if (e->want->deleted)
        fm_ics_edit_value(e, "STATUS", fm_span_of("CANCELLED"));
    else
        fm_ics_edit_remove(e, "STATUS", 0);
}

static void set_stamps(fm_ics_edit *e, const fm_env *env)
{
    fm_date now;
    char text[FM_DATE_TEXT_MAX];
    int64_t us = env->now_us(env->data);
    if (fm_date_from_epoch(&now, us / 1000000, FM_DATE_UTC, 0)) {
        e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN, "the clock is outside the years 1 to 9999");
        return;
    }
    fm_ical_date_format(&now, text);
    fm_ics_edit_value(e, "DTSTAMP", fm_span_of(text));
    fm_ics_edit_remove(e, "DTSTAMP", 1); /* some servers write it twice */
    fm_ics_edit_value(e, "LAST-MODIFIED", fm_span_of(text));
}

static void bump_sequence(fm_ics_edit *e)
{
    const fm_ical_line *line = fm_ics_property(&e->object, "SEQUENCE");
    int64_t sequence = 0;
    fm_span value = line ? fm_span_trim(line->parts.value) : fm_ics_no_params;
    for (size_t i = 0; i < value.len && value.at[i] >= '0' && value.at[i] <= '9' && sequence < INT32_MAX; i++)
        sequence = sequence * 10 + (value.at[i] - '0');
    if (sequence >= INT32_MAX)
        return; /* as far as it goes: it must not go back */
    fm_buf_addf(&e->scratch, "%lld", (long long)sequence + 1);
    fm_ics_edit_from_scratch(e, "SEQUENCE");
}

static void set_uid(fm_ics_edit *e)
{
    if (!e->want->uid || !*e->want->uid)
        e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN, "a new event needs a UID");
    else
        fm_ical_escape(&e->scratch, e->want->uid, strlen(e->want->uid));
    fm_ics_edit_from_scratch(e, "UID");
}

static void encode_members(fm_ics_edit *e, const fm_env *env)
{
    if (e->is_new) {
        set_uid(e);
        set_stamps(e, env);
        fm_ics_edit_value(e, "SEQUENCE", fm_span_of("0"));
    }
    bool rescheduled = fm_ics_encode_dates(e);
    encode_texts(e);
    encode_description(e);
    encode_tags(e);
    encode_priority(e);
    encode_deleted(e);
    encode_all_metadata(e);
    fm_ics_encode_traits(e);
    fm_ics_encode_reminders(e);
    if (!e->is_new && !e->status && fm_ical_edited(e->object.doc)) {
        set_stamps(e, env);
        if (rescheduled)
            bump_sequence(e);
    }
}

static fm_status open_object(fm_ics_edit *e, const char *old, size_t old_len)
{
    if (e->is_new)
        return fm_ics_object_read(&e->object, empty_object, sizeof empty_object - 1, e->err);
    fm_status status = fm_ics_object_read(&e->object, old, old_len, e->err);
    if (!status)
        status = fm_ics_event_read(&e->have, &e->object, e->zones, e->err);
    const char *uid = e->want->uid;
    if (!status && uid && strcmp(uid, e->have.uid) != 0)
        status =
            fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN, "the object has the UID %.80s, not %.80s", e->have.uid, uid);
    return status;
}

static void explain(fm_status status, fm_error *err)
{
    if (!err || err->status == status)
        return;
    if (status == FM_ELIMIT)
        fm_error_set(err, status, ICS_DOMAIN, "the event would take more than %u bytes", FM_ICS_MAX_BYTES);
    else if (status == FM_ENOMEM)
        fm_error_no_memory(err, ICS_DOMAIN);
}

fm_status fm_ics_encode(const fm_event *event, const char *old, size_t old_len, const fm_env *env, fm_zones *zones,
                        fm_buf *out, fm_error *err)
{
    fm_zones *own = zones ? NULL : fm_zones_new(NULL);
    fm_ics_edit e = {.want = event, .is_new = !old, .zones = zones ? zones : own, .err = err};
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
