/* Reminders as alarms of an object. */
#include "core/ical/value.h"
#include "provider/ics/edit.h"

static int64_t seconds_of(const fm_ical_duration *duration)
{
    return duration->days * FM_DAY_S + duration->seconds;
}

static bool read_reminder(fm_ics_edit *e, int64_t *seconds, const char *reminder)
{
    fm_ical_duration duration;
    if (e->status)
        return false;
    if (fm_ical_duration_parse(&duration, fm_span_of(reminder), e->err)) {
        e->status = FM_EINVAL;
        if (e->err)
            e->err->status = FM_EINVAL;
        fm_error_prefix(e->err, "reminders");
        return false;
    }
    *seconds = seconds_of(&duration);
    return true;
}

static void add_alarm(fm_ics_edit *e, const char *reminder)
{
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

static bool is_wanted(fm_ics_edit *e, int64_t seconds)
{
    int64_t wanted;
    for (size_t i = 0; i < e->want->reminders.count; i++)
        if (read_reminder(e, &wanted, e->want->reminders.items[i]) && wanted == seconds)
            return true;
    return false;
}

/* The alarm that is a reminder so many seconds after the start; FM_ICAL_NONE where there is none. */
static size_t find_alarm(const fm_ics_edit *e, int64_t seconds)
{
    fm_ical_duration duration;
    size_t at = FM_ICAL_NONE;
    while ((at = fm_ical_find_component(e->object.doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span reminder = fm_ics_reminder_of(&e->object, at);
        if (reminder.len && !fm_ical_duration_parse(&duration, reminder, NULL) && seconds_of(&duration) == seconds)
            break;
    }
    return at;
}

/* Takes the reminders out that are not wanted. */
static void remove_others(fm_ics_edit *e)
{
    fm_ical_duration duration;
    size_t at = e->object.master;
    while (!e->status && (at = fm_ical_find_component(e->object.doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span reminder = fm_ics_reminder_of(&e->object, at);
        if (!reminder.len || fm_ical_duration_parse(&duration, reminder, NULL) || is_wanted(e, seconds_of(&duration)))
            continue;
        if (e->status)
            return;
        fm_ical_remove(e->object.doc, at, fm_ical_end(e->object.doc, at) - at + 1);
        at--; /* BEGIN:VEVENT stands before any alarm */
    }
}

/* On an event that is there they are the person's, unless they are said to be ours. Those that are there stay as they
 * are. */
void fm_ics_encode_reminders(fm_ics_edit *e)
{
    int64_t seconds;
    if (!e->is_new && !e->want->owns_reminders)
        return;
    remove_others(e);
    for (size_t i = 0; i < e->want->reminders.count; i++) {
        const char *reminder = e->want->reminders.items[i];
        if (read_reminder(e, &seconds, reminder) && find_alarm(e, seconds) == FM_ICAL_NONE)
            add_alarm(e, reminder);
    }
}
