#include "core/date.h"

#include <stdio.h>
#include <string.h>

static const char domain[] = "date";

/* Years are counted from 1 March of year 0, so that the leap day ends a year; 400 years are an era. */
enum { ERA_YEARS = 400, ERA_DAYS = 146097, DAYS_0000_03_01_TO_1970 = 719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t fm_date_days(int year, int month, int day)
{
    int64_t months = (int64_t)year * 12 + month - 1 - 2;
    int64_t y = floor_div(months, 12);
    int64_t m = months - y * 12;
    int64_t era = floor_div(y, ERA_YEARS);
    int64_t year_of_era = y - era * ERA_YEARS;
    int64_t day_of_year = (153 * m + 2) / 5 + day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           DAYS_0000_03_01_TO_1970;
}

static void fields_from_days(int64_t days, fm_date *out)
{
    int64_t z = days + DAYS_0000_03_01_TO_1970;
    int64_t era = floor_div(z, ERA_DAYS);
    int64_t day_of_era = z - era * ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    out->day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(year_of_era + era * ERA_YEARS + (out->month <= 2));
}

int fm_date_weekday(int64_t days)
{
    int64_t w = (days + 4) % 7;
    return (int)(w < 0 ? w + 7 : w);
}

int fm_date_month_days(int year, int month)
{
    return (int)(fm_date_days(year, month + 1, 1) - fm_date_days(year, month, 1));
}

bool fm_date_valid(const fm_date *d)
{
    return d->year >= 1 && d->year <= 9999 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= fm_date_month_days(d->year, d->month) && d->hour >= 0 && d->hour <= 23 && d->minute >= 0 &&
           d->minute <= 59 && d->second >= 0 && d->second <= 59 && d->offset_s > -FM_DAY_S && d->offset_s < FM_DAY_S;
}

int64_t fm_date_epoch(const fm_date *d)
{
    int64_t second_of_day = (d->hour * 60 + d->minute) * INT64_C(60) + d->second;
    return fm_date_days(d->year, d->month, d->day) * FM_DAY_S + second_of_day - d->offset_s;
}

fm_status fm_date_from_epoch(fm_date *out, int64_t epoch, fm_date_kind kind, int offset_s)
{
    offset_s = kind == FM_DATE_OFFSET ? offset_s - offset_s % 60 : 0;
    if (epoch < FM_EPOCH_MIN - offset_s || epoch >= FM_EPOCH_END - offset_s)
        return FM_EINVAL;
    int64_t local = epoch + offset_s;
    int64_t days = floor_div(local, FM_DAY_S);
    int seconds = kind == FM_DATE_DAY ? 0 : (int)(local - days * FM_DAY_S);
    *out = (fm_date){.kind = kind, .offset_s = offset_s};
    fields_from_days(days, out);
    out->hour = seconds / 3600;
    out->minute = seconds / 60 % 60;
    out->second = seconds % 60;
    return FM_OK;
}

/* ------------------------------------------------------------------ text */

/* Reads exactly `count` digits; moves *at past them. */
static bool digits(const char **at, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool literal(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool parse_clock(const char **at, fm_date *out)
{
    if (!digits(at, 2, &out->hour) || !literal(at, ':') || !digits(at, 2, &out->minute))
        return false;
    if (!literal(at, ':'))
        return true;
    if (!digits(at, 2, &out->second))
        return false;
    if (out->second == 60)
        out->second = 59;
    if (!literal(at, '.'))
        return true;
    const char *fraction = *at;
    *at += strspn(*at, "0123456789");
    return *at > fraction;
}

static bool parse_offset(const char **at, fm_date *out)
{
    out->kind = FM_DATE_LOCAL;
    if (**at == 'Z' || **at == 'z') {
        (*at)++;
        out->kind = FM_DATE_UTC;
        return true;
    }
    if (**at != '+' && **at != '-')
        return true;
    int sign = *(*at)++ == '-' ? -1 : 1;
    int hours, minutes;
    if (!digits(at, 2, &hours) || !literal(at, ':') || !digits(at, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    out->kind = FM_DATE_OFFSET;
    out->offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool parse(fm_date *out, const char *at)
{
    if (!digits(&at, 4, &out->year) || !literal(&at, '-') || !digits(&at, 2, &out->month) || !literal(&at, '-') ||
        !digits(&at, 2, &out->day))
        return false;
    if (*at) {
        if (!literal(&at, 'T') && !literal(&at, 't') && !literal(&at, ' '))
            return false;
        if (!parse_clock(&at, out) || !parse_offset(&at, out))
            return false;
    }
    return *at == '\0' && fm_date_valid(out);
}

fm_status fm_date_parse(fm_date *out, const char *text, fm_error *err)
{
    *out = (fm_date){.kind = FM_DATE_DAY};
    if (parse(out, text))
        return FM_OK;
    *out = (fm_date){0};
    return fm_error_set(err, FM_EPARSE, domain,
                        "\"%.40s\" is not a date: write 2026-02-15, 2026-02-15T10:00:00 or 2026-02-15T10:00:00Z", text);
}

const char *fm_date_format(const fm_date *d, char text[FM_DATE_TEXT_MAX])
{
    /* Masked to what the fields can hold, which also tells the compiler that the text fits. */
    unsigned year = (unsigned)d->year % 10000, month = (unsigned)d->month % 100, day = (unsigned)d->day % 100;
    unsigned hour = (unsigned)d->hour % 100, minute = (unsigned)d->minute % 100, second = (unsigned)d->second % 100;
    unsigned shift = (unsigned)(d->offset_s < 0 ? -d->offset_s : d->offset_s) / 60 % (24 * 60);
    if (d->kind == FM_DATE_DAY) {
        snprintf(text, FM_DATE_TEXT_MAX, "%04u-%02u-%02u", year, month, day);
        return text;
    }
    int n = snprintf(text, FM_DATE_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02u", year, month, day, hour, minute, second);
    if (d->kind == FM_DATE_UTC)
        snprintf(text + n, FM_DATE_TEXT_MAX - (size_t)n, "Z");
    else if (d->kind == FM_DATE_OFFSET)
        snprintf(text + n, FM_DATE_TEXT_MAX - (size_t)n, "%c%02u:%02u", d->offset_s < 0 ? '-' : '+', shift / 60,
                 shift % 60);
    return text;
}

fm_status fm_date_format_epoch(char text[FM_DATE_TEXT_MAX], int64_t epoch)
{
    fm_date date;
    if (fm_date_from_epoch(&date, epoch, FM_DATE_UTC, 0))
        return FM_EINVAL;
    fm_date_format(&date, text);
    return FM_OK;
}
