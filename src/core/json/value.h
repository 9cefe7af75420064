/**
 * @file value.h
 * What JSON text means: characters of strings, values of numbers, equality; and how such values are
 * written. Input to the reading functions has been through the scanner and is taken to be valid.
 */
#ifndef FM_CORE_JSON_VALUE_H
#define FM_CORE_JSON_VALUE_H

#include "core/json/scan.h"
#include "util/buf.h"

/**
 * Decodes a string's escapes. The result is never longer than the text: `out` has room for `raw->len`
 * bytes. May hold zero bytes (from \u0000); a lone surrogate becomes U+FFFD.
 * @return bytes written; no zero byte is added
 */
size_t fm_json_unescape(char *out, const fm_json_string *raw);

/** Whether the string means these bytes. Allocates nothing. */
bool fm_json_string_is(const fm_json_string *string, const char *bytes, size_t len);
/** Takes a string value apart that fm_json_skip() delivered. False where the value is no string. */
bool fm_json_string_of(const fm_json_span *value, fm_json_string *string);

/** The number as the nearest double; infinite where it is too large. Independent of the locale. */
double fm_json_real(const fm_json_number *number);

/**
 * Whether two values mean the same: strings by their characters, numbers by their value (64-bit
 * integers exactly, others as doubles), objects whatever the order of their members, of duplicate
 * members the last counts. Takes time in proportion to the product of the members of two objects.
 */
bool fm_json_equal(const fm_json_span *a, const fm_json_span *b);

/** Finds a member of an object; of duplicates the last. False where it is absent or `object` is no object. */
bool fm_json_find_member(const fm_json_span *object, const char *name, size_t len, fm_json_span *value);

/** Appends a string in quotes, escaping only what must be. FM_EINVAL where the bytes are not UTF-8, and buffer
 * failures. */
fm_status fm_json_add_string(fm_buf *out, const char *bytes, size_t len);
/**
 * Appends the shortest spelling that reads back as the same double; a whole number without point.
 * FM_EINVAL for NaN and infinity, which JSON does not have, and buffer failures.
 */
fm_status fm_json_add_real(fm_buf *out, double value);
/** Appends an integer. */
fm_status fm_json_add_integer(fm_buf *out, int64_t value);

#endif
