/**
 * @file bookmark.h
 * What opening found out, as a text that is kept between runs, so that a run that finds nothing to do needs one
 * request. It is used only for the same service, sign-in and calendar it was made for.
 */
#ifndef FM_PROVIDER_GOOGLE_BOOKMARK_H
#define FM_PROVIDER_GOOGLE_BOOKMARK_H

#include "provider/google/google_impl.h"

/** The text for a place that was found with the provider's settings, owned by the caller. NULL when memory runs out. */
char *fm_google_bookmark_write(const fm_google *p, const fm_google_place *place);
/**
 * The place a text describes.
 * @param place  all zero bytes; filled only with FM_OK
 * @return FM_OK; FM_ENOTFOUND: made for other settings, or not readable; FM_ENOMEM
 */
fm_status fm_google_bookmark_read(const fm_google *p, const char *text, fm_google_place *place);

#endif
