/* The recurrence of an event whose start moves: lines of iCalendar in a JSON array. */
#include "provider/event/series.h"
#include "core/json/value.h"
#include "provider/google/event/model.h"
#include "provider/google/event/object.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Lines of a recurrence; Google has a handful. */
#define LINES_MAX 1000

typedef struct lines {
    fm_strings texts;
    fm_ical_parts parts[LINES_MAX];
} lines;

static fm_status zone_of(const fm_zone **out, const void *data, fm_span tzid, fm_error *err)
{
    fm_zones *const *zones = data;
    fm_buf name;
    fm_buf_init(&name, FM_GOOGLE_EVENT_MAX);
    *out = NULL;
    fm_status status = fm_buf_add(&name, tzid.at, tzid.len);
    if (!status)
        status = fm_zones_resolve(*zones, out, name.data, err);
    fm_buf_free(&name);
    return status == FM_ENOTFOUND || status == FM_EPARSE ? FM_OK : status;
}

static fm_status read_lines(lines *l, const fm_json_span *array, fm_error *err)
{
    fm_json_scan scan;
    fm_json_span element;
    fm_status status = FM_OK;
    fm_json_begin(&scan, array->at, array->len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &element)
    {
        char *text = NULL;
        if (!status && l->texts.count == LINES_MAX)
            status = fm_error_set(err, FM_ELIMIT, FM_GOOGLE_DOMAIN, "the series has more than %d lines", LINES_MAX);
        if (!status && fm_google_string_of(&text, &element))
            status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
        if (!status && fm_strings_add(&l->texts, text ? text : ""))
            status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
        free(text);
    }
    for (size_t i = 0; i < l->texts.count; i++)
        if (!fm_ical_split(&l->parts[i], l->texts.items[i], strlen(l->texts.items[i])))
            l->parts[i] = (fm_ical_parts){{"", 0}, {"", 0}, {"", 0}};
    return status;
}

static fm_status follow(fm_series_move *move, const lines *l, fm_error *err)
{
    size_t rules = 0;
    fm_status status = FM_OK;
    for (size_t i = 0; i < l->texts.count; i++)
        rules += fm_series_is_rule(l->parts[i].name);
    for (size_t i = 0; i < l->texts.count && !status; i++)
        if (fm_series_is_rule(l->parts[i].name))
            status = fm_series_follow(move, l->parts[i].value, rules == 1, err);
    return status;
}

/* Appends what becomes of one line. */
static fm_status move_line(fm_buf *out, const fm_series_move *move, const fm_ical_parts *line, fm_error *err)
{
    fm_buf params, value;
    fm_buf_init(&params, FM_GOOGLE_EVENT_MAX);
    fm_buf_init(&value, FM_GOOGLE_EVENT_MAX);
    fm_status status = fm_series_move_line(&params, &value, move, line, err);
    fm_buf_add(out, line->name.at, line->name.len);
    fm_buf_add(out, params.data, params.len);
    fm_buf_addc(out, ':');
    fm_buf_add(out, value.data, value.len);
    fm_buf_free(&params);
    fm_buf_free(&value);
    return status ? status : out->status;
}

static fm_status move_lines(fm_buf *json, fm_series_move *move, const lines *l, fm_error *err)
{
    fm_status status = follow(move, l, err);
    fm_buf line;
    fm_buf_init(&line, FM_GOOGLE_EVENT_MAX);
    fm_buf_addc(json, '[');
    for (size_t i = 0; i < l->texts.count && !status; i++) {
        const char *text = l->texts.items[i];
        fm_buf_reset(&line);
        if (fm_series_is_property(l->parts[i].name))
            status = move_line(&line, move, &l->parts[i], err);
        else
            status = fm_buf_add(&line, text, strlen(text));
        if (i)
            fm_buf_addc(json, ',');
        if (!status)
            status = fm_json_add_string(json, line.data, line.len);
    }
    fm_buf_addc(json, ']');
    fm_buf_free(&line);
    return status ? status : json->status;
}

fm_status fm_google_move_series(fm_buf *json, const fm_json_span *recurrence, const fm_event_time *from,
                                const fm_event_time *to, fm_zones *zones, fm_error *err)
{
    fm_series_move move = {.from = *from, .to = *to, .zone_of = zone_of, .zone_data = &zones};
    if (to->form == FM_TIME_ZONED)
        move.tzid = fm_span_of(fm_zone_name(to->zone));
    lines *l = calloc(1, sizeof *l);
    if (!l)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_status status = read_lines(l, recurrence, err);
    if (!status)
        status = move_lines(json, &move, l, err);
    fm_strings_clear(&l->texts);
    free(l);
    return status;
}
