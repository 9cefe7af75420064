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
#define DIFFERS(member, name, said) ((said) && !fm_text_same(a->member, b->member)) ||
    bool differs = FM_EVENT_TEXTS(DIFFERS) !fm_strings_same(&a->tags, &b->tags);
#undef DIFFERS
    return !differs && a->deleted == b->deleted && a->busy == b->busy && a->recurring == b->recurring &&
           a->has_attendees == b->has_attendees;
}
