/* The reminders of a new event, written into its object as alarms. */
#include "core/ical/value.h"
#include "provider/ics/edit.h"

static void add_alarm(fm_ics_edit *e, const char *reminder)
{
    fm_ical_duration duration;
    if (fm_ical_duration_parse(&duration, fm_span_of(reminder), e->err)) {
        e->status = FM_EINVAL;
        if (e->err)
            e->err->status = FM_EINVAL;
        fm_error_prefix(e->err, "reminders");
        return;
    }
    fm_buf_addf(&e->scratch,
                "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:%s\r\nDESCRIPTION:Reminder\r\n" ICS_REMINDER_MARK
                ":%s\r\nEND:VALARM\r\n",
                reminder, reminder);
    e->status = e->scratch.status;
    if (!e->status)
        e->status = fm_ical_insert_text(e->object.doc, fm_ical_end(e->object.doc, e->object.master), e->scratch.data,
                                        e->scratch.len, e->err);
    fm_buf_reset(&e->scratch);
}

/* Alarms are for new events alone: later they are the person's. */
void fm_ics_encode_reminders(fm_ics_edit *e)
{
    for (size_t i = 0; e->is_new && i < e->want->reminders.count && !e->status; i++)
        add_alarm(e, e->want->reminders.items[i]);
}
