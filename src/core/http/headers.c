#include "core/http/headers.h"

#include <string.h>
#include <strings.h>

void fm_http_headers_init(fm_http_headers *h)
{
    fm_buf_init(&h->text, FM_HTTP_HEADERS_MAX);
}

void fm_http_headers_free(fm_http_headers *h)
{
    fm_buf_free(&h->text);
}

void fm_http_headers_reset(fm_http_headers *h)
{
    fm_buf_reset(&h->text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

fm_status fm_http_headers_add(fm_http_headers *h, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (!colon || colon == line || memchr(line, '\0', len))
        return FM_OK;
    const char *value = colon + 1, *end = line + len;
    while (value < end && is_blank(*value))
        value++;
    while (end > value && is_blank(end[-1]))
        end--;
    fm_buf_add(&h->text, line, (size_t)(colon - line));
    fm_buf_addc(&h->text, '\0');
    fm_buf_add(&h->text, value, (size_t)(end - value));
    return fm_buf_addc(&h->text, '\0');
}

/* The line at `*at`; moves on to the next. */
static bool next_line(const fm_http_headers *h, size_t *at, const char **name, const char **value)
{
    if (*at >= h->text.len)
        return false;
    *name = h->text.data + *at;
    *value = *name + strlen(*name) + 1;
    *at = (size_t)(*value + strlen(*value) + 1 - h->text.data);
    return true;
}

const char *fm_http_headers_find(const fm_http_headers *h, const char *wanted)
{
    const char *name, *value, *found = NULL;
    for (size_t at = 0; next_line(h, &at, &name, &value);)
        if (strcasecmp(name, wanted) == 0)
            found = value;
    return found;
}

bool fm_http_headers_at(const fm_http_headers *h, size_t n, const char **name, const char **value)
{
    for (size_t at = 0; next_line(h, &at, name, value); n--)
        if (n == 0)
            return true;
    return false;
}
