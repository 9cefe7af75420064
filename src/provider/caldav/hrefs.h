/**
 * @file hrefs.h
 * Paths of calendar objects. They are compared in one canonical spelling (core/url.h), which is also the key
 * handed to callers; they are sent as the server spelled them, where it was seen to spell them otherwise.
 */
#ifndef FM_PROVIDER_CALDAV_HREFS_H
#define FM_PROVIDER_CALDAV_HREFS_H

#include "fmcal/error.h"
#include "util/buf.h"
#include "util/strmap.h"
#include <stdbool.h>

typedef struct fm_hrefs {
    fm_strmap spellings; /**< canonical path to the server's own, where they differ */
} fm_hrefs;

void fm_hrefs_init(fm_hrefs *h, uint64_t seed);
void fm_hrefs_free(fm_hrefs *h);

/**
 * The canonical path of an href that stands in an answer.
 * @param base  URL that answered
 * @param key   owned by the caller
 * @return FM_OK, FM_EINVAL (no usable href), FM_ENOMEM
 */
fm_status fm_hrefs_key(fm_hrefs *h, char **key, const char *base, const char *href, fm_error *err);
/** The path to send for a key: as the server spells it, else the key itself. Borrowed. */
const char *fm_hrefs_spelling(const fm_hrefs *h, const char *key);

/** Whether `key` is an object directly or deeper within the collection with the canonical path `collection`. */
bool fm_href_is_within(const char *key, const char *collection);

/**
 * Appends the name under which an object of ours is made: letters, digits and "-" only, and never the same for
 * two UIDs. "-" becomes "--", any other character "-" and its two hexadecimal digits; what would get too long becomes
 * "-x" and a SHA-256. FM_ENOMEM.
 */
fm_status fm_href_name(fm_buf *out, const char *uid);

#endif
