/* An event written into Google's JSON: only what differs from what is there is replaced. */
#include "core/ical/value.h"
#include "core/json/edit.h"
#include "core/json/value.h"
#include "provider/event/description.h"
#include "provider/event/same.h"
#include "provider/event/tags.h"
#include "provider/google/event/edit.h"
#include "provider/google/event/html.h"
#include "provider/google/event/model.h"
#include "provider/google/event/object.h"
#include "util/alloc.h"
#include "util/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 64

/* ------------------------------------------------------------------ metadata */

static void encode_metadata(fm_google_edit *e)
{
    for (size_t i = 0; i < fm_google_metadata_count; i++) {
        const fm_google_text *entry = &fm_google_metadata[i];
        const char *want = fm_google_value(e->want, entry);
        if (!fm_text_same(want, fm_google_value(&e->have, entry)))
            fm_google_set_private(e, entry->name, want ? want : "");
    }
}

static fm_status clean_tags(fm_strings *out, const fm_strings *tags)
{
    fm_buf tag;
    fm_status status = FM_OK;
    fm_buf_init(&tag, FM_GOOGLE_EVENT_MAX);
    for (size_t i = 0; i < tags->count && !status; i++) {
        fm_buf_reset(&tag);
        status = fm_event_tag(&tag, tags->items[i], strlen(tags->items[i]));
        if (!status && tag.len)
            status = fm_strings_add(out, tag.data);
    }
    fm_buf_free(&tag);
    fm_event_tags_normalise(out);
    return status;
}

static void encode_tags(fm_google_edit *e)
{
    fm_strings tags = {0};
    fm_buf json;
    if (!e->status && clean_tags(&tags, &e->want->tags))
        e->status = fm_error_no_memory(e->err, FM_GOOGLE_DOMAIN);
    fm_buf_init(&json, FM_GOOGLE_EVENT_MAX);
    if (!e->status && !fm_strings_same(&tags, &e->have.tags)) {
        for (size_t i = 0; i < tags.count; i++) {
            fm_buf_addc(&json, i ? ',' : '[');
            fm_status status = fm_json_add_string(&json, tags.items[i], strlen(tags.items[i]));
            if (status && !e->status)
                e->status = fm_error_set(e->err, status, FM_GOOGLE_DOMAIN, "a tag of the event is no UTF-8");
        }
        if (tags.count)
            fm_buf_addc(&json, ']');
        fm_google_set_private(e, "tags", json.data);
    }
    fm_buf_free(&json);
    fm_strings_clear(&tags);
}

/* ------------------------------------------------------------------ text */

static void clean(fm_google_edit *e, fm_buf *out, const char *text)
{
    fm_buf_init(out, FM_GOOGLE_EVENT_MAX);
    if (text && fm_ical_clean(out, text, strlen(text)) && !e->status)
        e->status = fm_error_set(e->err, out->status, FM_GOOGLE_DOMAIN, "a text of the event is too large");
}

static void encode_texts(fm_google_edit *e)
{
    for (size_t i = 0; i < fm_google_text_count; i++) {
        const fm_google_text *entry = &fm_google_texts[i];
        fm_buf text;
        if (entry->stays && !fm_google_value(e->want, entry))
            continue;
        clean(e, &text, fm_google_value(e->want, entry));
        if (!fm_text_same(text.data, fm_google_value(&e->have, entry))) {
            if (entry->stays)
                fm_google_note_set(e, entry->name);
            fm_google_set_or_null(e, entry->name, text.data);
        }
        fm_buf_free(&text);
    }
}

/* Writes a plain description, with a mark where it would be taken for HTML. */
static void set_description(fm_google_edit *e, const char *text, const char *footer)
{
    fm_buf joined, hash;
    fm_buf_init(&joined, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&hash, NAME_MAX_BYTES);
    fm_status status = fm_description_join(&joined, text, footer);
    if (!status && fm_html_is(joined.data))
        status = fm_google_text_hash(&hash, joined.data);
    if (status && !e->status)
        e->status = fm_error_set(e->err, status, FM_GOOGLE_DOMAIN, "the description of the event is too large");
    if (joined.len)
        fm_google_set_text(e, NULL, "description", joined.data, joined.len);
    else
        fm_google_set_null(e, NULL, "description");
    fm_google_set_private(e, "textHash", hash.data);
    fm_buf_free(&joined);
    fm_buf_free(&hash);
}

static const char *last_marker(const char *html)
{
    const char *last = NULL;
    for (const char *at = html; (at = strstr(at, FM_DESCRIPTION_MARKER)) != NULL; at++)
        last = at;
    return last;
}

/* The HTML that is there with another footer; `line_end` goes between the two where there was none. */
static void compose_html(fm_buf *out, const char *html, const char *line_end, const char *footer)
{
    const char *marker = last_marker(html);
    size_t head = marker ? (size_t)(marker - html) : strlen(html);
    fm_buf_add(out, html, head);
    if (!footer || !*footer)
        return;
    if (!marker && head)
        fm_buf_adds(out, line_end);
    fm_buf_adds(out, FM_DESCRIPTION_MARKER "<br>");
    fm_html_escape(out, footer);
}

/* Puts a new footer under a person's HTML. False where that would not read as wanted. */
static bool keep_html(fm_google_edit *e, const char *html, const char *line_end, const char *text, const char *footer)
{
    fm_buf made, back, back_footer;
    fm_buf_init(&made, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&back, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&back_footer, FM_GOOGLE_EVENT_MAX);
    compose_html(&made, html, line_end, footer);
    bool same = !made.status && !fm_google_part(&back, &back_footer, made.data, true) &&
                fm_text_same(back.data, text) && fm_text_same(back_footer.data, footer);
    if (same)
        fm_google_set_text(e, NULL, "description", made.data, made.len);
    fm_buf_free(&made);
    fm_buf_free(&back);
    fm_buf_free(&back_footer);
    return same;
}

static void encode_description(fm_google_edit *e)
{
    fm_buf text, footer;
    char *there = NULL;
    fm_json_span object = {e->doc.data, e->doc.len};
    clean(e, &text, e->want->description);
    clean(e, &footer, e->want->footer);
    bool same = fm_text_same(text.data, e->have.description), same_footer = fm_text_same(footer.data, e->have.footer);
    if (!e->status && fm_google_string(&there, &object, "description"))
        e->status = fm_error_no_memory(e->err, FM_GOOGLE_DOMAIN);
    bool html = there && fm_google_is_html(&object, there);
    bool kept = same && (same_footer || (html && (keep_html(e, there, "<br>", text.data, footer.data) ||
                                                  keep_html(e, there, "", text.data, footer.data))));
    if (!e->status && !kept)
        set_description(e, text.data, footer.data);
    free(there);
    fm_buf_free(&text);
    fm_buf_free(&footer);
}

/* ------------------------------------------------------------------ dates */

static const char *zone_name(const fm_google_edit *e, const fm_event_time *t)
{
    if (t->form == FM_TIME_ZONED)
        return fm_zone_name(t->zone);
    return t->form == FM_TIME_FLOATING && e->floating_zone ? e->floating_zone : "UTC";
}

/* Writes a start or end; `like` is the start, whose zone an end in UTC has too. */
static void set_time(fm_google_edit *e, const char *name, const fm_event_time *t, const fm_event_time *like)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    if (!e->status && fm_event_time_fields(&date, t))
        e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN, "the event ends outside the years 1 to 9999");
    if (e->status)
        return;
    fm_date_format(&date, text);
    if (t->form == FM_TIME_DAY) {
        fm_google_set_text(e, name, "date", text, strlen(text));
        fm_google_set_null(e, name, "dateTime");
        fm_google_set_null(e, name, "timeZone");
    } else {
        const char *zone = zone_name(e, like);
        fm_google_set_null(e, name, "date");
        fm_google_set_text(e, name, "dateTime", text, strlen(text));
        fm_google_set_text(e, name, "timeZone", zone, strlen(zone));
    }
}

static void set_transparency(fm_google_edit *e, const fm_event_dates *have, const fm_event_dates *want)
{
    bool all_day = want->start.form == FM_TIME_DAY, was_all_day = have->start.form == FM_TIME_DAY;
    if (!e->is_new && all_day == was_all_day)
        return;
    if (all_day)
        fm_google_set_text(e, NULL, "transparency", "transparent", strlen("transparent"));
    else if (!e->is_new)
        fm_google_set_text(e, NULL, "transparency", "opaque", strlen("opaque"));
}

static void move_series(fm_google_edit *e, const fm_event_time *from, const fm_event_time *to)
{
    fm_json_span object = {e->doc.data, e->doc.len}, recurrence;
    fm_buf json;
    if (e->is_new || e->status || !fm_google_member(&recurrence, &object, "recurrence"))
        return;
    fm_buf_init(&json, FM_GOOGLE_EVENT_MAX);
    e->status = fm_google_move_series(&json, &recurrence, from, to, e->zones, e->err);
    if (json.len != recurrence.len || memcmp(json.data, recurrence.at, json.len) != 0)
        fm_google_set_json(e, NULL, "recurrence", json.data, json.len);
    fm_google_set_json(e, NULL, FM_GOOGLE_MOVES_SERIES, "true", strlen("true"));
    fm_buf_free(&json);
}

static void encode_dates(fm_google_edit *e)
{
    fm_event_dates want, have = {0};
    fm_json_span object = {e->doc.data, e->doc.len};
    if (!e->status && !e->is_new)
        e->status = fm_google_dates(&have, &object, e->zones, e->err);
    if (e->status || fm_event_dates_stay_unknown(&have, e->want))
        return;
    e->status = fm_event_dates_load(&want, e->want, e->zones, e->err);
    if (!e->status && have.start.form == FM_TIME_UNKNOWN && e->have.recurring)
        e->status =
            fm_error_set(e->err, FM_EUNSUPPORTED, FM_GOOGLE_DOMAIN, "the series cannot be moved: %s", have.unknown);
    if (e->status)
        return;
    fm_event_dates_keep_zone(&want, &have, e->have.recurring);
    bool known = !e->is_new && have.start.form != FM_TIME_UNKNOWN;
    bool endless = known && !have.has_end && !want.has_end;
    bool start_stays = !e->is_new && fm_event_time_same(&have.start, &want.start);
    bool end_stays = start_stays && (endless || (have.has_end && fm_event_time_same(&have.end, &want.end)));
    if (start_stays && end_stays)
        return;
    if (!start_stays)
        move_series(e, &have.start, &want.start);
    /* Both: Google wants them alike in form and zone. */
    set_time(e, "start", &want.start, &want.start);
    set_time(e, "end", &want.end, &want.start);
    set_transparency(e, &have, &want);
    fm_google_set_private(e, "floating", want.start.form == FM_TIME_FLOATING ? "1" : "");
}

/* ------------------------------------------------------------------ identity and limits */

static void encode_identity(fm_google_edit *e)
{
    char id[FM_GOOGLE_ID_MAX];
    const char *uid = e->want->uid;
    if (!e->is_new) {
        if (uid && !fm_text_same(uid, e->have.uid) && !e->status)
            e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                                     "the event has the UID %.80s, and is to be written as %.80s",
                                     e->have.uid ? e->have.uid : "", uid);
        return;
    }
    if (!uid || !*uid) {
        e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN, "the event has no UID");
        return;
    }
    e->status = fm_google_id(id, uid, 0, e->err);
    fm_google_set_text(e, NULL, "id", id, strlen(id));
    fm_google_set_private(e, "uid", uid);
    fm_google_set_private(e, "version", "1");
}

/* Google would refuse more, or cut it without a word. */
static void check_limits(fm_google_edit *e)
{
    static const char *const copies[] = {"extendedProperties.private", "extendedProperties.shared"};
    fm_json_span object = {e->doc.data, e->doc.len}, properties, value;
    size_t count = 0, bytes = 0;
    if (e->status)
        return;
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        fm_json_scan scan;
        fm_json_string name;
        if (!fm_google_member(&properties, &object, copies[i]))
            continue;
        fm_json_begin(&scan, properties.at, properties.len, FM_JSON_DEPTH_LIMIT);
        bool first = fm_json_peek(&scan) == FM_JSON_OBJECT && fm_json_open(&scan);
        for (bool any = first; any && fm_json_member(&scan, first, &name) && fm_json_skip(&scan, &value);
             first = false) {
            bool is_null = value.len == 4 && memcmp(value.at, "null", 4) == 0;
            count += !is_null;
            bytes += is_null ? 0 : name.len + value.len - 2;
        }
    }
    if (count > FM_GOOGLE_PROPERTIES_MAX || bytes > FM_GOOGLE_PROPERTY_BYTES)
        e->status = fm_error_set(e->err, FM_ELIMIT, FM_GOOGLE_DOMAIN,
                                 "the event needs %zu extended properties with %zu bytes: Google takes %d with %d. "
                                 "Shorten its tags or its metadata",
                                 count, bytes, FM_GOOGLE_PROPERTIES_MAX, FM_GOOGLE_PROPERTY_BYTES);
}

fm_status fm_google_encode(const fm_event *event, const char *old, size_t old_len, fm_zones *zones, const char *zone,
                           fm_buf *out, fm_error *err)
{
    fm_google_edit e = {.want = event, .is_new = !old, .zones = zones, .floating_zone = zone, .err = err};
    fm_buf_init(&e.doc, FM_GOOGLE_EVENT_MAX);
    if (old)
        e.status = fm_google_decode(old, old_len, zones, &e.have, err);
    if (!e.status && fm_buf_add(&e.doc, old ? old : "{}", old ? old_len : 2))
        e.status = fm_error_set(err, e.doc.status, FM_GOOGLE_DOMAIN, "the event is too large");
    encode_identity(&e);
    encode_texts(&e);
    encode_description(&e);
    encode_dates(&e);
    encode_metadata(&e);
    encode_tags(&e);
    fm_google_encode_traits(&e);
    fm_google_encode_reminders(&e);
    check_limits(&e);
    size_t before = out->len;
    if (!e.status && fm_buf_add(out, e.doc.data, e.doc.len)) {
        e.status = fm_error_set(err, out->status, FM_GOOGLE_DOMAIN, "the event is too large");
        fm_buf_truncate(out, before);
    }
    fm_buf_free(&e.doc);
    fm_event_clear(&e.have);
    return e.status;
}
