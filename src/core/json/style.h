/**
 * @file style.h
 * How JSON is laid out: the white space between tokens, read off a document so that a new value looks
 * like its neighbours. Texts are valid JSON; spans point into them and are borrowed.
 */
#ifndef FM_CORE_JSON_STYLE_H
#define FM_CORE_JSON_STYLE_H

#include "core/json/scan.h"
#include "util/buf.h"

/** Layout of one value. */
typedef struct fm_json_style {
    bool multi_line;       /**< members and elements stand on lines of their own */
    fm_json_span line_end; /**< "\n" or "\r\n" */
    fm_json_span indent;   /**< with `level` units more: indentation of the line on which the value starts */
    unsigned level;
    fm_json_span unit;  /**< what each level adds */
    fm_json_span colon; /**< between name and value: ": " */
    fm_json_span gap;   /**< on one line: after a comma */
    fm_json_span pad;   /**< on one line: inside the braces of an object */
} fm_json_style;

/** Which part of an object or array is meant: of the members with a name the last, or an element. */
typedef struct fm_json_step {
    const char *name; /**< decoded bytes; NULL: `index` is meant */
    size_t name_len;  /**< bytes */
    size_t index;     /**< of an element, from 0 */
} fm_json_step;

/** An object or array as it stands in a text, and the part of it that was looked for. */
typedef struct fm_json_container {
    bool is_object;
    size_t count;        /**< members or elements */
    const char *open;    /**< past the opening bracket */
    const char *close;   /**< the closing bracket */
    fm_json_span lead;   /**< white space in front of the first part; everything inside where there is none */
    fm_json_span before; /**< white space in front of the last part */
    fm_json_span colon;  /**< of the last member: from its name's closing quote to its value */
    fm_json_span last;   /**< value of the last part */

    bool found;
    const char *start;      /**< first byte of the part that was looked for: the quote of its name, or its value */
    fm_json_span value;     /**< its value */
    const char *before_end; /**< end of the part in front of it, NULL for the first */
    const char *after;      /**< first byte of the part behind it, NULL for the last */
} fm_json_container;

/** One line, a space after colons and commas; two spaces a level where there are lines. */
void fm_json_style_default(fm_json_style *style);

/**
 * Looks at the value that starts at `text` for the part that `step` means (NULL: for none). False
 * where it is neither object nor array. What follows the value is not looked at.
 */
bool fm_json_look(fm_json_container *c, const char *text, size_t len, const fm_json_step *step);

/**
 * Turns the style that a place has into the style that the container there shows. An empty object
 * stays on its line; an empty array is as its place.
 */
void fm_json_style_of(fm_json_style *style, const fm_json_container *c);

/** Turns the style of a container into that of a part in it. */
void fm_json_style_inside(fm_json_style *style, const fm_json_container *c);

/** Appends a line end and the indentation of the line on which the value starts, `levels` units deeper. */
void fm_json_style_line(fm_buf *out, const fm_json_style *style, unsigned levels);

/** Appends a value laid out in a style; scalars keep their spelling. Buffer failures. */
fm_status fm_json_layout(fm_buf *out, const fm_json_span *value, const fm_json_style *style);

#endif
