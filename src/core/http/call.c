#include "core/http/http_impl.h"
#include "util/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char domain[] = "http";

static bool is_token(const char *text)
{
    if (!*text)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("!#$%&'*+-.^_`|~", *text))
            return false;
    return true;
}

static bool is_field_value(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if ((*at < 0x20 && *at != '\t') || *at == 0x7F)
            return false;
    return true;
}

bool fm_http_is_credential(const char *text, size_t len)
{
    for (const unsigned char *at = (const unsigned char *)text; len; at++, len--)
        if (*at < 0x20 || *at == 0x7F)
            return false;
    return true;
}

/* A secret that is absent is fine. */
static bool is_clean(const fm_secret *secret)
{
    size_t len;
    const char *text = secret ? fm_secret_bytes(secret, &len) : NULL;
    return !text || fm_http_is_credential(text, len);
}

/* A line break would end the header, and what follows would be one of its own; a zero byte would cut it short. */
static fm_status check_credentials(const fm_http_config *config, fm_error *err)
{
    const char *wrong = NULL;
    if (config->username && !fm_http_is_credential(config->username, strlen(config->username)))
        wrong = "user name";
    else if (!is_clean(config->password))
        wrong = "password";
    else if (!is_clean(config->bearer))
        wrong = "access token";
    if (!wrong)
        return FM_OK;
    return fm_error_set(err, FM_EINVAL, domain,
                        "the %s holds a control character, such as a line break, and is not sent: give it without",
                        wrong);
}

static bool only_reads(const char *method)
{
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"};
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
        if (strcmp(method, reading[i]) == 0)
            return true;
    return false;
}

static fm_status check_request(const fm_http *http, const fm_http_request *request, fm_error *err)
{
    if (!is_token(request->method))
        return fm_error_set(err, FM_EINVAL, domain, "the method is not a word");
    for (size_t i = 0; i < request->header_count; i++) {
        const fm_http_header *header = &request->headers[i];
        if (!is_token(header->name))
            return fm_error_set(err, FM_EINVAL, domain, "a header's name is not a word");
        if (header->value && !is_field_value(header->value))
            return fm_error_set(err, FM_EINVAL, domain, "the header %s holds a control character", header->name);
    }
    fm_status status = check_credentials(request->config, err);
    if (status)
        return status;
    if (http->env->read_only && !request->allow_in_dry_run && !only_reads(request->method))
        return fm_error_set(err, FM_EREADONLY, domain, "a dry run sends no %s", request->method);
    return FM_OK;
}

static fm_status add_line(struct curl_slist **list, const char *name, const char *value)
{
    fm_buf line;
    fm_buf_init(&line, FM_HTTP_HEADERS_MAX);
    fm_buf_addf(&line, value && *value ? "%s: %s" : "%s:", name, value);
    struct curl_slist *longer = line.status ? NULL : curl_slist_append(*list, line.data);
    fm_buf_free(&line);
    if (!longer)
        return FM_ENOMEM;
    *list = longer;
    return FM_OK;
}

static fm_status copy_headers(fm_http_call *call, const fm_http_request *request)
{
    bool has_type = false;
    fm_status status = add_line(&call->headers, "Expect", NULL);
    for (size_t i = 0; i < request->header_count && !status; i++) {
        has_type = has_type || strcasecmp(request->headers[i].name, "Content-Type") == 0;
        status = add_line(&call->headers, request->headers[i].name, request->headers[i].value);
    }
    /* libcurl would call the body a form. */
    if (!status && !has_type)
        status = add_line(&call->headers, "Content-Type", NULL);
    return status;
}

bool fm_http_call_has_header(const fm_http_call *call, const char *prefix)
{
    for (const struct curl_slist *line = call->headers; line; line = line->next)
        if (strncasecmp(line->data, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

void fm_http_call_free(fm_http_call *call)
{
    if (!call)
        return;
    free(call->method);
    free(call->url);
    free(call->home);
    curl_slist_free_all(call->headers);
    fm_secret_unref(call->authorization);
    fm_http_headers_free(&call->answer_headers);
    fm_buf_free(&call->answer);
    free(call);
}

fm_status fm_http_call_new(fm_http_call **out, fm_http *http, const fm_http_request *request, fm_error *err)
{
    const fm_http_config *config = request->config;
    *out = NULL;
    fm_status status = check_request(http, request, err);
    if (status)
        return status;
    fm_http_call *call = calloc(1, sizeof *call);
    if (!call)
        return fm_error_no_memory(err, domain);
    call->http = http;
    call->config = config;
    call->retry = request->retry;
    call->is_throttled = request->is_throttled;
    call->keep_redirects = request->keep_redirects;
    call->body = request->body;
    call->body_len = request->body_len;
    call->secret_body = request->secret_body;
    call->has_sink = request->sink != NULL;
    if (request->sink)
        call->sink = *request->sink;
    call->max_body_bytes = request->max_body_bytes ? request->max_body_bytes : config->max_body_bytes;
    call->done = request->done;
    call->data = request->data;
    fm_http_headers_init(&call->answer_headers);
    fm_buf_init(&call->answer, call->max_body_bytes);
    call->method = strdup(request->method);
    call->url = strdup(request->url);
    call->home = strdup(config->home ? config->home : request->url);
    if (!call->method || !call->url || !call->home || copy_headers(call, request)) {
        fm_http_call_free(call);
        return fm_error_no_memory(err, domain);
    }
    *out = call;
    return FM_OK;
}
