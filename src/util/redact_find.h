/**
 * @file redact_find.h
 * Where the secrets are in a text. Used by redact.c alone.
 */
#ifndef FM_UTIL_REDACT_FIND_H
#define FM_UTIL_REDACT_FIND_H

#include <stddef.h>

/** A part of a text; empty where both are the same. */
typedef struct fm_redact_stretch {
    size_t from, to;
} fm_redact_stretch;

/** A text and one mark per byte of it: non-zero where it must not be shown. Borrowed. Start from the first three alone.
 */
typedef struct fm_redact_marks {
    const char *text;
    size_t len;
    char *hidden;
    fm_redact_stretch line, word; /**< hidden last: what begins in one ends with it, and is not looked through again */
} fm_redact_marks;

/** Hides every occurrence of a secret, in any spelling. */
void fm_redact_find_value(fm_redact_marks *m, const char *secret, size_t len);
/** Hides what looks like a secret by its place: headers, named members, userinfo of a URL. */
void fm_redact_find_places(fm_redact_marks *m);

#endif
