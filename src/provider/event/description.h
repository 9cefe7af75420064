/**
 * @file description.h
 * The description of an event: the entry's text, then a marker line, then a footer that fmcal writes.
 * Joined and parted here so that a change of one never meets an edit of the other.
 *
 * Parting takes the last marker line. Any text and any footer come back as they were: where a text holds a
 * marker line of its own, an empty footer follows it; a marker line within a footer is indented by one
 * blank more than it was. A text that is empty and one that is absent are the same, as are such footers.
 */
#ifndef FM_PROVIDER_EVENT_DESCRIPTION_H
#define FM_PROVIDER_EVENT_DESCRIPTION_H

#include "util/buf.h"

/** The line between text and footer. Blanks behind it, which some programs leave, do not matter. */
#define FM_DESCRIPTION_MARKER "\xE2\x80\x94 Fleet Monitor \xE2\x80\x94"

/**
 * Appends the description. Line ends are line feeds.
 * @param text    what stands above the marker line, NULL for nothing
 * @param footer  what stands below it, NULL for nothing
 */
fm_status fm_description_join(fm_buf *out, const char *text, const char *footer);

/**
 * Takes a description apart.
 * @param text    appended to: what stands above the last marker line
 * @param footer  appended to: what stands below it; nothing where there is no marker line
 */
fm_status fm_description_part(fm_buf *text, fm_buf *footer, const char *description, size_t len);

#endif
