/**
 * @file place.h
 * The chosen calendar: what opening found out about it, and that as a text which is kept between runs (the bookmark),
 * so that a run that finds nothing to do needs one request. A bookmark is used only for the same service, sign-in and
 * calendar it was made for.
 */
#ifndef FM_PROVIDER_GOOGLE_PLACE_H
#define FM_PROVIDER_GOOGLE_PLACE_H

#include "provider/google/google_impl.h"

/** Frees the strings and makes it all zero bytes. */
void fm_google_place_clear(fm_google_place *place);
/** Makes `place` (consumed, also on failure) what the provider is bound to, and its bookmark. FM_ENOMEM. */
fm_status fm_google_bind(fm_google *p, fm_google_place *place, fm_error *err);
/**
 * The place a bookmark describes.
 * @param place  all zero bytes; filled only with FM_OK
 * @return FM_OK; FM_ENOTFOUND: made for other settings, or not readable; FM_ENOMEM
 */
fm_status fm_google_place_read(const fm_google *p, const char *bookmark, fm_google_place *place);

#endif
