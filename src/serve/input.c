#include "serve/input.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/system_error.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char domain[] = "input";

/* Most bytes read at once. */
#define CHUNK 16384

struct fm_input {
    int fd;
    size_t max_bytes;
    fm_buf text;
    size_t start;  /* where the next line begins in the text */
    size_t looked; /* so far the text holds no line end behind `start` */
    bool skipping; /* the line was too long, and its end is still to come */
    bool at_end;
};

fm_status fm_input_new(fm_input **input, int fd, size_t max_bytes, fm_error *err)
{
    fm_input *in = *input = calloc(1, sizeof *in);
    if (!in)
        return fm_error_no_memory(err, domain);
    in->fd = fd;
    in->max_bytes = max_bytes;
    fm_buf_init(&in->text, max_bytes + 1 + CHUNK);
    return FM_OK;
}

void fm_input_free(fm_input *in)
{
    if (!in)
        return;
    fm_buf_free(&in->text);
    free(in);
}

int fm_input_descriptor(const fm_input *in)
{
    return in->fd;
}

/* Whether reading would not wait. */
static bool is_ready(const fm_input *in)
{
    struct pollfd p = {.fd = in->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

static void drop_taken(fm_input *in)
{
    if (in->start == 0)
        return;
    memmove(in->text.data, in->text.data + in->start, in->text.len - in->start);
    fm_buf_truncate(&in->text, in->text.len - in->start);
    in->looked -= in->start;
    in->start = 0;
}

/* Reads what is there. */
static fm_status read_more(fm_input *in, fm_error *err)
{
    ssize_t len;
    drop_taken(in);
    if (fm_buf_reserve(&in->text, CHUNK) != FM_OK)
        return fm_error_no_memory(err, domain);
    while ((len = read(in->fd, in->text.data + in->text.len, CHUNK)) < 0 && errno == EINTR)
        ;
    if (len < 0)
        return fm_system_error(err, errno, domain, "cannot read standard input");
    in->at_end = len == 0;
    in->text.len += (size_t)len;
    in->text.data[in->text.len] = '\0';
    return FM_OK;
}

/* The rest of the text, without a line end, as what was taken. */
static void take_rest(fm_input *in)
{
    in->start = in->looked = in->text.len;
}

/* What the text holds: a line, one that is too long, or none. */
static fm_input_found find(fm_input *in, const char **line, size_t *len)
{
    const char *from = in->text.data + in->start;
    const char *end = memchr(in->text.data + in->looked, '\n', in->text.len - in->looked);
    *line = from;
    *len = end ? (size_t)(end - from) : in->text.len - in->start;
    bool is_rest = in->skipping, is_long = *len > in->max_bytes;
    if (!end) {
        in->looked = in->text.len;
        if (is_rest || is_long)
            take_rest(in);
        in->skipping = is_rest || is_long;
        return is_long && !is_rest ? FM_INPUT_TOO_LONG : FM_INPUT_NONE;
    }
    in->start = in->looked = in->start + *len + 1;
    in->skipping = false;
    if (is_rest)
        return find(in, line, len);
    return is_long ? FM_INPUT_TOO_LONG : FM_INPUT_LINE;
}

fm_status fm_input_take(fm_input *in, fm_input_found *found, const char **line, size_t *len, fm_error *err)
{
    while ((*found = find(in, line, len)) == FM_INPUT_NONE) {
        if (in->at_end) {
            *found = *len > 0 && !in->skipping ? FM_INPUT_LINE : FM_INPUT_END;
            take_rest(in);
            return FM_OK;
        }
        if (!is_ready(in))
            return FM_OK;
        fm_status status = read_more(in, err);
        if (status != FM_OK)
            return status;
    }
    return FM_OK;
}
