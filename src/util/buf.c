#include "util/buf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most of what is put together here (a line, a request, a small object) fits. */
#define FIRST_CAP 128

static char empty[1];

void fm_buf_init(fm_buf *b, size_t max_bytes)
{
    *b = (fm_buf){.data = empty, .max_bytes = max_bytes};
}

void fm_buf_free(fm_buf *b)
{
    if (b->cap)
        free(b->data);
    fm_buf_init(b, b->max_bytes);
}

void fm_buf_reset(fm_buf *b)
{
    b->len = 0;
    b->status = FM_OK;
    if (b->cap)
        b->data[0] = '\0';
}

static fm_status fail(fm_buf *b, fm_status status)
{
    fm_buf_free(b);
    return b->status = status;
}

fm_status fm_buf_reserve(fm_buf *b, size_t extra)
{
    if (b->status)
        return b->status;
    if (extra > b->max_bytes - b->len)
        return fail(b, FM_ELIMIT);
    size_t need = b->len + extra + 1;
    if (need <= b->cap)
        return FM_OK;
    size_t cap = b->cap ? b->cap : FIRST_CAP;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    char *data = realloc(b->cap ? b->data : NULL, cap);
    if (!data)
        return fail(b, FM_ENOMEM);
    data[b->len] = '\0';
    b->data = data;
    b->cap = cap;
    return FM_OK;
}

/* Whether that many bytes and the zero behind them fit as it is; never in a buffer that has failed. */
static bool has_room(const fm_buf *b, size_t len)
{
    return len < b->cap - b->len && len <= b->max_bytes - b->len;
}

fm_status fm_buf_add(fm_buf *b, const void *bytes, size_t len)
{
    if (!has_room(b, len) && fm_buf_reserve(b, len))
        return b->status;
    if (len) {
        memcpy(b->data + b->len, bytes, len);
        b->len += len;
        b->data[b->len] = '\0';
    }
    return FM_OK;
}

fm_status fm_buf_adds(fm_buf *b, const char *s)
{
    return fm_buf_add(b, s, strlen(s));
}

fm_status fm_buf_addc(fm_buf *b, char c)
{
    if (!has_room(b, 1) && fm_buf_reserve(b, 1))
        return b->status;
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
    return FM_OK;
}

fm_status fm_buf_addv(fm_buf *b, const char *fmt, va_list args)
{
    va_list measure;
    va_copy(measure, args);
    int n = vsnprintf(NULL, 0, fmt, measure);
    va_end(measure);
    if (n < 0)
        return fail(b, FM_EINVAL);
    if (fm_buf_reserve(b, (size_t)n))
        return b->status;
    if (n) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, args);
        b->len += (size_t)n;
    }
    return FM_OK;
}

fm_status fm_buf_addf(fm_buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fm_status status = fm_buf_addv(b, fmt, args);
    va_end(args);
    return status;
}

fm_status fm_buf_splice(fm_buf *b, size_t at, size_t old_len, const void *bytes, size_t len)
{
    if (b->status)
        return b->status;
    if (at > b->len || old_len > b->len - at)
        return FM_EINVAL;
    if (len > old_len && fm_buf_reserve(b, len - old_len))
        return b->status;
    if (len == old_len && len == 0)
        return FM_OK;
    memmove(b->data + at + len, b->data + at + old_len, b->len - at - old_len);
    if (len)
        memcpy(b->data + at, bytes, len);
    b->len = b->len - old_len + len;
    b->data[b->len] = '\0';
    return FM_OK;
}

void fm_buf_truncate(fm_buf *b, size_t len)
{
    if (len >= b->len)
        return;
    b->len = len;
    b->data[len] = '\0';
}

char *fm_buf_take(fm_buf *b, size_t *len)
{
    if (len)
        *len = 0;
    if (b->status || (!b->cap && fm_buf_reserve(b, 0)))
        return NULL;
    char *data = b->data;
    if (len)
        *len = b->len;
    b->cap = 0;
    fm_buf_free(b);
    return data;
}
