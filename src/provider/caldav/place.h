/**
 * @file place.h
 * The chosen calendar: what discovery found out about it, and that as a text which is kept between runs (the bookmark),
 * so that a run that finds nothing to do needs no discovery. A bookmark is used only for the same endpoint, user and
 * calendar it was made for.
 */
#ifndef FM_PROVIDER_CALDAV_PLACE_H
#define FM_PROVIDER_CALDAV_PLACE_H

#include "provider/caldav/caldav_impl.h"

/** Frees the strings and makes it all zero bytes. */
void fm_caldav_place_clear(fm_caldav_place *place);
/** Makes `place` (consumed, also on failure) what the provider is bound to, and its bookmark. FM_ENOMEM. */
fm_status fm_caldav_bind(fm_caldav *p, fm_caldav_place *place, fm_error *err);
/**
 * The place a bookmark describes.
 * @param place  all zero bytes; filled only with FM_OK
 * @return FM_OK; FM_ENOTFOUND: made for other settings, or not readable; FM_ENOMEM
 */
fm_status fm_caldav_place_read(const fm_caldav *p, const char *bookmark, fm_caldav_place *place);

#endif
