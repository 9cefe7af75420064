/**
 * @file hrefs.h
 * Paths of calendar objects. They are compared in one canonical spelling (core/url.h), which is also the key
 * handed to callers; they are sent as the server spelled them, where it was seen to spell them otherwise. Slashes in a
 * row count as one. A proxy may show the collection under another path than the server behind it names in its answers:
 * that path then stands for the collection's.
 */
#ifndef FM_PROVIDER_CALDAV_HREFS_H
#define FM_PROVIDER_CALDAV_HREFS_H

#include "fmcal/error.h"
#include "util/buf.h"
#include "util/strmap.h"
#include <stdbool.h>

typedef struct fm_hrefs {
    fm_strmap spellings; /**< canonical path to the server's own, where they differ */
    char *inner, *outer; /**< path of the collection in answers, and in requests; owned, NULL where they are the same */
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

/** The same of a path or URL of ours. FM_EINVAL, FM_ENOMEM. */
fm_status fm_href_canonical(char **key, const char *url, fm_error *err);
/** Lets `inner`, a collection's path that ends with a slash, stand for `outer` from now on. FM_ENOMEM. */
fm_status fm_hrefs_map(fm_hrefs *h, const char *inner, const char *outer, fm_error *err);
/** Whether two paths of collections may be one's, behind a proxy and in front of it: their last two names are the same.
 */
bool fm_href_may_be(const char *inner, const char *outer);

/** Whether `key` is an object directly or deeper within the collection with the canonical path `collection`. */
bool fm_href_is_within(const char *key, const char *collection);

/**
 * Appends the name under which an object of ours is made: letters, digits and "-" only, and never the same for
 * two UIDs. "-" becomes "--", any other character "-" and its two hexadecimal digits; what would get too long becomes
 * "-x" and a SHA-256. FM_ENOMEM.
 */
fm_status fm_href_name(fm_buf *out, const char *uid);

#endif
