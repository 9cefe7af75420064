#include "provider/event/same.h"

#include <string.h>

bool fm_text_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool fm_strings_same(const fm_strings *a, const fm_strings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

bool fm_event_same(const fm_event *a, const fm_event *b)
{
    return fm_text_same(a->uid, b->uid) && fm_text_same(a->kanban_id, b->kanban_id) &&
           fm_text_same(a->title, b->title) && fm_text_same(a->description, b->description) &&
           fm_text_same(a->footer, b->footer) && fm_text_same(a->due_date, b->due_date) &&
           fm_text_same(a->end_date, b->end_date) && fm_text_same(a->time_zone, b->time_zone) &&
           fm_text_same(a->unknown_date, b->unknown_date) && fm_text_same(a->priority, b->priority) &&
           fm_text_same(a->status, b->status) && fm_text_same(a->epic_id, b->epic_id) &&
           fm_text_same(a->team, b->team) && fm_text_same(a->event_type, b->event_type) &&
           fm_text_same(a->case_number, b->case_number) && fm_strings_same(&a->tags, &b->tags) &&
           a->deleted == b->deleted && a->recurring == b->recurring && a->has_attendees == b->has_attendees;
}
