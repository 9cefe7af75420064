#include "core/ical/value.h"
#include "core/ical/vtimezone.h"

#include <stdio.h>
#include <string.h>

/* Years of changes listed one by one where a rule cannot be written as an RRULE. */
enum { LISTED_YEARS = 30, FIRST_YEAR = 1970 };

static const char eol[] = "\r\n";
static const char *const weekdays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

/* One change of the clock. */
typedef struct change {
    int64_t at;
    const fm_zone_type *from, *to;
} change;

static bool same_type(const fm_zone_type *a, const fm_zone_type *b)
{
    return a->offset_s == b->offset_s && a->daylight == b->daylight && strcmp(a->abbr, b->abbr) == 0;
}

/* Some zones call their winter "daylight" with a negative saving (Dublin): programs expect it the other way. */
static bool is_daylight(const change *c)
{
    if (c->to->daylight == c->from->daylight)
        return c->to->daylight;
    return c->to->offset_s > c->from->offset_s;
}

static int year_of(int64_t epoch)
{
    fm_date date;
    return fm_date_from_epoch(&date, epoch, FM_DATE_UTC, 0) ? FIRST_YEAR : date.year;
}

static int64_t year_start(int year)
{
    return fm_date_days(year, 1, 1) * FM_DAY_S;
}

/* ------------------------------------------------------------------ the rule of the footer */

static void changes_by_rule(const fm_zone_rule *rule, int year, change *on, change *off)
{
    *on =
        (change){fm_zone_when_in(&rule->to_daylight, year, rule->standard.offset_s), &rule->standard, &rule->daylight};
    *off =
        (change){fm_zone_when_in(&rule->to_standard, year, rule->daylight.offset_s), &rule->daylight, &rule->standard};
}

/* The instant from which on the rule, not the file, says what happens. */
static int64_t last_listed(const fm_zone_file *file)
{
    return file->count ? file->transitions[file->count - 1].at : INT64_MIN;
}

/* Whether the file's changes in a year, as far as it goes, are those of the rule. */
static bool regular_in(const fm_zone_file *file, int year)
{
    change on, off;
    changes_by_rule(&file->rule, year, &on, &off);
    int64_t start = year_start(year), end = year_start(year + 1);
    int missing = (on.at <= last_listed(file)) + (off.at <= last_listed(file));
    for (size_t i = 0; i < file->count; i++) {
        const fm_zone_transition *t = &file->transitions[i];
        if (t->at < start || t->at >= end)
            continue;
        const fm_zone_type *to = &file->types[t->type];
        missing--;
        if (!(t->at == on.at && same_type(to, on.to)) && !(t->at == off.at && same_type(to, off.to)))
            return false;
    }
    return missing == 0;
}

/* The first year from which on the rule of the footer says everything. */
static int regular_since(const fm_zone_file *file)
{
    int year = file->count ? year_of(file->transitions[file->count - 1].at) + 1 : FIRST_YEAR;
    while (year > FIRST_YEAR && regular_in(file, year - 1))
        year--;
    return year;
}

/* Writes "FREQ=YEARLY;…" for a change; false where its day cannot be said so. */
static bool write_rrule(char *out, size_t size, const fm_zone_when *w)
{
    if (w->form != FM_ZONE_MONTH_WEEK)
        return false;
    int shift = w->time_s / FM_DAY_S - (w->time_s % FM_DAY_S < 0); /* "26 o'clock" is the next day */
    const char *day = weekdays[((w->weekday + shift) % 7 + 7) % 7];
    int n = snprintf(out, size, "FREQ=YEARLY;BYMONTH=%d;BYDAY=", w->month);
    if (shift == 0) {
        snprintf(out + n, size - (size_t)n, "%d%s", w->week == 5 ? -1 : w->week, day);
        return true;
    }
    int length = fm_date_month_days(2001, w->month);
    int first = (w->week == 5 ? length - 6 : (w->week - 1) * 7 + 1) + shift;
    if (first < 1 || first + 6 > length || (w->month == 2 && w->week == 5))
        return false;
    snprintf(out + n, size - (size_t)n, "%s;BYMONTHDAY=%d,%d,%d,%d,%d,%d,%d", day, first, first + 1, first + 2,
             first + 3, first + 4, first + 5, first + 6);
    return true;
}

/* ------------------------------------------------------------------ writing */

static void write_offset(fm_buf *out, const char *name, int32_t offset_s)
{
    int32_t s = offset_s < 0 ? -offset_s : offset_s;
    fm_buf_addf(out, "%s:%c%02d%02d", name, offset_s < 0 ? '-' : '+', s / 3600, s / 60 % 60);
    if (s % 60)
        fm_buf_addf(out, "%02d", s % 60);
    fm_buf_adds(out, eol);
}

/* The wall clock at the moment of a change, before it changed. */
static const char *onset_text(const change *c, char text[FM_DATE_TEXT_MAX])
{
    fm_date date;
    if (fm_date_from_epoch(&date, c->at + c->from->offset_s, FM_DATE_LOCAL, 0))
        date = (fm_date){.kind = FM_DATE_LOCAL, .year = 1, .month = 1, .day = 1};
    return fm_ical_date_format(&date, text);
}

/* A STANDARD or DAYLIGHT part without what makes it happen again; `close_part` ends it. */
static void open_part(fm_buf *out, const change *c)
{
    char text[FM_DATE_TEXT_MAX];
    fm_buf_addf(out, "BEGIN:%s%s", is_daylight(c) ? "DAYLIGHT" : "STANDARD", eol);
    fm_buf_addf(out, "DTSTART:%s%s", onset_text(c, text), eol);
    write_offset(out, "TZOFFSETFROM", c->from->offset_s);
    write_offset(out, "TZOFFSETTO", c->to->offset_s);
    fm_buf_addf(out, "TZNAME:%s%s", c->to->abbr, eol);
}

static void close_part(fm_buf *out, const change *c)
{
    fm_buf_addf(out, "END:%s%s", is_daylight(c) ? "DAYLIGHT" : "STANDARD", eol);
}

/* A part for `c` and, as RDATEs, every later change in the list that is alike; those are marked by from = NULL. */
static fm_status write_listed(fm_buf *out, change *list, size_t count, size_t i, fm_error *err)
{
    change first = list[i];
    fm_buf dates;
    fm_buf_init(&dates, out->max_bytes);
    for (size_t k = i + 1; k < count; k++) {
        change *c = &list[k];
        if (!c->from || !same_type(c->from, first.from) || !same_type(c->to, first.to))
            continue;
        char text[FM_DATE_TEXT_MAX];
        fm_buf_addf(&dates, "%s%s", dates.len ? "," : "", onset_text(c, text));
        c->from = NULL;
    }
    fm_status status = dates.status;
    open_part(out, &first);
    if (!status && dates.len)
        status = fm_ical_add_line(out, fm_span_of("RDATE"), fm_span_of(""), (fm_span){dates.data, dates.len}, eol, err);
    close_part(out, &first);
    fm_buf_free(&dates);
    return status;
}

/* Changes taken one by one: a list in a buffer. */
static fm_status add_change(fm_buf *list, change c)
{
    return fm_buf_add(list, &c, sizeof c);
}

/* The file's changes in [from, to), with the last one before `from` in front. */
static void collect(fm_buf *list, const fm_zone_file *file, int64_t from, int64_t to)
{
    size_t i = 0;
    while (i < file->count && file->transitions[i].at < from)
        i++;
    for (i = i ? i - 1 : 0; i < file->count && file->transitions[i].at < to; i++) {
        const fm_zone_type *before = &file->types[i ? file->transitions[i - 1].type : 0];
        add_change(list, (change){file->transitions[i].at, before, &file->types[file->transitions[i].type]});
    }
}

/* The rule's changes in a year that the file lists only the beginning of. */
static void collect_by_rule(fm_buf *list, const fm_zone_file *file, int year)
{
    change pair[2];
    changes_by_rule(&file->rule, year, &pair[0], &pair[1]);
    for (int i = 0; i < 2; i++)
        if (pair[i].at > last_listed(file))
            add_change(list, pair[i]);
}

/*
 * The two parts of the footer's rule from the year `regular` on. Where they cannot be said ("24 o'clock on the
 * last Thursday", which may be in the next month), the changes of the years from `year` on join the list.
 */
static void write_rule(fm_buf *out, fm_buf *list, const fm_zone_rule *rule, int regular, int year)
{
    char rrule[2][96];
    change pair[2];
    changes_by_rule(rule, regular, &pair[0], &pair[1]);
    if (write_rrule(rrule[0], sizeof rrule[0], &rule->to_daylight) &&
        write_rrule(rrule[1], sizeof rrule[1], &rule->to_standard)) {
        for (int i = 0; i < 2; i++) {
            open_part(out, &pair[i]);
            fm_buf_addf(out, "RRULE:%s%s", rrule[i], eol);
            close_part(out, &pair[i]);
        }
        return;
    }
    int first = year > regular ? year : regular;
    for (int y = first; y < first + LISTED_YEARS; y++) {
        changes_by_rule(rule, y, &pair[0], &pair[1]);
        add_change(list, pair[0]);
        add_change(list, pair[1]);
    }
}

static void write_steady(fm_buf *out, const fm_zone_type *type)
{
    change since = {year_start(FIRST_YEAR) - type->offset_s, type, type};
    open_part(out, &since);
    close_part(out, &since);
}

fm_status fm_vtimezone_write(fm_buf *out, const fm_zone *zone, const char *tzid, int64_t epoch, fm_error *err)
{
    const fm_zone_file *file = fm_zone_data(zone);
    int year = year_of(epoch) - 1; /* an event may lie before the first change of its year */
    bool rule = file->has_rule && file->rule.has_daylight;
    int regular = rule ? regular_since(file) : 9999;
    fm_buf list, parts;
    fm_buf_init(&list, SIZE_MAX / 4);
    fm_buf_init(&parts, out->max_bytes);
    if (year < regular)
        collect(&list, file, year_start(year), year_start(regular));
    if (year < regular && rule)
        collect_by_rule(&list, file, regular - 1);
    if (rule)
        write_rule(&parts, &list, &file->rule, regular, year);
    fm_status status = list.status;
    change *changes = (change *)(void *)list.data;
    size_t count = list.len / sizeof *changes;
    for (size_t i = 0; i < count && !status; i++)
        if (changes[i].from)
            status = write_listed(&parts, changes, count, i, err);
    if (!parts.len && !status)
        write_steady(&parts, fm_zone_file_at(file, epoch));
    if (!status)
        status = fm_ical_add_line(out, fm_span_of("BEGIN"), fm_span_of(""), fm_span_of("VTIMEZONE"), eol, err);
    if (!status)
        status = fm_ical_add_line(out, fm_span_of("TZID"), fm_span_of(""), fm_span_of(tzid), eol, err);
    if (!status && !(status = parts.status))
        fm_buf_add(out, parts.data, parts.len);
    fm_buf_free(&parts);
    fm_buf_free(&list);
    return status ? status : fm_buf_addf(out, "END:VTIMEZONE%s", eol);
}
