/**
 * @file caldav_impl.h
 * What the files of the CalDAV provider share: the instance. Only src/provider/caldav includes it.
 */
#ifndef FM_PROVIDER_CALDAV_IMPL_H
#define FM_PROVIDER_CALDAV_IMPL_H

#include "provider/caldav/caldav.h"
#include "provider/caldav/hrefs.h"
#include "provider/remote/op.h"

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
    fm_remote remote;
    const fm_caldav_profile *profile;
    char *endpoint; /**< as given */
    char *home;     /**< URL that the credentials belong to */
    char *username;
    bool from_bookmark; /**< `place` was remembered, not found */
    fm_caldav_place place;
    size_t queried; /**< objects that the last calendar-query for everything gave, 0: none was made */
    fm_hrefs hrefs; /**< how the server spells paths, seen so far */
} fm_caldav;

/** Whose operation it is. */
static inline fm_caldav *fm_caldav_of(const fm_remote_op *op)
{
    return (fm_caldav *)op->p;
}

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
