#include "provider/google/presence.h"
#include "provider/google/event/object.h"
#include "provider/google/event_path.h"
#include "util/alloc.h"

static bool is_calendar(const void *data, const fm_json_span *body)
{
    (void)data;
    return fm_google_is(body, "kind", "calendar#events");
}

fm_status fm_google_ask_presence(fm_remote_op *op, fm_google_done_fn done, void *data, fm_error *err)
{
    fm_buf path;
    fm_google_event_path(&path, fm_google_of(op), NULL, "maxResults=1&fields=kind&prettyPrint=false");
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "looking for the calendar",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = is_calendar,
                                 .done = done,
                                 .data = data};
    fm_status status = path.status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : fm_google_submit(op, &request, err);
    fm_buf_free(&path);
    return status;
}
