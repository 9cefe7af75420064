#include "provider/caldav/same_event.h"
#include "core/ical.h"
#include "provider/ics_codec.h"

#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_strings(const fm_strings *a, const fm_strings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_text(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool same(const fm_event *a, const fm_event *b)
{
    return same_text(a->uid, b->uid) && same_text(a->kanban_id, b->kanban_id) && same_text(a->title, b->title) &&
           same_text(a->description, b->description) && same_text(a->footer, b->footer) &&
           same_text(a->due_date, b->due_date) && same_text(a->end_date, b->end_date) &&
           same_text(a->time_zone, b->time_zone) && same_text(a->priority, b->priority) &&
           same_text(a->status, b->status) && same_text(a->epic_id, b->epic_id) && same_text(a->team, b->team) &&
           same_text(a->event_type, b->event_type) && same_text(a->case_number, b->case_number) &&
           same_strings(&a->tags, &b->tags) && a->deleted == b->deleted && a->recurring == b->recurring &&
           a->has_attendees == b->has_attendees;
}

bool fm_caldav_same_event(const fm_caldav *p, const char *a, size_t a_len, const char *b, size_t b_len)
{
    fm_event first = {0}, second = {0};
    bool answer = !fm_ics_decode(a, a_len, p->zones, &first, NULL) &&
                  !fm_ics_decode(b, b_len, p->zones, &second, NULL) && same(&first, &second);
    fm_event_clear(&first);
    fm_event_clear(&second);
    return answer;
}

bool fm_caldav_has_uid(const char *text, size_t len, const char *uid)
{
    char *found = NULL;
    bool answer = !fm_ical_uid(text, len, &found) && found && strcmp(found, uid) == 0;
    free(found);
    return answer;
}
