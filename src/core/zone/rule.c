/* The footer of a TZif file: a POSIX TZ string, and the yearly changes that it describes. */
#include "core/date.h"
#include "core/zone/file.h"

#include <ctype.h>
#include <string.h>

/* A cursor over the text; each reader moves it past what it understood. */

static bool accept(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool number(const char **at, int min, int max, int *out)
{
    int value = 0, count = 0;
    for (; isdigit((unsigned char)**at) && count < 4; count++)
        value = value * 10 + (*(*at)++ - '0');
    *out = value;
    return count && value >= min && value <= max;
}

/* hh[:mm[:ss]] with a sign. */
static bool seconds(const char **at, int max_hours, int32_t *out)
{
    int sign = **at == '-' ? -1 : 1;
    if (**at == '-' || **at == '+')
        (*at)++;
    int h, m = 0, s = 0;
    if (!number(at, 0, max_hours, &h))
        return false;
    if (accept(at, ':')) {
        if (!number(at, 0, 59, &m))
            return false;
        if (accept(at, ':') && !number(at, 0, 59, &s))
            return false;
    }
    *out = sign * (h * 3600 + m * 60 + s);
    return true;
}

/* "CET" or "<+03>". */
static bool abbreviation(const char **at, char out[FM_ZONE_ABBR_MAX])
{
    bool quoted = accept(at, '<');
    const char *start = *at;
    while (isalpha((unsigned char)**at) || (quoted && (isdigit((unsigned char)**at) || **at == '+' || **at == '-')))
        (*at)++;
    size_t len = (size_t)(*at - start);
    if (len < 3 || len >= FM_ZONE_ABBR_MAX || (quoted && !accept(at, '>')))
        return false;
    memcpy(out, start, len);
    out[len] = '\0';
    return true;
}

static bool when(const char **at, fm_zone_when *out)
{
    bool good;
    out->time_s = 2 * 3600;
    if (accept(at, 'M')) {
        out->form = FM_ZONE_MONTH_WEEK;
        good = number(at, 1, 12, &out->month) && accept(at, '.') && number(at, 1, 5, &out->week) && accept(at, '.') &&
               number(at, 0, 6, &out->weekday);
    } else if (accept(at, 'J')) {
        out->form = FM_ZONE_JULIAN;
        good = number(at, 1, 365, &out->day_of_year);
    } else {
        out->form = FM_ZONE_ZERO_BASED;
        good = number(at, 0, 365, &out->day_of_year);
    }
    if (good && accept(at, '/'))
        good = seconds(at, 167, &out->time_s);
    return good;
}

bool fm_zone_rule_parse(fm_zone_rule *out, const char *at)
{
    *out = (fm_zone_rule){0};
    if (!abbreviation(&at, out->standard.abbr) || !seconds(&at, 24, &out->standard.offset_s))
        return false;
    out->standard.offset_s = -out->standard.offset_s; /* POSIX counts west of UTC */
    if (!*at)
        return true;
    out->has_daylight = out->daylight.daylight = true;
    out->daylight.offset_s = out->standard.offset_s + 3600;
    if (!abbreviation(&at, out->daylight.abbr))
        return false;
    if (*at != ',') {
        if (!seconds(&at, 24, &out->daylight.offset_s))
            return false;
        out->daylight.offset_s = -out->daylight.offset_s;
    }
    return accept(&at, ',') && when(&at, &out->to_daylight) && accept(&at, ',') && when(&at, &out->to_standard) &&
           *at == '\0';
}

static int64_t month_week_day(const fm_zone_when *w, int year)
{
    int64_t first = fm_date_days(year, w->month, 1);
    int64_t day = first + (w->weekday - fm_date_weekday(first) + 7) % 7 + (int64_t)(w->week - 1) * 7;
    return day < first + fm_date_month_days(year, w->month) ? day : day - 7;
}

int64_t fm_zone_when_in(const fm_zone_when *w, int year, int32_t offset_before_s)
{
    int64_t day;
    if (w->form == FM_ZONE_MONTH_WEEK) {
        day = month_week_day(w, year);
    } else {
        day = fm_date_days(year, 1, 1) + w->day_of_year;
        bool leap = fm_date_month_days(year, 2) == 29;
        if (w->form == FM_ZONE_JULIAN && !(leap && w->day_of_year > 59))
            day--; /* Jn counts from 1 and never counts 29 February */
    }
    return day * FM_DAY_S + w->time_s - offset_before_s;
}
