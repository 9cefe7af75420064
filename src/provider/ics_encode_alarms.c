/* The reminders of an event, written into its object as alarms. */
#include "core/ical_value.h"
#include "provider/ics_edit.h"

#include <string.h>

static bool in_list(const fm_strings *list, fm_span value)
{
    for (size_t i = 0; i < list->count; i++)
        if (strlen(list->items[i]) == value.len && memcmp(list->items[i], value.at, value.len) == 0)
            return true;
    return false;
}

/* Ours whose reminder is gone from the event. A person's stay. */
static void remove_alarms(ics_edit *e)
{
    size_t at = FM_ICAL_NONE;
    while (!e->status && (at = fm_ical_find_component(e->object.doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span mark = ics_reminder_of(&e->object, at);
        if (!mark.len || in_list(&e->want->reminders, mark))
            continue;
        fm_ical_remove(e->object.doc, at, fm_ical_end(e->object.doc, at) - at + 1);
        at--;
    }
}

/* By its mark, or, where a server took the mark away, by when it rings. */
static bool has_alarm(const ics_edit *e, const char *reminder)
{
    const fm_ical *doc = e->object.doc;
    size_t at = FM_ICAL_NONE, len = strlen(reminder);
    while ((at = fm_ical_find_component(doc, e->object.master, at, "VALARM")) != FM_ICAL_NONE) {
        fm_span said = ics_reminder_of(&e->object, at);
        size_t trigger = fm_ical_find_property(doc, at, FM_ICAL_NONE, "TRIGGER");
        if (!said.len && trigger != FM_ICAL_NONE)
            said = fm_ical_at(doc, trigger)->parts.value;
        if (said.len == len && memcmp(said.at, reminder, len) == 0)
            return true;
    }
    return false;
}

static void add_alarm(ics_edit *e, const char *reminder)
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

void ics_encode_reminders(ics_edit *e)
{
    remove_alarms(e);
    for (size_t i = 0; i < e->want->reminders.count && !e->status; i++)
        if (!has_alarm(e, e->want->reminders.items[i]))
            add_alarm(e, e->want->reminders.items[i]);
}
