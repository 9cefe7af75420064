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

typedef struct call {
    fm_remote_call base;
    fm_dav_request request; /* as given, its texts as they are in `base` */
    unsigned parse_attempts;
    fm_multistatus *multistatus; /* of the answer at hand; NULL where it has none */
    bool tolerant;               /* an error's body: it may be anything */
    const char *answering;       /* URL of the answer at hand, NULL before one begins */
    int answering_code;
    size_t received; /* bytes of its body */
    fm_error parse_error;
    fm_buf text; /* body of a GET */
} call;

/* ------------------------------------------------------------------ the answer as it arrives */

static bool is(const call *c, const char *method)
{
    return strcmp(c->request.method, method) == 0;
}

static bool reads_multistatus(const call *c)
{
    return is(c, "PROPFIND") || is(c, "REPORT");
}

static fm_status on_response(void *data, const fm_dav_response *response, fm_error *err)
{
    call *c = data;
    return c->request.each(c->request.data, c->answering, response, err);
}

static fm_status on_begin(void *data, int code, const char *url, fm_error *err)
{
    call *c = data;
    c->answering = url;
    c->answering_code = code;
    c->received = 0;
    if (c->request.begin)
        c->request.begin(c->request.data);
    fm_multistatus_free(c->multistatus);
    c->multistatus = NULL;
    fm_error_clear(&c->parse_error);
    fm_buf_reset(&c->text);
    bool listing = code == 207 && reads_multistatus(c);
    c->tolerant = !listing;
    if (code == 207 || code >= 400 || is(c, "DELETE"))
        return fm_multistatus_new(&c->multistatus, listing && c->request.each ? on_response : NULL, c, err);
    return FM_OK;
}

static size_t body_limit(const call *c)
{
    if (!c->multistatus)
        return FM_DAV_OBJECT_MAX;
    if (c->tolerant)
        return ERROR_BODY_MAX;
    return c->request.max_bytes ? c->request.max_bytes : MULTISTATUS_MAX;
}

static fm_status on_write(void *data, const char *bytes, size_t len, fm_error *err)
{
    call *c = data;
    c->received += len;
    if (c->received > body_limit(c))
        return fm_error_set(err, FM_ELIMIT, FM_CALDAV_DOMAIN, "the answer is larger than %zu MiB", body_limit(c) >> 20);
    if (!c->multistatus)
        return fm_buf_add(&c->text, bytes, len) ? fm_error_no_memory(err, FM_CALDAV_DOMAIN) : FM_OK;
    if (c->parse_error.status)
        return FM_OK;
    fm_status status = fm_multistatus_feed(c->multistatus, bytes, len, &c->parse_error);
    if (!status || c->tolerant || status == FM_EPARSE)
        return FM_OK;
    *err = c->parse_error;
    return status;
}

/* ------------------------------------------------------------------ its end */

/* The status a write's 207 holds inside: some servers answer so where a PUT failed. */
static int code_within(const call *c, int code)
{
    if (code != 207 || reads_multistatus(c) || !c->multistatus)
        return code;
    int within = fm_multistatus_summary(c->multistatus)->first_status;
    return within ? within : code;
}

/* Whether the body of an answer to a write says that it is done: none says nothing against it. */
static bool body_agrees(const call *c, const fm_dav_summary *summary)
{
    return !c->received || (summary->multistatus && summary->first_status >= 200 && summary->first_status < 300);
}

/* Whether an answer whose code means success is one to this request. */
static bool is_answer(const call *c, const fm_dav_result *result)
{
    if (reads_multistatus(c))
        return result->code == 207;
    if (is(c, "PUT"))
        return fm_evidence_of_put(result->code, c->received > 0);
    if (is(c, "DELETE"))
        return fm_evidence_of_delete(result->code, body_agrees(c, result->summary));
    return result->code == 200;
}

static fm_status describe_no_answer(const call *c, fm_dav_result *result)
{
    char why[64];
    snprintf(why, sizeof why, "HTTP %d is no answer to %s", result->code, c->request.method);
    result->status = fm_evidence_no_answer(&result->error, FM_CALDAV_DOMAIN, c->request.what, why);
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
        fm_error_prefix(&result->error, "nobody signs in: there is no user name");
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

static void describe_code(const call *c, fm_dav_result *result)
{
    const fm_dav_summary *summary = result->summary;
    fm_http_reply reply = *result->reply;
    reply.code = result->code;
    result->status = fm_http_reply_error(&reply, FM_CALDAV_DOMAIN, c->request.what, &result->error);
    if (!result->status && !is_answer(c, result))
        describe_no_answer(c, result);
    if (result->status == FM_EAUTH)
        explain_sign_in(fm_caldav_of(c->base.op), result);
    if (summary->condition_name)
        append(&result->error, " [", summary->condition_name, "]");
    if (summary->explanation)
        append(&result->error, ": ", summary->explanation, "");
}

/* Reads a listing to its end. False where it has to be asked for again, which has been arranged. */
static bool finish_listing(call *c, fm_dav_result *result);

/* Whether what failed had begun as it should: a multistatus with its root, an object that is given. */
static bool is_spoilt(const call *c)
{
    if (!c->answering)
        return false;
    if (is(c, "GET"))
        return c->answering_code == 200;
    return !c->tolerant && c->multistatus && c->received <= MULTISTATUS_MAX &&
           fm_multistatus_summary(c->multistatus)->multistatus;
}

static void answered(fm_remote_call *base, const fm_http_reply *reply)
{
    call *c = (call *)base;
    static const fm_dav_summary nothing = {0};
    fm_dav_result result = {.status = reply->status,
                            .code = code_within(c, reply->code),
                            .reply = reply,
                            .url = reply->url,
                            .summary = &nothing,
                            .body = c->text.data,
                            .body_len = c->text.len};
    if (c->multistatus && !reply->status) {
        if (!c->tolerant && !finish_listing(c, &result))
            return;
        if (c->tolerant)
            (void)fm_multistatus_finish(c->multistatus, NULL);
        result.summary = fm_multistatus_summary(c->multistatus);
        result.code = code_within(c, reply->code);
    }
    if (reply->status)
        fm_http_reply_error(reply, FM_CALDAV_DOMAIN, c->request.what, &result.error);
    else if (!result.status)
        describe_code(c, &result);
    result.spoilt = (reply->status || result.code == 207) && result.error.status && is_spoilt(c);
    fm_remote_call_leave(&c->base);
    c->request.done(c->request.data, &result);
    fm_remote_call_free(&c->base);
}

static bool finish_listing(call *c, fm_dav_result *result)
{
    fm_status status = c->parse_error.status;
    if (!status)
        status = fm_multistatus_finish(c->multistatus, &c->parse_error);
    if (!status && !fm_multistatus_summary(c->multistatus)->multistatus)
        status = fm_error_set(&c->parse_error, FM_EPARSE, FM_CALDAV_DOMAIN, "the answer is no WebDAV multistatus");
    if (!status)
        return true;
    if (status == FM_EPARSE && ++c->parse_attempts < PARSE_ATTEMPTS && !fm_remote_call_send(&c->base, &c->parse_error))
        return false;
    result->error = c->parse_error;
    if (status == FM_EPARSE)
        fm_error_set(&result->error, FM_ENETWORK, FM_CALDAV_DOMAIN, "%s: the answer was cut short or is no XML (%s)",
                     c->request.what, c->parse_error.message);
    else
        fm_error_prefix(&result->error, "%s", c->request.what);
    result->status = result->error.status;
    return true;
}

/* ------------------------------------------------------------------ sending */

static void prepare(fm_remote_call *base, fm_http_request *request, fm_http_header *headers)
{
    static const fm_http_sink sink = {.begin = on_begin, .write = on_write};
    const call *c = (const call *)base;
    size_t count = 0;
    if (request->body)
        headers[count++] = (fm_http_header){"Content-Type", is(c, "PUT") ? "text/calendar; charset=utf-8"
                                                                         : "application/xml; charset=utf-8"};
    if (c->request.depth >= 0)
        headers[count++] = (fm_http_header){"Depth", c->request.depth ? "1" : "0"};
    if (c->request.if_match)
        headers[count++] = (fm_http_header){"If-Match", c->request.if_match};
    if (c->request.if_none_match)
        headers[count++] = (fm_http_header){"If-None-Match", "*"};
    /* Proxies that compress an object give it another ETag. */
    if (is(c, "GET"))
        headers[count++] = (fm_http_header){"Accept-Encoding", "identity"};
    request->header_count = count;
    request->max_body_bytes = reads_multistatus(c) ? MULTISTATUS_MAX : FM_DAV_OBJECT_MAX;
    request->sink = &sink;
}

/* Only what waits for a token can fail before it is sent. */
static void failed(fm_remote_call *base, const fm_error *error)
{
    fm_http_reply reply = {.status = error->status, .error = *error};
    answered(base, &reply);
}

static void release(fm_remote_call *base)
{
    call *c = (call *)base;
    fm_multistatus_free(c->multistatus);
    fm_buf_free(&c->text);
}

static fm_status make(call **out, fm_remote_op *op, const fm_dav_request *request, fm_error *err)
{
    static const fm_remote_call_class klass = {
        .size = sizeof(call), .prepare = prepare, .answered = answered, .failed = failed, .release = release};
    fm_remote_request own = {.method = request->method,
                             .url = request->url,
                             .what = request->what,
                             .body = request->body,
                             .if_match = request->if_match,
                             .retry = request->retry};
    fm_remote_call *base;
    fm_status status = fm_remote_call_new(&base, &klass, op, &own, err);
    if (status)
        return status;
    call *c = *out = (call *)base;
    fm_buf_init(&c->text, FM_DAV_OBJECT_MAX);
    c->request = *request;
    c->request.method = base->request.method;
    c->request.url = base->request.url;
    c->request.if_match = base->request.if_match;
    return FM_OK;
}

fm_status fm_dav_submit(fm_remote_op *op, const fm_dav_request *request, fm_error *err)
{
    call *c = NULL;
    fm_status status = make(&c, op, request, err);
    if (status)
        return status;
    status = fm_remote_call_send(&c->base, err);
    if (status) {
        fm_remote_call_leave(&c->base);
        fm_remote_call_free(&c->base);
    }
    return status;
}
