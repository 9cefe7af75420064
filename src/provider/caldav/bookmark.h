/**
 * @file bookmark.h
 * What discovery found, as a text that is kept between runs, so that a run that finds nothing to do needs no
 * discovery. It is used only for the same endpoint, user and calendar it was made for.
 */
#ifndef FM_PROVIDER_CALDAV_BOOKMARK_H
#define FM_PROVIDER_CALDAV_BOOKMARK_H

#include "provider/caldav/caldav_impl.h"

/** The text for a place that was found with the provider's settings, owned by the caller. NULL when memory runs out. */
char *fm_caldav_bookmark_write(const fm_caldav *p, const fm_caldav_place *place);
/**
 * The place a text describes.
 * @param place  all zero bytes; filled only with FM_OK
 * @return FM_OK; FM_ENOTFOUND: made for other settings, or not readable; FM_ENOMEM
 */
fm_status fm_caldav_bookmark_read(const fm_caldav *p, const char *text, fm_caldav_place *place);

#endif
