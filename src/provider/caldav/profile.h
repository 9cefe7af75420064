/**
 * @file profile.h
 * What sets one kind of CalDAV service apart from another, as data: the same code serves them all.
 */
#ifndef FM_PROVIDER_CALDAV_PROFILE_H
#define FM_PROVIDER_CALDAV_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_caldav_profile {
    const char *name;             /**< of the provider, starts its error messages */
    const char *default_endpoint; /**< used where the settings name none; NULL: they must */
    size_t multiget_batch;        /**< objects read with one calendar-multiget */
    size_t query_above;           /**< from this many objects on, all are read with one calendar-query; 0: never */
    bool no_uid_query;            /**< a calendar-query by UID is not to be relied on: list instead */
    int64_t refused_wait_ms;      /**< least first wait after a refusal, whatever it asks for; 0: the client's own */
} fm_caldav_profile;

/** Any CalDAV server. */
extern const fm_caldav_profile fm_caldav_generic;
/** Apple's iCloud: no lookup by UID, no ETag in answers to PUT, a Retry-After that is too short. */
extern const fm_caldav_profile fm_caldav_apple;

#endif
