/* What an event says of itself beside its texts and dates, written where it is said and differs from what is there. */
#include "provider/event/same.h"
#include "provider/google/event/edit.h"
#include "provider/google/event/model.h"
#include "provider/google/event/object.h"

#include <string.h>

/* ------------------------------------------------------------------ traits */

/* The link stands in `source`, which Google takes for web pages alone. */
static void encode_url(fm_google_edit *e)
{
    const char *want = e->want->url;
    if (!want || fm_text_same(want, e->have.url))
        return;
    fm_google_note_set(e, "source");
    bool is_web = strncmp(want, "https://", 8) == 0 || strncmp(want, "http://", 7) == 0;
    if (is_web) {
        fm_google_set_text(e, "source", "url", want, strlen(want));
        if (!fm_google_is_there(e, "source", "title"))
            fm_google_set_text(e, "source", "title", want, strlen(want));
    } else {
        fm_google_set_null(e, NULL, "source");
    }
    fm_google_set_private(e, "url", is_web ? "" : want);
}

static void encode_color(fm_google_edit *e)
{
    const char *want = e->want->color, *id = want && *want ? fm_google_color_id(want) : "";
    if (!want || fm_text_same(want, e->have.color) || e->status)
        return;
    if (!id) {
        e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                                 "the color \"%.40s\" is neither a CSS name such as \"teal\" nor #rrggbb", want);
        return;
    }
    fm_google_note_set(e, "colorId");
    fm_google_set_or_null(e, "colorId", id);
    fm_google_set_private(e, "color", want);
}

static void encode_visibility(fm_google_edit *e)
{
    static const char *const words[] = {"", "public", "private", "confidential"};
    const char *want = e->want->visibility;
    if (!want || fm_text_same(want, e->have.visibility) || e->status)
        return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], want) == 0) {
            fm_google_note_set(e, "visibility");
            fm_google_set_or_null(e, "visibility", want);
            return;
        }
    e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                             "the visibility \"%.40s\" is none of \"public\", \"private\" and \"confidential\"", want);
}

/* Compared with what the dates have made of it. */
static void encode_busy(fm_google_edit *e)
{
    fm_json_span object = {e->doc.data, e->doc.len};
    bool is_free = fm_google_is(&object, "transparency", "transparent");
    if (e->want->busy == FM_YES && is_free)
        fm_google_set_text(e, NULL, "transparency", "opaque", strlen("opaque"));
    else if (e->want->busy == FM_NO && !is_free)
        fm_google_set_text(e, NULL, "transparency", "transparent", strlen("transparent"));
}

static void encode_extras(fm_google_edit *e)
{
    for (size_t i = 0; i < e->want->extras.count; i++) {
        const fm_extra *extra = &e->want->extras.items[i];
        if (fm_text_same(extra->value, fm_extras_get(&e->have.extras, extra->name)))
            continue;
        fm_google_note_set(e, extra->name);
        fm_google_set_private(e, extra->name, extra->value);
    }
}

void fm_google_encode_traits(fm_google_edit *e)
{
    encode_url(e);
    encode_color(e);
    encode_visibility(e);
    encode_busy(e);
    encode_extras(e);
}

/* ------------------------------------------------------------------ reminders */

static bool has_minute(const int *list, size_t count, int minute)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == minute)
            return true;
    return false;
}

static void read_reminder(fm_google_edit *e, int *minutes, const char *text)
{
    if (!fm_google_reminder(minutes, text) && !e->status)
        e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                                 "the reminder \"%.40s\" cannot be used: Google takes 0 minutes to 4 weeks before the "
                                 "start, such as \"-P1D\"",
                                 text);
}

/* The minutes of a list of reminders, each once. */
static size_t read_minutes(fm_google_edit *e, int minutes[FM_GOOGLE_REMINDERS_MAX], const fm_strings *reminders)
{
    size_t count = 0;
    for (size_t i = 0; i < reminders->count; i++) {
        int minute = 0;
        read_reminder(e, &minute, reminders->items[i]);
        if (has_minute(minutes, count, minute))
            continue;
        if (count == FM_GOOGLE_REMINDERS_MAX) {
            if (!e->status)
                e->status = fm_error_set(e->err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                                         "the event has more than %d reminders, which Google does not take",
                                         FM_GOOGLE_REMINDERS_MAX);
            break;
        }
        minutes[count++] = minute;
    }
    return count;
}

/* Appends the overrides of other kinds than ours, as they are. */
static void add_other_overrides(fm_buf *json, const fm_json_span *object)
{
    fm_json_span overrides, override;
    fm_json_scan scan;
    int minutes;
    if (!fm_google_member(&overrides, object, "reminders.overrides"))
        return;
    fm_json_begin(&scan, overrides.at, overrides.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &override)
    if (!fm_google_popup_minutes(&minutes, &override)) {
        fm_buf_adds(json, json->len > 1 ? "," : "");
        fm_buf_add(json, override.at, override.len);
    }
}

/* Whether the event has these reminders, in whatever order and spelling. */
static bool has_reminders(const fm_google_edit *e, const int *minutes, size_t count)
{
    int have;
    size_t found = 0;
    for (size_t i = 0; i < e->have.reminders.count; i++) {
        if (!fm_google_reminder(&have, e->have.reminders.items[i]) || !has_minute(minutes, count, have))
            return false;
        found++;
    }
    return found == count;
}

/* On an event that is there they are the person's, unless they are said to be ours. */
void fm_google_encode_reminders(fm_google_edit *e)
{
    int minutes[FM_GOOGLE_REMINDERS_MAX];
    const fm_strings *reminders = &e->want->reminders;
    fm_json_span object = {e->doc.data, e->doc.len};
    fm_buf json, mark;
    if (e->status || (!e->is_new && !e->want->owns_reminders))
        return;
    size_t count = read_minutes(e, minutes, reminders);
    if (!e->is_new && has_reminders(e, minutes, count))
        return;
    fm_buf_init(&json, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&mark, FM_GOOGLE_EVENT_MAX);
    fm_buf_addc(&json, '[');
    add_other_overrides(&json, &object);
    for (size_t i = 0; i < count; i++)
        fm_buf_addf(&json, "%s{\"method\":\"popup\",\"minutes\":%d}", json.len > 1 ? "," : "", minutes[i]);
    fm_buf_addc(&json, ']');
    for (size_t i = 0; i < reminders->count; i++)
        fm_buf_addf(&mark, "%s%s", i ? "," : "", reminders->items[i]);
    fm_google_set_json(e, "reminders", "useDefault", "false", strlen("false"));
    fm_google_set_json(e, "reminders", "overrides", json.data, json.len);
    fm_google_set_private(e, "reminders", mark.data);
    fm_google_note_set(e, "reminders");
    fm_buf_free(&json);
    fm_buf_free(&mark);
}
