#include "util/redact.h"
#include "util/redact_find.h"
#include "util/secret_impl.h"
#include "util/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct fm_redact {
    fm_secret *first;
};

fm_redact *fm_redact_new(void)
{
    return calloc(1, sizeof(fm_redact));
}

void fm_redact_forget(fm_secret *s)
{
    if (!s->set)
        return;
    if (s->previous)
        s->previous->next = s->next;
    else
        s->set->first = s->next;
    if (s->next)
        s->next->previous = s->previous;
    s->set = NULL;
    s->previous = s->next = NULL;
}

void fm_redact_free(fm_redact *set)
{
    if (!set)
        return;
    while (set->first)
        fm_redact_forget(set->first);
    free(set);
}

void fm_redact_add(fm_redact *set, fm_secret *s)
{
    if (!set || !s || s->set)
        return;
    s->set = set;
    s->next = set->first;
    if (s->next)
        s->next->previous = s;
    set->first = s;
}

static bool is_control(const unsigned char *s, size_t n)
{
    return (n == 1 && (s[0] < 0x20 || s[0] == 0x7F)) || (n == 2 && s[0] == 0xC2 && s[1] < 0xA0);
}

static void add_escaped(fm_buf *out, const unsigned char *s, size_t n)
{
    if (n == 1 && *s == '\n')
        fm_buf_adds(out, "\\n");
    else if (n == 1 && *s == '\r')
        fm_buf_adds(out, "\\r");
    else if (n == 1 && *s == '\t')
        fm_buf_adds(out, "\\t");
    else
        for (size_t i = 0; i < n; i++)
            fm_buf_addf(out, "\\x%02X", s[i]);
}

/* Appends the text, a mask for each run of hidden bytes. */
static fm_status add_shown(fm_buf *out, const fm_redact_marks *m)
{
    const unsigned char *text = (const unsigned char *)m->text;
    size_t i = 0;
    while (i < m->len) {
        if (m->hidden[i]) {
            while (i < m->len && m->hidden[i])
                i++;
            fm_buf_adds(out, FM_REDACT_MASK);
            continue;
        }
        size_t n = fm_utf8_character(m->text + i, m->len - i);
        if (n == 0 || is_control(text + i, n))
            add_escaped(out, text + i, n ? n : 1);
        else
            fm_buf_add(out, text + i, n);
        i += n ? n : 1;
    }
    return out->status;
}

fm_status fm_redact_text(const fm_redact *set, fm_buf *out, const char *text, size_t len)
{
    if (!len)
        return out->status;
    fm_redact_marks m = {.text = text, .len = len, .hidden = calloc(len, 1)};
    if (!m.hidden)
        return FM_ENOMEM;
    for (const fm_secret *s = set ? set->first : NULL; s; s = s->next)
        if (s->len >= FM_REDACT_MIN_BYTES)
            fm_redact_find_value(&m, (const char *)s->bytes, s->len);
    fm_redact_find_places(&m);
    fm_status status = add_shown(out, &m);
    free(m.hidden);
    return status;
}
