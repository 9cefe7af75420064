/* What an event says of itself beside its texts and dates: how Google's JSON has it. */
#include "core/ical/value.h"
#include "core/json/value.h"
#include "provider/event/color.h"
#include "provider/google/event/model.h"
#include "provider/google/event/object.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fm_google_traits_list[] = {"location", "visibility", "colorId", "source", "reminders"};
const size_t fm_google_trait_count = sizeof fm_google_traits_list / sizeof fm_google_traits_list[0];

/* ------------------------------------------------------------------ colours */

/* The colours of events, "1" to "11", as Google Calendar shows them. */
static const fm_color colors[] = {{"1", 0x7986cb}, {"2", 0x33b679},  {"3", 0x8e24aa}, {"4", 0xe67c73},
                                  {"5", 0xf6bf26}, {"6", 0xf4511e},  {"7", 0x039be5}, {"8", 0x616161},
                                  {"9", 0x3f51b5}, {"10", 0x0b8043}, {"11", 0xd50000}};
#define COLOR_COUNT (sizeof colors / sizeof colors[0])

const char *fm_google_color_id(const char *text)
{
    uint32_t rgb;
    return fm_color_read(&rgb, text) ? fm_color_nearest(colors, COLOR_COUNT, rgb)->name : NULL;
}

static fm_status color_of_id(char **color, const char *id)
{
    char text[sizeof "#rrggbb"];
    for (size_t i = 0; i < COLOR_COUNT; i++) {
        if (strcmp(colors[i].name, id) != 0)
            continue;
        snprintf(text, sizeof text, "#%06x", (unsigned)colors[i].rgb);
        return fm_text_set(color, text);
    }
    return FM_OK;
}

/* The colour that was asked for, while the id still is what was written for it. */
static fm_status read_color(fm_event *event, const fm_json_span *object)
{
    char *id = NULL, *asked = NULL;
    fm_status status = fm_google_string(&id, object, "colorId");
    if (!status && id)
        status = fm_google_private(&asked, object, "color");
    const char *of_asked = asked ? fm_google_color_id(asked) : NULL;
    if (of_asked && strcmp(of_asked, id) == 0) {
        event->color = asked;
        asked = NULL;
    } else if (!status && id) {
        status = color_of_id(&event->color, id);
    }
    free(id);
    free(asked);
    return status;
}

/* ------------------------------------------------------------------ link, visibility, time, extras */

static fm_status read_url(fm_event *event, const fm_json_span *object)
{
    fm_status status = fm_google_string(&event->url, object, "source.url");
    return status || event->url ? status : fm_google_private(&event->url, object, "url");
}

static fm_status read_visibility(fm_event *event, const fm_json_span *object)
{
    return fm_google_is(object, "visibility", "default") ? FM_OK
                                                         : fm_google_string(&event->visibility, object, "visibility");
}

/* Said where it is not what the kind of date makes of it: a day leaves its time free, a time takes it. */
static void read_busy(fm_event *event, const fm_json_span *object)
{
    bool is_free = fm_google_is(object, "transparency", "transparent");
    if (event->due_date && is_free != fm_event_is_day(event))
        event->busy = is_free ? FM_NO : FM_YES;
}

static fm_status read_extra(fm_event *event, const fm_json_span *object, const fm_json_string *key)
{
    char name[FM_EXTRA_NAME_MAX + 1], *value = NULL;
    if (key->escaped || !fm_extra_is_name(key->at, key->len))
        return FM_OK;
    memcpy(name, key->at, key->len);
    name[key->len] = '\0';
    fm_status status = fm_google_private(&value, object, name);
    if (!status && value && *value)
        status = fm_extras_set(&event->extras, name, value);
    free(value);
    return status;
}

static fm_status read_extras(fm_event *event, const fm_json_span *object)
{
    fm_json_span properties, value;
    fm_json_scan scan;
    fm_json_string key;
    fm_status status = FM_OK;
    if (!fm_google_member(&properties, object, "extendedProperties.private"))
        return FM_OK;
    fm_json_begin(&scan, properties.at, properties.len, FM_JSON_DEPTH_LIMIT);
    bool first = fm_json_peek(&scan) == FM_JSON_OBJECT && fm_json_open(&scan);
    for (bool any = first; any && !status && fm_json_member(&scan, first, &key) && fm_json_skip(&scan, &value);
         first = false)
        status = read_extra(event, object, &key);
    return status;
}

/* ------------------------------------------------------------------ reminders */

bool fm_google_reminder(int *minutes, const char *text)
{
    fm_ical_duration duration;
    *minutes = 0;
    if (fm_ical_duration_parse(&duration, (fm_span){text, strlen(text)}, NULL))
        return false;
    int64_t before_s = -(duration.days * FM_DAY_S + duration.seconds);
    if (before_s < 0 || before_s > INT64_C(60) * FM_GOOGLE_MINUTES_MAX)
        return false;
    *minutes = (int)(before_s / 60);
    return true;
}

/* The reminder of so many minutes as it was asked for: one of "-P1D,-PT1H"; else in minutes. */
static fm_status add_reminder(fm_strings *reminders, const char *asked, int minutes)
{
    char text[32];
    int these;
    for (const char *at = asked ? asked : ""; *at; at += strcspn(at, ","), at += *at == ',') {
        size_t len = strcspn(at, ",");
        if (len >= sizeof text)
            continue;
        memcpy(text, at, len);
        text[len] = '\0';
        if (fm_google_reminder(&these, text) && these == minutes)
            return fm_strings_add(reminders, text);
    }
    snprintf(text, sizeof text, "-PT%dM", minutes);
    return fm_strings_add(reminders, text);
}

bool fm_google_popup_minutes(int *minutes, const fm_json_span *override)
{
    fm_json_span value;
    fm_json_scan scan;
    fm_json_number number;
    if (!fm_google_is(override, "method", "popup") || !fm_google_member(&value, override, "minutes"))
        return false;
    fm_json_begin(&scan, value.at, value.len, 0);
    if (!fm_json_number_at(&scan, &number) || !number.is_integer || number.integer < 0 ||
        number.integer > FM_GOOGLE_MINUTES_MAX)
        return false;
    *minutes = (int)number.integer;
    return true;
}

static fm_status read_reminders(fm_event *event, const fm_json_span *object)
{
    char *asked = NULL;
    fm_json_span overrides, override;
    fm_json_scan scan;
    int minutes;
    if (!fm_google_member(&overrides, object, "reminders.overrides"))
        return FM_OK;
    fm_status status = fm_google_private(&asked, object, "reminders");
    fm_json_begin(&scan, overrides.at, overrides.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &override)
    if (!status && fm_google_popup_minutes(&minutes, &override))
        status = add_reminder(&event->reminders, asked, minutes);
    free(asked);
    return status;
}

fm_status fm_google_traits(fm_event *event, const fm_json_span *object)
{
    fm_status status = read_url(event, object);
    if (!status)
        status = read_color(event, object);
    if (!status)
        status = read_visibility(event, object);
    if (!status)
        status = read_extras(event, object);
    read_busy(event, object);
    return status ? status : read_reminders(event, object);
}
