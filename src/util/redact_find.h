/**
 * @file redact_find.h
 * Where the secrets are in a text. Used by redact.c alone.
 */
#ifndef FM_UTIL_REDACT_FIND_H
#define FM_UTIL_REDACT_FIND_H

#include <stddef.h>

/** A text and one mark per byte of it: non-zero where it must not be shown. Borrowed. */
typedef struct fm_redact_marks {
    const char *text;
    size_t len;
    char *hidden;
} fm_redact_marks;

/** Hides every occurrence of a secret, in any spelling. */
void fm_redact_find_value(fm_redact_marks *m, const char *secret, size_t len);
/** Hides what looks like a secret by its place: headers, named members, userinfo of a URL. */
void fm_redact_find_places(fm_redact_marks *m);

#endif
