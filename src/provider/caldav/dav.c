#include "provider/caldav/dav.h"
#include "core/url.h"
#include "provider/evidence.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A multistatus is read as it arrives, so only its elements are bounded; this ends what never ends. */
#define MULTISTATUS_MAX ((size_t)1 << 30)
/* Bodies of errors are kept whole or thrown away: nobody needs more of one. */
#define ERROR_BODY_MAX ((size_t)1 << 20)
/* An answer that was no XML twice will not become any. */
#define PARSE_ATTEMPTS 2

struct fm_dav_call {
    fm_dav_call *prev, *next; /* among the operation's */
    fm_caldav_op *op;
    fm_http_call *http;
    fm_dav_request request; /* its strings are the owned ones below */
    char *method, *url, *body, *if_match;
    unsigned parse_attempts;
    fm_multistatus *multistatus; /* of the answer at hand; NULL where it has none */
    bool tolerant;               /* an error's body: it may be anything */
    const char *answering;       /* URL of the answer at hand, NULL before one begins */
    int answering_code;
    size_t received; /* bytes of its body */
    fm_error parse_error;
    fm_buf text; /* body of a GET */
};

static void link_call(fm_dav_call *call, fm_caldav_op *op)
{
    call->op = op;
    call->next = op->calls;
    if (op->calls)
        op->calls->prev = call;
    op->calls = call;
}

static void unlink_call(fm_dav_call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        call->op->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
}

static void free_call(fm_dav_call *call)
{
    fm_multistatus_free(call->multistatus);
    fm_buf_free(&call->text);
    free(call->method);
    free(call->url);
    free(call->body);
    free(call->if_match);
    free(call);
}

void fm_dav_cancel_all(fm_caldav_op *op)
{
    while (op->calls) {
        fm_dav_call *call = op->calls;
        fm_http_cancel(call->http);
        unlink_call(call);
        free_call(call);
    }
}

/* ------------------------------------------------------------------ the answer as it arrives */

static bool is(const fm_dav_call *call, const char *method)
{
    return strcmp(call->method, method) == 0;
}

static bool reads_multistatus(const fm_dav_call *call)
{
    return is(call, "PROPFIND") || is(call, "REPORT");
}

static fm_status on_response(void *data, const fm_dav_response *response, fm_error *err)
{
    fm_dav_call *call = data;
    return call->request.each(call->request.data, call->answering, response, err);
}

static fm_status on_begin(void *data, int code, const char *url, fm_error *err)
{
    fm_dav_call *call = data;
    call->answering = url;
    call->answering_code = code;
    call->received = 0;
    if (call->request.begin)
        call->request.begin(call->request.data);
    fm_multistatus_free(call->multistatus);
    call->multistatus = NULL;
    fm_error_clear(&call->parse_error);
    fm_buf_reset(&call->text);
    bool listing = code == 207 && reads_multistatus(call);
    call->tolerant = !listing;
    if (code == 207 || code >= 400 || is(call, "DELETE"))
        return fm_multistatus_new(&call->multistatus, listing && call->request.each ? on_response : NULL, call, err);
    return FM_OK;
}

static size_t body_limit(const fm_dav_call *call)
{
    if (!call->multistatus)
        return FM_DAV_OBJECT_MAX;
    if (call->tolerant)
        return ERROR_BODY_MAX;
    return call->request.max_bytes ? call->request.max_bytes : MULTISTATUS_MAX;
}

static fm_status on_write(void *data, const char *bytes, size_t len, fm_error *err)
{
    fm_dav_call *call = data;
    call->received += len;
    if (call->received > body_limit(call))
        return fm_error_set(err, FM_ELIMIT, FM_CALDAV_DOMAIN, "the answer is larger than %zu MiB",
                            body_limit(call) >> 20);
    if (!call->multistatus)
        return fm_buf_add(&call->text, bytes, len) ? fm_error_no_memory(err, FM_CALDAV_DOMAIN) : FM_OK;
    if (call->parse_error.status)
        return FM_OK;
    fm_status status = fm_multistatus_feed(call->multistatus, bytes, len, &call->parse_error);
    if (!status || call->tolerant || status == FM_EPARSE)
        return FM_OK;
    *err = call->parse_error;
    return status;
}

/* ------------------------------------------------------------------ its end */

/* The status a write's 207 holds inside: some servers answer so where a PUT failed. */
static int code_within(const fm_dav_call *call, int code)
{
    if (code != 207 || reads_multistatus(call) || !call->multistatus)
        return code;
    int within = fm_multistatus_summary(call->multistatus)->first_status;
    return within ? within : code;
}

/* Whether the body of an answer to a write says that it is done: none says nothing against it. */
static bool body_agrees(const fm_dav_call *call, const fm_dav_summary *summary)
{
    return !call->received || (summary->multistatus && summary->first_status >= 200 && summary->first_status < 300);
}

/* Whether an answer whose code means success is one to this request. */
static bool is_answer(const fm_dav_call *call, const fm_dav_result *result)
{
    if (reads_multistatus(call))
        return result->code == 207;
    if (is(call, "PUT"))
        return fm_evidence_of_put(result->code, call->received > 0);
    if (is(call, "DELETE"))
        return fm_evidence_of_delete(result->code, body_agrees(call, result->summary));
    return result->code == 200;
}

static fm_status describe_no_answer(const fm_dav_call *call, fm_dav_result *result)
{
    char why[64];
    snprintf(why, sizeof why, "HTTP %d is no answer to %s", result->code, call->method);
    result->status = fm_evidence_no_answer(&result->error, FM_CALDAV_DOMAIN, call->request.what, why);
    result->error.http_status = result->code;
    return result->status;
}

/* Adds the server's words to a sentence about what it answered. */
static void append(fm_error *err, const char *before, const char *text, const char *after)
{
    fm_error own = *err;
    fm_error_set(err, own.status, FM_CALDAV_DOMAIN, "%s%s%.200s%s", own.message, before, text, after);
    err->http_status = own.http_status;
    err->retry_after_ms = own.retry_after_ms;
}

/* Who is not let in, or why nobody was announced. */
static void explain_sign_in(const fm_caldav *p, fm_dav_result *result)
{
    if (!p->username)
        fm_error_prefix(&result->error, "the board is not connected with this calendar: run connect.lua");
    else if (!fm_http_reply_has_known_scheme(result->reply))
        fm_error_prefix(&result->error,
                        "%s cannot sign in (the server offers neither Basic nor a Digest that fmcal knows)",
                        p->username);
    else if (result->reply->with_credentials)
        fm_error_prefix(&result->error, "%s is not let in (check the user name and the password)", p->username);
    else
        fm_error_prefix(&result->error, "%s leads to a server of another domain, which does not get the password",
                        p->home);
}

static void describe_code(const fm_dav_call *call, fm_dav_result *result)
{
    const fm_dav_summary *summary = result->summary;
    fm_http_reply reply = *result->reply;
    reply.code = result->code;
    result->status = fm_http_reply_error(&reply, FM_CALDAV_DOMAIN, call->request.what, &result->error);
    if (!result->status && !is_answer(call, result))
        describe_no_answer(call, result);
    if (result->status == FM_EAUTH)
        explain_sign_in(call->op->p, result);
    if (summary->condition_name)
        append(&result->error, " [", summary->condition_name, "]");
    if (summary->explanation)
        append(&result->error, ": ", summary->explanation, "");
}

/* Reads a listing to its end. False where it has to be asked for again, which has been arranged. */
static bool finish_listing(fm_dav_call *call, fm_dav_result *result);

/* Whether what failed had begun as it should: a multistatus with its root, an object that is given. */
static bool is_spoilt(const fm_dav_call *call)
{
    if (!call->answering)
        return false;
    if (is(call, "GET"))
        return call->answering_code == 200;
    return !call->tolerant && call->multistatus && call->received <= MULTISTATUS_MAX &&
           fm_multistatus_summary(call->multistatus)->multistatus;
}

static void deliver(fm_dav_call *call, const fm_http_reply *reply)
{
    static const fm_dav_summary nothing = {0};
    fm_dav_result result = {.status = reply->status,
                            .code = code_within(call, reply->code),
                            .reply = reply,
                            .url = reply->url,
                            .summary = &nothing,
                            .body = call->text.data,
                            .body_len = call->text.len};
    if (call->multistatus && !reply->status) {
        if (!call->tolerant && !finish_listing(call, &result))
            return;
        if (call->tolerant)
            (void)fm_multistatus_finish(call->multistatus, NULL);
        result.summary = fm_multistatus_summary(call->multistatus);
        result.code = code_within(call, reply->code);
    }
    if (reply->status)
        fm_http_reply_error(reply, FM_CALDAV_DOMAIN, call->request.what, &result.error);
    else if (!result.status)
        describe_code(call, &result);
    result.spoilt = (reply->status || result.code == 207) && result.error.status && is_spoilt(call);
    unlink_call(call);
    call->request.done(call->request.data, &result);
    free_call(call);
}

static void on_done(void *data, const fm_http_reply *reply)
{
    fm_dav_call *call = data;
    call->http = NULL;
    deliver(call, reply);
}

static fm_status send(fm_dav_call *call, fm_error *err)
{
    static const fm_http_sink sink = {.begin = on_begin, .write = on_write};
    fm_caldav *p = call->op->p;
    const fm_dav_request *r = &call->request;
    bool is_object = is(call, "PUT"), is_get = is(call, "GET");
    fm_http_header headers[4];
    size_t count = 0;
    if (call->body)
        headers[count++] = (fm_http_header){"Content-Type", is_object ? "text/calendar; charset=utf-8"
                                                                      : "application/xml; charset=utf-8"};
    if (r->depth >= 0)
        headers[count++] = (fm_http_header){"Depth", r->depth ? "1" : "0"};
    if (call->if_match)
        headers[count++] = (fm_http_header){"If-Match", call->if_match};
    if (r->if_none_match)
        headers[count++] = (fm_http_header){"If-None-Match", "*"};
    /* Proxies that compress an object give it another ETag. */
    if (is_get)
        headers[count++] = (fm_http_header){"Accept-Encoding", "identity"};
    fm_http_request request = {
        .config = &p->config,
        .method = call->method,
        .url = call->url,
        .headers = headers,
        .header_count = count,
        .body = call->body,
        .body_len = r->body_len,
        .retry = r->retry,
        .max_body_bytes = reads_multistatus(call) ? MULTISTATUS_MAX : FM_DAV_OBJECT_MAX,
        .sink = &sink,
        .done = on_done,
        .data = call,
    };
    return fm_http_submit(p->base.context.http, &request, &call->http, err);
}

static bool finish_listing(fm_dav_call *call, fm_dav_result *result)
{
    fm_status status = call->parse_error.status;
    if (!status)
        status = fm_multistatus_finish(call->multistatus, &call->parse_error);
    if (!status && !fm_multistatus_summary(call->multistatus)->multistatus)
        status = fm_error_set(&call->parse_error, FM_EPARSE, FM_CALDAV_DOMAIN, "the answer is no WebDAV multistatus");
    if (!status)
        return true;
    if (status == FM_EPARSE && ++call->parse_attempts < PARSE_ATTEMPTS && !send(call, &call->parse_error))
        return false;
    result->error = call->parse_error;
    if (status == FM_EPARSE)
        fm_error_set(&result->error, FM_ENETWORK, FM_CALDAV_DOMAIN, "%s: the answer was cut short or is no XML (%s)",
                     call->request.what, call->parse_error.message);
    else
        fm_error_prefix(&result->error, "%s", call->request.what);
    result->status = result->error.status;
    return true;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

fm_status fm_dav_submit(fm_caldav_op *op, const fm_dav_request *request, fm_error *err)
{
    fm_dav_call *call = calloc(1, sizeof *call);
    if (!call)
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    fm_buf_init(&call->text, FM_DAV_OBJECT_MAX);
    call->request = *request;
    call->method = copy(request->method);
    call->url = copy(request->url);
    call->if_match = copy(request->if_match);
    if (request->body && (call->body = malloc(request->body_len + 1)))
        memcpy(call->body, request->body, request->body_len);
    link_call(call, op);
    bool complete =
        call->method && call->url && (call->if_match || !request->if_match) && (call->body || !request->body);
    fm_status status = complete ? send(call, err) : fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    if (status) {
        unlink_call(call);
        free_call(call);
    }
    return status;
}
