/**
 * @file apply_impl.h
 * What the files of `apply` share. apply.c sends writes and reads their answers; settle.c finds out what is
 * on the server where an answer does not say; search.c finds a UID that lies at an unexpected place.
 */
#ifndef FM_PROVIDER_CALDAV_APPLY_IMPL_H
#define FM_PROVIDER_CALDAV_APPLY_IMPL_H

#include "provider/batch.h"
#include "provider/caldav/dav.h"
#include "util/buf.h"

typedef struct fm_caldav_batch fm_caldav_batch;

/** One write under way. */
typedef struct fm_caldav_job {
    fm_batch_job base;
    struct fm_caldav_job *next; /**< among those that wait for a listing */
    fm_caldav_batch *apply;
    char *key;                    /**< canonical path of the object, owned */
    char *url;                    /**< owned */
    char *etag;                   /**< for If-Match, owned; "*" where no version is known; NULL for none */
    unsigned tries;               /**< PUTs or DELETEs sent */
    bool unknown;                 /**< the last try's answer was lost, or a server error */
    bool refused_uid;             /**< the server says that the UID exists elsewhere */
    fm_error reason;              /**< of the last try that failed */
    char *found_key, *found_etag; /**< of the object with the UID, owned; search.c */
    fm_buf found_text;
} fm_caldav_job;

struct fm_caldav_batch {
    fm_caldav_op op;
    fm_batch batch;
    fm_caldav_job *waiting;    /**< jobs that need a listing of all UIDs */
    fm_caldav_job *looked_for; /**< those that the listing under way is for */
};

/* apply.c: outcomes, besides those of batch.h. */
void fm_caldav_job_done(fm_caldav_job *job, const char *key, const char *etag);
void fm_caldav_job_changed(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len);
/** Sends the write once more. */
void fm_caldav_job_send(fm_caldav_job *job);
/** Ends the whole operation. */
void fm_caldav_apply_fail(fm_caldav_batch *a, const fm_error *error);

/** Finds out by GET what lies at the job's path and goes on from there. */
void fm_caldav_settle(fm_caldav_job *job);
/** Whether what a GET gave is a calendar object; else the job has failed. */
bool fm_caldav_is_object(fm_caldav_job *job, const fm_dav_result *result);
/** The object with the job's UID was found: is it what was to be written? */
void fm_caldav_settle_found(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len);

/** Looks for the job's UID: at `href` where the server named one (NULL: it did not), else by query, else by listing. */
void fm_caldav_search(fm_caldav_job *job, const char *base_url, const char *href);

#endif
