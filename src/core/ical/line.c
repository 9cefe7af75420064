#include "core/ical/line.h"
#include "util/utf8.h"

#include <string.h>
#include <strings.h>

static const char domain[] = "ical";

enum { FOLD_OCTETS = 75 };

bool fm_span_is(fm_span span, const char *word)
{
    return strlen(word) == span.len && strncasecmp(span.at, word, span.len) == 0;
}

fm_span fm_span_of(const char *text)
{
    return (fm_span){text, strlen(text)};
}

fm_span fm_span_trim(fm_span span)
{
    while (span.len && (span.at[0] == ' ' || span.at[0] == '\t'))
        span = (fm_span){span.at + 1, span.len - 1};
    while (span.len && (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
        span.len--;
    return span;
}

/* ------------------------------------------------------------------ reading */

/* The ":" that ends the parameters: not one within quotes, unless the quotes are never closed. */
static const char *find_colon(const char *at, const char *end)
{
    const char *plain = memchr(at, ':', (size_t)(end - at));
    if (!plain || !memchr(at, '"', (size_t)(plain - at)))
        return plain;
    bool quoted = false;
    for (const char *c = at; c < end; c++) {
        if (*c == '"')
            quoted = !quoted;
        else if (*c == ':' && !quoted)
            return c;
    }
    return plain;
}

bool fm_ical_split(fm_ical_parts *out, const char *line, size_t len)
{
    const char *end = line + len, *at = line;
    while (at < end && *at != ':' && *at != ';')
        at++;
    const char *colon = at < end ? (*at == ':' ? at : find_colon(at, end)) : NULL;
    if (!colon || at == line)
        return false;
    out->name = (fm_span){line, (size_t)(at - line)};
    out->params = (fm_span){at, (size_t)(colon - at)};
    out->value = (fm_span){colon + 1, (size_t)(end - colon - 1)};
    return true;
}

/* The first of two characters outside quotes in [at, end), or end. */
static const char *find_unquoted(const char *at, const char *end, char a, char b)
{
    for (bool quoted = false; at < end; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (!quoted && (*at == a || *at == b))
            break;
    }
    return at;
}

bool fm_ical_next_param(fm_span params, size_t *at, fm_span *name, fm_span *value)
{
    if (*at >= params.len)
        return false;
    const char *start = params.at + *at + 1, *end = params.at + params.len; /* past the ";" */
    const char *stop = find_unquoted(start, end, ';', ';');
    const char *equals = memchr(start, '=', (size_t)(stop - start));
    *name =
        fm_span_trim((fm_span){start, (size_t)((equals ? equals : stop) - start)}); /* "DTEND; VALUE=DATE" is seen */
    *value = equals ? fm_span_trim((fm_span){equals + 1, (size_t)(stop - equals - 1)}) : (fm_span){stop, 0};
    *at = (size_t)(stop - params.at);
    return true;
}

bool fm_ical_next_param_value(fm_span values, size_t *at, fm_span *value)
{
    if (*at > values.len)
        return false;
    const char *start = values.at + *at, *end = values.at + values.len;
    const char *stop = find_unquoted(start, end, ',', ',');
    *value = (fm_span){start, (size_t)(stop - start)};
    if (value->len >= 2 && start[0] == '"' && stop[-1] == '"')
        *value = (fm_span){start + 1, value->len - 2};
    *at = (size_t)(stop - values.at) + 1;
    return true;
}

bool fm_ical_param(const fm_ical_parts *parts, const char *name, fm_span *value)
{
    fm_span found, values;
    for (size_t at = 0; fm_ical_next_param(parts->params, &at, &found, &values);)
        if (fm_span_is(found, name)) {
            size_t first = 0;
            return fm_ical_next_param_value(values, &first, value);
        }
    return false;
}

/* ------------------------------------------------------------------ writing */

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7F;
}

static bool is_value(fm_span value)
{
    for (size_t i = 0; i < value.len; i++)
        if (is_control(value.at[i]))
            return false;
    return true;
}

bool fm_ical_is_name(fm_span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return name.len > 0;
}

/* Appends a parameter value, quoted where it must be. */
static fm_status add_param_value(fm_buf *params, char before, fm_span value, fm_error *err)
{
    if (!is_value(value) || memchr(value.at, '"', value.len))
        return fm_error_set(err, FM_EINVAL, domain,
                            "a parameter value holds a quote or a control character: leave it out");
    bool quote = false;
    for (size_t i = 0; i < value.len; i++)
        quote = quote || strchr(":;,", value.at[i]) != NULL;
    fm_buf_addc(params, before);
    if (quote)
        fm_buf_addc(params, '"');
    fm_buf_add(params, value.at, value.len);
    return quote ? fm_buf_addc(params, '"') : params->status;
}

fm_status fm_ical_add_param(fm_buf *params, const char *name, fm_span value, fm_error *err)
{
    if (!fm_ical_is_name(fm_span_of(name)))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.60s\" is no parameter name: use letters, digits and -", name);
    size_t start = params->len;
    fm_buf_addf(params, ";%s", name);
    fm_status status = add_param_value(params, '=', value, err);
    if (status == FM_EINVAL)
        fm_buf_truncate(params, start);
    return status;
}

fm_status fm_ical_add_param_value(fm_buf *params, fm_span value, fm_error *err)
{
    return add_param_value(params, ',', value, err);
}

bool fm_ical_is_params(fm_span params)
{
    if (params.len && params.at[0] != ';')
        return false;
    const char *end = params.at + params.len;
    size_t quotes = 0;
    for (const char *c = params.at; c < end; c++)
        quotes += *c == '"';
    return quotes % 2 == 0 && find_unquoted(params.at, end, ':', ':') == end && is_value(params);
}

/* Appends `len` bytes to the line that began at `*start`, breaking it where it gets too long. */
static void add_folded(fm_buf *out, size_t *start, const char *bytes, size_t len, const char *eol)
{
    size_t done = 0;
    while (done < len && !out->status) {
        size_t room = FOLD_OCTETS - (out->len - *start), take = len - done;
        if (take > room) {
            take = room;
            while (take > 0 && ((unsigned char)bytes[done + take] & 0xC0) == 0x80)
                take--; /* not within a character */
            if (take == 0 && room >= 4)
                take = room; /* no character: bytes that are no UTF-8 */
        }
        fm_buf_add(out, bytes + done, take);
        done += take;
        if (done < len) {
            fm_buf_adds(out, eol);
            *start = out->len;
            fm_buf_addc(out, ' ');
        }
    }
}

fm_status fm_ical_add_line(fm_buf *out, fm_span name, fm_span params, fm_span value, const char *eol, fm_error *err)
{
    if (!fm_ical_is_name(name))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.*s\" is no property name: use letters, digits and -",
                            (int)(name.len < 60 ? name.len : 60), name.at);
    if (!fm_ical_is_params(params) || !is_value(value))
        return fm_error_set(err, FM_EINVAL, domain,
                            "property %.*s holds a control character or an open quote: it would end the line",
                            (int)(name.len < 60 ? name.len : 60), name.at);
    size_t start = out->len;
    add_folded(out, &start, name.at, name.len, eol);
    add_folded(out, &start, params.at, params.len, eol);
    add_folded(out, &start, ":", 1, eol);
    add_folded(out, &start, value.at, value.len, eol);
    return fm_buf_adds(out, eol);
}

/* ------------------------------------------------------------------ TEXT */

/* Appends one unit of text at `at`, cleaned; returns how many bytes it took. `escape`: as in a TEXT value. */
static size_t add_clean(fm_buf *out, const char *at, size_t left, bool escape)
{
    char c = *at;
    if (c == '\r' || c == '\n') {
        if (escape)
            fm_buf_add(out, "\\n", 2);
        else
            fm_buf_addc(out, '\n');
        return c == '\r' && left > 1 && at[1] == '\n' ? 2 : 1;
    }
    if (is_control(c))
        return 1;
    size_t len = fm_utf8_character(at, left);
    bool noncharacter = len == 3 && (memcmp(at, "\xEF\xBF\xBE", 3) == 0 || memcmp(at, "\xEF\xBF\xBF", 3) == 0);
    if (len == 0 || noncharacter) {
        fm_buf_adds(out, "\xEF\xBF\xBD");
        return len ? len : 1;
    }
    if (escape && (c == '\\' || c == ';' || c == ','))
        fm_buf_addc(out, '\\');
    fm_buf_add(out, at, len);
    return len;
}

/* How many bytes from `at` on are ordinary: printable ASCII without backslash, semicolon and comma. */
static size_t ordinary(const char *at, size_t left)
{
    size_t n = 0;
    while (n < left && at[n] >= 0x20 && at[n] < 0x7F && at[n] != '\\' && at[n] != ';' && at[n] != ',')
        n++;
    return n;
}

static fm_status add_text(fm_buf *out, const char *text, size_t len, bool escape)
{
    for (size_t i = 0; i < len && !out->status;) {
        size_t run = ordinary(text + i, len - i);
        fm_buf_add(out, text + i, run);
        i += run;
        if (i < len)
            i += add_clean(out, text + i, len - i, escape);
    }
    return out->status;
}

fm_status fm_ical_clean(fm_buf *out, const char *text, size_t len)
{
    return add_text(out, text, len, false);
}

fm_status fm_ical_escape(fm_buf *out, const char *text, size_t len)
{
    return add_text(out, text, len, true);
}

fm_status fm_ical_unescape(fm_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len && !out->status;) {
        size_t run = ordinary(text + i, len - i);
        fm_buf_add(out, text + i, run);
        i += run;
        if (i == len)
            break;
        char next = text[i] == '\\' && i + 1 < len ? text[i + 1] : '\0';
        if (next == 'n' || next == 'N') {
            fm_buf_addc(out, '\n');
            i += 2;
        } else if (next == '\\' || next == ';' || next == ',') {
            fm_buf_addc(out, next);
            i += 2;
        } else {
            i += add_clean(out, text + i, len - i, false);
        }
    }
    return out->status;
}

bool fm_ical_next_text(fm_span list, size_t *at, fm_span *text)
{
    if (*at > list.len)
        return false;
    size_t end = *at;
    while (end < list.len && list.at[end] != ',')
        end += list.at[end] == '\\' && end + 1 < list.len ? 2 : 1;
    *text = (fm_span){list.at + *at, end - *at};
    *at = end + 1;
    return true;
}
