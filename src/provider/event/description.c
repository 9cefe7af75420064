#include "provider/event/description.h"

#include <stdbool.h>
#include <string.h>

static const char marker[] = FM_DESCRIPTION_MARKER;

/* The length of a line without its line feed. */
static size_t line_len(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return (size_t)((feed ? feed : end) - at);
}

/* Whether a line is the marker line, blanks behind it aside. */
static bool is_marker(const char *line, size_t len)
{
    const size_t marker_len = sizeof marker - 1;
    if (len < marker_len || memcmp(line, marker, marker_len) != 0)
        return false;
    for (size_t i = marker_len; i < len; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

static bool is_indented_marker(const char *line, size_t len)
{
    size_t blanks = 0;
    while (blanks < len && line[blanks] == ' ')
        blanks++;
    return is_marker(line + blanks, len - blanks);
}

/* The last marker line of a description, NULL where there is none. */
static const char *last_marker(const char *at, const char *end)
{
    const char *found = NULL;
    for (;;) {
        size_t len = line_len(at, end);
        if (is_marker(at, len))
            found = at;
        if (at + len == end)
            return found;
        at += len + 1;
    }
}

/* Copies a footer, with one blank more (indent) or less before each marker line in it. */
static void add_footer(fm_buf *out, const char *at, const char *end, bool indent)
{
    for (;;) {
        size_t len = line_len(at, end);
        bool guarded = is_indented_marker(at, len);
        if (guarded && indent)
            fm_buf_addc(out, ' ');
        size_t skip = guarded && !indent && *at == ' ' ? 1 : 0;
        fm_buf_add(out, at + skip, len - skip);
        at += len;
        if (at == end)
            return;
        fm_buf_addc(out, *at++);
    }
}

fm_status fm_description_join(fm_buf *out, const char *text, const char *footer)
{
    size_t text_len = text ? strlen(text) : 0;
    bool has_footer = footer && *footer;
    if (text_len)
        fm_buf_add(out, text, text_len);
    if (!has_footer && !(text_len && last_marker(text, text + text_len)))
        return out->status;
    if (text_len)
        fm_buf_addc(out, '\n');
    fm_buf_adds(out, marker);
    if (has_footer) {
        fm_buf_addc(out, '\n');
        add_footer(out, footer, footer + strlen(footer), true);
    }
    return out->status;
}

fm_status fm_description_part(fm_buf *text, fm_buf *footer, const char *description, size_t len)
{
    const char *end = description + len;
    const char *line = last_marker(description, end);
    if (!line)
        return fm_buf_add(text, description, len);
    if (line > description)
        fm_buf_add(text, description, (size_t)(line - description) - 1);
    const char *below = line + line_len(line, end);
    if (below < end)
        add_footer(footer, below + 1, end, false);
    return text->status ? text->status : footer->status;
}
