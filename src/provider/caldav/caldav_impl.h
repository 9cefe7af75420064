/**
 * @file caldav_impl.h
 * What the files of the CalDAV provider share: the instance and the base of its operations.
 * Only src/provider/caldav includes it.
 */
#ifndef FM_PROVIDER_CALDAV_IMPL_H
#define FM_PROVIDER_CALDAV_IMPL_H

#include "core/http/http.h"
#include "core/zone/zone.h"
#include "fmcal/provider.h"
#include "provider/caldav/caldav.h"
#include "provider/caldav/hrefs.h"

/** Name of this module in errors. */
#define FM_CALDAV_DOMAIN "caldav"

/** What was found out about the chosen calendar. Strings are owned. */
typedef struct fm_caldav_place {
    char *url;     /**< absolute, as the server spells it, with a slash at its end */
    char *id;      /**< canonical path: the calendar's identity */
    char *account; /**< canonical path of the principal; the user name where the server has none */
    char *name;    /**< display name */
    bool writable;
    bool sync;            /**< has the report sync-collection */
    bool slow_multiget;   /**< takes time for each object of a calendar-multiget (Xandikos) */
    fm_strings addresses; /**< of the account, as fm_people_add() spells them */
} fm_caldav_place;

typedef struct fm_caldav {
    fm_provider base;
    const fm_caldav_profile *profile;
    fm_http_config config; /**< its strings are the owned ones below */
    char *endpoint;        /**< as given */
    char *home;            /**< URL that the credentials belong to */
    char *calendar;        /**< `calendar_id` as given, "primary" where it was not */
    char *username, *ca_file, *proxy;
    char *discovery; /**< as given, or as made by open */

    bool opened;
    bool from_bookmark; /**< `place` was remembered, not found */
    fm_caldav_place place;
    size_t queried; /**< objects that the last calendar-query for everything gave, 0: none was made */
    fm_binding binding;
    fm_hrefs hrefs;  /**< how the server spells paths, seen so far */
    fm_zones *zones; /**< of the codec */
} fm_caldav;

/* ------------------------------------------------------------------ operations */

struct fm_dav_call;

/** First member of every operation: what it waits for, and how it ended. */
typedef struct fm_caldav_op {
    fm_op op;
    fm_caldav *p;
    struct fm_dav_call *calls; /**< requests under way, see dav.h */
    bool done;
    fm_error error; /**< why it failed; status FM_OK after success */
} fm_caldav_op;

/** `step` of every operation. */
fm_status fm_caldav_op_step(fm_op *op, int timeout_ms, fm_error *err);
/** Ends the operation: cancels its requests. `status` FM_OK, or a failure that is described in `op->error`. */
void fm_caldav_op_end(fm_caldav_op *op, fm_status status);
/** Ends the operation with a failure described by `error`. */
void fm_caldav_op_fail(fm_caldav_op *op, const fm_error *error);

/** Finds the calendar anew, whatever is remembered; binds to it as `open` does. */
fm_status fm_caldav_discover(fm_caldav *p, fm_op **op, fm_error *err);

/* The slots, one file each. */
fm_status fm_caldav_open(fm_provider *p, fm_op **op, fm_error *err);
fm_status fm_caldav_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err);
fm_status fm_caldav_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err);
fm_status fm_caldav_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                          fm_op **op, fm_error *err);
fm_status fm_caldav_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                          fm_error *err);

#endif
