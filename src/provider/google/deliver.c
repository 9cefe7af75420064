#include "provider/google/deliver.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

fm_status fm_google_deliver(const fm_object_sink *sink, const fm_json_span *event, fm_error *err)
{
    char *id = NULL, *etag = NULL, *uid = NULL;
    fm_status status = fm_google_string(&id, event, "id");
    if (!status)
        status = fm_google_string(&etag, event, "etag");
    if (status)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_object object = {.kind = FM_OBJECT_DELETED, .href = id};
    if (id && !fm_google_is_cancelled(event)) {
        const char *known = sink->known_etag ? sink->known_etag(sink->data, id) : NULL;
        bool seen = known && etag && strcmp(known, etag) == 0;
        status = fm_google_uid(&uid, event, err);
        object = (fm_object){.kind = seen ? FM_OBJECT_SEEN : FM_OBJECT_CHANGED, .href = id, .uid = uid, .etag = etag};
        if (!seen) {
            object.text = event->at;
            object.text_len = event->len;
        }
    }
    if (!status && id)
        status = sink->object(sink->data, &object, err);
    free(id);
    free(etag);
    free(uid);
    return status;
}
