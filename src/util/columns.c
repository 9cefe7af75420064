#include "util/columns.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#define JOINER          0x200D
#define EMOJI_VARIATION 0xFE0F
#define FIRST_SKIN_TONE 0x1F3FB
#define LAST_SKIN_TONE  0x1F3FF
/* Below this no character has an emoji form that is wider than its text form. */
#define FIRST_EMOJI 0x203C

struct fm_columns {
    locale_t utf8; /* owned; (locale_t)0 where the system has none */
};

/* A walk over a text. */
typedef struct walk {
    const char *at, *end;
    mbstate_t state;
    wchar_t before; /* the last character that took columns */
    int before_columns;
    int joined; /* the character before was a joiner */
} walk;

fm_columns *fm_columns_new(void)
{
    fm_columns *c = malloc(sizeof *c);
    if (c)
        c->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return c;
}

void fm_columns_free(fm_columns *c)
{
    if (!c)
        return;
    if (c->utf8)
        freelocale(c->utf8);
    free(c);
}

/* Takes the next character; a byte that starts none is returned as it is. */
static wchar_t next_character(walk *w)
{
    wchar_t character;
    size_t len = mbrtowc(&character, w->at, (size_t)(w->end - w->at), &w->state);
    if (len == (size_t)-1 || len == (size_t)-2) {
        w->state = (mbstate_t){0};
        return (unsigned char)*w->at++;
    }
    w->at += len ? len : 1;
    return character;
}

/* Columns that the next character adds. */
static int step(walk *w)
{
    wchar_t c = next_character(w);
    int joined = w->joined;
    w->joined = c == JOINER;
    if (c == JOINER)
        return 0;
    if (c == EMOJI_VARIATION) {
        int grows = w->before_columns == 1 && w->before >= FIRST_EMOJI;
        w->before_columns += grows;
        return grows;
    }
    if (joined || (c >= FIRST_SKIN_TONE && c <= LAST_SKIN_TONE && w->before_columns == 2))
        return 0;
    int columns = wcwidth(c);
    if (columns < 0)
        columns = 1;
    if (columns > 0) {
        w->before = c;
        w->before_columns = columns;
    }
    return columns;
}

/* Bytes of the longest prefix within `columns`, cut where a character that adds columns begins. */
static size_t measure(const char *text, size_t len, size_t columns, size_t *used)
{
    walk w = {.at = text, .end = text + len};
    *used = 0;
    while (w.at < w.end) {
        const char *before = w.at;
        size_t added = (size_t)step(&w);
        if (*used + added > columns)
            return (size_t)(before - text);
        *used += added;
    }
    return len;
}

size_t fm_columns_fit(const fm_columns *c, const char *text, size_t len, size_t columns, size_t *used)
{
    size_t taken = 0;
    locale_t before = c->utf8 ? uselocale(c->utf8) : (locale_t)0;
    size_t bytes = measure(text, len, columns, &taken);
    if (before)
        uselocale(before);
    if (used)
        *used = taken;
    return bytes;
}

size_t fm_columns_of(const fm_columns *c, const char *text, size_t len)
{
    size_t used;
    fm_columns_fit(c, text, len, (size_t)-1, &used);
    return used;
}
