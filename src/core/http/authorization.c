/*
 * The Authorization header. It is made here, in memory that is kept out of core dumps, and handed to libcurl as one of
 * the request's headers: libcurl would copy a password into its handle and into each connection, and keep it there.
 */
#include "core/http/http_impl.h"
#include "core/url.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <string.h>
#include <strings.h>

/* Challenges that one call answers: the first, and those that only want another nonce. */
#define CHALLENGES_MAX 4

/* Challenges of one answer that are looked at; and letters of a scheme's name that are shown. */
#define OFFERS_MAX 16
#define NAME_SHOWN ((size_t)32)

static const char domain[] = "http";

/* ------------------------------------------------------------------ lines */

static fm_secret *bearer_line(const fm_secret *token)
{
    static const char name[] = "Authorization: Bearer ";
    fm_secret_piece pieces[] = {{name, sizeof name - 1}, {0}};
    pieces[1].bytes = fm_secret_bytes(token, &pieces[1].len);
    return fm_secret_join(pieces, 2);
}

/* RFC 7617 section 2: base64 of "user:password". */
static fm_secret *basic_line(const char *username, const fm_secret *password)
{
    static const char name[] = "Authorization: Basic ";
    unsigned char *at;
    size_t len;
    fm_secret_piece pieces[] = {{username, strlen(username)}, {":", 1}, {0}};
    pieces[2].bytes = fm_secret_bytes(password, &pieces[2].len);
    fm_secret *pair = fm_secret_join(pieces, 3);
    if (!pair)
        return NULL;
    const char *text = fm_secret_bytes(pair, &len);
    fm_secret *line = fm_secret_alloc(&at, sizeof name - 1 + fm_encoding_text_size(FM_BASE64, len));
    if (line) {
        memcpy(at, name, sizeof name - 1);
        fm_encoding_encode((char *)at + sizeof name - 1, FM_BASE64, text, len);
    }
    fm_secret_unref(pair);
    return line;
}

static fm_status digest_line(fm_http_call *call, fm_error *err)
{
    const fm_http_config *config = call->config;
    fm_url url;
    fm_buf uri;
    fm_status status = fm_url_parse(&url, call->url, err);
    if (status)
        return status;
    fm_buf_init(&uri, FM_HTTP_HEADERS_MAX);
    fm_buf_adds(&uri, url.path);
    if (url.query)
        fm_buf_addf(&uri, "?%s", url.query);
    fm_url_clear(&url);
    const fm_http_digest_request request = {config->username, config->password, call->method, uri.data};
    status = uri.status
                 ? fm_error_no_memory(err, domain)
                 : fm_http_digest_answer(&call->authorization, &call->host->digest, &request, call->http->env, err);
    fm_buf_free(&uri);
    return status;
}

/* ------------------------------------------------------------------ how to sign in */

static bool has_password(const fm_http_config *config)
{
    return !config->bearer && config->username && config->password;
}

/* Basic would end the user name at its first colon. */
static bool may_begin_with_basic(const fm_http_call *call)
{
    return call->is_private && !strchr(call->config->username, ':');
}

static fm_http_scheme choose_scheme(const fm_http_call *call)
{
    if (!call->credentials)
        return FM_HTTP_ANONYMOUS;
    if (fm_http_call_has_header(call, "Authorization:"))
        return FM_HTTP_OWN;
    if (call->config->bearer)
        return FM_HTTP_BEARER;
    if (!has_password(call->config))
        return FM_HTTP_ANONYMOUS;
    if (call->host->digest.nonce)
        return FM_HTTP_DIGEST;
    return call->host->wants_basic || may_begin_with_basic(call) ? FM_HTTP_BASIC : FM_HTTP_ANONYMOUS;
}

fm_status fm_http_authorize(fm_http_call *call, fm_error *err)
{
    fm_secret_unref(call->authorization);
    call->authorization = NULL;
    call->scheme = choose_scheme(call);
    if (call->scheme == FM_HTTP_ANONYMOUS || call->scheme == FM_HTTP_OWN)
        return FM_OK;
    if (call->scheme == FM_HTTP_DIGEST)
        return digest_line(call, err);
    call->authorization = call->scheme == FM_HTTP_BEARER ? bearer_line(call->config->bearer)
                                                         : basic_line(call->config->username, call->config->password);
    return call->authorization ? FM_OK : fm_error_no_memory(err, domain);
}

/* ------------------------------------------------------------------ what the server asks for */

/* The n-th challenge (from 0) of an answer. False past the last one. */
static bool challenge_at(const fm_http_headers *headers, size_t n, fm_http_challenge *out)
{
    const char *name, *at;
    if (n >= OFFERS_MAX)
        return false;
    for (size_t i = 0; fm_http_headers_at(headers, i, &name, &at); i++) {
        if (strcasecmp(name, "WWW-Authenticate") != 0)
            continue;
        for (; fm_http_challenge_next(out, &at); n--)
            if (n == 0)
                return true;
    }
    return false;
}

/* What a 401 offers of what we know. */
typedef struct offer {
    bool basic;
    fm_http_digest digest; /* the first that we know, owned; no nonce: none */
} offer;

static fm_status read_offer(offer *out, const fm_http_headers *headers)
{
    fm_http_challenge challenge;
    *out = (offer){0};
    for (size_t i = 0; challenge_at(headers, i, &challenge); i++) {
        fm_status status = FM_OK;
        out->basic = out->basic || fm_http_challenge_is(&challenge, "Basic");
        if (!out->digest.nonce && fm_http_challenge_is(&challenge, "Digest"))
            status = fm_http_digest_read(&out->digest, &challenge);
        if (status && status != FM_EUNSUPPORTED)
            return status;
    }
    return FM_OK;
}

/* Digest refused is the password refused, unless the nonce was old: one kept from before, or one called stale. */
static bool takes_digest(const fm_http_call *call, const fm_http_digest *digest)
{
    if (!digest->nonce || call->challenges >= CHALLENGES_MAX)
        return false;
    return call->scheme != FM_HTTP_DIGEST || call->challenges == 0 || digest->stale;
}

fm_status fm_http_consider_challenges(fm_http_call *call, fm_error *err)
{
    bool ours = call->scheme == FM_HTTP_ANONYMOUS || call->scheme == FM_HTTP_BASIC || call->scheme == FM_HTTP_DIGEST;
    if (call->code != 401 || !ours || !call->credentials || !has_password(call->config))
        return FM_OK;
    offer offered;
    fm_status status = read_offer(&offered, &call->answer_headers);
    if (status)
        return fm_error_no_memory(err, domain);
    fm_http_host *host = call->host;
    if (takes_digest(call, &offered.digest)) {
        fm_http_digest_clear(&host->digest);
        host->digest = offered.digest;
        call->challenged = true;
    } else {
        bool basic_alone = offered.basic && !offered.digest.nonce;
        fm_http_digest_clear(&offered.digest);
        if (!basic_alone || call->scheme == FM_HTTP_BASIC || call->challenges >= CHALLENGES_MAX)
            return FM_OK;
        if (strchr(call->config->username, ':'))
            return fm_error_set(err, FM_EINVAL, domain,
                                "%s offers only Basic, which cannot carry the \":\" in the user name \"%s\"",
                                host->origin, call->config->username);
        fm_http_digest_clear(&host->digest);
        host->wants_basic = call->challenged = true;
    }
    call->challenges++;
    return FM_OK;
}

/* ------------------------------------------------------------------ for people */

fm_status fm_http_reply_schemes(fm_buf *out, const fm_http_reply *reply)
{
    fm_http_challenge c, before;
    for (size_t i = 0; challenge_at(reply->headers, i, &c); i++) {
        bool known = false;
        for (size_t k = 0; k < i && challenge_at(reply->headers, k, &before); k++)
            known =
                known || (before.scheme_len == c.scheme_len && strncasecmp(before.scheme, c.scheme, c.scheme_len) == 0);
        if (!known)
            fm_buf_addf(out, "%s%.*s", out->len ? ", " : "",
                        (int)(c.scheme_len < NAME_SHOWN ? c.scheme_len : NAME_SHOWN), c.scheme);
    }
    return out->status;
}

bool fm_http_reply_has_known_scheme(const fm_http_reply *reply)
{
    fm_http_challenge any;
    offer offered;
    bool failed = read_offer(&offered, reply->headers) != FM_OK, known = offered.basic || offered.digest.nonce;
    fm_http_digest_clear(&offered.digest);
    return failed || known || !challenge_at(reply->headers, 0, &any);
}
