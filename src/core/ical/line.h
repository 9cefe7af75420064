/**
 * @file line.h
 * Content lines of iCalendar (RFC 5545 section 3.1): taken apart, put together, folded; and TEXT values
 * (section 3.3.11) escaped and unescaped.
 *
 * What a line is made of here can never become two lines or another property: names, parameters and
 * values are checked for control characters and quotes.
 */
#ifndef FM_CORE_ICAL_LINE_H
#define FM_CORE_ICAL_LINE_H

#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** Bytes within a text that lives elsewhere; borrowed. */
typedef struct fm_span {
    const char *at;
    size_t len;
} fm_span;

/** An unfolded content line in its parts: NAME;PARAM=value;…:VALUE. */
typedef struct fm_ical_parts {
    fm_span name;
    fm_span params; /**< from the first ";" to before the ":"; empty where there are none */
    fm_span value;  /**< as spelled, escapes included */
} fm_ical_parts;

/** Whether a span holds a word, without regard to the case of ASCII letters. */
bool fm_span_is(fm_span span, const char *word);
/** The span without the blanks around it. */
fm_span fm_span_trim(fm_span span);
/** A span over a zero-terminated string. */
fm_span fm_span_of(const char *text);

/** Takes an unfolded line apart. Returns false for one without a name or a ":". */
bool fm_ical_split(fm_ical_parts *out, const char *line, size_t len);

/** The first value of a parameter, without its quotes. Returns whether the line has it. */
bool fm_ical_param(const fm_ical_parts *parts, const char *name, fm_span *value);
/**
 * Steps through the parameters.
 * @param at     0 at first; moved on
 * @param value  as spelled: quotes and commas included
 * @return false where there are no more
 */
bool fm_ical_next_param(fm_span params, size_t *at, fm_span *name, fm_span *value);
/** Steps through the values of one parameter ("a","b"), each without its quotes. `at` as above. */
bool fm_ical_next_param_value(fm_span values, size_t *at, fm_span *value);

/** Whether a text can be the name of a property, component or parameter: letters, digits and "-". */
bool fm_ical_is_name(fm_span name);
/** Appends ;NAME=value, quoted where it must be. FM_EINVAL for a bad name, a quote or a control character. */
fm_status fm_ical_add_param(fm_buf *params, const char *name, fm_span value, fm_error *err);
/** Appends a further value to the parameter that was added last: ,value. FM_EINVAL as above. */
fm_status fm_ical_add_param_value(fm_buf *params, fm_span value, fm_error *err);
/** Whether parameters as spelled (";A=b") may stand in a line: nothing in them could be read as the value. */
bool fm_ical_is_params(fm_span params);

/**
 * Appends a whole line, folded so that no physical line is longer than 75 octets and no UTF-8 character is cut.
 * @param params  empty, or starting with ";"
 * @param eol     the line end, "\r\n" or "\n"
 * @return FM_OK; FM_EINVAL where name, params or value cannot stand in one line; or the buffer's status
 */
fm_status fm_ical_add_line(fm_buf *out, fm_span name, fm_span params, fm_span value, const char *eol, fm_error *err);

/**
 * Appends a text as calendars can carry it: CR LF and CR become LF, other control characters but TAB are
 * left out, bytes that are no UTF-8 and the two characters XML cannot hold (U+FFFE, U+FFFF) become U+FFFD.
 */
fm_status fm_ical_clean(fm_buf *out, const char *text, size_t len);

/** Appends a text, cleaned, with \ ; , and line feeds escaped. */
fm_status fm_ical_escape(fm_buf *out, const char *text, size_t len);
/** Appends what an escaped text means, cleaned. A backslash before any other character stands for itself. */
fm_status fm_ical_unescape(fm_buf *out, const char *text, size_t len);
/** Steps through a list of TEXT values ("a,b\,c"), each still escaped. `at` starts at 0; one past the end ends it. */
bool fm_ical_next_text(fm_span list, size_t *at, fm_span *text);

#endif
