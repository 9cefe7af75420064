/* What servers do to a text that they accept: leave a property out, and turn the order of the others round. */
#include "provider/mock/server.h"
#include "util/buf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One content line with its folded continuations and its line end. */
typedef struct span {
    const char *at;
    size_t len;
} span;

static span next_line(const char *at, const char *end)
{
    const char *next = at;
    do {
        const char *newline = memchr(next, '\n', (size_t)(end - next));
        next = newline ? newline + 1 : end;
    } while (next < end && (*next == ' ' || *next == '\t'));
    return (span){at, (size_t)(next - at)};
}

static bool starts_with(span line, const char *word)
{
    size_t len = strlen(word);
    return line.len >= len && strncasecmp(line.at, word, len) == 0;
}

static bool is_property(span line, const char *name)
{
    size_t len = strlen(name);
    return starts_with(line, name) && line.len > len && (line.at[len] == ':' || line.at[len] == ';');
}

/* Writes the lines that were held back: last one first where the order is turned round. */
static void release_lines(fm_buf *out, const span *held, size_t count, bool reverse)
{
    for (size_t i = 0; i < count; i++) {
        const span *line = &held[reverse ? count - 1 - i : i];
        fm_buf_add(out, line->at, line->len);
    }
}

/* Properties of an event are held back until a component begins or ends; all else passes as it is. */
static void rewrite_lines(fm_buf *out, const fm_mock_rewrite *rewrite, const char *text, size_t len, span *held)
{
    const char *end = text + len;
    size_t count = 0;
    int depth = 0; /* 1: directly in a VEVENT */
    for (span line = {text, 0}; line.at < end; line.at += line.len) {
        line = next_line(line.at, end);
        bool begins = starts_with(line, "BEGIN:");
        bool ends = starts_with(line, "END:");
        if (begins || ends) {
            release_lines(out, held, count, rewrite->reverse);
            count = 0;
        }
        if (begins && (depth > 0 || starts_with(line, "BEGIN:VEVENT")))
            depth++;
        bool property = depth == 1 && !begins && !ends;
        if (property && rewrite->drop && is_property(line, rewrite->drop))
            continue;
        if (property)
            held[count++] = line;
        else
            fm_buf_add(out, line.at, line.len);
        if (ends && depth > 0)
            depth--;
    }
    release_lines(out, held, count, rewrite->reverse);
}

char *fm_mock_rewritten(const fm_mock_rewrite *rewrite, const char *text, size_t len, size_t *out_len)
{
    size_t lines = 1;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    span *held = calloc(lines, sizeof *held);
    if (!held)
        return NULL;
    fm_buf out;
    fm_buf_init(&out, len + 1);
    rewrite_lines(&out, rewrite, text, len, held);
    free(held);
    char *taken = fm_buf_take(&out, out_len);
    fm_buf_free(&out);
    return taken;
}
