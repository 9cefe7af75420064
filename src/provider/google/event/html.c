#include "provider/google/event/html.h"
#include "util/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a tag does to the text around it. */
typedef enum effect { EFFECT_NONE, EFFECT_LINE, EFFECT_BLOCK, EFFECT_ITEM } effect;

static const struct {
    const char *name;
    effect effect;
} tags[] = {
    {"a", EFFECT_NONE},    {"b", EFFECT_NONE},         {"i", EFFECT_NONE},      {"u", EFFECT_NONE},
    {"s", EFFECT_NONE},    {"em", EFFECT_NONE},        {"strong", EFFECT_NONE}, {"span", EFFECT_NONE},
    {"font", EFFECT_NONE}, {"html-blob", EFFECT_NONE}, {"br", EFFECT_LINE},     {"p", EFFECT_BLOCK},
    {"div", EFFECT_BLOCK}, {"ul", EFFECT_BLOCK},       {"ol", EFFECT_BLOCK},    {"li", EFFECT_ITEM},
};

static const struct {
    const char *name;
    const char *text;
} references[] = {
    {"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"apos;", "'"}, {"nbsp;", " "},
};

typedef struct tag {
    effect effect;
    bool closing;
    size_t len; /* from "<" to ">" */
} tag;

/* Reads the tag at "<". False where there is none that is known. */
static bool read_tag(tag *out, const char *at)
{
    const char *name = at + 1;
    out->closing = *name == '/';
    name += out->closing;
    size_t len = 0;
    while (isalnum((unsigned char)name[len]) || name[len] == '-')
        len++;
    const char *end = strchr(name + len, '>');
    if (!len || !end || (name[len] != '>' && name[len] != '/' && !isspace((unsigned char)name[len])))
        return false;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (strlen(tags[i].name) == len && strncasecmp(tags[i].name, name, len) == 0) {
            out->effect = tags[i].effect;
            out->len = (size_t)(end - at) + 1;
            return true;
        }
    }
    return false;
}

/* The character of a numeric reference at "&#"; its length in `*len`, 0 where there is none. */
static uint32_t numeric(const char *at, size_t *len)
{
    bool hex = at[2] == 'x' || at[2] == 'X';
    const char *digits = at + (hex ? 3 : 2);
    char *end;
    *len = 0;
    if (!(hex ? isxdigit((unsigned char)*digits) : isdigit((unsigned char)*digits)))
        return 0;
    unsigned long code = strtoul(digits, &end, hex ? 16 : 10);
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (*end != ';' || !code || code > 0x10FFFF || surrogate)
        return 0;
    *len = (size_t)(end - at) + 1;
    return (uint32_t)code;
}

/* Reads the reference at "&" into `text`. @return its length, 0 where there is none */
static size_t read_reference(char text[8], const char *at)
{
    size_t len;
    memset(text, 0, 8);
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        len = strlen(references[i].name);
        if (strncmp(at + 1, references[i].name, len) == 0) {
            memcpy(text, references[i].text, strlen(references[i].text));
            return len + 1;
        }
    }
    if (at[1] != '#')
        return 0;
    uint32_t code = numeric(at, &len);
    if (len)
        fm_utf8_put(text, code);
    return len;
}

bool fm_html_is(const char *text)
{
    tag found;
    char character[8];
    for (const char *at = text; (at = strpbrk(at, "<&")) != NULL; at++)
        if (*at == '<' ? read_tag(&found, at) : read_reference(character, at) > 0)
            return true;
    return false;
}

/* Starts a line unless nothing stands on the present one since `from`. */
static void start_line(fm_buf *out, size_t from)
{
    if (out->len > from && out->data[out->len - 1] != '\n')
        fm_buf_addc(out, '\n');
}

/* Whether nothing of a tag is to be seen, but for a line that it may begin or end. */
static bool is_boundary(const tag *t)
{
    return t->closing || t->effect == EFFECT_NONE || t->effect == EFFECT_BLOCK;
}

fm_status fm_html_to_text(fm_buf *out, const char *html)
{
    size_t from = out->len; /* where the text, or that of a list's item, begins */
    bool line_due = false;  /* a block begins or ends: its line starts where something is to be seen */
    for (const char *at = html; *at && !out->status;) {
        tag t;
        char character[8];
        size_t len;
        bool is_tag = *at == '<' && read_tag(&t, at);
        if (is_tag && is_boundary(&t)) {
            line_due = line_due || t.effect != EFFECT_NONE;
            at += t.len;
            continue;
        }
        if (line_due || (is_tag && t.effect == EFFECT_ITEM))
            start_line(out, from);
        line_due = false;
        if (is_tag) {
            fm_buf_adds(out, t.effect == EFFECT_ITEM ? "- " : "\n");
            from = t.effect == EFFECT_ITEM ? out->len : from;
            at += t.len;
        } else if (*at == '&' && (len = read_reference(character, at)) > 0) {
            fm_buf_adds(out, character);
            at += len;
        } else {
            fm_buf_addc(out, *at++);
        }
    }
    return out->status;
}

fm_status fm_html_escape(fm_buf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fm_buf_adds(out, "&amp;");
            break;
        case '<':
            fm_buf_adds(out, "&lt;");
            break;
        case '>':
            fm_buf_adds(out, "&gt;");
            break;
        case '\n':
            fm_buf_adds(out, "<br>");
            break;
        default:
            fm_buf_addc(out, *text);
        }
    }
    return out->status;
}
