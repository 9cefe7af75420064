#include "provider/event/series_clock.h"

int64_t fm_clock_day(int64_t clock)
{
    return clock >= 0 ? clock / FM_DAY_S : -((FM_DAY_S - 1 - clock) / FM_DAY_S);
}

int64_t fm_clock_time(int64_t clock)
{
    return clock - fm_clock_day(clock) * FM_DAY_S;
}

static bool is_absolute(const fm_event_time *t)
{
    return t->form == FM_TIME_UTC || t->form == FM_TIME_ZONED;
}

/*
 * What the clocks of the series show at an instant. Of a time that they skip, the occurrence has the time of day that
 * all of them have.
 */
static int64_t on_the_series_clock(const fm_event_time *start, int64_t instant)
{
    if (start->form != FM_TIME_ZONED)
        return instant;
    int64_t shown = fm_zone_to_local(start->zone, instant);
    int64_t usual = fm_clock_day(shown) * FM_DAY_S + fm_clock_time(start->s);
    return fm_zone_to_utc(start->zone, usual) == instant ? usual : shown;
}

int64_t fm_clock_of(const fm_event_time *start, const fm_event_time *t)
{
    if (t->form == FM_TIME_DAY)
        return t->s + fm_clock_time(start->s);
    if (start->form == FM_TIME_DAY)
        return fm_clock_day(t->s) * FM_DAY_S;
    if (is_absolute(t) && is_absolute(start) && !fm_event_time_alike(t, start))
        return on_the_series_clock(start, fm_event_time_instant(t));
    return t->s;
}

static fm_date fields_of(int64_t clock)
{
    fm_date date = {.year = 1, .month = 1, .day = 1};
    fm_date_from_epoch(&date, clock, FM_DATE_LOCAL, 0);
    return date;
}

/* Months since the year 0. */
static int month_of(const fm_date *date)
{
    return date->year * 12 + date->month - 1;
}

/*
 * The occurrence that a rule by month or year has in a month (of any year, where it is one of the start's), given as
 * months since the year 0.
 */
static int64_t occurrence_in(const fm_event_time *start, int month)
{
    fm_date first = fields_of(start->s);
    return fm_date_days(month / 12, month % 12 + 1, first.day) * FM_DAY_S + fm_clock_time(start->s);
}

static int64_t move_month(const fm_series_move *m, int month)
{
    fm_date from = fields_of(m->from.s), to = fields_of(m->to.s);
    return occurrence_in(&m->to, month + month_of(&to) - month_of(&from));
}

int64_t fm_clock_move(const fm_series_move *m, int64_t clock)
{
    fm_date date = fields_of(clock), from = fields_of(m->from.s);
    bool occurs = date.day == from.day && (m->step == FM_SERIES_BY_MONTH || date.month == from.month);
    if (m->step == FM_SERIES_BY_CLOCK || !occurs)
        return clock + (m->to.s - m->from.s);
    return move_month(m, month_of(&date)) + fm_clock_time(clock) - fm_clock_time(m->from.s);
}

int64_t fm_clock_move_limit(const fm_series_move *m, int64_t clock)
{
    if (m->step == FM_SERIES_BY_CLOCK)
        return clock + (m->to.s - m->from.s);
    fm_date date = fields_of(clock), from = fields_of(m->from.s);
    int month = month_of(&date);
    if (m->step == FM_SERIES_BY_YEAR)
        month = date.year * 12 + from.month - 1;
    if (occurrence_in(&m->from, month) > clock)
        month -= m->step == FM_SERIES_BY_YEAR ? 12 : 1;
    return move_month(m, month);
}
