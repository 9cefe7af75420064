#include "provider/event/same.h"
#include "provider/google/event/json.h"

bool fm_google_same_event(const fm_json_span *a, const fm_json_span *b, fm_zones *zones)
{
    fm_event first = {0}, second = {0};
    bool answer = !fm_google_decode(a->at, a->len, zones, &first, NULL) &&
                  !fm_google_decode(b->at, b->len, zones, &second, NULL) && fm_event_same(&first, &second);
    fm_event_clear(&first);
    fm_event_clear(&second);
    return answer;
}
