/**
 * @file same_event.h
 * Whether two calendar objects say the same: servers reorder, refold and split lines, so bytes do not tell.
 */
#ifndef FM_PROVIDER_CALDAV_SAME_EVENT_H
#define FM_PROVIDER_CALDAV_SAME_EVENT_H

#include "provider/caldav/caldav_impl.h"

/** Whether both decode to the same event, whenever written. False where one does not decode. */
bool fm_caldav_same_event(const fm_caldav *p, const char *a, size_t a_len, const char *b, size_t b_len);
/** Whether the object's UID is `uid`. */
bool fm_caldav_has_uid(const char *text, size_t len, const char *uid);

#endif
