#include "core/http/headers.h"
#include "core/http/http.h"

const char *fm_http_reply_header(const fm_http_reply *reply, const char *name)
{
    return fm_http_headers_find(reply->headers, name);
}

bool fm_http_reply_header_at(const fm_http_reply *reply, size_t n, const char **name, const char **value)
{
    return fm_http_headers_at(reply->headers, n, name, value);
}

typedef struct meaning {
    int code;
    fm_status status;
    const char *text;
} meaning;

/* Codes with a meaning of their own; the rest goes by its class. */
static const meaning meanings[] = {
    {401, FM_EAUTH, "the server refused the sign-in"},
    {403, FM_EACCESS, "the server forbids it"},
    {404, FM_ENOTFOUND, "it is not there"},
    {407, FM_EAUTH, "the proxy asks for a sign-in"},
    {408, FM_ETIMEOUT, "the server waited too long for the request"},
    {409, FM_EPRECONDITION, "it does not fit the state of the server"},
    {410, FM_ENOTFOUND, "it is gone"},
    {412, FM_EPRECONDITION, "it was changed meanwhile"},
    {413, FM_ELIMIT, "it is too large for the server"},
    {423, FM_ELOCKED, "it is locked on the server"},
    {429, FM_ETHROTTLED, "the server asks to slow down"},
    {501, FM_EUNSUPPORTED, "the server cannot do that"},
    {503, FM_ETHROTTLED, "the server is busy or down"},
    {507, FM_EACCESS, "the server has no room left"},
};

static meaning meaning_of(int code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].code == code)
            return meanings[i];
    if (code >= 200 && code < 300)
        return (meaning){code, FM_OK, "done"};
    if (code >= 400 && code < 500)
        return (meaning){code, FM_EINVAL, "the server does not accept it"};
    if (code >= 500)
        return (meaning){code, FM_ESERVER, "the server failed"};
    return (meaning){code, FM_EPROTOCOL, "an answer that means nothing here"};
}

fm_status fm_http_code_status(int code)
{
    return meaning_of(code).status;
}

fm_status fm_http_reply_error(const fm_http_reply *reply, const char *domain, const char *what, fm_error *err)
{
    if (reply->status) {
        if (err)
            *err = reply->error;
        fm_error_prefix(err, "%s", what);
        return reply->status;
    }
    meaning m = meaning_of(reply->code);
    if (!m.status)
        return FM_OK;
    fm_buf schemes;
    fm_buf_init(&schemes, FM_ERROR_MESSAGE_MAX);
    if (reply->code == 401)
        fm_http_reply_schemes(&schemes, reply);
    fm_error_set(err, m.status, domain, "%s: %s (HTTP %d from %s%s%s)", what, m.text, reply->code, reply->url,
                 schemes.len ? ", which offers " : "", schemes.len ? schemes.data : "");
    fm_buf_free(&schemes);
    if (err) {
        err->http_status = reply->code;
        err->retry_after_ms = reply->retry_after_ms;
    }
    return m.status;
}
