/**
 * @file xml.h
 * A streaming, namespace-aware XML reader over expat for answers of servers that are not trusted: a DOCTYPE (and with
 * it every entity) is refused, and depth and text are bounded. Names are handed over as "namespace local"
 * with one space between, plain "local" outside any namespace.
 */
#ifndef FM_CORE_XML_H
#define FM_CORE_XML_H

#include "fmcal/error.h"
#include "util/buf.h"
#include <stddef.h>

/** Deepest nesting of elements. */
#define FM_XML_DEPTH_MAX 64

typedef struct fm_xml fm_xml;

/**
 * What a document's parts are handed to, in document order. A negative status ends the reading with it.
 * Everything is borrowed for the length of the call. The functions must not feed or free the reader.
 */
typedef struct fm_xml_handler {
    /** An element starts. `attributes`: name, value, name, value, …, NULL. */
    fm_status (*start)(void *data, const char *name, const char **attributes, fm_error *err);
    /** An element ends. `text`: the characters since the last start or end of any element, zero-terminated. */
    fm_status (*end)(void *data, const char *name, const char *text, size_t len, fm_error *err);
} fm_xml_handler;

/**
 * Makes a reader. `handler` is copied, `data` is handed to it.
 * @param max_text_bytes  most bytes of text in one element
 * @return FM_OK, FM_ENOMEM
 */
fm_status fm_xml_new(fm_xml **out, const fm_xml_handler *handler, void *data, size_t max_text_bytes, fm_error *err);
void fm_xml_free(fm_xml *xml);
/**
 * Reads on. After a failure every further call fails the same way.
 * @return FM_OK; FM_EPARSE (not well-formed; with line and column); FM_ELIMIT (DOCTYPE, too deep, too much text);
 *         FM_ENOMEM; what a handler returned
 */
fm_status fm_xml_feed(fm_xml *xml, const char *bytes, size_t len, fm_error *err);
/** The document ends here: FM_EPARSE where it is not whole. */
fm_status fm_xml_finish(fm_xml *xml, fm_error *err);

/** Appends text as XML character data (also safe in a quoted attribute); control characters are left out. */
fm_status fm_xml_escape(fm_buf *out, const char *text);

#endif
