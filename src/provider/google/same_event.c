#include "provider/google/event_json.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_strings(const fm_strings *a, const fm_strings *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = same_text(a->items[i], b->items[i]);
    return same;
}

static bool same(const fm_event *a, const fm_event *b)
{
    return same_text(a->uid, b->uid) && same_text(a->kanban_id, b->kanban_id) && same_text(a->title, b->title) &&
           same_text(a->description, b->description) && same_text(a->footer, b->footer) &&
           same_text(a->due_date, b->due_date) && same_text(a->end_date, b->end_date) &&
           same_text(a->time_zone, b->time_zone) && same_text(a->priority, b->priority) &&
           same_text(a->status, b->status) && same_text(a->epic_id, b->epic_id) && same_text(a->team, b->team) &&
           same_text(a->event_type, b->event_type) && same_text(a->case_number, b->case_number) &&
           same_strings(&a->tags, &b->tags) && a->deleted == b->deleted;
}

bool fm_google_same_event(const fm_json_span *a, const fm_json_span *b, fm_zones *zones)
{
    fm_event first = {0}, second = {0};
    bool answer = !fm_google_decode(a->at, a->len, zones, &first, NULL) &&
                  !fm_google_decode(b->at, b->len, zones, &second, NULL) && same(&first, &second);
    fm_event_clear(&first);
    fm_event_clear(&second);
    return answer;
}
