#include "provider/remote/call.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A token that is refused although it ought to be good is renewed once; one that ran out in a queue, a few times. */
#define RENEWALS_MAX 4

/* ------------------------------------------------------------------ the operation's list */

static void enter(fm_remote_call *call, fm_remote_op *op)
{
    call->op = op;
    call->next = op->calls;
    if (op->calls)
        op->calls->prev = call;
    op->calls = call;
}

void fm_remote_call_leave(fm_remote_call *call)
{
    fm_remote_token_forget(call->op->p, &call->waiter);
    *(call->prev ? &call->prev->next : &call->op->calls) = call->next;
    if (call->next)
        call->next->prev = call->prev;
}

void fm_remote_call_free(fm_remote_call *call)
{
    call->klass->release(call);
    fm_secret_unref(call->config.bearer);
    free((char *)call->request.method);
    free((char *)call->request.url);
    free((char *)call->request.if_match);
    fm_buf_free(&call->body);
    free(call);
}

void fm_remote_cancel_all(fm_remote_op *op)
{
    while (op->calls) {
        fm_remote_call *call = op->calls;
        fm_http_cancel(call->http);
        fm_remote_call_leave(call);
        fm_remote_call_free(call);
    }
}

/* ------------------------------------------------------------------ making */

static bool copy_text(const char **out, const char *text)
{
    *out = text ? strdup(text) : NULL;
    return *out || !text;
}

static bool copy_request(fm_remote_request *own, const fm_remote_request *given)
{
    own->what = given->what;
    own->retry = given->retry;
    return copy_text(&own->method, given->method) && copy_text(&own->url, given->url) &&
           copy_text(&own->if_match, given->if_match);
}

static void take_body(fm_remote_call *call, fm_buf *given)
{
    call->body = *given;
    call->request.body = &call->body;
    fm_buf_init(given, given->max_bytes);
}

static void on_token(void *data, const fm_error *failed);

fm_status fm_remote_call_new(fm_remote_call **out, const fm_remote_call_class *klass, fm_remote_op *op,
                             const fm_remote_request *request, fm_error *err)
{
    fm_remote_call *call = calloc(1, klass->size);
    *out = NULL;
    if (call) {
        fm_buf_init(&call->body, 0);
        call->klass = klass;
        call->waiter = (fm_remote_waiter){.fn = on_token, .data = call};
    }
    if (!call || !copy_request(&call->request, request) || (request->body && request->body->status)) {
        if (call)
            fm_remote_call_free(call);
        return fm_error_no_memory(err, op->p->domain);
    }
    if (request->body)
        take_body(call, request->body);
    enter(call, op);
    *out = call;
    return FM_OK;
}

/* ------------------------------------------------------------------ sending */

static void on_done(void *data, const fm_http_reply *reply)
{
    fm_remote_call *call = data;
    call->http = NULL;
    call->klass->answered(call, reply);
}

/* What the request is signed with: the provider's password, or a token of its own, which may change meanwhile. */
static const fm_http_config *sign(fm_remote_call *call)
{
    fm_remote *p = call->op->p;
    if (!p->tokens.klass)
        return &p->config;
    fm_secret_unref(call->config.bearer);
    call->config = p->config;
    call->config.bearer = fm_secret_ref(p->tokens.access);
    call->generation = p->tokens.generation;
    return &call->config;
}

static fm_status send(fm_remote_call *call, fm_error *err)
{
    const fm_remote_request *r = &call->request;
    fm_http_header headers[FM_REMOTE_HEADERS_MAX];
    fm_http_request request = {.config = sign(call),
                               .method = r->method,
                               .url = r->url,
                               .headers = headers,
                               .body = r->body ? r->body->data : NULL,
                               .body_len = call->body.len,
                               .retry = r->retry,
                               .done = on_done,
                               .data = call};
    call->klass->prepare(call, &request, headers);
    return fm_http_submit(call->op->p->base.context.http, &request, &call->http, err);
}

static int64_t now_ms(const fm_remote *p)
{
    return p->base.context.env->monotonic_ms(p->base.context.env->data);
}

/* Sends with the token that is there, or stands in line for the quota. */
static fm_status send_within_quota(fm_remote_call *call, fm_error *err)
{
    fm_remote *p = call->op->p;
    call->held = p->pace.per_minute && !fm_remote_pace_take(&p->pace, now_ms(p));
    return call->held ? FM_OK : send(call, err);
}

static void on_token(void *data, const fm_error *failed)
{
    fm_remote_call *call = data;
    fm_error err = {0};
    if (failed)
        call->klass->failed(call, failed);
    else if (send_within_quota(call, &err))
        call->klass->failed(call, &err);
}

fm_status fm_remote_call_send(fm_remote_call *call, fm_error *err)
{
    fm_remote *p = call->op->p;
    if (!p->tokens.klass || fm_remote_token(p))
        return send_within_quota(call, err);
    return fm_remote_token_wait(p, &call->waiter, err);
}

bool fm_remote_call_renew(fm_remote_call *call, fm_error *err)
{
    bool expected = fm_remote_token_refused(call->op->p, call->generation);
    if (call->renewals++ >= RENEWALS_MAX || (!expected && call->renewed))
        return false;
    call->renewed = call->renewed || !expected;
    return fm_remote_call_send(call, err) == FM_OK;
}

/* ------------------------------------------------------------------ what the quota holds back */

bool fm_remote_is_held(const fm_remote_op *op)
{
    const fm_remote_call *call = op->calls;
    while (call && !call->held)
        call = call->next;
    return call != NULL;
}

int64_t fm_remote_send_held(fm_remote_op *op)
{
    fm_remote_call *last = NULL;
    if (!op->p->pace.per_minute)
        return -1;
    for (fm_remote_call *call = op->calls; call; call = call->next)
        last = call;
    /* The oldest is at the end. A call that fails to start ends there; its neighbours stay. */
    for (fm_remote_call *call = last, *before; call; call = before) {
        fm_error err = {0};
        before = call->prev;
        if (!call->held)
            continue;
        int64_t wait = fm_remote_pace_wait_ms(&op->p->pace, now_ms(op->p));
        if (wait)
            return wait;
        call->held = false;
        if (fm_remote_call_send(call, &err)) {
            call->klass->failed(call, &err);
            return 0;
        }
    }
    return -1;
}
