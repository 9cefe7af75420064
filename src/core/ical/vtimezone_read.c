#include "core/ical/libical.h"
#include "core/ical/value.h"
#include "core/ical/vtimezone.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";

/* More than the longest history in tzdata needs. */
enum { MAX_OBSERVANCES = 512, MAX_ONSETS = 4096, MAX_RULE_BYTES = 255, MAX_COUNT = 400 };

/* A change that comes once a year; day_mask has bit n for day n of the month, 0 where nth counts. */
typedef struct yearly {
    int month;
    int weekday; /* 0 Sunday to 6; -1: any */
    int nth;     /* 1 to 5 from the start, -1 to -5 from the end */
    uint32_t day_mask;
    int64_t time_s; /* of the day, local */
    int64_t until;  /* last instant; INT64_MAX where it never ends */
} yearly;

/* A STANDARD or DAYLIGHT part: from each of its onsets on, offset_s is in force. */
typedef struct observance {
    int32_t from_s, offset_s;
    int64_t start; /* the first onset, an instant */
    bool has_rule;
    yearly rule;
    size_t first_onset, onset_count; /* further onsets, in the zone's list */
} observance;

struct fm_vtimezone {
    observance *parts;
    size_t count;
    int64_t *onsets;
    size_t onset_count;
};

/* ------------------------------------------------------------------ reading */

static fm_status refuse(fm_error *err, const fm_ical_line *line, const char *what)
{
    fm_error_set(err, FM_EUNSUPPORTED, domain, "line %u: %s in a time zone", line->number, what);
    if (err)
        err->line = line->number;
    return FM_EUNSUPPORTED;
}

static size_t list_len(const short *list, size_t size)
{
    size_t n = 0;
    while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
    return n;
}

/* Where on the calendar a rule's day is. Returns false for a rule that is not once a year. */
static bool day_of_rule(yearly *out, const fm_libical *ical, const struct icalrecurrencetype *r, const fm_date *start)
{
    size_t months = list_len(r->by_month, ICAL_BY_MONTH_SIZE), days = list_len(r->by_day, ICAL_BY_DAY_SIZE);
    size_t month_days = list_len(r->by_month_day, ICAL_BY_MONTHDAY_SIZE);
    size_t positions = list_len(r->by_set_pos, ICAL_BY_SETPOS_SIZE);
    if (months > 1 || days > 1 || positions > 1 || (month_days > 1 && !days))
        return false;
    if (!months && (days || month_days))
        return false; /* days of the whole year, or of each month */
    out->month = months ? r->by_month[0] : start->month;
    if (out->month < 1 || out->month > 12)
        return false;
    out->weekday = -1;
    for (size_t i = 0; i < month_days; i++) {
        if (r->by_month_day[i] < 1 || r->by_month_day[i] > 31)
            return false;
        out->day_mask |= UINT32_C(1) << r->by_month_day[i];
    }
    if (!days) {
        if (!month_days)
            out->day_mask = UINT32_C(1) << start->day;
        return true;
    }
    out->weekday = (int)ical->recurrencetype_day_day_of_week(r->by_day[0]) - 1;
    out->nth = ical->recurrencetype_day_position(r->by_day[0]);
    if (!out->nth && positions)
        out->nth = r->by_set_pos[0];
    return out->weekday >= 0 && (out->nth != 0) != (month_days != 0) && out->nth >= -5 && out->nth <= 5;
}

/* The day of a rule in a year as days since 1970; false where the year has none. */
static bool day_in(const yearly *rule, int year, int64_t *day)
{
    int64_t first = fm_date_days(year, rule->month, 1);
    int length = fm_date_month_days(year, rule->month);
    if (rule->nth > 0) {
        int offset = (rule->weekday - fm_date_weekday(first) + 7) % 7 + (rule->nth - 1) * 7;
        *day = first + offset;
        return offset < length;
    }
    if (rule->nth < 0) {
        int64_t last = first + length - 1;
        int back = (fm_date_weekday(last) - rule->weekday + 7) % 7 + (-rule->nth - 1) * 7;
        *day = last - back;
        return back < length;
    }
    for (int d = 1; d <= length; d++) {
        *day = first + d - 1;
        if (rule->day_mask >> d & 1 && (rule->weekday < 0 || fm_date_weekday(*day) == rule->weekday))
            return true;
    }
    return false;
}

/* A part of a rule's time of day: the start's, unless the rule names one. Returns false where it names several. */
static bool time_part(int *out, const short *list, size_t size, int of_start)
{
    size_t n = list_len(list, size);
    *out = n ? list[0] : of_start;
    return n <= 1;
}

static bool time_of_rule(yearly *out, const struct icalrecurrencetype *r, const fm_date *start)
{
    int h, m, s;
    if (!time_part(&h, r->by_hour, ICAL_BY_HOUR_SIZE, start->hour) ||
        !time_part(&m, r->by_minute, ICAL_BY_MINUTE_SIZE, start->minute) ||
        !time_part(&s, r->by_second, ICAL_BY_SECOND_SIZE, start->second))
        return false;
    out->time_s = (h * 60 + m) * INT64_C(60) + s;
    return true;
}

/* Ends a rule at its count-th onset; the start is the first one. */
static bool apply_count(yearly *rule, int count, const fm_date *start, int32_t from_s)
{
    int64_t day, last = fm_date_epoch(start);
    if (count > MAX_COUNT)
        return false;
    for (int year = start->year; count > 1 && year <= 9999; year++) {
        if (!day_in(rule, year, &day) || day * FM_DAY_S + rule->time_s <= last)
            continue;
        last = day * FM_DAY_S + rule->time_s;
        count--;
    }
    rule->until = last - from_s;
    return true;
}

/* Once a year, or the months of a year of which it names one. */
static bool is_yearly(const struct icalrecurrencetype *r)
{
    bool of_one_month = r->freq == ICAL_MONTHLY_RECURRENCE && list_len(r->by_month, ICAL_BY_MONTH_SIZE) == 1;
    return (r->freq == ICAL_YEARLY_RECURRENCE || of_one_month) && r->interval <= 1 &&
           !list_len(r->by_year_day, ICAL_BY_YEARDAY_SIZE) && !list_len(r->by_week_no, ICAL_BY_WEEKNO_SIZE);
}

static bool read_rule(yearly *out, const fm_libical *ical, fm_span value, const fm_date *start, int32_t from_s)
{
    char text[MAX_RULE_BYTES + 1];
    if (value.len > MAX_RULE_BYTES)
        return false;
    memcpy(text, value.at, value.len);
    text[value.len] = '\0';
    struct icalrecurrencetype r = ical->recurrencetype_from_string(text);
    *out = (yearly){.until = INT64_MAX};
    if (!is_yearly(&r) || !time_of_rule(out, &r, start))
        return false;
    if (!ical->time_is_null_time(r.until)) {
        fm_date until = {.kind = FM_DATE_UTC, .year = r.until.year, .month = r.until.month, .day = r.until.day};
        until.hour = r.until.is_date ? 23 : r.until.hour;
        until.minute = r.until.is_date ? 59 : r.until.minute;
        until.second = r.until.is_date || r.until.second > 59 ? 59 : r.until.second;
        if (!fm_date_valid(&until))
            return false;
        out->until = fm_date_epoch(&until);
    }
    return day_of_rule(out, ical, &r, start) && (!r.count || apply_count(out, r.count, start, from_s));
}

/* A local time, or an instant where it says so. */
static int64_t instant(const fm_date *date, int32_t offset_s)
{
    return fm_date_epoch(date) - (date->kind == FM_DATE_UTC ? 0 : offset_s);
}

static fm_status add_onsets(fm_vtimezone *zone, observance *part, const fm_ical_line *line, fm_error *err)
{
    fm_span one;
    for (size_t at = 0; fm_ical_next_text(line->parts.value, &at, &one);) {
        fm_date date;
        if (fm_ical_date_parse(&date, one, NULL))
            return refuse(err, line, "no date");
        if (zone->onset_count == MAX_ONSETS)
            return refuse(err, line, "too many dates");
        if (!zone->onsets && !(zone->onsets = calloc(MAX_ONSETS, sizeof *zone->onsets)))
            return fm_error_no_memory(err, domain);
        zone->onsets[zone->onset_count++] = instant(&date, part->from_s);
        part->onset_count++;
    }
    return FM_OK;
}

static const fm_ical_line *property(const fm_ical *doc, size_t begin, const char *name)
{
    size_t at = fm_ical_find_property(doc, begin, FM_ICAL_NONE, name);
    return at == FM_ICAL_NONE ? NULL : fm_ical_at(doc, at);
}

static fm_status read_part(fm_vtimezone *zone, observance *part, const fm_ical *doc, size_t begin, fm_error *err)
{
    const fm_ical_line *start = property(doc, begin, "DTSTART"), *to = property(doc, begin, "TZOFFSETTO");
    const fm_ical_line *from = property(doc, begin, "TZOFFSETFROM"), *rule = property(doc, begin, "RRULE");
    fm_date date;
    if (!start || fm_ical_date_parse(&date, start->parts.value, NULL))
        return refuse(err, start ? start : fm_ical_at(doc, begin), "no start");
    if (!to || !fm_ical_offset_parse(&part->offset_s, to->parts.value))
        return refuse(err, to ? to : fm_ical_at(doc, begin), "no offset");
    if (!from || !fm_ical_offset_parse(&part->from_s, from->parts.value))
        part->from_s = part->offset_s;
    part->start = instant(&date, part->from_s);
    const fm_libical *ical;
    if (rule && fm_libical_open(&ical, err))
        return FM_EUNSUPPORTED;
    if (rule && !read_rule(&part->rule, ical, rule->parts.value, &date, part->from_s))
        return refuse(err, rule, "a rule that is not once a year");
    part->has_rule = rule != NULL;
    part->first_onset = zone->onset_count;
    fm_status status = FM_OK;
    for (size_t at = FM_ICAL_NONE; !status;) {
        at = fm_ical_find_property(doc, begin, at, "RDATE");
        if (at == FM_ICAL_NONE)
            break;
        status = add_onsets(zone, part, fm_ical_at(doc, at), err);
    }
    return status;
}

fm_status fm_vtimezone_read(fm_vtimezone **out, const fm_ical *doc, size_t begin, fm_error *err)
{
    *out = NULL;
    size_t count = 0;
    for (size_t at = FM_ICAL_NONE;; count++) {
        at = fm_ical_find_component(doc, begin, at, NULL);
        if (at == FM_ICAL_NONE)
            break;
    }
    if (count == 0 || count > MAX_OBSERVANCES)
        return refuse(err, fm_ical_at(doc, begin), count ? "too many parts" : "nothing");
    fm_vtimezone *zone = calloc(1, sizeof *zone);
    if (zone)
        zone->parts = calloc(count, sizeof *zone->parts);
    fm_status status = FM_OK;
    if (!zone || !zone->parts)
        status = fm_error_no_memory(err, domain);
    for (size_t at = FM_ICAL_NONE; !status && zone->count < count;) {
        at = fm_ical_find_component(doc, begin, at, NULL);
        status = read_part(zone, &zone->parts[zone->count++], doc, at, err);
    }
    if (status)
        fm_vtimezone_free(zone);
    else
        *out = zone;
    return status;
}

void fm_vtimezone_free(fm_vtimezone *zone)
{
    if (!zone)
        return;
    free(zone->parts);
    free(zone->onsets);
    free(zone);
}

/* ------------------------------------------------------------------ evaluating */

static void keep_latest(int64_t onset, int64_t epoch, int64_t *latest)
{
    if (onset <= epoch && onset > *latest)
        *latest = onset;
}

static void keep_latest_of_year(const observance *part, int year, int64_t epoch, int64_t *latest)
{
    int64_t day;
    if (year < 1 || year > 9999 || !day_in(&part->rule, year, &day))
        return;
    int64_t onset = day * FM_DAY_S + part->rule.time_s - part->from_s;
    if (onset >= part->start && onset <= part->rule.until)
        keep_latest(onset, epoch, latest);
}

static int year_of(int64_t epoch)
{
    fm_date date;
    if (epoch >= FM_EPOCH_END)
        return 9999;
    return fm_date_from_epoch(&date, epoch, FM_DATE_UTC, 0) ? 1 : date.year;
}

/* The last onset of a part that is not after `epoch`; INT64_MIN where there is none. */
static int64_t latest_onset(const fm_vtimezone *zone, const observance *part, int64_t epoch)
{
    int64_t latest = INT64_MIN;
    keep_latest(part->start, epoch, &latest);
    for (size_t i = 0; i < part->onset_count; i++)
        keep_latest(zone->onsets[part->first_onset + i], epoch, &latest);
    if (part->has_rule) {
        int year = year_of(epoch < part->rule.until ? epoch : part->rule.until);
        /* A year may lack the day (29 February), and offsets reach over New Year. */
        for (int y = year + 1; y >= year - 8; y--)
            keep_latest_of_year(part, y, epoch, &latest);
    }
    return latest;
}

int32_t fm_vtimezone_offset_s(const fm_vtimezone *zone, int64_t epoch)
{
    const observance *in_force = NULL, *first = &zone->parts[0];
    int64_t since = INT64_MIN;
    for (size_t i = 0; i < zone->count; i++) {
        const observance *part = &zone->parts[i];
        int64_t onset = latest_onset(zone, part, epoch);
        if (onset > since) {
            since = onset;
            in_force = part;
        }
        if (part->start < first->start)
            first = part;
    }
    return in_force ? in_force->offset_s : first->from_s;
}

static int32_t offset_of(const void *zone, int64_t epoch)
{
    return fm_vtimezone_offset_s(zone, epoch);
}

int64_t fm_vtimezone_to_utc(const fm_vtimezone *zone, int64_t local_s)
{
    return fm_zone_resolve(offset_of, zone, local_s);
}
