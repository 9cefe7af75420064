#include "core/http/http_impl.h"
#include "util/log.h"

/* Most bytes of a body that a trace shows. */
#define BODY_SHOWN ((size_t)16384)

static const char domain[] = "http";

static void trace_body(const fm_http_call *call, char direction, const char *body, size_t len)
{
    const fm_env *env = call->http->env;
    if (!len)
        return;
    fm_log(env, FM_LOG_TRACE, domain, "%c body of %zu bytes%s:", direction, len,
           len > BODY_SHOWN ? ", the first of them" : "");
    fm_log_text(env, FM_LOG_TRACE, domain, body, len > BODY_SHOWN ? BODY_SHOWN : len);
}

void fm_http_trace_request(const fm_http_call *call)
{
    const fm_env *env = call->http->env;
    const fm_http_config *config = call->config;
    if (!fm_log_on(env, FM_LOG_TRACE))
        return;
    fm_log(env, FM_LOG_TRACE, domain, "> %s %s", call->method, call->url);
    if (call->scheme == FM_HTTP_BEARER)
        fm_log(env, FM_LOG_TRACE, domain, "> with a bearer token");
    else if (call->scheme == FM_HTTP_BASIC || call->scheme == FM_HTTP_DIGEST)
        fm_log(env, FM_LOG_TRACE, domain, "> with the password of %s (%s)", config->username,
               call->scheme == FM_HTTP_BASIC ? "Basic" : "Digest");
    for (const struct curl_slist *line = call->headers; line; line = line->next)
        fm_log(env, FM_LOG_TRACE, domain, "> %s", line->data);
    trace_body(call, '>', call->body, call->body_len);
}

static void trace_headers(const fm_http_call *call)
{
    const char *name, *value;
    for (size_t i = 0; fm_http_headers_at(&call->answer_headers, i, &name, &value); i++)
        fm_log(call->http->env, FM_LOG_TRACE, domain, "< %s: %s", name, value);
}

void fm_http_trace_answer(const fm_http_call *call, const fm_error *failed)
{
    const fm_env *env = call->http->env;
    if (!fm_log_on(env, FM_LOG_DEBUG))
        return;
    long long took_ms = (long long)(env->monotonic_ms(env->data) - call->started_ms);
    if (failed)
        fm_log(env, FM_LOG_DEBUG, domain, "%s %s: %s (attempt %u, %lld ms)", call->method, call->url, failed->message,
               call->attempts, took_ms);
    else
        fm_log(env, FM_LOG_DEBUG, domain, "%s %s: %d (attempt %u, %lld ms)", call->method, call->url, call->code,
               call->attempts, took_ms);
    if (failed || !fm_log_on(env, FM_LOG_TRACE))
        return;
    trace_headers(call);
    trace_body(call, '<', call->answer.data, call->answer.len);
}

bool fm_http_trace_wants_body(const fm_http_call *call)
{
    return fm_log_on(call->http->env, FM_LOG_TRACE) && call->answer.len <= BODY_SHOWN;
}
