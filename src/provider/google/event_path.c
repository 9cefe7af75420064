#include "provider/google/event_path.h"
#include "core/url.h"

#include <string.h>

#define PATH_MAX_BYTES 65536

void fm_google_event_path(fm_buf *path, const fm_google *p, const char *id, const char *query)
{
    fm_buf_init(path, PATH_MAX_BYTES);
    fm_buf_adds(path, "/calendars/");
    fm_url_encode(path, p->place.id, strlen(p->place.id));
    fm_buf_adds(path, "/events");
    if (id) {
        fm_buf_addc(path, '/');
        fm_url_encode(path, id, strlen(id));
    }
    fm_buf_addf(path, "?%s", query);
}
