/**
 * @file alloc.h
 * Memory: what is said where it ran out, arrays that grow, copies of texts.
 */
#ifndef FM_UTIL_ALLOC_H
#define FM_UTIL_ALLOC_H

#include "fmcal/error.h"
#include <stddef.h>

/** Describes that memory ran out. @return FM_ENOMEM */
fm_status fm_error_no_memory(fm_error *err, const char *domain);

/**
 * Makes room for `count` elements in an array that is owned by malloc(), at least twice the room where there is too
 * little. FM_ENOMEM leaves the array as it was.
 * @param array  where the pointer to the elements is; NULL there: no array yet
 * @param room   elements that fit, 0 for no array
 * @param size   bytes of an element
 */
fm_status fm_grow(void *array, size_t *room, size_t count, size_t size);

/** Replaces an owned text by a copy of `text`; NULL: by none. FM_ENOMEM leaves it as it was. */
fm_status fm_text_set(char **slot, const char *text);
/** As fm_text_set(); an empty text is none. */
fm_status fm_text_set_filled(char **slot, const char *text);

#endif
