/**
 * @file columns.h
 * How many columns of a terminal a text takes: wide characters, emoji and combining marks counted as a
 * terminal draws them. The tables are the C library's (wcwidth in C.UTF-8), so none has to be kept here.
 */
#ifndef FM_UTIL_COLUMNS_H
#define FM_UTIL_COLUMNS_H

#include <stddef.h>

/** What is needed to measure text. Not thread-safe; owned by whoever made it. */
typedef struct fm_columns fm_columns;

/** NULL when memory runs out. Where the system has no C.UTF-8, each character counts as one column. */
fm_columns *fm_columns_new(void);
/** NULL is allowed. */
void fm_columns_free(fm_columns *c);

/** Columns that `text` takes. A control character and a byte that is no UTF-8 count as one. */
size_t fm_columns_of(const fm_columns *c, const char *text, size_t len);

/**
 * The longest part of `text` from its beginning that takes at most `columns`; a character is not parted
 * from the marks that follow it.
 * @param used  receives the columns it takes; may be NULL
 * @return its length in bytes
 */
size_t fm_columns_fit(const fm_columns *c, const char *text, size_t len, size_t columns, size_t *used);

#endif
