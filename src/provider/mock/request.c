/* What every request to the server begins with. */
#include "provider/mock/mock.h"

fm_status fm_mock_begin(fm_mock *m, fm_mock_request request, const char *uid, fm_mock_fault_kind *kind, fm_error *err)
{
    int64_t retry_after_ms = 0;
    m->server->counts[request]++;
    fm_mock_fault_kind fault = fm_mock_take_fault(&m->server->faults, request, uid, &retry_after_ms);
    if (kind) {
        *kind = fault;
        if (fault == FM_MOCK_TRUNCATE)
            return FM_OK;
    }
    return fm_mock_fault_error(err, fault, retry_after_ms);
}

fm_status fm_mock_bound_calendar(fm_mock *m, fm_mock_calendar **out, fm_error *err)
{
    *out = fm_mock_find_calendar(m->server, m->bound_id);
    if (*out)
        return FM_OK;
    fm_error_set(err, FM_ENOTFOUND, "mock", "the calendar %s is gone", m->bound_name);
    if (err)
        err->http_status = 404;
    return FM_ENOTFOUND;
}
