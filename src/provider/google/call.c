#include "provider/google/call.h"
#include "core/json/tree.h"
#include "provider/evidence.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Answers that are no JSON after this many tries will not become any. */
#define PARSE_ATTEMPTS 3
#define URL_MAX        (1u << 20)

typedef struct call {
    fm_remote_call base;
    fm_google_answer_fn is_answer;
    fm_google_done_fn done;
    void *data;
    unsigned parse_attempts;
    bool maybe_done;
} call;

/* ------------------------------------------------------------------ failures */

/* Whether an error answer gives this reason, in the old shape or the new one. */
static bool has_reason(const cJSON *body, const char *reason)
{
    static const char *const lists[] = {"error.errors", "error.details"};
    const cJSON *element;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cJSON_ArrayForEach(element, fm_json_tree_at(body, lists[i]))
        {
            const char *given = fm_json_tree_text(element, "reason");
            if (given && strcmp(given, reason) == 0)
                return true;
        }
    return false;
}

typedef struct meaning {
    const char *reason;
    fm_status status;
    const char *text;
} meaning;

static const meaning meanings[] = {
    {"rateLimitExceeded", FM_ETHROTTLED, "Google asks to slow down"},
    {"RATE_LIMIT_EXCEEDED", FM_ETHROTTLED, "Google asks to slow down"},
    {"userRateLimitExceeded", FM_ETHROTTLED, "Google asks to slow down"},
    {"calendarUsageLimitsExceeded", FM_ETHROTTLED, "the limit of this calendar is used up for now"},
    {"quotaExceeded", FM_ETHROTTLED, "a quota is used up: try again in some hours"},
    {"dailyLimitExceeded", FM_ETHROTTLED, "the project's quota of this day is used up: try again tomorrow"},
    {"insufficientPermissions", FM_EACCESS,
     "the sign-in does not allow it: connect again and leave all the boxes ticked"},
    {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", FM_EACCESS,
     "the sign-in does not allow it: connect again and leave all the boxes ticked"},
    {"accessNotConfigured", FM_EACCESS, "the Google Calendar API is not enabled in the OAuth project: enable it"},
    {"forbiddenForNonOrganizer", FM_EACCESS, "only the organiser of the event can do that"},
    {"requiredAccessLevel", FM_EACCESS, "the calendar is read-only for this account"},
};

static const meaning *meaning_of(const cJSON *body)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (has_reason(body, meanings[i].reason))
            return &meanings[i];
    return NULL;
}

/* Rate limits pass within seconds; quotas of a day do not, and repeating would only add to them. */
static bool is_throttled(void *data, int code, const char *text, size_t len)
{
    static const char *const reasons[] = {"rateLimitExceeded", "RATE_LIMIT_EXCEEDED", "userRateLimitExceeded",
                                          "calendarUsageLimitsExceeded"};
    cJSON *body = code == 403 ? fm_json_tree(text, len) : NULL;
    bool found = false;
    (void)data;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        found = found || has_reason(body, reasons[i]);
    cJSON_Delete(body);
    return found;
}

/* What the body of a failure says beyond its code. */
static void explain(const call *c, const fm_http_reply *reply, fm_google_result *result)
{
    cJSON *body = fm_json_tree(reply->body, reply->body_len);
    const meaning *known = reply->code >= 400 ? meaning_of(body) : NULL;
    const char *what = c->base.request.what, *sentence = fm_json_tree_text(body, "error.message");
    if (known)
        result->status = fm_error_set(&result->error, known->status, FM_GOOGLE_DOMAIN, "%s: %s (HTTP %d)", what,
                                      known->text, reply->code);
    else if (sentence)
        fm_error_set(&result->error, result->status, FM_GOOGLE_DOMAIN, "%s: Google says \"%.200s\" (HTTP %d)", what,
                     sentence, reply->code);
    cJSON_Delete(body);
}

static void describe_code(const call *c, const fm_http_reply *reply, fm_google_result *result)
{
    result->status = fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, c->base.request.what, &result->error);
    if (!result->status)
        return;
    explain(c, reply, result);
    result->error.http_status = reply->code;
    result->error.retry_after_ms = reply->retry_after_ms;
}

/* ------------------------------------------------------------------ its end */

static void deliver(call *c, const fm_google_result *result)
{
    fm_remote_call_leave(&c->base);
    c->done(c->data, result);
    fm_remote_call_free(&c->base);
}

static void failed(fm_remote_call *base, const fm_error *error)
{
    call *c = (call *)base;
    fm_google_result result = {
        .status = error->status, .maybe_done = c->maybe_done, .body = {"{}", 2}, .error = *error};
    deliver(c, &result);
}

static bool is(const call *c, const char *method)
{
    return strcmp(c->base.request.method, method) == 0;
}

/* Whether what came with a code that means success is an answer to this request. */
static bool is_answer(const call *c, const fm_http_reply *reply, const fm_json_span *body, bool valid)
{
    if (is(c, "DELETE"))
        return fm_evidence_of_delete(reply->code, reply->body_len == 0);
    return valid && c->is_answer(c->data, body);
}

/* An answer that came, but is none. False where the request was sent again. */
static bool unreadable(call *c, fm_google_result *result, bool valid)
{
    c->maybe_done = true;
    if (is(c, "GET") && ++c->parse_attempts < PARSE_ATTEMPTS && !fm_remote_call_send(&c->base, &result->error))
        return false;
    char why[96];
    snprintf(why, sizeof why,
             valid ? "HTTP %d came without what it has to hold" : "HTTP %d came cut short, or is no JSON",
             result->code);
    result->code = 0;
    result->status = fm_evidence_no_answer(&result->error, FM_GOOGLE_DOMAIN, c->base.request.what, why);
    return true;
}

/* After 401. False where it is not sent again; why not may be an error of its own. */
static bool renew(call *c, fm_google_result *result)
{
    if (fm_remote_call_renew(&c->base, &result->error))
        return true;
    result->status = result->error.status;
    return false;
}

static void answered(fm_remote_call *base, const fm_http_reply *reply)
{
    call *c = (call *)base;
    fm_google_result result = {.status = reply->status, .code = reply->code, .body = {reply->body, reply->body_len}};
    c->maybe_done = c->maybe_done || reply->maybe_done;
    bool valid = fm_json_check(result.body.at, result.body.len, FM_JSON_DEPTH_LIMIT, NULL) == FM_OK;
    if (!reply->status && reply->code == 401 && renew(c, &result))
        return;
    bool success = !reply->status && reply->code >= 200 && reply->code < 300;
    if (success && !is_answer(c, reply, &result.body, valid) && !unreadable(c, &result, valid))
        return;
    if (!valid)
        result.body = (fm_json_span){"{}", 2};
    if (reply->status)
        fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, base->request.what, &result.error);
    else if (!result.status)
        describe_code(c, reply, &result);
    result.maybe_done = c->maybe_done;
    deliver(c, &result);
}

/* ------------------------------------------------------------------ sending */

static void prepare(fm_remote_call *base, fm_http_request *request, fm_http_header *headers)
{
    if (request->body)
        headers[request->header_count++] = (fm_http_header){"Content-Type", "application/json; charset=utf-8"};
    if (base->request.if_match)
        headers[request->header_count++] = (fm_http_header){"If-Match", base->request.if_match};
    request->max_body_bytes = FM_GOOGLE_ANSWER_MAX;
    request->is_throttled = is_throttled;
}

static void release(fm_remote_call *base)
{
    (void)base;
}

static const fm_remote_call_class klass = {
    .size = sizeof(call), .prepare = prepare, .answered = answered, .failed = failed, .release = release};

static fm_status make(call **out, fm_remote_op *op, const fm_google_request *request, fm_error *err)
{
    fm_remote_call *base = NULL;
    fm_buf url;
    fm_buf_init(&url, URL_MAX);
    fm_buf_adds(&url, fm_google_of(op)->api);
    fm_buf_adds(&url, request->path);
    fm_remote_request own = {.method = request->method,
                             .url = url.data,
                             .what = request->what,
                             .body = request->body,
                             .if_match = request->if_match,
                             .retry = request->retry};
    fm_status status =
        url.status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : fm_remote_call_new(&base, &klass, op, &own, err);
    fm_buf_free(&url);
    *out = (call *)base;
    return status;
}

fm_status fm_google_submit(fm_remote_op *op, const fm_google_request *request, fm_error *err)
{
    call *c;
    if (!request->is_answer && strcmp(request->method, "DELETE") != 0)
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN, "%s: nothing says what an answer is", request->what);
    fm_status status = make(&c, op, request, err);
    if (status)
        return status;
    c->is_answer = request->is_answer;
    c->done = request->done;
    c->data = request->data;
    status = fm_remote_call_send(&c->base, err);
    if (status) {
        fm_remote_call_leave(&c->base);
        fm_remote_call_free(&c->base);
    }
    return status;
}
