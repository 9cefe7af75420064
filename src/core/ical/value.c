#include "core/ical/value.h"

#include <stdio.h>
#include <string.h>

static const char domain[] = "ical";

enum { SHOWN_BYTES = 40 };

static fm_status refuse(fm_span value, const char *what, fm_error *err)
{
    return fm_error_set(err, FM_EPARSE, domain, "\"%.*s\" is no %s",
                        (int)(value.len < SHOWN_BYTES ? value.len : SHOWN_BYTES), value.at, what);
}

/* Exactly `count` digits at the start of `v`, which moves past them. */
static bool digits(fm_span *v, size_t count, int *value)
{
    if (v->len < count)
        return false;
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (v->at[i] < '0' || v->at[i] > '9')
            return false;
        *value = *value * 10 + (v->at[i] - '0');
    }
    *v = (fm_span){v->at + count, v->len - count};
    return true;
}

static bool accept(fm_span *v, char c)
{
    if (!v->len || v->at[0] != c)
        return false;
    *v = (fm_span){v->at + 1, v->len - 1};
    return true;
}

static bool parse_date(fm_date *out, fm_span v)
{
    if (!digits(&v, 4, &out->year) || !digits(&v, 2, &out->month) || !digits(&v, 2, &out->day))
        return false;
    if (!v.len)
        return fm_date_valid(out);
    out->kind = FM_DATE_LOCAL;
    if (!accept(&v, 'T') || !digits(&v, 2, &out->hour) || !digits(&v, 2, &out->minute) || !digits(&v, 2, &out->second))
        return false;
    if (out->second == 60)
        out->second = 59;
    if (accept(&v, 'Z'))
        out->kind = FM_DATE_UTC;
    else
        accept(&v, 'T'); /* some programs write it at the end again */
    return !v.len && fm_date_valid(out);
}

fm_status fm_ical_date_parse(fm_date *out, fm_span value, fm_error *err)
{
    *out = (fm_date){.kind = FM_DATE_DAY};
    if (parse_date(out, fm_span_trim(value)))
        return FM_OK;
    *out = (fm_date){0};
    return refuse(value, "date or time that exists", err);
}

const char *fm_ical_date_format(const fm_date *date, char text[FM_DATE_TEXT_MAX])
{
    fm_date d = *date;
    if (d.kind == FM_DATE_OFFSET && fm_date_from_epoch(&d, fm_date_epoch(date), FM_DATE_UTC, 0))
        d = *date; /* the first or last hours of the years that can be written */
    char dashed[FM_DATE_TEXT_MAX];
    fm_date_format(&d, dashed);
    size_t n = 0;
    for (const char *c = dashed; *c; c++)
        if (*c != '-' && *c != ':')
            text[n++] = *c;
    text[n] = '\0';
    return text;
}

/* ------------------------------------------------------------------ durations */

static const int64_t most_days = INT64_C(10000) * 366;

/* One "12H" of a duration: the number and its unit. */
static bool part(fm_span *v, int64_t *number, char *unit)
{
    size_t n = 0;
    *number = 0;
    for (; n < v->len && v->at[n] >= '0' && v->at[n] <= '9'; n++) {
        if (*number > most_days * FM_DAY_S)
            return false;
        *number = *number * 10 + (v->at[n] - '0');
    }
    if (n == 0 || n == v->len)
        return false;
    *unit = v->at[n];
    *v = (fm_span){v->at + n + 1, v->len - n - 1};
    return true;
}

static bool parse_duration(fm_ical_duration *out, fm_span v)
{
    bool negative = accept(&v, '-');
    if (!negative)
        accept(&v, '+');
    if (!accept(&v, 'P') || !v.len)
        return false;
    bool time = false, any = false;
    while (v.len) {
        int64_t number;
        char unit;
        if (!time && accept(&v, 'T')) {
            time = true;
            if (any && !v.len)
                break; /* "P1DT": a time part with nothing in it */
        }
        any = true;
        if (!part(&v, &number, &unit))
            return false;
        if (!time && unit == 'W')
            out->days += number * 7;
        else if (!time && unit == 'D')
            out->days += number;
        else if (time && unit == 'H')
            out->seconds += number * 3600;
        else if (time && unit == 'M')
            out->seconds += number * 60;
        else if (time && unit == 'S')
            out->seconds += number;
        else
            return false;
        if (out->days > most_days || out->seconds > most_days * FM_DAY_S)
            return false;
    }
    if (negative)
        *out = (fm_ical_duration){-out->days, -out->seconds};
    return true;
}

fm_status fm_ical_duration_parse(fm_ical_duration *out, fm_span value, fm_error *err)
{
    *out = (fm_ical_duration){0};
    if (parse_duration(out, fm_span_trim(value)))
        return FM_OK;
    *out = (fm_ical_duration){0};
    return refuse(value, "duration such as -P1D or PT30M", err);
}

bool fm_ical_offset_parse(int32_t *offset_s, fm_span value)
{
    fm_span v = fm_span_trim(value);
    bool negative = accept(&v, '-');
    int h, m, s = 0;
    if ((!negative && !accept(&v, '+')) || !digits(&v, 2, &h) || !digits(&v, 2, &m))
        return false;
    bool short_form = !v.len;
    if ((v.len && !digits(&v, 2, &s)) || v.len)
        return false;
    if (short_form && h > 24) { /* "+5328" for +00:53:28, Berlin's time of before 1893: some programs drop zero hours */
        s = m;
        m = h;
        h = 0;
    }
    if (h > 23 || m > 59 || s > 59)
        return false;
    *offset_s = h * 3600 + m * 60 + s;
    if (negative)
        *offset_s = -*offset_s;
    return true;
}
