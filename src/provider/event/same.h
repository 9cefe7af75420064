/**
 * @file same.h
 * Whether two events say the same.
 */
#ifndef FM_PROVIDER_EVENT_SAME_H
#define FM_PROVIDER_EVENT_SAME_H

#include "fmcal/event.h"

/** Whether two texts are alike; an absent one is an empty one. */
bool fm_text_same(const char *a, const char *b);
/** Whether two lists hold the same strings in the same order. */
bool fm_strings_same(const fm_strings *a, const fm_strings *b);
/**
 * Whether two events say the same in everything that fmcal owns, and agree in being deleted, a series, and having
 * attendees. Where they lie, their ETags, times of change and reminders do not count.
 */
bool fm_event_same(const fm_event *a, const fm_event *b);

#endif
