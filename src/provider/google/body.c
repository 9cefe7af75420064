/* Bodies of writes: what fmcal owns of an event, and nothing else. */
#include "provider/google/body.h"
#include "core/json/edit.h"
#include "core/json/value.h"
#include "provider/google/event/model.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Depth of the deepest object of ours, and one. */
#define STEPS_MAX 3

static void add_name(fm_buf *out, const char *name, size_t len)
{
    char last = out->len ? out->data[out->len - 1] : '\0';
    if (last != '{')
        fm_buf_addc(out, ',');
    fm_json_add_string(out, name, len);
    fm_buf_addc(out, ':');
}

/* Copies a member of `object`; one that is absent becomes null, which is how events.patch removes it. */
static void add_member(fm_buf *out, const fm_json_span *object, const char *name)
{
    fm_json_span value;
    add_name(out, name, strlen(name));
    if (fm_google_member(&value, object, name))
        fm_buf_add(out, value.at, value.len);
    else
        fm_buf_adds(out, "null");
}

/* Whether the text sets a member, or an extra, that otherwise stays out. */
static bool is_set(const fm_json_span *event, const char *name, size_t len)
{
    fm_json_span sets, value;
    return fm_google_member(&sets, event, FM_GOOGLE_SETS) && fm_json_find_member(&sets, name, len, &value);
}

/* Google merges objects: of a start that becomes a date, the time has to be named to go. */
static void add_point(fm_buf *out, const fm_json_span *event, const char *name)
{
    fm_json_span point;
    if (!fm_google_member(&point, event, name))
        return;
    add_name(out, name, strlen(name));
    fm_buf_addc(out, '{');
    add_member(out, &point, "date");
    add_member(out, &point, "dateTime");
    add_member(out, &point, "timeZone");
    fm_buf_addc(out, '}');
}

/* Whether a property is one of ours: its name, or a part of one that is split. */
static bool is_named(const char *name, const fm_json_string *key)
{
    size_t len = strlen(name);
    return key->len >= len && memcmp(key->at, name, len) == 0 && (key->len == len || key->at[len] == '.');
}

static bool is_ours(const fm_json_string *key)
{
    for (size_t i = 0; i < fm_google_metadata_count; i++)
        if (is_named(fm_google_metadata[i].name, key))
            return true;
    for (size_t i = 0; i < fm_google_mark_count; i++)
        if (is_named(fm_google_marks[i], key))
            return true;
    return false;
}

/* Extras, further parts of split values, and the nulls of those that go. */
static void add_parts(fm_buf *out, const fm_json_span *event, const fm_json_span *properties)
{
    fm_json_scan scan;
    fm_json_string key;
    fm_json_span value;
    fm_json_begin(&scan, properties->at, properties->len, FM_JSON_DEPTH_LIMIT);
    bool first = fm_json_peek(&scan) == FM_JSON_OBJECT && fm_json_open(&scan);
    for (bool any = first; any && fm_json_member(&scan, first, &key) && fm_json_skip(&scan, &value); first = false) {
        const char *dot = memchr(key.at, '.', key.len);
        bool is_extra = is_set(event, key.at, dot ? (size_t)(dot - key.at) : key.len);
        if (!(dot && is_ours(&key)) && !is_extra)
            continue;
        add_name(out, key.at, key.len);
        fm_buf_add(out, value.at, value.len);
    }
}

static void add_properties(fm_buf *out, const fm_json_span *event)
{
    fm_json_span properties = {"{}", 2};
    fm_google_member(&properties, event, "extendedProperties.private");
    fm_buf_adds(out, ",\"extendedProperties\":{\"private\":{");
    for (size_t i = 0; i < fm_google_metadata_count; i++)
        add_member(out, &properties, fm_google_metadata[i].name);
    for (size_t i = 0; i < fm_google_mark_count; i++)
        add_member(out, &properties, fm_google_marks[i]);
    add_parts(out, event, &properties);
    fm_buf_adds(out, "}}");
}

static void add_patch(fm_buf *out, const fm_json_span *event)
{
    static const char *const others[] = {"description", "transparency"};
    fm_json_span mark;
    fm_buf_addc(out, '{');
    for (size_t i = 0; i < fm_google_text_count; i++)
        if (!fm_google_texts[i].stays)
            add_member(out, event, fm_google_texts[i].name);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        add_member(out, event, others[i]);
    for (size_t i = 0; i < fm_google_trait_count; i++)
        if (is_set(event, fm_google_traits_list[i], strlen(fm_google_traits_list[i])))
            add_member(out, event, fm_google_traits_list[i]);
    add_point(out, event, "start");
    add_point(out, event, "end");
    if (fm_google_member(&mark, event, FM_GOOGLE_MOVES_SERIES))
        add_member(out, event, "recurrence");
    add_properties(out, event);
    fm_buf_addc(out, '}');
}

static fm_status set(fm_buf *doc, const char *name, const char *json, size_t len, fm_error *err)
{
    fm_json_step step = {.name = name, .name_len = strlen(name)};
    fm_json_span value = {json, len};
    return fm_json_set(doc, &step, 1, &value, err);
}

/* Removes the members of an object in `doc` that are null: only events.patch knows what they mean. */
static fm_status remove_nulls(fm_buf *doc, const fm_json_step *path, size_t steps, fm_error *err)
{
    fm_json_step within[STEPS_MAX];
    fm_json_span object, value;
    fm_json_scan scan;
    fm_json_string key = {0};
    bool found = true;
    fm_status status = FM_OK;
    for (size_t i = 0; i < steps; i++)
        within[i] = path[i];
    while (found && !status && fm_json_find(&object, doc->data, doc->len, path, steps)) {
        fm_json_begin(&scan, object.at, object.len, FM_JSON_DEPTH_LIMIT);
        found = false;
        bool first = fm_json_peek(&scan) == FM_JSON_OBJECT && fm_json_open(&scan);
        for (bool any = first; any && !found && fm_json_member(&scan, first, &key) && fm_json_skip(&scan, &value);
             first = false)
            found = value.len == 4 && memcmp(value.at, "null", 4) == 0;
        if (!found)
            break;
        char *name = strndup(key.at, key.len);
        within[steps] = (fm_json_step){.name = name, .name_len = key.len};
        status = name && !key.escaped ? fm_json_remove(doc, within, steps + 1, err) : FM_EINVAL;
        free(name);
    }
    return status;
}

/* What Google says about an event, or gives it, and an event of its own must not claim. */
static fm_status remove_claims(fm_buf *doc, fm_error *err)
{
    static const char *const names[] = {"kind",
                                        "etag",
                                        "htmlLink",
                                        "created",
                                        "updated",
                                        "creator",
                                        "iCalUID",
                                        "hangoutLink",
                                        "conferenceData",
                                        "organizer",
                                        "sequence",
                                        "status",
                                        "recurringEventId",
                                        "originalStartTime",
                                        "locked",
                                        "eventType",
                                        "privateCopy",
                                        FM_GOOGLE_MOVES_SERIES,
                                        FM_GOOGLE_SETS};
    fm_status status = FM_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !status; i++) {
        fm_json_step step = {.name = names[i], .name_len = strlen(names[i])};
        status = fm_json_remove(doc, &step, 1, err);
    }
    return status;
}

static fm_status strip(fm_buf *doc, fm_error *err)
{
    static const fm_json_step properties[] = {{.name = "extendedProperties", .name_len = 18},
                                              {.name = "private", .name_len = 7}};
    static const fm_json_step start = {.name = "start", .name_len = 5}, end = {.name = "end", .name_len = 3};
    fm_status status = remove_claims(doc, err);
    if (!status)
        status = remove_nulls(doc, NULL, 0, err);
    if (!status)
        status = remove_nulls(doc, properties, 2, err);
    if (!status)
        status = remove_nulls(doc, &start, 1, err);
    return status ? status : remove_nulls(doc, &end, 1, err);
}

/* The whole event under the job's id; a deleted one is confirmed again, with a sequence that is not lower. */
static fm_status add_whole(fm_buf *out, const fm_google_job *job, fm_error *err)
{
    fm_buf text;
    fm_buf_init(&text, 64 + FM_GOOGLE_ID_MAX);
    fm_buf_add(out, job->base.write->text, job->base.write->text_len);
    fm_buf_addf(&text, "\"%s\"", job->id);
    fm_status status = text.status ? text.status : strip(out, err);
    if (!status)
        status = set(out, "id", text.data, text.len, err);
    if (!status && job->verb == FM_GOOGLE_REVIVE)
        status = set(out, "status", "\"confirmed\"", strlen("\"confirmed\""), err);
    if (!status && job->verb == FM_GOOGLE_REVIVE && job->sequence >= 0) {
        fm_buf_reset(&text);
        fm_buf_addf(&text, "%lld", (long long)job->sequence);
        status = set(out, "sequence", text.data, text.len, err);
    }
    fm_buf_free(&text);
    return status;
}

fm_status fm_google_body(fm_buf *out, const fm_google_job *job, fm_error *err)
{
    fm_json_span event = {job->base.write->text, job->base.write->text_len};
    if (fm_json_check(event.at, event.len, FM_JSON_DEPTH_LIMIT, NULL) || !memchr(event.at, '{', event.len))
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN, "what is to be written is no event in Google's JSON");
    if (job->verb != FM_GOOGLE_PATCH)
        return add_whole(out, job, err);
    add_patch(out, &event);
    return out->status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
}
