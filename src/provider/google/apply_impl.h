/**
 * @file apply_impl.h
 * One write under way, as the files of `apply` share it. apply.c sends writes and reads their answers; reread.c finds
 * out what is there where an answer does not say; exceptions.c looks before a series moves; body.c makes the bodies.
 */
#ifndef FM_PROVIDER_GOOGLE_APPLY_IMPL_H
#define FM_PROVIDER_GOOGLE_APPLY_IMPL_H

#include "provider/google/call.h"
#include "provider/google/event/object.h"
#include "provider/remote/apply.h"
#include "util/buf.h"

/** How a write is sent. */
typedef enum fm_google_verb { FM_GOOGLE_INSERT, FM_GOOGLE_REVIVE, FM_GOOGLE_PATCH, FM_GOOGLE_DELETE } fm_google_verb;

typedef struct fm_google_job {
    fm_batch_job base;
    fm_remote_apply *apply;
    fm_google_verb verb; /**< of the last request, or the next */
    unsigned generation; /**< of the id of a new event */
    char *id;            /**< of the event, owned */
    char *etag;          /**< for If-Match, owned; NULL for none */
    int64_t sequence;    /**< REVIVE: of the deleted event */
    unsigned tries;      /**< writing requests sent for this id */
    bool unknown;        /**< the last request's answer was lost, or a server error */
    fm_error reason;     /**< of the last request that failed */
} fm_google_job;

/* Outcomes, besides those of batch.h. */
void fm_google_job_done(fm_google_job *job, const fm_json_span *event);
void fm_google_job_changed(fm_google_job *job, const fm_json_span *event);
/** Sends the write (once more). */
void fm_google_job_send(fm_google_job *job);
/** Whether an answer is the event of the job; see fm_google_answer_fn. */
bool fm_google_is_job_s(const void *job, const fm_json_span *body);

#endif
