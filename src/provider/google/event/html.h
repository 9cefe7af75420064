/**
 * @file html.h
 * Descriptions that Google's own editor has written: HTML with a handful of tags.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_HTML_H
#define FM_PROVIDER_GOOGLE_EVENT_HTML_H

#include "util/buf.h"
#include <stdbool.h>

/** Whether a text looks like HTML: it has one of the tags that Google's editor writes, or a character reference. */
bool fm_html_is(const char *text);
/** Appends what a reader of the HTML sees, as plain text: lines for br, p, div and li; links keep their text. */
fm_status fm_html_to_text(fm_buf *out, const char *html);
/** Appends plain text as HTML: special characters as references, line ends as br. */
fm_status fm_html_escape(fm_buf *out, const char *text);

#endif
