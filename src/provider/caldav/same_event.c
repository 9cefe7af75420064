#include "provider/caldav/same_event.h"
#include "core/ical/ical.h"
#include "provider/event/same.h"
#include "provider/ics/codec.h"

#include <stdlib.h>
#include <string.h>

bool fm_caldav_same_event(const fm_caldav *p, const char *a, size_t a_len, const char *b, size_t b_len)
{
    fm_event first = {0}, second = {0};
    bool answer = !fm_ics_decode(a, a_len, p->remote.base.zones, &first, NULL) &&
                  !fm_ics_decode(b, b_len, p->remote.base.zones, &second, NULL) && fm_event_same(&first, &second);
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
