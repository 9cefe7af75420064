#include "serve/http/head.h"
#include "serve/http/server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * libmicrohttpd 0.9.75 takes a head apart where it has read it: it puts zero bytes behind names, values and lines, and
 * hands out pointers between them. So what it hands out lies side by side, and a piece that does not begin where the
 * one before it ended says that something was hidden behind a zero byte that somebody sent. (A zero byte right before a
 * bare LF reads like CR LF, and hides nothing.)
 */
typedef struct walk {
    const char *at; /* where the last piece ended, on its zero byte */
    bool whole;     /* nothing was hidden so far */
    unsigned hosts, lengths, encodings;
    bool chunked;
    uint64_t length;
} walk;

/* Whether `next` is where the line behind `end` begins: CR LF or LF, as zero bytes. */
static bool follows(const char *end, const char *next)
{
    return (next == end + 1 && !end[0]) || (next == end + 2 && !end[0] && !end[1]);
}

static bool is_blank(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from == to;
}

/* A name is a token; blanks before the colon would make another name of it. */
static bool is_token(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~' || strchr("\"(),/:;<=>?@[\\]{}", name[i]))
            return false;
    return len > 0;
}

static bool is_text(const char *value)
{
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7F)
            return false;
    return true;
}

static bool is_named(const char *name, size_t len, const char *wanted)
{
    return len == strlen(wanted) && strncasecmp(name, wanted, len) == 0;
}

static void note(walk *w, const char *name, size_t name_len, const char *value)
{
    if (is_named(name, name_len, "Host")) {
        w->hosts++;
    } else if (is_named(name, name_len, "Content-Length")) {
        w->lengths++;
        w->length = strtoull(value, NULL, 10); /* libmicrohttpd has checked that it is digits and fits */
    } else if (is_named(name, name_len, "Transfer-Encoding")) {
        w->encodings++;
        w->chunked = strcasecmp(value, "chunked") == 0;
    }
}

static enum MHD_Result look_at(void *data, enum MHD_ValueKind kind, const char *name, size_t name_len,
                               const char *value, size_t value_len)
{
    walk *w = data;
    (void)kind;
    /* Addresses first: what is not side by side may lie anywhere. */
    w->whole = w->whole && follows(w->at, name) && value > name + name_len && is_blank(name + name_len + 1, value) &&
               is_token(name, name_len) && is_text(value);
    w->at = value + value_len;
    if (w->whole)
        note(w, name, name_len, value);
    return w->whole ? MHD_YES : MHD_NO;
}

/* Whether the head ends where the last header does: the end of its line and an empty line, nothing else. */
static bool ends_well(const walk *w, const char *end)
{
    size_t len = (size_t)(end - w->at);
    return end > w->at && len >= 2 && len <= 4 && !memcmp(w->at, "\0\0\0\0", len);
}

static bool target_is_plain(const char *target)
{
    for (const char *at = target; *at; at++)
        if (*at <= ' ' || *at > '~' || strncmp(at, "%00", 3) == 0)
            return false;
    return true;
}

static bool line_is_whole(const fm_request_line *line)
{
    return line->target && line->method + strlen(line->method) + 1 == line->target &&
           line->target + strlen(line->spelled) + 1 == line->version && target_is_plain(line->spelled);
}

int fm_head_judge(struct MHD_Connection *connection, const fm_request_line *line, fm_head_body *body)
{
    const union MHD_ConnectionInfo *size =
        fm_mhd.get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    *body = (fm_head_body){0};
    if (!size || size->header_size > FM_SERVER_HEAD_MAX)
        return 431;
    walk w = {.at = line->version + strlen(line->version), .whole = line_is_whole(line)};
    fm_mhd.get_connection_values_n(connection, MHD_HEADER_KIND, look_at, &w);
    if (!w.whole || !ends_well(&w, line->method + size->header_size))
        return 400;
    if (w.hosts != 1 || w.lengths > 1 || w.encodings > 1 || (w.encodings && (w.lengths || !w.chunked)))
        return 400;
    *body = (fm_head_body){.chunked = w.chunked, .length = w.encodings ? 0 : w.length};
    return 0;
}
