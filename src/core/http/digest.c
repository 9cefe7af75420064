#include "core/http/digest.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest realm, nonce or opaque; longer ones would only serve to fill our requests. */
#define PARAM_MAX  1024
#define LINE_MAX   16384
#define CNONCE_LEN 16

static const char domain[] = "http";

static const struct {
    const char *name;
    fm_digest hash;
    bool session;
} algorithms[] = {
    {"MD5", FM_MD5, false},
    {"MD5-sess", FM_MD5, true},
    {"SHA-256", FM_SHA256, false},
    {"SHA-256-sess", FM_SHA256, true},
    {"SHA-512-256", FM_SHA512_256, false},
    {"SHA-512-256-sess", FM_SHA512_256, true},
};

/* ------------------------------------------------------------------ the challenge */

void fm_http_digest_clear(fm_http_digest *d)
{
    free(d->realm);
    free(d->nonce);
    free(d->opaque);
    *d = (fm_http_digest){0};
}

/* A parameter as an owned string; NULL where there is none. FM_EUNSUPPORTED for what cannot stand in a header. */
static fm_status read_param(char **out, const fm_http_challenge *challenge, const char *name)
{
    fm_buf text;
    fm_buf_init(&text, PARAM_MAX);
    *out = NULL;
    if (!fm_http_challenge_param(challenge, name, &text))
        return FM_OK;
    fm_status status = text.status == FM_ELIMIT ? FM_EUNSUPPORTED : text.status;
    for (size_t i = 0; i < text.len && !status; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7F)
            status = FM_EUNSUPPORTED;
    if (!status && !(*out = strdup(text.len ? text.data : "")))
        status = FM_ENOMEM;
    fm_buf_free(&text);
    return status;
}

static fm_status read_algorithm(fm_http_digest *d, const char *name)
{
    d->hash = FM_MD5;
    if (!name)
        return FM_OK;
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (strcasecmp(name, algorithms[i].name) == 0) {
            d->algorithm = algorithms[i].name;
            d->hash = algorithms[i].hash;
            d->session = algorithms[i].session;
            return FM_OK;
        }
    return FM_EUNSUPPORTED;
}

/* qop="auth,auth-int": a list. */
static fm_status read_qop(fm_http_digest *d, const char *list)
{
    if (!list)
        return FM_OK;
    for (const char *at = list; *at;) {
        at += strspn(at, " \t,");
        size_t len = strcspn(at, " \t,");
        d->qop = d->qop || (len == 4 && strncasecmp(at, "auth", 4) == 0);
        at += len;
    }
    return d->qop ? FM_OK : FM_EUNSUPPORTED;
}

fm_status fm_http_digest_read(fm_http_digest *out, const fm_http_challenge *challenge)
{
    char *algorithm = NULL, *qop = NULL, *stale = NULL;
    *out = (fm_http_digest){0};
    fm_status status = read_param(&out->realm, challenge, "realm");
    if (!status)
        status = read_param(&out->nonce, challenge, "nonce");
    if (!status)
        status = read_param(&out->opaque, challenge, "opaque");
    if (!status)
        status = read_param(&algorithm, challenge, "algorithm");
    if (!status)
        status = read_param(&qop, challenge, "qop");
    if (!status)
        status = read_param(&stale, challenge, "stale");
    if (!status && (!out->realm || !out->nonce))
        status = FM_EUNSUPPORTED;
    if (!status)
        status = read_algorithm(out, algorithm);
    if (!status)
        status = read_qop(out, qop);
    out->stale = stale && strcasecmp(stale, "true") == 0;
    free(algorithm);
    free(qop);
    free(stale);
    if (status)
        fm_http_digest_clear(out);
    return status;
}

/* ------------------------------------------------------------------ the answer */

static fm_secret_piece plain(const char *text)
{
    return (fm_secret_piece){text, strlen(text)};
}

static fm_secret_piece secret(const fm_secret *s)
{
    fm_secret_piece piece;
    piece.bytes = fm_secret_bytes(s, &piece.len);
    return piece;
}

/* H(pieces joined by colons) in hex, as a secret. */
static fm_status hash_of(fm_secret **out, fm_digest hash, const fm_secret_piece *pieces, size_t count, fm_error *err)
{
    fm_secret_piece parts[16];
    unsigned char digest[FM_DIGEST_MAX], *hex;
    size_t used = 0, len;
    for (size_t i = 0; i < count; i++) {
        if (i)
            parts[used++] = plain(":");
        parts[used++] = pieces[i];
    }
    fm_secret *text = fm_secret_join(parts, used);
    *out = text ? fm_secret_alloc(&hex, 2 * fm_digest_size(hash)) : NULL;
    fm_status status = *out ? FM_OK : fm_error_no_memory(err, domain);
    if (!status) {
        const char *bytes = fm_secret_bytes(text, &len);
        status = fm_crypto_hash(digest, hash, bytes, len, err);
        fm_encoding_encode((char *)hex, FM_HEX, digest, fm_digest_size(hash));
        explicit_bzero(digest, sizeof digest);
    }
    if (status) {
        fm_secret_unref(*out);
        *out = NULL;
    }
    fm_secret_unref(text);
    return status;
}

/* What stands for the password: H(A1) of RFC 7616 section 3.4.2. */
static fm_status hash_password(fm_secret **out, const fm_http_digest *d, const fm_http_digest_request *request,
                               fm_error *err)
{
    const fm_secret_piece a1[] = {plain(request->username), plain(d->realm), secret(request->password)};
    fm_status status = hash_of(out, d->hash, a1, 3, err);
    if (status || !d->session)
        return status;
    fm_secret *once = *out;
    const fm_secret_piece session[] = {secret(once), plain(d->nonce), plain(d->cnonce)};
    status = hash_of(out, d->hash, session, 3, err);
    fm_secret_unref(once);
    return status;
}

static fm_status respond(fm_secret **out, const fm_http_digest *d, const fm_http_digest_request *request,
                         const char *count, fm_error *err)
{
    const fm_secret_piece a2[] = {plain(request->method), plain(request->uri)};
    fm_secret *key = NULL, *what = NULL;
    *out = NULL;
    fm_status status = hash_password(&key, d, request, err);
    if (!status)
        status = hash_of(&what, d->hash, a2, 2, err);
    if (!status && d->qop) {
        const fm_secret_piece all[] = {secret(key),      plain(d->nonce), plain(count),
                                       plain(d->cnonce), plain("auth"),   secret(what)};
        status = hash_of(out, d->hash, all, 6, err);
    } else if (!status) {
        const fm_secret_piece all[] = {secret(key), plain(d->nonce), secret(what)};
        status = hash_of(out, d->hash, all, 3, err);
    }
    fm_secret_unref(key);
    fm_secret_unref(what);
    return status;
}

static void add_quoted(fm_buf *line, const char *name, const char *value)
{
    fm_buf_addf(line, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            fm_buf_addc(line, '\\');
        fm_buf_addc(line, *value);
    }
    fm_buf_adds(line, "\", ");
}

static fm_status make_cnonce(fm_http_digest *d, const fm_env *env, fm_error *err)
{
    unsigned char bytes[CNONCE_LEN];
    if (d->cnonce[0])
        return FM_OK;
    fm_status status = fm_crypto_random(bytes, sizeof bytes, env, err);
    if (!status)
        fm_encoding_encode(d->cnonce, FM_HEX, bytes, sizeof bytes);
    return status;
}

fm_status fm_http_digest_answer(fm_secret **out, fm_http_digest *d, const fm_http_digest_request *request,
                                const fm_env *env, fm_error *err)
{
    char count[9];
    fm_secret *response = NULL;
    fm_buf line;
    snprintf(count, sizeof count, "%08x", ++d->count);
    *out = NULL;
    fm_status status = make_cnonce(d, env, err);
    if (!status)
        status = respond(&response, d, request, count, err);
    if (status)
        return status;
    fm_buf_init(&line, LINE_MAX);
    fm_buf_adds(&line, "Authorization: Digest ");
    add_quoted(&line, "username", request->username);
    add_quoted(&line, "realm", d->realm);
    add_quoted(&line, "nonce", d->nonce);
    add_quoted(&line, "uri", request->uri);
    if (d->algorithm)
        fm_buf_addf(&line, "algorithm=%s, ", d->algorithm);
    if (d->qop)
        fm_buf_addf(&line, "qop=auth, nc=%s, cnonce=\"%s\", ", count, d->cnonce);
    if (d->opaque)
        add_quoted(&line, "opaque", d->opaque);
    fm_buf_adds(&line, "response=\"");
    const fm_secret_piece pieces[] = {{line.data, line.len}, secret(response), plain("\"")};
    if (!line.status)
        *out = fm_secret_join(pieces, 3);
    fm_buf_free(&line);
    fm_secret_unref(response);
    return *out ? FM_OK : fm_error_no_memory(err, domain);
}
