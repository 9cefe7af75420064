#include "core/http/http_impl.h"
#include "util/alloc.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define USER_AGENT "fmcal/" FMCAL_VERSION " (gzip)"

/* A server that sends less in a second is as good as silent: else one could hold a run for ever. */
#define SPEED_LEAST 1024L

static const char domain[] = "http";

void fm_http_transfer_reset(fm_http_call *call)
{
    call->code = 0;
    call->sends = 0;
    call->skip_body = false;
    call->challenged = false;
    call->received = 0;
    call->moved = 0;
    call->silent = false;
    fm_http_headers_reset(&call->answer_headers);
    fm_buf_reset(&call->answer);
    fm_error_clear(&call->abort);
    call->curl_message[0] = '\0';
}

static int64_t now_ms(const fm_http_call *call)
{
    return call->http->env->monotonic_ms(call->http->env->data);
}

static void note_activity(fm_http_call *call)
{
    call->active_ms = now_ms(call);
}

/* A connection is there and the request is about to be sent: for the second time where a kept one was stale. */
static int on_send(void *data, char *their_address, char *our_address, int their_port, int our_port)
{
    (void)their_address;
    (void)our_address;
    (void)their_port;
    (void)our_port;
    ((fm_http_call *)data)->sends++;
    note_activity(data);
    return CURL_PREREQFUNC_OK;
}

/* libcurl's own watch over the speed takes five seconds longer than it is told to. */
static int on_progress(void *data, curl_off_t download_size, curl_off_t downloaded, curl_off_t upload_size,
                       curl_off_t uploaded)
{
    fm_http_call *call = data;
    int64_t most_ms = call->config->stall_timeout_ms;
    (void)download_size;
    (void)upload_size;
    if (downloaded + uploaded != call->moved)
        note_activity(call);
    call->moved = downloaded + uploaded;
    call->silent = most_ms > 0 && now_ms(call) - call->active_ms >= most_ms;
    return call->silent;
}

/* The line "HTTP/1.1 207 …" starts an answer's headers: also after a 100, and after a proxy's own answer. */
static void start_headers(fm_http_call *call)
{
    long code = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &code);
    call->code = (int)code;
    fm_http_headers_reset(&call->answer_headers);
}

static fm_status end_headers(fm_http_call *call)
{
    if (call->code < 200)
        return FM_OK;
    fm_status status = fm_http_consider_challenges(call, &call->abort);
    if (status)
        return status;
    call->skip_body = call->challenged || fm_http_redirect_wanted(call);
    if (call->has_sink && !call->skip_body)
        return call->sink.begin(call->data, call->code, call->url, &call->abort);
    return FM_OK;
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    fm_http_call *call = data;
    size_t len = size * count;
    fm_status status = FM_OK;
    note_activity(call);
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        start_headers(call);
    } else if (len <= 2 && (len == 0 || line[0] == '\r' || line[0] == '\n')) {
        status = end_headers(call);
    } else {
        status = fm_http_headers_add(&call->answer_headers, line, len);
        if (status == FM_ELIMIT)
            fm_error_set(&call->abort, status, domain, "the answer has more than %d bytes of headers",
                         FM_HTTP_HEADERS_MAX);
        else if (status)
            fm_error_no_memory(&call->abort, domain);
    }
    return status ? CURL_WRITEFUNC_ERROR : len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    fm_http_call *call = data;
    size_t len = size * count;
    fm_status status;
    if (len > call->max_body_bytes - call->received) {
        fm_error_set(&call->abort, FM_ELIMIT, domain, "the answer is larger than %zu bytes", call->max_body_bytes);
        return CURL_WRITEFUNC_ERROR;
    }
    call->received += len;
    if (call->skip_body)
        return len;
    if (call->has_sink) {
        if (fm_http_trace_wants_body(call))
            fm_buf_add(&call->answer, bytes, len);
        status = call->sink.write(call->data, bytes, len, &call->abort);
    } else {
        status = fm_buf_add(&call->answer, bytes, len);
        if (status)
            fm_error_no_memory(&call->abort, domain);
    }
    return status ? CURL_WRITEFUNC_ERROR : len;
}

/* A series of curl_easy_setopt() of which the first failure counts. */
#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (!code)                                                                                                     \
            code = curl_easy_setopt(easy, option, value);                                                              \
    } while (0)

/* Connecting is silence, too. */
static int64_t connect_timeout_ms(const fm_http_config *config)
{
    bool impatient = config->stall_timeout_ms > 0 && config->stall_timeout_ms < config->connect_timeout_ms;
    return impatient ? config->stall_timeout_ms : config->connect_timeout_ms;
}

static CURLcode set_connection(CURL *easy, const fm_http_call *call)
{
    const fm_http_config *config = call->config;
    bool multiplexes = config->http2 && strncasecmp(call->url, "https:", 6) == 0;
    CURLcode code = CURLE_OK;
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect_timeout_ms(config));
    SET(CURLOPT_TIMEOUT_MS, (long)config->total_timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, SPEED_LEAST);
    SET(CURLOPT_LOW_SPEED_TIME, (long)((config->stall_timeout_ms + 999) / 1000));
    SET(CURLOPT_PROXY, config->proxy ? config->proxy : "");
    if (config->ca_file)
        SET(CURLOPT_CAINFO, config->ca_file);
    SET(CURLOPT_HTTP_VERSION, (long)(multiplexes ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    /* In clear text it would make requests wait for one another on a server that closes each connection. */
    SET(CURLOPT_PIPEWAIT, multiplexes ? 1L : 0L);
    return code;
}

/* The request's headers, the credentials before them. */
static struct curl_slist *all_headers(fm_http_call *call)
{
    if (!call->authorization)
        return call->headers;
    call->first.data = (char *)(uintptr_t)fm_secret_bytes(call->authorization, NULL); /* libcurl only reads it */
    call->first.next = call->headers;
    return &call->first;
}

static CURLcode set_message(CURL *easy, fm_http_call *call)
{
    CURLcode code = CURLE_OK;
    bool writes_body = call->body || strcmp(call->method, "PUT") == 0 || strcmp(call->method, "POST") == 0;
    SET(CURLOPT_URL, call->url);
    SET(CURLOPT_USERAGENT, USER_AGENT);
    if (strcmp(call->method, "HEAD") == 0) {
        SET(CURLOPT_NOBODY, 1L);
    } else if (writes_body) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
        SET(CURLOPT_POSTFIELDS, call->body ? call->body : "");
    }
    SET(CURLOPT_CUSTOMREQUEST, call->method);
    SET(CURLOPT_HTTPHEADER, all_headers(call));
    if (!fm_http_call_has_header(call, "Accept-Encoding:"))
        SET(CURLOPT_ACCEPT_ENCODING, "");
    return code;
}

fm_status fm_http_transfer_prepare(fm_http_call *call, fm_error *err)
{
    CURL *easy = call->easy;
    CURLcode code = CURLE_OK;
    fm_status status = fm_http_authorize(call, err);
    if (status)
        return status;
    note_activity(call);
    SET(CURLOPT_PRIVATE, call);
    SET(CURLOPT_ERRORBUFFER, call->curl_message);
    SET(CURLOPT_PREREQFUNCTION, on_send);
    SET(CURLOPT_PREREQDATA, call);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, call);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, call);
    /* On a kept connection libcurl takes a lost answer for an idle close, and sends again by itself. */
    if (call->retry == 0)
        SET(CURLOPT_FRESH_CONNECT, 1L);
    if (!code)
        code = fm_http_sockets_attach(&call->http->sockets, easy);
    if (!code)
        code = set_connection(easy, call);
    if (!code)
        code = set_message(easy, call);
    if (!code)
        return FM_OK;
    if (code == CURLE_OUT_OF_MEMORY)
        return fm_error_no_memory(err, domain);
    return fm_error_set(err, FM_EINVAL, domain, "libcurl refuses the request: %s", curl_easy_strerror(code));
}

#undef SET

/* Whether what came is no HTTP: after the request was sent, these results speak of the answer alone. */
static bool is_no_http(const fm_http_call *call, CURLcode result)
{
    return call->sends &&
           (result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_WEIRD_SERVER_REPLY ||
            result == CURLE_BAD_FUNCTION_ARGUMENT || result == CURLE_HTTP2 || result == CURLE_HTTP2_STREAM);
}

static fm_http_failure describe(const fm_http_call *call, CURLcode result, fm_error *err)
{
    const char *detail = call->curl_message[0] ? call->curl_message : curl_easy_strerror(result);
    if (is_no_http(call, result)) {
        fm_error_set(err, FM_ENETWORK, domain,
                     "what %s answers is not HTTP (%s): is this the address and port of the server?",
                     call->host->origin, detail);
        return FM_HTTP_FAILURE_TRANSPORT;
    }
    fm_http_failure failure = call->sends ? FM_HTTP_FAILURE_TRANSPORT : FM_HTTP_FAILURE_UNSENT;
    switch (result) {
    case CURLE_OUT_OF_MEMORY:
        fm_error_no_memory(err, domain);
        return FM_HTTP_FAILURE_FINAL;
    case CURLE_OPERATION_TIMEDOUT:
        fm_error_set(err, FM_ETIMEOUT, domain, "%s did not answer in time (%s)", call->host->origin, detail);
        return failure;
    case CURLE_PEER_FAILED_VERIFICATION:
        fm_error_set(err, FM_ENETWORK, domain,
                     "the certificate of %s is not trusted (%s): if its authority is your own, name its file in "
                     "\"ca_file\"",
                     call->host->origin, detail);
        return FM_HTTP_FAILURE_FINAL;
    case CURLE_SSL_CACERT_BADFILE:
        fm_error_set(err, FM_EINVAL, domain, "the certificates in \"%s\" cannot be read (%s)",
                     call->config->ca_file ? call->config->ca_file : "the system's store", detail);
        return FM_HTTP_FAILURE_FINAL;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_COULDNT_RESOLVE_PROXY:
        fm_error_set(err, FM_EINVAL, domain, "%s: %s", call->host->origin, detail);
        return FM_HTTP_FAILURE_FINAL;
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
        fm_error_set(err, FM_ENETWORK, domain, "the answer of %s was cut short or damaged (%s)", call->host->origin,
                     detail);
        return FM_HTTP_FAILURE_TRANSPORT;
    default:
        fm_error_set(err, FM_ENETWORK, domain, "cannot reach %s: %s", call->host->origin, detail);
        return failure;
    }
}

static bool is_throttled(const fm_http_call *call)
{
    return call->is_throttled && !call->has_sink && call->code >= 400 && call->code < 500 &&
           call->is_throttled(call->data, call->code, call->answer.data, call->answer.len);
}

CURLcode fm_http_transfer_result(fm_http_call *call, CURLcode result)
{
    if (!call->silent)
        return result;
    snprintf(call->curl_message, sizeof call->curl_message, "silent for %lld s",
             (long long)(call->config->stall_timeout_ms + 999) / 1000);
    return CURLE_OPERATION_TIMEDOUT;
}

fm_http_failure fm_http_transfer_outcome(fm_http_call *call, CURLcode result, fm_error *err)
{
    if (call->abort.status) {
        *err = call->abort;
        return FM_HTTP_FAILURE_FINAL;
    }
    if (result != CURLE_OK)
        return describe(call, result, err);
    if (is_throttled(call))
        return FM_HTTP_FAILURE_REFUSED;
    return fm_http_failure_of_code(call->code);
}
