/**
 * @file scan.h
 * Reads JSON (RFC 8259) in place, strictly, without building anything.
 *
 * The scanner stands in front of a token; each call checks what it steps over and moves on. Objects
 * and arrays are walked like this, and everything else is built from it:
 *
 *     fm_json_open(&s);
 *     for (bool first = true; fm_json_member(&s, first, &name); first = false)
 *         fm_json_skip(&s, &value);
 *
 * After a failure every call does nothing and returns false or FM_JSON_NONE, so a walk is checked once,
 * at its end. What is refused: raw control characters, bad UTF-8, `01`, trailing commas and text,
 * nesting deeper than allowed. A byte order mark at the start is stepped over. A lone surrogate escape
 * such as \ud83d is grammatical and accepted; it means U+FFFD.
 *
 * The text is borrowed and must not change meanwhile; spans point into it. Not thread-safe.
 */
#ifndef FM_CORE_JSON_SCAN_H
#define FM_CORE_JSON_SCAN_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Nesting allowed where nobody says otherwise. */
#define FM_JSON_DEPTH 64
/** The most that may be asked for: the scanner recurses. */
#define FM_JSON_DEPTH_LIMIT 1000

typedef enum fm_json_type {
    FM_JSON_NONE, /**< no value here: the end, a closing bracket, or not JSON */
    FM_JSON_NULL,
    FM_JSON_FALSE,
    FM_JSON_TRUE,
    FM_JSON_NUMBER,
    FM_JSON_STRING,
    FM_JSON_ARRAY,
    FM_JSON_OBJECT
} fm_json_type;

/** A piece of the text. */
typedef struct fm_json_span {
    const char *at;
    size_t len; /**< bytes */
} fm_json_span;

/** A string as it is written, without its quotes. */
typedef struct fm_json_string {
    const char *at; /**< the byte after the opening quote */
    size_t len;     /**< bytes up to the closing quote */
    bool escaped;   /**< holds a backslash: see fm_json_unescape() */
} fm_json_string;

/** A number as it is written, taken apart; fm_json_real() makes a double of it. */
typedef struct fm_json_number {
    const char *at;
    size_t len;        /**< bytes */
    bool is_integer;   /**< no fraction, no exponent, fits 64 bits, and is not -0 */
    int64_t integer;   /**< the value where it is_integer */
    uint64_t mantissa; /**< all digits, without point and sign; meaningless where there are more than 19 */
    size_t digits;     /**< digits in the mantissa, leading zeros not counted */
    int64_t exponent;  /**< value = digits * 10^exponent */
} fm_json_number;

typedef struct fm_json_scan {
    const char *begin;   /**< first byte, after a byte order mark */
    const char *at;      /**< next byte */
    const char *end;     /**< past the last byte */
    unsigned line;       /**< 1-based line of `at` */
    unsigned depth;      /**< open objects and arrays */
    unsigned max_depth;  /**< most of them */
    fm_status status;    /**< FM_OK, FM_EPARSE or FM_ELIMIT */
    const char *problem; /**< what is wrong at `at`: static text, NULL while all is well */
} fm_json_scan;

/** Starts at the first byte of `text`. `max_depth` 0 means FM_JSON_DEPTH; more than the limit is cut to it. */
void fm_json_begin(fm_json_scan *s, const char *text, size_t len, unsigned max_depth);

/** Steps over white space and tells what comes next by its first byte. The end is FM_JSON_NONE, not a failure. */
fm_json_type fm_json_peek(fm_json_scan *s);

/** Steps over the opening bracket that fm_json_peek() has seen. False where that is one level too deep. */
bool fm_json_open(fm_json_scan *s);

/**
 * Steps to the next member's value: over a comma unless `first`, the name, and the colon. False when
 * the closing bracket was stepped over or something is wrong.
 */
bool fm_json_member(fm_json_scan *s, bool first, fm_json_string *name);

/** The same for the elements of an array. */
bool fm_json_element(fm_json_scan *s, bool first);

/** Steps over one value of any type, checking it. `value` (may be NULL) is its text without white space around it. */
bool fm_json_skip(fm_json_scan *s, fm_json_span *value);

/** Steps over a string, a number, or one of null, true and false. */
bool fm_json_string_at(fm_json_scan *s, fm_json_string *string);
bool fm_json_number_at(fm_json_scan *s, fm_json_number *number);
bool fm_json_word_at(fm_json_scan *s);

/** Whether nothing but white space is left; if not, that is a failure. */
bool fm_json_finish(fm_json_scan *s);

/** The first byte in [at, end) that is a quote, a backslash, a control character or not ASCII; `end` if there is none.
 */
const char *fm_json_skip_plain(const char *at, const char *end);

/** Makes the scanner fail here with a static text, as if the grammar forbade what comes next. @return false */
bool fm_json_refuse(fm_json_scan *s, fm_status status, const char *problem);

/**
 * Describes a failure with line and column (1-based, in bytes; a byte order mark does not count).
 * The message starts with "line L, column C: ". @return the scanner's status, FM_OK where nothing failed
 */
fm_status fm_json_error(const fm_json_scan *s, fm_error *err);

/** Checks a whole document: one value and nothing after it. FM_EPARSE, FM_ELIMIT. */
fm_status fm_json_check(const char *text, size_t len, unsigned max_depth, fm_error *err);

#endif
