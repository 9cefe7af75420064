/**
 * @file object.h
 * Google's JSON: members by path, ids derived from UIDs, and whose event an object is. Texts have been checked with
 * fm_json_check(). Zero bytes in strings are left out.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_OBJECT_H
#define FM_PROVIDER_GOOGLE_EVENT_OBJECT_H

#include "core/json/scan.h"
#include "fmcal/error.h"

/** Name of this module in errors. */
#define FM_GOOGLE_DOMAIN "google"

/** Characters of a derived id, with its terminating zero. */
#define FM_GOOGLE_ID_MAX 53
/** How many ids a UID can have: Google may keep the id of a deleted event for itself. */
#define FM_GOOGLE_GENERATIONS 32

/** The value at a path such as "extendedProperties.private.uid". False where it is absent or null. */
bool fm_google_member(fm_json_span *value, const fm_json_span *object, const char *path);
/** The string at a path, owned by the caller; NULL where there is none. FM_ENOMEM. */
fm_status fm_google_string(char **out, const fm_json_span *object, const char *path);
/** The same for a value; NULL where it is no string. */
fm_status fm_google_string_of(char **out, const fm_json_span *value);
/** Whether the string at a path is this one. */
bool fm_google_is(const fm_json_span *object, const char *path, const char *text);
/**
 * A private extended property, put together where it is split over `name`, `name.1`, …. Owned by the caller, NULL
 * where there is none. FM_ENOMEM.
 */
fm_status fm_google_private(char **out, const fm_json_span *event, const char *name);
/** The element of an array that starts the scan, or the next one: a loop over all elements of an array. */
#define FM_GOOGLE_EACH(scan, element)                                                                                  \
    for (bool first_ = fm_json_peek(scan) == FM_JSON_ARRAY && fm_json_open(scan), any_ = first_;                       \
         any_ && fm_json_element(scan, first_) && fm_json_skip(scan, element); first_ = false)

/**
 * The id of a UID's event: base32hex of SHA-256 of the UID; of later generations SHA-256 of "UID#n".
 * FM_ENOMEM, FM_ECRYPTO.
 */
fm_status fm_google_id(char id[FM_GOOGLE_ID_MAX], const char *uid, unsigned generation, fm_error *err);

/**
 * The UID of an object: that of its private property where the id was derived from it; otherwise `iCalUID`, else the
 * id itself. Owned by the caller. FM_ENOMEM, FM_ECRYPTO.
 */
fm_status fm_google_uid(char **out, const fm_json_span *event, fm_error *err);

/** Whether a string is at a path, and not empty. */
bool fm_google_has(const fm_json_span *object, const char *path);
/** Whether an answer has `items`, each of which has an id. `unused` makes it a fm_google_answer_fn. */
bool fm_google_has_items(const void *unused, const fm_json_span *body);

/** Whether the object is a deleted event. */
bool fm_google_is_cancelled(const fm_json_span *event);

#endif
