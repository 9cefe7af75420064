/**
 * @file apply_impl.h
 * One write under way, as the files of `apply` share it. apply.c sends writes and reads their answers; reread.c finds
 * out what is on the server where an answer does not say; search.c finds a UID that lies at an unexpected place.
 */
#ifndef FM_PROVIDER_CALDAV_APPLY_IMPL_H
#define FM_PROVIDER_CALDAV_APPLY_IMPL_H

#include "provider/caldav/dav.h"
#include "provider/remote/apply.h"
#include "util/buf.h"

typedef struct fm_caldav_apply_op fm_caldav_apply_op;

/** One write under way. */
typedef struct fm_caldav_job {
    fm_batch_job base;
    struct fm_caldav_job *next; /**< among those that wait for a listing */
    fm_caldav_apply_op *apply;
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

struct fm_caldav_apply_op {
    fm_remote_apply base;
    fm_caldav_job *waiting;    /**< jobs that need a listing of all UIDs */
    fm_caldav_job *looked_for; /**< those that the listing under way is for */
};

/* Outcomes, besides those of batch.h. */
void fm_caldav_job_done(fm_caldav_job *job, const char *key, const char *etag);
void fm_caldav_job_changed(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len);
/** Sends the write once more. */
void fm_caldav_job_send(fm_caldav_job *job);

#endif
