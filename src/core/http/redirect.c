#include "core/http/http_impl.h"
#include "core/url.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char domain[] = "http";

fm_status fm_http_admit(fm_http_call *call, char **origin, fm_error *err)
{
    *origin = NULL;
    fm_url home = {0}, url = {0};
    bool is_home = strcmp(call->url, call->home) == 0;
    fm_buf text;
    fm_buf_init(&text, 1024);
    fm_status status = fm_url_parse(&url, call->url, err);
    if (!status && !is_home)
        status = fm_url_parse(&home, call->home, err);
    if (status)
        goto out;
    call->is_private = strcmp(url.scheme, "https") == 0 || fm_url_is_loopback(url.host);
    if (!call->is_private && !call->config->allow_http) {
        bool configured = is_home || fm_url_same_origin(&home, &url);
        status = fm_error_set(err, configured ? FM_EINVAL : FM_EPROTOCOL, domain,
                              "%s is asked over http, where passwords travel in clear text: use https, or set "
                              "\"allow_http\"",
                              url.host);
        goto out;
    }
    call->credentials = is_home || fm_url_trusts(&home, &url);
    fm_buf_addf(&text, "%s://%s:%u", url.scheme, url.host, (unsigned)url.port);
    *origin = fm_buf_take(&text, NULL);
    if (!*origin)
        status = fm_error_no_memory(err, domain);
out:
    fm_buf_free(&text);
    fm_url_clear(&home);
    fm_url_clear(&url);
    return status;
}

static bool is_redirect(int code)
{
    return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

bool fm_http_redirect_wanted(const fm_http_call *call)
{
    return is_redirect(call->code) && !call->keep_redirects && fm_http_headers_find(&call->answer_headers, "Location");
}

/* 303 says that the answer is read elsewhere; what only reads is asked again as it was. */
static bool becomes_get(const fm_http_call *call)
{
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"};
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
        if (strcmp(call->method, reading[i]) == 0)
            return false;
    return call->code == 303;
}

static fm_status make_get(fm_http_call *call, fm_error *err)
{
    char *method = strdup("GET");
    if (!method)
        return fm_error_no_memory(err, domain);
    free(call->method);
    call->method = method;
    call->body = NULL;
    call->body_len = 0;
    return FM_OK;
}

/* Whether a header line given by the caller holds a credential. */
static bool is_credential(const char *line)
{
    static const char *const names[] = {"Authorization:", "Cookie:", "Proxy-Authorization:"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncasecmp(line, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Takes the caller's own credential headers out, for a target that must not see them. */
static void drop_credential_headers(fm_http_call *call)
{
    struct curl_slist **link = &call->headers;
    while (*link) {
        struct curl_slist *line = *link;
        if (is_credential(line->data)) {
            *link = line->next;
            line->next = NULL;
            curl_slist_free_all(line);
        } else {
            link = &line->next;
        }
    }
}

/* The URL that an answer leads to; what cannot be one is the answer's fault. */
static fm_status find_target(char **target, const fm_http_call *call, fm_error *err)
{
    fm_status status = fm_url_resolve(target, call->url, fm_http_headers_find(&call->answer_headers, "Location"), err);
    if (!status && strncasecmp(call->url, "https:", 6) == 0 && strncasecmp(*target, "http:", 5) == 0) {
        free(*target);
        return fm_error_set(err, FM_EPROTOCOL, domain, "%s redirects from https to http, which is refused", call->url);
    }
    if (status != FM_EINVAL)
        return status;
    if (err)
        err->status = FM_EPROTOCOL;
    return fm_error_prefix(err, "%s redirects to what is no URL", call->url);
}

fm_status fm_http_redirect_follow(fm_http_call *call, char **origin, fm_error *err)
{
    *origin = NULL;
    if (++call->redirects > FM_HTTP_REDIRECTS_MAX)
        return fm_error_set(err, FM_EPROTOCOL, domain, "%s redirects more than %d times", call->url,
                            FM_HTTP_REDIRECTS_MAX);
    char *target;
    fm_status status = find_target(&target, call, err);
    if (status)
        return status;
    /* Credentials that stayed behind once do not come back: who redirects must not choose what we do at home. */
    bool follow = call->credentials && fm_url_text_may_follow(call->url, target);
    if (!follow && call->secret_body && call->body && !becomes_get(call)) {
        status = fm_error_set(err, FM_EPROTOCOL, domain, "%s redirects to %s, which does not get the credentials",
                              call->url, target);
        free(target);
        return status;
    }
    free(call->url);
    call->url = target;
    status = fm_http_admit(call, origin, err);
    call->credentials = follow;
    call->challenges = 0;
    if (!status && !follow)
        drop_credential_headers(call);
    if (!status && becomes_get(call))
        status = make_get(call, err);
    return status;
}
