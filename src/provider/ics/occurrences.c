#include "provider/ics/occurrences.h"
#include "core/ical/recurrence.h"
#include "core/ical/value.h"
#include "core/ical/vtimezone.h"
#include "provider/ics/model.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";

enum { MOST_RULES = 8, TEXT_BYTES = 4096, HOUR_S = 3600 };

/* Times that grow. */
typedef struct times {
    int64_t *at;
    size_t count, room;
} times;

typedef struct expansion {
    const fm_ics_object *object;
    const fm_ics_window *window;
    fm_zones *zones;
    fm_ics_occurrences *out;
    size_t room;
    fm_event_dates dates;    /* the series' own */
    fm_vtimezone *described; /* the zone that only the object knows; its times are known as instants */
    fm_recurrence_clock clock;
    times excluded;      /* moments that are none, as find_moment() has them */
    times excluded_days; /* days of the series' clocks on which none is */
    size_t rules;
    fm_status status;
    fm_error *err;
} expansion;

/* ------------------------------------------------------------------ times */

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static void add_time(expansion *e, times *list, int64_t time)
{
    if (e->status)
        return;
    if (fm_grow(&list->at, &list->room, list->count + 1, sizeof *list->at))
        e->status = fm_error_no_memory(e->err, domain);
    else
        list->at[list->count++] = time;
}

static void sort(times *list)
{
    if (list->count)
        qsort(list->at, list->count, sizeof *list->at, compare_times);
}

static bool has(const times *list, int64_t time)
{
    return list->count && bsearch(&time, list->at, list->count, sizeof *list->at, compare_times);
}

/* ------------------------------------------------------------------ the clocks of a series */

static int32_t zone_offset(const void *zone, int64_t epoch)
{
    return fm_zone_offset_s(zone, epoch);
}

static int32_t described_offset(const void *zone, int64_t epoch)
{
    return fm_vtimezone_offset_s(zone, epoch);
}

static bool is_absolute(const expansion *e)
{
    return e->dates.start.form == FM_TIME_UTC || e->dates.start.form == FM_TIME_ZONED;
}

/* A start that became an instant because only the object knows its zone. */
static void find_described_zone(expansion *e)
{
    const fm_ical_line *start = fm_ics_property(e->object, "DTSTART");
    fm_span tzid;
    if (e->dates.start.form != FM_TIME_UTC || !fm_ical_param(&start->parts, "TZID", &tzid))
        return;
    size_t begin = fm_ics_vtimezone_of(e->object, fm_span_trim(tzid));
    if (begin != FM_ICAL_NONE)
        e->status = fm_vtimezone_read(&e->described, e->object->doc, begin, e->err);
}

static void find_clock(expansion *e)
{
    e->clock = (fm_recurrence_clock){.days = e->dates.start.form == FM_TIME_DAY};
    if (e->dates.start.form == FM_TIME_ZONED) {
        e->clock.offset_s = zone_offset;
        e->clock.zone = e->dates.start.zone;
        return;
    }
    find_described_zone(e);
    if (!e->status && e->described) {
        e->clock.offset_s = described_offset;
        e->clock.zone = e->described;
    }
}

/* A moment is an instant, and what the clocks show where the series has days or no zone. */
static int64_t to_clock(const expansion *e, int64_t moment)
{
    return e->clock.offset_s ? moment + e->clock.offset_s(e->clock.zone, moment) : moment;
}

static int64_t from_clock(const expansion *e, int64_t shown)
{
    return e->clock.offset_s ? fm_zone_resolve(e->clock.offset_s, e->clock.zone, shown) : shown;
}

static int64_t day_of(int64_t shown)
{
    return (shown >= 0 ? shown : shown - (FM_DAY_S - 1)) / FM_DAY_S * FM_DAY_S;
}

/* The moment of a time of some line, in the form that the series has. */
static int64_t find_moment(const expansion *e, const fm_event_time *t)
{
    if (e->clock.days)
        return day_of(t->s);
    bool has_clock = t->form == FM_TIME_FLOATING || t->form == FM_TIME_DAY;
    if (is_absolute(e))
        return has_clock ? from_clock(e, t->s) : fm_event_time_instant(t);
    return t->s;
}

/* ------------------------------------------------------------------ what is found */

static bool is_in_window(const expansion *e, bool absolute, int64_t start, int64_t end)
{
    int64_t from = absolute ? e->window->from : e->window->from_local;
    int64_t to = absolute ? e->window->to : e->window->to_local;
    return start < to && (end > from || start >= from);
}

static fm_ics_occurrence *add(expansion *e, const fm_event_time *start, const fm_event_time *end)
{
    fm_ics_occurrences *out = e->out;
    if (e->status)
        return NULL;
    if (fm_grow(&out->list, &e->room, out->count + 1, sizeof *out->list)) {
        e->status = fm_error_no_memory(e->err, domain);
        return NULL;
    }
    out->list[out->count] = (fm_ics_occurrence){.start = *start, .end = *end};
    return &out->list[out->count++];
}

static int compare_starts(const void *a, const void *b)
{
    const fm_ics_occurrence *left = a, *right = b;
    int64_t x = fm_event_time_instant(&left->start), y = fm_event_time_instant(&right->start);
    return x < y ? -1 : x > y;
}

static void clear(fm_ics_occurrence *o)
{
    free(o->title);
    free(o->location);
}

/* The first ones that are wanted, in order. */
static void finish(expansion *e)
{
    fm_ics_occurrences *out = e->out;
    if (out->count)
        qsort(out->list, out->count, sizeof *out->list, compare_starts);
    out->cut = out->count > e->window->most;
    while (out->count > e->window->most)
        clear(&out->list[--out->count]);
}

/* ------------------------------------------------------------------ overrides */

static char *text_of(expansion *e, size_t begin, const char *name)
{
    size_t at = fm_ical_find_property(e->object->doc, begin, FM_ICAL_NONE, name);
    if (e->status || at == FM_ICAL_NONE)
        return NULL;
    fm_span value = fm_ical_at(e->object->doc, at)->parts.value;
    fm_buf text;
    fm_buf_init(&text, TEXT_BYTES * 3);
    char *copy = NULL;
    if (!fm_ical_unescape(&text, value.at, value.len < TEXT_BYTES ? value.len : TEXT_BYTES))
        copy = strdup(text.len ? text.data : "");
    fm_buf_free(&text);
    if (!copy)
        e->status = fm_error_no_memory(e->err, domain);
    return copy;
}

static bool is_cancelled(const expansion *e, size_t begin)
{
    size_t at = fm_ical_find_property(e->object->doc, begin, FM_ICAL_NONE, "STATUS");
    return at != FM_ICAL_NONE && fm_span_is(fm_span_trim(fm_ical_at(e->object->doc, at)->parts.value), "CANCELLED");
}

/* The moment of the series that an override stands for is none of the rule's. */
static bool take_over(expansion *e, size_t begin)
{
    size_t at = fm_ical_find_property(e->object->doc, begin, FM_ICAL_NONE, "RECURRENCE-ID");
    const fm_ical_line *line = fm_ical_at(e->object->doc, at);
    fm_event_time named;
    if (fm_ics_time_read(&named, e->object, line, line->parts.value, e->zones, NULL) || named.form == FM_TIME_UNKNOWN)
        return false;
    if (named.form == FM_TIME_DAY && !e->clock.days)
        add_time(e, &e->excluded_days, named.s);
    else
        add_time(e, &e->excluded, find_moment(e, &named));
    return true;
}

static void add_override(expansion *e, size_t begin)
{
    fm_ics_object one = *e->object;
    fm_event_dates dates;
    one.master = begin;
    if (!take_over(e, begin) || is_cancelled(e, begin) || fm_ics_dates_read(&dates, &one, e->zones, NULL) ||
        dates.start.form == FM_TIME_UNKNOWN)
        return;
    bool absolute = dates.start.form == FM_TIME_UTC || dates.start.form == FM_TIME_ZONED;
    const fm_event_time *end = dates.has_end ? &dates.end : &dates.start;
    if (!is_in_window(e, absolute, fm_event_time_instant(&dates.start), fm_event_time_instant(end)))
        return;
    char *title = text_of(e, begin, "SUMMARY"), *location = text_of(e, begin, "LOCATION");
    fm_ics_occurrence *found = add(e, &dates.start, end);
    if (!found) {
        free(title);
        free(location);
        return;
    }
    found->is_override = true;
    found->title = title;
    found->location = location;
}

static void add_overrides(expansion *e)
{
    for (size_t at = FM_ICAL_NONE; !e->status;) {
        at = fm_ical_find_component(e->object->doc, e->object->calendar, at, "VEVENT");
        if (at == FM_ICAL_NONE)
            break;
        if (fm_ical_find_property(e->object->doc, at, FM_ICAL_NONE, "RECURRENCE-ID") != FM_ICAL_NONE)
            add_override(e, at);
    }
}

/* ------------------------------------------------------------------ the series */

typedef void (*line_fn)(expansion *e, const fm_ical_line *line, times *list);

static void each_line(expansion *e, const char *name, line_fn fn, times *list)
{
    for (size_t at = FM_ICAL_NONE; !e->status;) {
        at = fm_ical_find_property(e->object->doc, e->object->master, at, name);
        if (at == FM_ICAL_NONE)
            break;
        fn(e, fm_ical_at(e->object->doc, at), list);
    }
}

/* Adds the occurrences of a rule, as moments. */
static void walk_rule(expansion *e, const fm_ical_line *line, times *list)
{
    int64_t start = to_clock(e, find_moment(e, &e->dates.start));
    int64_t length = fm_event_time_instant(&e->dates.end) - fm_event_time_instant(&e->dates.start);
    int64_t from = is_absolute(e) ? to_clock(e, e->window->from) : e->window->from_local;
    int64_t to = is_absolute(e) ? to_clock(e, e->window->to) : e->window->to_local;
    size_t most = e->window->most + e->excluded.count + e->excluded_days.count + 1;
    fm_recurrence *rule;
    if (++e->rules > MOST_RULES) {
        e->status =
            fm_error_set(e->err, FM_EUNSUPPORTED, domain, "a series of more than %d rules is not expanded", MOST_RULES);
        return;
    }
    from = from - length - FM_DAY_S > start ? from - length - FM_DAY_S : start;
    e->status = fm_recurrence_begin(&rule, line->parts.value, &e->clock, start, from, to + HOUR_S, e->err);
    int64_t shown;
    while (!e->status && most-- && fm_recurrence_next(rule, &shown)) {
        int64_t moment = from_clock(e, shown);
        if (list != &e->excluded && !is_in_window(e, is_absolute(e), moment, moment + length))
            most++;
        else
            add_time(e, list, moment);
    }
    fm_recurrence_free(rule);
}

/* A further occurrence; one that a period gives a length of its own has that of the series. */
static void add_dates(expansion *e, const fm_ical_line *line, times *list)
{
    fm_span one;
    for (size_t at = 0; !e->status && fm_ical_next_text(line->parts.value, &at, &one);) {
        fm_event_time t;
        const char *slash = memchr(one.at, '/', one.len);
        if (slash)
            one.len = (size_t)(slash - one.at);
        bool is_read = !fm_ics_time_read(&t, e->object, line, one, e->zones, NULL) && t.form != FM_TIME_UNKNOWN;
        if (is_read && t.form == FM_TIME_DAY && !e->clock.days && list == &e->excluded)
            add_time(e, &e->excluded_days, t.s);
        else if (is_read)
            add_time(e, list, find_moment(e, &t));
    }
}

/* An occurrence of the series at a moment, with the series' length. */
static void add_moment(expansion *e, int64_t moment)
{
    const fm_event_time *start = &e->dates.start;
    int64_t length = fm_event_time_instant(&e->dates.end) - fm_event_time_instant(start);
    fm_event_time at = *start;
    if (has(&e->excluded, moment) || has(&e->excluded_days, day_of(to_clock(e, moment))) ||
        !is_in_window(e, is_absolute(e), moment, moment + length))
        return;
    at.s = start->form == FM_TIME_ZONED ? to_clock(e, moment) : moment;
    if (start->form == FM_TIME_ZONED && fm_event_time_instant(&at) != moment)
        at = (fm_event_time){.form = FM_TIME_UTC, .s = moment};
    fm_event_time end = fm_event_time_after(&at, 0, length);
    add(e, &at, &end);
}

static void expand(expansion *e)
{
    times found = {0};
    each_line(e, "EXDATE", add_dates, &e->excluded);
    each_line(e, "EXRULE", walk_rule, &e->excluded);
    sort(&e->excluded);
    sort(&e->excluded_days);
    add_time(e, &found, find_moment(e, &e->dates.start));
    each_line(e, "RDATE", add_dates, &found);
    each_line(e, "RRULE", walk_rule, &found);
    e->out->recurring = e->rules > 0 || found.count > 1;
    sort(&found);
    for (size_t i = 0; i < found.count && !e->status; i++)
        if (i == 0 || found.at[i] != found.at[i - 1])
            add_moment(e, found.at[i]);
    free(found.at);
}

static void read_series(expansion *e)
{
    e->status = fm_ics_dates_read(&e->dates, e->object, e->zones, e->err);
    if (e->status)
        return;
    if (e->dates.start.form == FM_TIME_UNKNOWN) {
        e->status = fm_error_set(e->err, FM_EUNSUPPORTED, domain, "%s", e->dates.unknown);
        return;
    }
    if (!e->dates.has_end)
        e->dates.end = e->dates.start;
    find_clock(e);
}

fm_status fm_ics_occurrences_find(fm_ics_occurrences *out, const char *text, size_t len, const fm_ics_window *window,
                                  fm_zones *zones, fm_error *err)
{
    fm_ics_object object;
    *out = (fm_ics_occurrences){0};
    expansion e = {.object = &object, .window = window, .zones = zones, .out = out, .err = err};
    if ((e.status = fm_ics_object_parse(&object, text, len, err)))
        return e.status;
    bool has_master = object.master != FM_ICAL_NONE;
    if (has_master)
        read_series(&e);
    if (!e.status)
        add_overrides(&e);
    if (!e.status && has_master && !is_cancelled(&e, object.master))
        expand(&e);
    out->recurring = out->recurring || object.overrides;
    if (e.status)
        fm_ics_occurrences_clear(out);
    else
        finish(&e);
    free(e.excluded.at);
    free(e.excluded_days.at);
    fm_vtimezone_free(e.described);
    fm_ical_free(object.doc);
    return e.status;
}

void fm_ics_occurrences_clear(fm_ics_occurrences *o)
{
    for (size_t i = 0; i < o->count; i++)
        clear(&o->list[i]);
    free(o->list);
    *o = (fm_ics_occurrences){0};
}
