#include "provider/google/call.h"
#include "provider/evidence.h"
#include "provider/google/object.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Answers that are no JSON after this many tries will not become any. */
#define PARSE_ATTEMPTS 3
/* A token that is refused although it ought to be good is renewed once; one that ran out in a queue, a few times. */
#define RENEWALS_MAX 4

struct fm_google_call {
    fm_google_call *prev, *next; /* among the operation's */
    fm_google_op *op;
    fm_http_call *http;
    fm_http_config config; /* the provider's, with the token of this request */
    fm_google_waiter waiter;
    bool paced;                /* waits for the quota */
    fm_google_request request; /* its strings are the owned ones below */
    char *method, *url, *body, *if_match;
    unsigned generation; /* of its token */
    unsigned renewals, parse_attempts;
    bool renewed; /* for a token that ought to have been good */
    bool maybe_done;
};

static void link_call(fm_google_call *call, fm_google_op *op)
{
    call->op = op;
    call->next = op->calls;
    if (op->calls)
        op->calls->prev = call;
    op->calls = call;
}

static void free_call(fm_google_call *call)
{
    fm_secret_unref(call->config.bearer);
    free(call->method);
    free(call->url);
    free(call->body);
    free(call->if_match);
    free(call);
}

/* Takes a call out of its operation's list and out of the line for a token. */
static void unlink_call(fm_google_call *call)
{
    fm_google_token_forget(call->op->p, &call->waiter);
    *(call->prev ? &call->prev->next : &call->op->calls) = call->next;
    if (call->next)
        call->next->prev = call->prev;
}

void fm_google_cancel_all(fm_google_op *op)
{
    while (op->calls) {
        fm_google_call *call = op->calls;
        fm_http_cancel(call->http);
        unlink_call(call);
        free_call(call);
    }
}

/* ------------------------------------------------------------------ failures */

bool fm_google_reason_is(const fm_json_span *body, const char *reason)
{
    static const char *const lists[] = {"error.errors", "error.details"};
    bool found = false;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        fm_json_span list, element;
        fm_json_scan scan;
        if (!fm_google_member(&list, body, lists[i]))
            continue;
        fm_json_begin(&scan, list.at, list.len, FM_JSON_DEPTH_LIMIT);
        FM_GOOGLE_EACH(&scan, &element)
        found = found || fm_google_is(&element, "reason", reason);
    }
    return found;
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

static const meaning *meaning_of(const fm_json_span *body)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (fm_google_reason_is(body, meanings[i].reason))
            return &meanings[i];
    return NULL;
}

/* Rate limits pass within seconds; quotas of a day do not, and repeating would only add to them. */
static bool is_throttled(void *data, int code, const char *body, size_t len)
{
    static const char *const reasons[] = {"rateLimitExceeded", "RATE_LIMIT_EXCEEDED", "userRateLimitExceeded",
                                          "calendarUsageLimitsExceeded"};
    fm_json_span span = {body, len};
    (void)data;
    if (code != 403 || fm_json_check(body, len, 0, NULL))
        return false;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (fm_google_reason_is(&span, reasons[i]))
            return true;
    return false;
}

static void describe_code(const fm_google_call *call, const fm_http_reply *reply, fm_google_result *result)
{
    const meaning *known = reply->code >= 400 ? meaning_of(&result->body) : NULL;
    char *sentence = NULL;
    result->status = fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, call->request.what, &result->error);
    if (!result->status)
        return;
    if (known) {
        result->status = fm_error_set(&result->error, known->status, FM_GOOGLE_DOMAIN, "%s: %s (HTTP %d)",
                                      call->request.what, known->text, reply->code);
    } else if (!fm_google_string(&sentence, &result->body, "error.message") && sentence) {
        fm_error_set(&result->error, result->status, FM_GOOGLE_DOMAIN, "%s: Google says \"%.200s\" (HTTP %d)",
                     call->request.what, sentence, reply->code);
    }
    free(sentence);
    result->error.http_status = reply->code;
    result->error.retry_after_ms = reply->retry_after_ms;
}

/* ------------------------------------------------------------------ its end */

static void deliver(fm_google_call *call, const fm_google_result *result)
{
    unlink_call(call);
    call->request.done(call->request.data, result);
    free_call(call);
}

static void fail(fm_google_call *call, const fm_error *error)
{
    fm_google_result result = {
        .status = error->status, .maybe_done = call->maybe_done, .body = {"{}", 2}, .error = *error};
    deliver(call, &result);
}

static fm_status get_ready(fm_google_call *call, fm_error *err);

/* After 401: waits for a newer token. False where that is of no use. */
static bool renew(fm_google_call *call, fm_google_result *result)
{
    bool expected = fm_google_token_refused(call->op->p, call->generation);
    if (call->renewals++ >= RENEWALS_MAX || (!expected && call->renewed))
        return false;
    call->renewed = call->renewed || !expected;
    fm_status status = get_ready(call, &result->error);
    result->status = status;
    return !status;
}

static bool is_read(const fm_google_call *call)
{
    return strcmp(call->method, "GET") == 0;
}

/* Whether what came with a code that means success is an answer to this request. */
static bool is_answer(const fm_google_call *call, const fm_http_reply *reply, const fm_json_span *body, bool valid)
{
    if (strcmp(call->method, "DELETE") == 0)
        return fm_evidence_of_delete(reply->code, reply->body_len == 0);
    return valid && call->request.is_answer(call->request.data, body);
}

/* An answer that came, but is none. False where the request was sent again. */
static bool unreadable(fm_google_call *call, fm_google_result *result, bool valid)
{
    call->maybe_done = true;
    if (is_read(call) && ++call->parse_attempts < PARSE_ATTEMPTS && !get_ready(call, &result->error))
        return false;
    char why[96];
    snprintf(why, sizeof why,
             valid ? "HTTP %d came without what it has to hold" : "HTTP %d came cut short, or is no JSON",
             result->code);
    result->code = 0;
    result->status = fm_evidence_no_answer(&result->error, FM_GOOGLE_DOMAIN, call->request.what, why);
    return true;
}

static void on_done(void *data, const fm_http_reply *reply)
{
    fm_google_call *call = data;
    fm_google_result result = {.status = reply->status, .code = reply->code, .body = {reply->body, reply->body_len}};
    call->http = NULL;
    call->maybe_done = call->maybe_done || reply->maybe_done;
    bool valid = fm_json_check(result.body.at, result.body.len, FM_JSON_DEPTH_LIMIT, NULL) == FM_OK;
    if (!reply->status && reply->code == 401 && renew(call, &result))
        return;
    bool success = !reply->status && reply->code >= 200 && reply->code < 300;
    if (success && !is_answer(call, reply, &result.body, valid) && !unreadable(call, &result, valid))
        return;
    if (!valid)
        result.body = (fm_json_span){"{}", 2};
    if (reply->status)
        fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, call->request.what, &result.error);
    else if (!result.status)
        describe_code(call, reply, &result);
    result.maybe_done = call->maybe_done;
    deliver(call, &result);
}

/* ------------------------------------------------------------------ sending */

static fm_status send(fm_google_call *call, fm_error *err)
{
    fm_google *p = call->op->p;
    fm_http_header headers[3];
    size_t count = 0;
    if (call->body)
        headers[count++] = (fm_http_header){"Content-Type", "application/json; charset=utf-8"};
    if (call->if_match)
        headers[count++] = (fm_http_header){"If-Match", call->if_match};
    fm_http_request request = {
        .config = &call->config,
        .method = call->method,
        .url = call->url,
        .headers = headers,
        .header_count = count,
        .body = call->body,
        .body_len = call->request.body_len,
        .retry = call->request.retry,
        .max_body_bytes = FM_GOOGLE_ANSWER_MAX,
        .is_throttled = is_throttled,
        .done = on_done,
        .data = call,
    };
    fm_secret_unref(call->config.bearer);
    call->config.bearer = fm_secret_ref(p->tokens.access);
    call->generation = p->tokens.generation;
    return fm_http_submit(p->base.context.http, &request, &call->http, err);
}

static int64_t now_ms(const fm_google *p)
{
    return p->base.context.env->monotonic_ms(p->base.context.env->data);
}

/* Sends with the token that is there, or stands in line for the quota. */
static fm_status send_or_pace(fm_google_call *call, fm_error *err)
{
    call->paced = !fm_google_pace_take(&call->op->p->pace, now_ms(call->op->p));
    return call->paced ? FM_OK : send(call, err);
}

static void on_token(void *data, const fm_error *failed)
{
    fm_google_call *call = data;
    fm_error err = {0};
    if (failed)
        fail(call, failed);
    else if (send_or_pace(call, &err))
        fail(call, &err);
}

static fm_status get_ready(fm_google_call *call, fm_error *err)
{
    if (fm_google_token(call->op->p))
        return send_or_pace(call, err);
    return fm_google_token_wait(call->op->p, &call->waiter, err);
}

bool fm_google_is_paced(const fm_google_op *op)
{
    const fm_google_call *call = op->calls;
    while (call && !call->paced)
        call = call->next;
    return call != NULL;
}

int64_t fm_google_send_paced(fm_google_op *op)
{
    fm_google_call *last = NULL, *call = op->calls;
    for (; call; call = call->next)
        last = call;
    /* The oldest is at the end. A call that fails to start ends there; its neighbours stay. */
    for (call = last; call;) {
        fm_google_call *before = call->prev;
        if (call->paced) {
            int64_t wait = fm_google_pace_wait_ms(&op->p->pace, now_ms(op->p));
            fm_error err = {0};
            if (wait)
                return wait;
            call->paced = false;
            if (get_ready(call, &err)) {
                fail(call, &err);
                return 0;
            }
        }
        call = before;
    }
    return -1;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static char *url_of(const fm_google *p, const char *path)
{
    fm_buf url;
    fm_buf_init(&url, 1u << 20);
    fm_buf_adds(&url, p->api);
    fm_buf_adds(&url, path);
    return fm_buf_take(&url, NULL);
}

fm_status fm_google_submit(fm_google_op *op, const fm_google_request *request, fm_error *err)
{
    if (!request->is_answer && strcmp(request->method, "DELETE") != 0)
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN, "%s: nothing says what an answer is", request->what);
    fm_google_call *call = calloc(1, sizeof *call);
    if (!call)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    call->request = *request;
    call->config = op->p->config;
    call->config.home = op->p->api;
    call->waiter.fn = on_token;
    call->waiter.data = call;
    call->method = copy(request->method);
    call->url = url_of(op->p, request->path);
    call->if_match = copy(request->if_match);
    if (request->body && (call->body = malloc(request->body_len + 1)))
        memcpy(call->body, request->body, request->body_len);
    link_call(call, op);
    bool complete =
        call->method && call->url && (call->if_match || !request->if_match) && (call->body || !request->body);
    fm_status status = complete ? get_ready(call, err) : fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    if (status) {
        unlink_call(call);
        free_call(call);
    }
    return status;
}
