/**
 * @file apply_impl.h
 * What the files of `apply` share. apply.c sends writes and reads their answers; settle.c finds out what is
 * there where an answer does not say; exceptions.c looks before a series moves; patch.c makes the bodies.
 */
#ifndef FM_PROVIDER_GOOGLE_APPLY_IMPL_H
#define FM_PROVIDER_GOOGLE_APPLY_IMPL_H

#include "provider/batch.h"
#include "provider/google/call.h"
#include "provider/google/object.h"
#include "util/buf.h"

typedef struct fm_google_batch fm_google_batch;

/** How a write is sent. */
typedef enum fm_google_verb { FM_GOOGLE_INSERT, FM_GOOGLE_REVIVE, FM_GOOGLE_PATCH, FM_GOOGLE_DELETE } fm_google_verb;

/** One write under way. */
typedef struct fm_google_job {
    fm_batch_job base;
    fm_google_batch *apply;
    fm_google_verb verb; /**< of the last request, or the next */
    unsigned generation; /**< of the id of a new event */
    char *id;            /**< of the event, owned */
    char *etag;          /**< for If-Match, owned; NULL for none */
    int64_t sequence;    /**< REVIVE: of the deleted event */
    unsigned tries;      /**< writing requests sent for this id */
    bool unknown;        /**< the last request's answer was lost, or a server error */
    fm_error reason;     /**< of the last request that failed */
} fm_google_job;

struct fm_google_batch {
    fm_google_op op;
    fm_batch batch;
};

/* apply.c: outcomes, besides those of batch.h. */
void fm_google_job_done(fm_google_job *job, const fm_json_span *event);
void fm_google_job_changed(fm_google_job *job, const fm_json_span *event);
/** Sends the write (once more). */
void fm_google_job_send(fm_google_job *job);
/** Goes on with the next id of a new event. */
void fm_google_job_next_id(fm_google_job *job);
/** Ends the whole operation. */
void fm_google_apply_fail(fm_google_batch *a, const fm_error *error);

/** Whether an answer is the event of the job; see fm_google_answer_fn. */
bool fm_google_is_job_s(const void *job, const fm_json_span *body);
/** Finds out by GET what has the job's id and goes on from there. */
void fm_google_settle(fm_google_job *job);

/** Whether the write moves the start of a series. */
bool fm_google_moves_series(const fm_write *write);
/** Sends the write of such a job, unless the series has occurrences of their own. */
void fm_google_send_when_whole(fm_google_job *job);

/**
 * Appends the body of the job's request.
 * FM_EINVAL: the text is no event. FM_ENOMEM.
 */
fm_status fm_google_body(fm_buf *out, const fm_google_job *job, fm_error *err);

#endif
