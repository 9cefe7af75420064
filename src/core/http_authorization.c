/*
 * The Authorization header. It is made here, in memory that is kept out of core dumps, and handed to libcurl as one of
 * the request's headers: libcurl would copy a password into its handle and into each connection, and keep it there.
 */
#include "core/encoding.h"
#include "core/http_impl.h"

#include <string.h>

static const char domain[] = "http";

/* Joins three texts in a new secret. NULL when memory runs out. */
static fm_secret *join(const char *a, size_t a_len, const char *b, size_t b_len, const char *c, size_t c_len)
{
    unsigned char *at;
    fm_secret *s = fm_secret_alloc(&at, a_len + b_len + c_len);
    if (!s)
        return NULL;
    memcpy(at, a, a_len);
    memcpy(at + a_len, b, b_len);
    memcpy(at + a_len + b_len, c, c_len);
    return s;
}

static fm_secret *bearer_line(fm_secret *token)
{
    static const char name[] = "Authorization: Bearer ";
    size_t len;
    const char *text = fm_secret_bytes(token, &len);
    return join(name, sizeof name - 1, text, len, "", 0);
}

/* RFC 7617 section 2: base64 of "user:password". */
static fm_secret *basic_line(const char *username, fm_secret *password)
{
    static const char name[] = "Authorization: Basic ";
    unsigned char *at;
    size_t len;
    const char *text = fm_secret_bytes(password, &len);
    fm_secret *pair = join(username, strlen(username), ":", 1, text, len);
    if (!pair)
        return NULL;
    text = fm_secret_bytes(pair, &len);
    fm_secret *line = fm_secret_alloc(&at, sizeof name - 1 + fm_encoding_text_size(FM_BASE64, len));
    if (line) {
        memcpy(at, name, sizeof name - 1);
        fm_encoding_encode((char *)at + sizeof name - 1, FM_BASE64, text, len);
    }
    fm_secret_unref(pair);
    return line;
}

fm_status fm_http_authorize(fm_http_call *call, fm_error *err)
{
    const fm_http_config *config = call->config;
    if (call->authorization || (!config->bearer && (!config->username || !config->password)))
        return FM_OK;
    call->authorization = config->bearer ? bearer_line(config->bearer) : basic_line(config->username, config->password);
    return call->authorization ? FM_OK : fm_error_set(err, FM_ENOMEM, domain, "out of memory");
}
