#include "core/ical/recurrence.h"
#include "core/date.h"
#include "core/ical/libical.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";

enum {
    MAX_RULE_BYTES = 4095,
    MAX_STEPS = 50000, /* every day since 1890 */
    MOST_PERIODS = 200000,
    MOST_TIMES = 100, /* of a day */
    HOUR_S = 3600
};

struct fm_recurrence {
    const fm_libical *ical;
    icalrecur_iterator *iterator;
    int64_t from, to;
    int64_t moved_s; /* what libical finds lies so much later */
    int steps;
};

static struct icaltimetype to_ical(const fm_libical *ical, int64_t time, bool day)
{
    fm_date date = {0};
    (void)fm_date_from_epoch(&date, time, FM_DATE_UTC, 0);
    struct icaltimetype t = ical->time_null_time();
    t.year = date.year;
    t.month = date.month;
    t.day = date.day;
    t.is_date = day;
    if (!day) {
        t.hour = date.hour;
        t.minute = date.minute;
        t.second = date.second;
    }
    return t;
}

static bool from_ical(int64_t *time, const struct icaltimetype *t)
{
    fm_date date = {.kind = FM_DATE_UTC, .year = t->year, .month = t->month, .day = t->day};
    if (!t->is_date) {
        date.hour = t->hour;
        date.minute = t->minute;
        date.second = t->second > 59 ? 59 : t->second;
    }
    if (!fm_date_valid(&date))
        return false;
    *time = fm_date_epoch(&date);
    return true;
}

/* What the clocks show last, by the rule; INT64_MAX where it does not say. A day is meant to its end. */
static int64_t until_of(const fm_libical *ical, const struct icalrecurrencetype *rule, const fm_recurrence_clock *clock)
{
    int64_t until;
    if (ical->time_is_null_time(rule->until) || !from_ical(&until, &rule->until))
        return INT64_MAX;
    if (rule->until.is_date)
        return until + FM_DAY_S - 1;
    bool is_utc = ical->time_is_utc(rule->until);
    return is_utc && clock->offset_s ? until + clock->offset_s(clock->zone, until) : until;
}

static fm_status refuse(fm_error *err, const char *what)
{
    return fm_error_set(err, FM_EUNSUPPORTED, domain, "a rule that %s is not expanded", what);
}

static fm_status read_rule(struct icalrecurrencetype *out, const fm_libical *ical, fm_span rule, fm_error *err)
{
    char text[MAX_RULE_BYTES + 1];
    if (rule.len > MAX_RULE_BYTES)
        return refuse(err, "is that long");
    memcpy(text, rule.at, rule.len);
    text[rule.len] = '\0';
    *out = ical->recurrencetype_from_string(text);
    if (out->rscale) {
        ical->memory_free_buffer(out->rscale);
        out->rscale = NULL;
        return refuse(err, "counts in another calendar");
    }
    if (out->freq == ICAL_NO_RECURRENCE)
        return fm_error_set(err, FM_EPARSE, domain, "\"%.80s\" is no recurrence rule", text);
    if (out->freq == ICAL_SECONDLY_RECURRENCE || out->freq == ICAL_MINUTELY_RECURRENCE)
        return refuse(err, "repeats by the minute");
    return FM_OK;
}

/* Whether libical finds the same occurrences when it begins later: what is counted must be counted from the start, and
   of several weeks it takes another one for the first. */
static bool can_skip(const struct icalrecurrencetype *rule)
{
    return !rule->count && (rule->freq != ICAL_WEEKLY_RECURRENCE || rule->interval == 1);
}

/* libical 3 miscounts several weeks that do not begin on Monday. So the days of such a rule are moved until they do;
   the occurrences are moved back. Returns by how many days. */
static int begin_weeks_on_monday(struct icalrecurrencetype *rule)
{
    int days = (ICAL_MONDAY_WEEKDAY - (int)rule->week_start + 7) % 7;
    if (rule->freq != ICAL_WEEKLY_RECURRENCE || rule->interval == 1 || rule->by_month[0] != ICAL_RECURRENCE_ARRAY_MAX)
        return 0;
    for (int i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        rule->by_day[i] = (short)((rule->by_day[i] - ICAL_SUNDAY_WEEKDAY + days) % 7 + ICAL_SUNDAY_WEEKDAY);
    rule->week_start = ICAL_MONDAY_WEEKDAY;
    return days;
}

static int64_t period_s(const struct icalrecurrencetype *rule)
{
    switch (rule->freq) {
    case ICAL_YEARLY_RECURRENCE:
        return 365 * (int64_t)FM_DAY_S;
    case ICAL_MONTHLY_RECURRENCE:
        return 28 * (int64_t)FM_DAY_S;
    case ICAL_WEEKLY_RECURRENCE:
        return 7 * (int64_t)FM_DAY_S;
    default:
        return rule->freq == ICAL_DAILY_RECURRENCE ? FM_DAY_S : HOUR_S;
    }
}

static size_t length_of(const short *list, size_t room)
{
    size_t n = 0;
    while (n < room && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
        n++;
    return n ? n : 1;
}

/* libical looks at each period, and at each time of the day in it, before it says anything. */
static fm_status check_work(const struct icalrecurrencetype *rule, int64_t from, int64_t to, fm_error *err)
{
    size_t times = length_of(rule->by_hour, ICAL_BY_HOUR_SIZE) * length_of(rule->by_minute, ICAL_BY_MINUTE_SIZE) *
                   length_of(rule->by_second, ICAL_BY_SECOND_SIZE);
    if (times > MOST_TIMES)
        return refuse(err, "repeats so often a day");
    if ((to - from) / period_s(rule) / rule->interval > MOST_PERIODS)
        return refuse(err, "goes back that far");
    return FM_OK;
}

fm_status fm_recurrence_begin(fm_recurrence **out, fm_span text, const fm_recurrence_clock *clock, int64_t start,
                              int64_t from, int64_t to, fm_error *err)
{
    struct icalrecurrencetype rule;
    const fm_libical *ical;
    *out = NULL;
    fm_status status = fm_libical_open(&ical, err);
    if (status || (status = read_rule(&rule, ical, text, err)))
        return status;
    int64_t until = until_of(ical, &rule, clock);
    bool skips = can_skip(&rule) && from > start;
    if (to > until)
        to = until;
    if ((status = check_work(&rule, skips ? from : start, to, err)))
        return status;
    fm_recurrence *r = calloc(1, sizeof *r);
    if (!r)
        return fm_error_no_memory(err, domain);
    *r = (fm_recurrence){.ical = ical, .from = from, .to = to};
    r->moved_s = begin_weeks_on_monday(&rule) * (int64_t)FM_DAY_S;
    if (to >= start) {
        rule.until = to_ical(ical, to + r->moved_s, clock->days); /* or libical looks on until the year 2582 */
        r->iterator = ical->recur_iterator_new(rule, to_ical(ical, start + r->moved_s, clock->days));
    }
    if (r->iterator && skips && from <= to)
        (void)ical->recur_iterator_set_start(r->iterator, to_ical(ical, from, clock->days));
    *out = r;
    return FM_OK;
}

bool fm_recurrence_next(fm_recurrence *r, int64_t *time)
{
    while (r->iterator && r->steps++ < MAX_STEPS) {
        struct icaltimetype t = r->ical->recur_iterator_next(r->iterator);
        if (r->ical->time_is_null_time(t) || !from_ical(time, &t) || (*time -= r->moved_s) > r->to)
            break;
        if (*time >= r->from)
            return true;
    }
    r->steps = MAX_STEPS;
    return false;
}

void fm_recurrence_free(fm_recurrence *r)
{
    if (!r)
        return;
    if (r->iterator)
        r->ical->recur_iterator_free(r->iterator);
    free(r);
}
