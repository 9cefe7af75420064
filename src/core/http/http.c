#include "core/http/http.h"
#include "core/http/http_impl.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Longest wait between two looks at the interrupt flag. */
#define POLL_MS 200
/* A server that closes each connection (HTTP/1.0) is small: more at a time makes it reset connections. */
#define WINDOW_WITHOUT_KEEP_ALIVE 4
#define DEFAULT_MAX_BODY          ((size_t)16 << 20)
/* A server that was silent for that long twice will be a third time. */
#define TIMEOUTS_MAX 2

static const char domain[] = "http";

void fm_http_config_init(fm_http_config *config)
{
    *config = (fm_http_config){
        .connect_timeout_ms = 10000,
        .stall_timeout_ms = 60000,
        .total_timeout_ms = 600000,
        .max_attempts = 5,
        .backoff_ms = 500,
        .max_wait_ms = 60000,
        .refused_wait_ms = 1000,
        .retry_for_ms = 300000,
        .max_in_flight = 16,
        .max_body_bytes = DEFAULT_MAX_BODY,
        .http2 = true,
    };
}

static int64_t now_ms(const fm_http *http)
{
    return http->env->monotonic_ms(http->env->data);
}

/* ------------------------------------------------------------------ lists */

static void list_add(fm_http_list *list, fm_http_call *call)
{
    call->list = list;
    call->prev = list->last;
    call->next = NULL;
    if (list->last)
        list->last->next = call;
    else
        list->first = call;
    list->last = call;
}

static void list_remove(fm_http_call *call)
{
    fm_http_list *list = call->list;
    if (!list)
        return;
    if (call->prev)
        call->prev->next = call->next;
    else
        list->first = call->next;
    if (call->next)
        call->next->prev = call->prev;
    else
        list->last = call->prev;
    call->prev = call->next = NULL;
    call->list = NULL;
}

/* ------------------------------------------------------------------ client */

fm_status fm_http_new(fm_http **out, const fm_env *env, fm_error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return fm_error_no_memory(err, domain);
    (*out)->env = env;
    return FM_OK;
}

static fm_status start_curl(fm_http *http, fm_error *err)
{
    if (http->multi)
        return FM_OK;
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code)
        return fm_error_set(err, FM_ENETWORK, domain, "libcurl cannot be started: %s", curl_easy_strerror(code));
    http->multi = curl_multi_init();
    if (!http->multi) {
        curl_global_cleanup();
        return fm_error_no_memory(err, domain);
    }
    return FM_OK;
}

static void free_list(fm_http_list *list)
{
    while (list->first)
        fm_http_cancel(list->first);
}

/* Whether a request waits for one of the servers. */
static bool is_awaited(const fm_http *http)
{
    for (const fm_http_host *host = http->hosts; host; host = host->next)
        if (host->waiting.first)
            return true;
    return http->active.first || http->delayed.first;
}

static void clear(fm_http *http)
{
    free_list(&http->active);
    free_list(&http->delayed);
    while (http->hosts) {
        fm_http_host *host = http->hosts;
        free_list(&host->waiting);
        http->hosts = host->next;
        fm_http_digest_clear(&host->digest);
        free(host->origin);
        free(host);
    }
    if (http->multi) {
        curl_multi_cleanup(http->multi);
        curl_global_cleanup();
        http->multi = NULL;
    }
    fm_http_sockets_free(&http->sockets);
}

void fm_http_free(fm_http *http)
{
    if (!http)
        return;
    clear(http);
    free(http);
}

void fm_http_forget(fm_http *http)
{
    if (!is_awaited(http))
        clear(http);
}

/* The server of an origin, made where it is new. Consumes `origin`. NULL when memory runs out. */
static fm_http_host *host_of(fm_http *http, char *origin, unsigned max_in_flight)
{
    for (fm_http_host *host = http->hosts; host; host = host->next)
        if (strcmp(host->origin, origin) == 0) {
            free(origin);
            return host;
        }
    fm_http_host *host = calloc(1, sizeof *host);
    if (!host) {
        free(origin);
        return NULL;
    }
    host->origin = origin;
    fm_http_window_init(&host->window, max_in_flight);
    host->next = http->hosts;
    http->hosts = host;
    return host;
}

/* ------------------------------------------------------------------ submission */

fm_status fm_http_submit(fm_http *http, const fm_http_request *request, fm_http_call **out, fm_error *err)
{
    fm_http_call *call = NULL;
    char *origin = NULL;
    fm_status status = fm_http_call_new(&call, http, request, err);
    if (!status)
        status = start_curl(http, err);
    if (!status)
        status = fm_http_admit(call, &origin, err);
    if (status)
        goto fail;
    call->host = host_of(http, origin, request->config->max_in_flight);
    if (!call->host) {
        status = fm_error_no_memory(err, domain);
        goto fail;
    }
    list_add(&call->host->waiting, call);
    http->pending++;
    if (out)
        *out = call;
    return FM_OK;
fail:
    fm_http_call_free(call);
    return status;
}

/* ------------------------------------------------------------------ the end of a transfer */

/* Takes the call out of the transfers under way. */
static void detach(fm_http_call *call)
{
    fm_http *http = call->http;
    list_remove(call);
    call->host->in_flight--;
    curl_multi_remove_handle(http->multi, call->easy);
    curl_easy_cleanup(call->easy);
    call->easy = NULL;
}

void fm_http_cancel(fm_http_call *call)
{
    if (!call)
        return;
    if (call->easy)
        detach(call);
    else
        list_remove(call);
    call->http->pending--;
    fm_http_call_free(call);
}

/* ------------------------------------------------------------------ completion */

/* What Retry-After asks for, 0 for nothing. */
static int64_t asked_wait_ms(const fm_http_call *call)
{
    const char *value = fm_http_headers_find(&call->answer_headers, "Retry-After");
    return value ? fm_http_retry_after_ms(value, call->http->env->now_us(call->http->env->data)) : 0;
}

/* Hands the outcome over and frees the call, which is in no list any more. `failed` NULL: an answer came. */
static void complete(fm_http_call *call, const fm_error *failed)
{
    fm_http_reply reply = {
        .status = failed ? failed->status : FM_OK,
        .code = failed ? 0 : call->code,
        .url = call->url,
        .body = call->has_sink ? "" : call->answer.data,
        .body_len = call->has_sink ? 0 : call->answer.len,
        .attempts = call->attempts,
        .with_credentials = call->credentials,
        .maybe_done = call->maybe_done,
        .headers = &call->answer_headers,
    };
    reply.retry_after_ms = asked_wait_ms(call);
    if (failed)
        reply.error = *failed;
    call->http->pending--;
    call->done(call->data, &reply);
    fm_http_call_free(call);
}

/* When a refused call may go on; -1 where that would take longer than it is repeated. */
static int64_t due_after_refusal(fm_http_call *call, int64_t now)
{
    const fm_http_config *config = call->config;
    int64_t asked_ms = asked_wait_ms(call);
    if (call->refusals++ == 0)
        call->refused_ms = now;
    int64_t due = now + fm_http_refused_wait_ms(call->http->env, call->refusals, config->refused_wait_ms, asked_ms);
    if (due - call->refused_ms > config->retry_for_ms)
        return -1;
    if (asked_ms && due > call->host->not_before_ms)
        call->host->not_before_ms = due;
    return due;
}

/* Puts the call where it waits for its next attempt. False where it must not be tried again. */
static bool schedule_retry(fm_http_call *call, fm_http_failure failure, bool timed_out)
{
    const fm_http_config *config = call->config;
    fm_http *http = call->http;
    bool refused = failure == FM_HTTP_FAILURE_REFUSED && config->max_attempts > 1;
    if (timed_out && ++call->timeouts >= TIMEOUTS_MAX)
        return false;
    if (!fm_http_may_retry(call->retry, failure) ||
        (!refused && call->attempts >= config->max_attempts + call->refusals))
        return false;
    int64_t now = now_ms(http);
    call->due_ms = refused ? due_after_refusal(call, now)
                           : now + fm_http_wait_ms(http->env, call->attempts - call->refusals, config->backoff_ms,
                                                   config->max_wait_ms);
    if (call->due_ms < 0)
        return false;
    list_add(&http->delayed, call);
    return true;
}

static void tell_window(fm_http_call *call, CURL *easy, CURLcode result, fm_http_failure failure)
{
    fm_http_window *window = &call->host->window;
    int64_t now = now_ms(call->http);
    long version = 0;
    bool reset = result != CURLE_OK && result != CURLE_OPERATION_TIMEDOUT && failure != FM_HTTP_FAILURE_FINAL;
    if (reset || failure == FM_HTTP_FAILURE_REFUSED) {
        fm_http_window_refused(window, now, call->epoch);
        return;
    }
    if (curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK && version == CURL_HTTP_VERSION_1_0)
        fm_http_window_cap(window, WINDOW_WITHOUT_KEEP_ALIVE);
    /* Requests that wait mean that the window, not the caller, sets the pace. */
    fm_http_window_answered(window, now, call->host->waiting.first != NULL);
}

static void follow_redirect(fm_http_call *call)
{
    char *origin;
    fm_error err = {0};
    if (fm_http_redirect_follow(call, &origin, &err)) {
        free(origin);
        complete(call, &err);
        return;
    }
    call->host = host_of(call->http, origin, call->config->max_in_flight);
    if (!call->host) {
        fm_error_no_memory(&err, domain);
        complete(call, &err);
        return;
    }
    list_add(&call->host->waiting, call);
}

/* Whether the server may have done what was asked without our getting its word for it. */
static bool may_have_been_done(const fm_http_call *call, fm_http_failure failure)
{
    if (failure == FM_HTTP_FAILURE_TRANSPORT || failure == FM_HTTP_FAILURE_SERVER || call->sends > 1)
        return true;
    return failure == FM_HTTP_FAILURE_REFUSED && call->code == 503;
}

/* A transfer has ended: sign-in, redirect, retry or completion. */
static void finish(fm_http_call *call, CURLcode result)
{
    fm_error err = {0};
    result = fm_http_transfer_result(call, result);
    fm_http_failure failure = fm_http_transfer_outcome(call, result, &err);
    fm_http_trace_answer(call, err.status ? &err : NULL);
    tell_window(call, call->easy, result, failure);
    detach(call);
    call->maybe_done = call->maybe_done || may_have_been_done(call, failure);
    if (failure == FM_HTTP_FAILURE_NONE && call->challenged)
        list_add(&call->host->waiting, call);
    else if (failure == FM_HTTP_FAILURE_NONE && fm_http_redirect_wanted(call))
        follow_redirect(call);
    else if (!schedule_retry(call, failure, result == CURLE_OPERATION_TIMEDOUT))
        complete(call, err.status ? &err : NULL);
}

/* ------------------------------------------------------------------ stepping */

static bool is_interrupted(const fm_http *http)
{
    return http->env->interrupted && *http->env->interrupted;
}

/*
 * Starts one attempt of a call that is in no list. Its handle is a fresh one: libcurl before 8.1.2 writes to freed
 * memory where a handle is used again and the answer begins with a folded line. It costs a microsecond or two;
 * connections are the multi handle's and stay.
 */
static void start(fm_http_call *call)
{
    fm_http *http = call->http;
    fm_error err = {0};
    fm_http_transfer_reset(call);
    call->attempts++;
    call->epoch = call->host->window.epoch;
    call->easy = curl_easy_init();
    fm_status status = call->easy ? fm_http_transfer_prepare(call, &err) : fm_error_no_memory(&err, domain);
    if (!status && curl_multi_add_handle(http->multi, call->easy) != CURLM_OK)
        status = fm_error_no_memory(&err, domain);
    if (!status) {
        call->host->in_flight++;
        list_add(&http->active, call);
        call->started_ms = now_ms(http);
        fm_http_trace_request(call);
        return;
    }
    curl_easy_cleanup(call->easy);
    call->easy = NULL;
    complete(call, &err);
}

static void start_waiting(fm_http_host *host, int64_t now)
{
    while (host->waiting.first && host->in_flight < host->window.limit && now >= host->not_before_ms) {
        fm_http_call *call = host->waiting.first;
        list_remove(call);
        start(call);
    }
}

/* Moves calls whose wait is over back to their servers, then fills every window. */
static void start_ready(fm_http *http)
{
    int64_t now = now_ms(http);
    for (fm_http_call *call = http->delayed.first, *next; call; call = next) {
        next = call->next;
        if (call->due_ms > now)
            continue;
        list_remove(call);
        list_add(&call->host->waiting, call);
    }
    for (fm_http_host *host = http->hosts; host; host = host->next)
        start_waiting(host, now);
}

/* Finishes every transfer that has ended. @return how many */
static unsigned drain(fm_http *http)
{
    unsigned ended = 0;
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        fm_http_call *call = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        finish(call, result);
        ended++;
    }
    return ended;
}

/* How long nothing can happen by itself: until a retry is due or a server may be asked again. */
static int64_t time_to_next_start(const fm_http *http, int64_t now, int64_t most_ms)
{
    int64_t wait = most_ms;
    for (const fm_http_call *call = http->delayed.first; call; call = call->next)
        if (call->due_ms - now < wait)
            wait = call->due_ms - now;
    for (const fm_http_host *host = http->hosts; host; host = host->next)
        if (host->waiting.first && host->in_flight < host->window.limit && host->not_before_ms - now < wait)
            wait = host->not_before_ms - now;
    return wait > 0 ? wait : 0;
}

static bool is_amid_answer(const fm_http *http)
{
    for (const fm_http_call *call = http->active.first; call; call = call->next)
        if (call->code)
            return true;
    return false;
}

static void wait_for_activity(fm_http *http, int64_t left_ms)
{
    int64_t wait = time_to_next_start(http, now_ms(http), left_ms < POLL_MS ? left_ms : POLL_MS);
    if (is_amid_answer(http))
        fm_http_sockets_acknowledge(&http->sockets);
    if (http->active.first)
        curl_multi_poll(http->multi, NULL, 0, (int)wait, NULL);
    else
        http->env->sleep_ms(http->env->data, wait);
}

fm_status fm_http_step(fm_http *http, int timeout_ms, fm_error *err)
{
    int64_t deadline = now_ms(http) + timeout_ms;
    while (http->pending) {
        int running;
        if (is_interrupted(http))
            return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
        start_ready(http);
        if (curl_multi_perform(http->multi, &running) != CURLM_OK)
            return fm_error_no_memory(err, domain);
        if (drain(http))
            break;
        int64_t left_ms = deadline - now_ms(http);
        if (left_ms <= 0)
            break;
        wait_for_activity(http, left_ms);
    }
    return http->pending ? FM_PENDING : FM_OK;
}
