/**
 * @file bodies.h
 * Reads calendar objects of known hrefs with few requests: few by calendar-multiget, many by one calendar-query, and
 * what neither gave, or gave as something that is no calendar object, one by one. Each object is handed on as it
 * arrives.
 */
#ifndef FM_PROVIDER_CALDAV_BODIES_H
#define FM_PROVIDER_CALDAV_BODIES_H

#include "provider/caldav/dav.h"

/** One object of a listing. Strings are owned. */
typedef struct fm_caldav_row {
    char *key;  /**< canonical path */
    char *etag; /**< NULL where the server gives none */
    int failed; /**< status with which it is listed, where that is a failure; else 0 */
    bool done;
} fm_caldav_row;

typedef struct fm_caldav_rows {
    fm_caldav_row *items;
    size_t count, capacity;
} fm_caldav_rows;

/** Adds a row; consumes `key`, copies `etag` (may be NULL). FM_ENOMEM. */
fm_status fm_caldav_rows_add(fm_caldav_rows *rows, char *key, const char *etag, fm_error *err);
void fm_caldav_rows_free(fm_caldav_rows *rows);

/** Called when every row is done, or reading ended with a failure described in `err` (else NULL). */
typedef void (*fm_caldav_bodies_done_fn)(fm_remote_op *op, const fm_error *err);

/** Requests for bodies at a time: each holds many objects, not one. */
#define FM_CALDAV_BODIES_IN_FLIGHT 4

typedef struct fm_caldav_bodies fm_caldav_bodies;

/** A GET under way; `bodies` NULL: free. */
typedef struct fm_caldav_get {
    fm_caldav_bodies *bodies;
    size_t row;
} fm_caldav_get;

struct fm_caldav_bodies {
    fm_remote_op *op; /**< whose requests these are */
    fm_object_sink sink;
    fm_caldav_rows wanted; /**< owned; to be filled before the start */
    bool listed;           /**< a listing has just named them: one that is not there is unread, not deleted */
    bool all;              /**< the wanted are most of what the calendar holds */
    bool spread;           /**< a few are asked for one by one where a multiget takes its time for each of them */
    fm_caldav_bodies_done_fn done;
    /* private */
    fm_strmap index; /* key to row */
    int stage;
    size_t next;        /* row that the next request of this stage starts at */
    size_t given;       /* objects that were handed on or passed over */
    unsigned in_flight; /* requests */
    fm_caldav_get gets[FM_CALDAV_BODIES_IN_FLIGHT];
    fm_error failure;
};

/** Makes it empty. */
void fm_caldav_bodies_init(fm_caldav_bodies *b, fm_remote_op *op, const fm_object_sink *sink,
                           fm_caldav_bodies_done_fn done);
void fm_caldav_bodies_free(fm_caldav_bodies *b);
/** Starts reading what is wanted; `done` is called at once where nothing is. */
void fm_caldav_bodies_start(fm_caldav_bodies *b);

#endif
