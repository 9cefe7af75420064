/* The rule of a series when its start moves. */
#include "core/ical/value.h"
#include "provider/event/ical_time.h"
#include "provider/event/series.h"
#include "provider/event/series_clock.h"

#include <stdio.h>
#include <string.h>

static const char domain[] = "series";
static const char weekdays[7][3] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

enum { SHOWN_BYTES = 80, LAST_DAY_OF_EVERY_MONTH = 28 };

/* Parts that say on which days the occurrences are, or which of them count. */
static const char *const day_parts[] = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"};
static const char *const time_parts[] = {"BYHOUR", "BYMINUTE", "BYSECOND"};

bool fm_series_is_rule(fm_span name)
{
    return fm_span_is(name, "RRULE") || fm_span_is(name, "EXRULE");
}

bool fm_series_is_property(fm_span name)
{
    return fm_series_is_rule(name) || fm_span_is(name, "EXDATE") || fm_span_is(name, "RDATE");
}

/* ------------------------------------------------------------------ parts of a rule */

/* Steps through NAME=value;NAME=value. `at` is 0 at first. False where there are no more. */
static bool next_part(fm_span rule, size_t *at, fm_span *name, fm_span *value)
{
    if (*at >= rule.len)
        return false;
    const char *start = rule.at + *at, *end = memchr(start, ';', rule.len - *at);
    size_t len = end ? (size_t)(end - start) : rule.len - *at;
    const char *equals = memchr(start, '=', len);
    size_t name_len = equals ? (size_t)(equals - start) : len;
    *name = fm_span_trim((fm_span){start, name_len});
    *value = equals ? (fm_span){equals + 1, len - name_len - 1} : (fm_span){"", 0};
    *at += len + 1;
    return true;
}

static bool find_part(fm_span rule, const char *wanted, fm_span *value)
{
    fm_span name;
    for (size_t at = 0; next_part(rule, &at, &name, value);)
        if (fm_span_is(name, wanted))
            return true;
    return false;
}

static bool has_part(fm_span rule, const char *name)
{
    fm_span value;
    return find_part(rule, name, &value);
}

static bool has_any(fm_span rule, const char *const *names, size_t count, const char *but, const char *but_too)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], but) != 0 && strcmp(names[i], but_too) != 0 && has_part(rule, names[i]))
            return true;
    return false;
}

/* Whether the only parts about days are these. */
static bool has_only(fm_span rule, const char *part, const char *another)
{
    return !has_any(rule, day_parts, sizeof day_parts / sizeof day_parts[0], part, another);
}

static bool is_freq(fm_span rule, const char *word)
{
    fm_span value;
    return find_part(rule, "FREQ", &value) && fm_span_is(fm_span_trim(value), word);
}

/* Whether a part is absent, or this number and no other. */
static bool is_number_or_absent(fm_span rule, const char *name, int number)
{
    fm_span value;
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    return !find_part(rule, name, &value) || fm_span_is(fm_span_trim(value), text);
}

/* ------------------------------------------------------------------ whether and how it follows */

static fm_date fields_of(const fm_event_time *t)
{
    fm_date date = {.year = 1, .month = 1, .day = 1};
    fm_date_from_epoch(&date, t->s, FM_DATE_LOCAL, 0);
    return date;
}

static const char *weekday_of(const fm_event_time *t)
{
    return weekdays[fm_date_weekday(fm_clock_day(t->s))];
}

static bool follows_by_week(const fm_series_move *m, fm_span rule)
{
    fm_span days;
    if (!has_only(rule, "BYDAY", ""))
        return false;
    bool whole_weeks = (fm_clock_day(m->to.s) - fm_clock_day(m->from.s)) % 7 == 0;
    if (whole_weeks || !find_part(rule, "BYDAY", &days))
        return true;
    return is_freq(rule, "WEEKLY") && fm_span_is(fm_span_trim(days), weekday_of(&m->from));
}

static bool follows_by_month(const fm_series_move *m, fm_span rule)
{
    fm_date from = fields_of(&m->from), to = fields_of(&m->to);
    return has_only(rule, "BYMONTHDAY", "") && is_number_or_absent(rule, "BYMONTHDAY", from.day) &&
           from.day <= LAST_DAY_OF_EVERY_MONTH && to.day <= LAST_DAY_OF_EVERY_MONTH;
}

static bool is_leap_day(const fm_date *date)
{
    return date->month == 2 && date->day == 29;
}

static bool follows_by_year(const fm_series_move *m, fm_span rule)
{
    fm_date from = fields_of(&m->from), to = fields_of(&m->to);
    bool one_month = has_part(rule, "BYMONTH") || !has_part(rule, "BYMONTHDAY");
    return has_only(rule, "BYMONTH", "BYMONTHDAY") && one_month && is_number_or_absent(rule, "BYMONTH", from.month) &&
           is_number_or_absent(rule, "BYMONTHDAY", from.day) && !is_leap_day(&from) && !is_leap_day(&to);
}

static fm_status refuse(const fm_series_move *m, fm_span rule, const char *what, fm_error *err)
{
    fm_date to;
    char text[FM_DATE_TEXT_MAX] = "another date";
    if (!fm_event_time_fields(&to, &m->to))
        fm_date_format(&to, text);
    return fm_error_set(err, FM_EINVAL, domain,
                        "the series cannot be moved to %s, because its rule \"%.*s\" %s: move it in the calendar", text,
                        (int)(rule.len < SHOWN_BYTES ? rule.len : SHOWN_BYTES), rule.at, what);
}

static bool is_within_a_day(fm_span rule)
{
    return is_freq(rule, "HOURLY") || is_freq(rule, "MINUTELY") || is_freq(rule, "SECONDLY");
}

fm_status fm_series_follow(fm_series_move *m, fm_span rule, bool alone, fm_error *err)
{
    bool other_time = fm_clock_time(m->from.s) != fm_clock_time(m->to.s) ||
                      (m->from.form == FM_TIME_DAY) != (m->to.form == FM_TIME_DAY);
    if (is_within_a_day(rule))
        return refuse(m, rule, "repeats within a day", err);
    if (other_time && has_any(rule, time_parts, sizeof time_parts / sizeof time_parts[0], "", ""))
        return refuse(m, rule, "names the time of day", err);
    if (fm_clock_day(m->from.s) == fm_clock_day(m->to.s))
        return FM_OK;
    if ((is_freq(rule, "DAILY") || is_freq(rule, "WEEKLY")) && follows_by_week(m, rule))
        return FM_OK;
    if (is_freq(rule, "MONTHLY") && follows_by_month(m, rule) && alone)
        m->step = FM_SERIES_BY_MONTH;
    else if (is_freq(rule, "YEARLY") && follows_by_year(m, rule) && alone)
        m->step = FM_SERIES_BY_YEAR;
    else
        return refuse(m, rule, "does not say which days go with it", err);
    return FM_OK;
}

/* ------------------------------------------------------------------ the rule as it becomes */

/* A time as UNTIL has it for a start in this form (RFC 5545 section 3.3.10). */
static fm_event_time in_form_of_limits(const fm_event_time *t)
{
    if (t->form == FM_TIME_ZONED)
        return (fm_event_time){.form = FM_TIME_UTC, .s = fm_event_time_instant(t)};
    return *t;
}

/* The moved limit. One that has not the form it should have keeps its own, for most programs take it. */
static fm_event_time limit_after(const fm_series_move *m, const fm_event_time *until)
{
    fm_event_time moved = m->to, own = *until, usual = in_form_of_limits(&m->from);
    bool become_days = m->to.form == FM_TIME_DAY && m->from.form != FM_TIME_DAY;
    bool become_times = m->to.form != FM_TIME_DAY && m->from.form == FM_TIME_DAY;
    moved.s = fm_clock_move_limit(m, fm_clock_of(&m->from, until));
    own.s = m->from.form == FM_TIME_DAY ? until->s + m->to.s - m->from.s : moved.s;
    moved = in_form_of_limits(&moved);
    bool as_it_should = until->form == usual.form || until->form == moved.form;
    return as_it_should || become_days || become_times ? moved : own;
}

static fm_status move_until(fm_buf *out, const fm_series_move *m, fm_span value, fm_error *err)
{
    const fm_ical_parts bare = {fm_span_of("UNTIL"), {"", 0}, value};
    fm_event_time until, moved;
    fm_status status = fm_series_read_time(&until, m, &bare, value, err);
    if (status)
        return status;
    moved = limit_after(m, &until);
    if (moved.form == FM_TIME_DAY)
        moved.s = fm_clock_day(moved.s) * FM_DAY_S;
    return fm_ical_time_value(out, &moved, err);
}

/* What becomes of the value of a part; it has been found out that the rule follows. */
static fm_status move_part(fm_buf *out, const fm_series_move *m, fm_span name, fm_span value, bool weekly,
                           fm_error *err)
{
    bool other_weekday = strcmp(weekday_of(&m->from), weekday_of(&m->to)) != 0;
    fm_date to = fields_of(&m->to);
    if (fm_span_is(name, "UNTIL"))
        return move_until(out, m, value, err);
    if (fm_span_is(name, "BYDAY") && weekly && other_weekday)
        return fm_buf_adds(out, weekday_of(&m->to));
    if (fm_span_is(name, "BYMONTHDAY") && m->step != FM_SERIES_BY_CLOCK)
        return fm_buf_addf(out, "%d", to.day);
    if (fm_span_is(name, "BYMONTH") && m->step == FM_SERIES_BY_YEAR)
        return fm_buf_addf(out, "%d", to.month);
    return fm_buf_add(out, value.at, value.len);
}

fm_status fm_series_move_rule(fm_buf *out, const fm_series_move *m, fm_span rule, fm_error *err)
{
    fm_span name, value;
    fm_status status = FM_OK;
    bool weekly = is_freq(rule, "WEEKLY");
    for (size_t at = 0, start = 0; !status && next_part(rule, &at, &name, &value); start = at) {
        size_t head = (size_t)(value.len ? value.at - rule.at : (ptrdiff_t)(at - 1)) - start;
        fm_buf_add(out, rule.at + start, head);
        status = value.len ? move_part(out, m, name, value, weekly, err) : FM_OK;
        if (at <= rule.len)
            fm_buf_addc(out, ';');
    }
    return status ? status : out->status;
}
