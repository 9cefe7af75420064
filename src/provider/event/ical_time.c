#include "provider/event/ical_time.h"
#include "core/ical/value.h"

static const char domain[] = "ical";

fm_status fm_ical_time_value(fm_buf *out, const fm_event_time *t, fm_error *err)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    if (fm_event_time_fields(&date, t))
        return fm_error_set(err, FM_EINVAL, domain, "the event ends outside the years 1 to 9999");
    return fm_buf_adds(out, fm_ical_date_format(&date, text));
}

fm_status fm_ical_time_params(fm_buf *out, const fm_event_time *t, fm_span tzid, fm_span old, fm_error *err)
{
    fm_status status = FM_OK;
    fm_span param, value;
    if (t->form == FM_TIME_DAY)
        status = fm_ical_add_param(out, "VALUE", fm_span_of("DATE"), err);
    if (t->form == FM_TIME_ZONED)
        status = fm_ical_add_param(out, "TZID", tzid, err);
    for (size_t at = 0, start = 0; fm_ical_next_param(old, &at, &param, &value); start = at)
        if (!fm_span_is(param, "VALUE") && !fm_span_is(param, "TZID"))
            fm_buf_add(out, old.at + start, at - start);
    return status ? status : out->status;
}
