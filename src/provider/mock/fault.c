#include "provider/mock/fault.h"
#include "util/alloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const fm_mock_request_names[FM_MOCK_REQUESTS] = {
    [FM_MOCK_OPEN] = "open",     [FM_MOCK_LIST] = "list",     [FM_MOCK_CHANGES] = "changes", [FM_MOCK_FETCH] = "fetch",
    [FM_MOCK_CREATE] = "create", [FM_MOCK_UPDATE] = "update", [FM_MOCK_DELETE] = "delete",   [FM_MOCK_READ] = "read",
};

const char *const fm_mock_fault_names[FM_MOCK_FAULT_KINDS] = {
    [FM_MOCK_NO_FAULT] = "none",     [FM_MOCK_REFUSE] = "refuse",     [FM_MOCK_NETWORK] = "network",
    [FM_MOCK_TIMEOUT] = "timeout",   [FM_MOCK_LOST] = "lost",         [FM_MOCK_STALE] = "stale",
    [FM_MOCK_EXPIRED] = "expired",   [FM_MOCK_TRUNCATE] = "truncate", [FM_MOCK_AUTH] = "auth",
    [FM_MOCK_THROTTLE] = "throttle", [FM_MOCK_SERVER] = "server",     [FM_MOCK_GONE] = "gone",
    [FM_MOCK_FORGET] = "forget",     [FM_MOCK_MISSING] = "missing",   [FM_MOCK_LAG] = "lag",
    [FM_MOCK_DAMAGED] = "damaged",
};

/* How the provider reports each kind. */
static const struct {
    fm_status status;
    int http_status;
    const char *message;
} reports[FM_MOCK_FAULT_KINDS] = {
    [FM_MOCK_REFUSE] = {FM_EACCESS, 403, "the calendar refused it"},
    [FM_MOCK_NETWORK] = {FM_ENETWORK, 0, "the connection was reset"},
    [FM_MOCK_TIMEOUT] = {FM_ETIMEOUT, 0, "no answer in time"},
    [FM_MOCK_LOST] = {FM_ENETWORK, 0, "the connection broke before the answer"},
    [FM_MOCK_TRUNCATE] = {FM_ENETWORK, 200, "the answer was cut short"},
    [FM_MOCK_AUTH] = {FM_EAUTH, 401, "sign-in refused"},
    [FM_MOCK_THROTTLE] = {FM_ETHROTTLED, 429, "the server asks to slow down"},
    [FM_MOCK_SERVER] = {FM_ESERVER, 503, "the server failed"},
    [FM_MOCK_GONE] = {FM_ENOTFOUND, 404, "the calendar is gone"},
};

fm_status fm_mock_add_fault(fm_mock_fault **list, const fm_mock_fault *fault, fm_error *err)
{
    fm_mock_fault *copy = malloc(sizeof *copy);
    char *uid = fault->uid ? strdup(fault->uid) : NULL;
    if (!copy || (fault->uid && !uid)) {
        free(copy);
        free(uid);
        return fm_error_no_memory(err, "mock");
    }
    *copy = *fault;
    copy->uid = uid;
    copy->next = NULL;
    while (*list)
        list = &(*list)->next;
    *list = copy;
    return FM_OK;
}

static void drop(fm_mock_fault **at)
{
    fm_mock_fault *fault = *at;
    *at = fault->next;
    free(fault->uid);
    free(fault);
}

static int matches(const fm_mock_fault *fault, fm_mock_request request, const char *uid)
{
    if (!(fault->requests & (1u << request)))
        return 0;
    return !fault->uid || (uid && strcmp(fault->uid, uid) == 0);
}

fm_mock_fault_kind fm_mock_take_fault(fm_mock_fault **list, fm_mock_request request, const char *uid,
                                      int64_t *retry_after_ms)
{
    fm_mock_fault_kind taken = FM_MOCK_NO_FAULT;
    while (*list) {
        fm_mock_fault *fault = *list;
        bool strikes = false;
        if (matches(fault, request, uid)) {
            if (fault->at > 1)
                fault->at--;
            else
                strikes = !taken;
        }
        if (strikes) {
            taken = fault->kind;
            *retry_after_ms = fault->retry_after_ms;
            fault->times--;
        }
        if (fault->times < 1)
            drop(list);
        else
            list = &fault->next;
    }
    return taken;
}

void fm_mock_clear_faults(fm_mock_fault **list)
{
    while (*list)
        drop(list);
}

fm_status fm_mock_fault_error(fm_error *err, fm_mock_fault_kind kind, int64_t retry_after_ms)
{
    if (!reports[kind].status)
        return FM_OK;
    fm_error_set(err, reports[kind].status, "mock", "%s", reports[kind].message);
    if (err) {
        err->http_status = reports[kind].http_status;
        err->retry_after_ms = retry_after_ms;
    }
    return reports[kind].status;
}
