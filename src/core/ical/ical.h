/**
 * @file ical.h
 * An iCalendar document edited as text: its content lines stay byte for byte as they came, folds and
 * line ends included, except those that are replaced, added or removed.
 *
 * Reading checks size, depth and count first, so nothing hostile gets further. It is lenient with lines:
 * what is no content line is kept and passed over. It is strict with structure: components must nest and end.
 * Recurrence rules are text here; they are never expanded.
 */
#ifndef FM_CORE_ICAL_ICAL_H
#define FM_CORE_ICAL_ICAL_H

#include "core/ical/line.h"
#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** What a document may measure. A member that is 0 gets the value beside it. */
typedef struct fm_ical_limits {
    size_t max_bytes;      /**< 1 MiB */
    size_t max_lines;      /**< 50,000 content lines, folds joined */
    unsigned max_depth;    /**< 16 components within one another */
    unsigned max_children; /**< 10,000 components */
} fm_ical_limits;

typedef enum fm_ical_kind {
    FM_ICAL_PROPERTY,
    FM_ICAL_BEGIN, /**< `value` names the component */
    FM_ICAL_END,
    FM_ICAL_OTHER /**< blank or no content line; kept, without meaning */
} fm_ical_kind;

/** One content line. Spans are borrowed until the line is replaced or the document freed. */
typedef struct fm_ical_line {
    fm_ical_kind kind;
    /** How many components are open around it; a BEGIN and its END do not count their own. */
    unsigned depth;
    unsigned number; /**< 1-based physical line in the text as read; 0 for a line added since */
    fm_ical_parts parts;
} fm_ical_line;

typedef struct fm_ical fm_ical;

/** "There is none": what the searches answer. */
#define FM_ICAL_NONE ((size_t)-1)

/**
 * Reads a document.
 * @param text    borrowed until the document is freed
 * @param limits  NULL: the defaults
 * @return FM_OK; FM_ELIMIT (too large, deep or long); FM_EPARSE with the line: components that do not nest,
 *         no component, text that holds a zero byte; FM_ENOMEM
 */
fm_status fm_ical_parse(fm_ical **out, const char *text, size_t len, const fm_ical_limits *limits, fm_error *err);
/** Frees it; NULL is allowed. */
void fm_ical_free(fm_ical *doc);

/** How many lines there are. */
size_t fm_ical_count(const fm_ical *doc);
/** A line by its index, which must be below fm_ical_count(). Borrowed until the next edit. */
const fm_ical_line *fm_ical_at(const fm_ical *doc, size_t index);
/** The index of the END of the component that begins at `begin`. */
size_t fm_ical_end(const fm_ical *doc, size_t begin);

/**
 * The next BEGIN of a component directly within another.
 * @param parent  index of the BEGIN around it; FM_ICAL_NONE: the top
 * @param after   search behind this index; FM_ICAL_NONE: from the start
 * @param name    NULL: any
 * @return its index or FM_ICAL_NONE
 */
size_t fm_ical_find_component(const fm_ical *doc, size_t parent, size_t after, const char *name);
/** The next property directly within the component that begins at `begin`; arguments and answer as above. */
size_t fm_ical_find_property(const fm_ical *doc, size_t begin, size_t after, const char *name);

/* Edits. Indexes behind the place of an edit move. After a failure the document is as it was. */

/**
 * Replaces a property's parameters and value; its name keeps its spelling.
 * A line that would say the same is left as it is.
 * @return FM_OK; FM_EINVAL for what cannot stand in a line; FM_ENOMEM
 */
fm_status fm_ical_set(fm_ical *doc, size_t index, fm_span params, fm_span value, fm_error *err);
/** Inserts a property before the line at `index`, which must lie within a component. As fm_ical_set(). */
fm_status fm_ical_insert(fm_ical *doc, size_t index, const char *name, fm_span params, fm_span value, fm_error *err);
/**
 * Inserts whole lines (a component, say) before the line at `index`. They are read as a document is, and
 * must leave no component open. `text` is copied; its line ends become the document's.
 */
fm_status fm_ical_insert_text(fm_ical *doc, size_t index, const char *text, size_t len, fm_error *err);
/** Removes `count` lines from `index` on; they must leave no component open. */
void fm_ical_remove(fm_ical *doc, size_t index, size_t count);

/** Whether anything was edited. */
bool fm_ical_edited(const fm_ical *doc);
/** Appends the document's text. */
fm_status fm_ical_write(const fm_ical *doc, fm_buf *out);

/**
 * The UID of the first event, to-do or journal entry of a document, without reading the rest of it.
 * @param uid  owned by the caller, unescaped; NULL where there is none
 * @return FM_OK, FM_ENOMEM
 */
fm_status fm_ical_uid(const char *text, size_t len, char **uid);

/** Appends a document with every line end made CR LF, as it must be on the wire. */
fm_status fm_ical_crlf(fm_buf *out, const char *text, size_t len);
/** Appends a document with every line end made LF, as it comes out of XML. */
fm_status fm_ical_lf(fm_buf *out, const char *text, size_t len);

#endif
