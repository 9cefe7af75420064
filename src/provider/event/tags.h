/**
 * @file tags.h
 * Tags of an event, alike in every format.
 */
#ifndef FM_PROVIDER_EVENT_TAGS_H
#define FM_PROVIDER_EVENT_TAGS_H

#include "fmcal/event.h"
#include "util/buf.h"

/** Appends a tag as the calendar has it: cleaned, without blanks around it; nothing for an empty one. */
fm_status fm_event_tag(fm_buf *out, const char *text, size_t len);
/** Sorts tags and removes repeats. */
void fm_event_tags_normalise(fm_strings *tags);

#endif
