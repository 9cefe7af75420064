#include "core/http/challenge.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A piece of a header's value. */
typedef struct piece {
    const char *at;
    size_t len;
} piece;

static const char *skip(const char *at, const char *what)
{
    return at + strspn(at, what);
}

static piece token(const char *at)
{
    size_t len = 0;
    while (at[len] && (isalnum((unsigned char)at[len]) || strchr("!#$%&'*+-.^_`|~", at[len])))
        len++;
    return (piece){at, len};
}

/* A quoted string with its quotes, or what stands there up to a blank or comma. */
static piece raw_value(const char *at)
{
    if (*at != '"')
        return (piece){at, strcspn(at, " \t,")};
    size_t len = 1;
    while (at[len] && at[len] != '"')
        len += at[len] == '\\' && at[len + 1] ? 2 : 1;
    return (piece){at, at[len] ? len + 1 : len};
}

/* The parameter at `*at`, which moves on behind it; stays where none stands there, but the next scheme or the end. */
static bool next_param(const char **at, piece *name, piece *value)
{
    *name = token(skip(*at, " \t,"));
    const char *equals = skip(name->at + name->len, " \t");
    if (!name->len || *equals != '=')
        return false;
    *value = raw_value(skip(equals + 1, " \t"));
    *at = value->at + value->len;
    return true;
}

bool fm_http_challenge_next(fm_http_challenge *out, const char **at)
{
    piece scheme = token(skip(*at, " \t,")), name, value;
    if (!scheme.len)
        return false;
    *out = (fm_http_challenge){scheme.at, scheme.len, scheme.at + scheme.len};
    *at = out->params;
    if (*skip(*at, " \t") != ',' && !next_param(at, &name, &value))
        *at += strcspn(*at, ","); /* token68: a word of the scheme's own */
    while (next_param(at, &name, &value))
        ;
    return true;
}

bool fm_http_challenge_is(const fm_http_challenge *c, const char *scheme)
{
    return strlen(scheme) == c->scheme_len && strncasecmp(c->scheme, scheme, c->scheme_len) == 0;
}

static void add_value(fm_buf *out, piece value)
{
    if (*value.at != '"') {
        fm_buf_add(out, value.at, value.len);
        return;
    }
    size_t end = value.len > 1 && value.at[value.len - 1] == '"' ? value.len - 1 : value.len;
    for (size_t i = 1; i < end; i++) {
        if (value.at[i] == '\\' && i + 1 < end)
            i++;
        fm_buf_addc(out, value.at[i]);
    }
}

bool fm_http_challenge_param(const fm_http_challenge *c, const char *wanted, fm_buf *out)
{
    const char *at = c->params;
    piece name, value;
    while (next_param(&at, &name, &value))
        if (strlen(wanted) == name.len && strncasecmp(name.at, wanted, name.len) == 0) {
            add_value(out, value);
            return true;
        }
    return false;
}
