/**
 * @file batch.h
 * The writes of one `apply`, many at a time: hands them out to places, tells the caller how each ended, and ends the
 * operation where nobody answers any more. How a write is carried out is the provider's.
 */
#ifndef FM_PROVIDER_BATCH_H
#define FM_PROVIDER_BATCH_H

#include "fmcal/provider.h"

typedef struct fm_batch fm_batch;

/** First member of a provider's job: one write under way. */
typedef struct fm_batch_job {
    fm_batch *batch;
    fm_write *write; /**< NULL: the place is free */
    bool lost;       /**< set by the provider: some request's answer was lost, so that it may have arrived */
} fm_batch_job;

/** What a provider adds. */
typedef struct fm_batch_class {
    size_t job_size;
    /** Starts a write; all other members of the job are zero bytes. An outcome is told sooner or later, even here. */
    void (*begin)(fm_batch_job *job);
    /** Frees what a job owns. */
    void (*release)(fm_batch_job *job);
    /** Ends the operation; `error` NULL: every write has its outcome. */
    void (*end)(void *owner, const fm_error *error);
} fm_batch_class;

/** Start from fm_batch_init(). Only the functions below touch its members. */
struct fm_batch {
    const fm_batch_class *klass;
    void *owner; /**< the operation, handed to `end` */
    fm_write *writes;
    size_t count, next; /**< `next`: the first write not begun */
    fm_written_fn fn;
    void *data;
    char *jobs; /**< owned */
    size_t places, in_flight;
    bool begun, starting, over;
    unsigned unreachable; /**< writes in a row that found no server */
};

/**
 * Makes a batch with places for so many writes at a time. `writes` is borrowed.
 * @param fn  told of each outcome, NULL for nobody; a failure of its own ends the operation
 * FM_ENOMEM.
 */
fm_status fm_batch_init(fm_batch *batch, const fm_batch_class *klass, void *owner, size_t places, fm_write *writes,
                        size_t count, fm_written_fn fn, void *data);
/** Releases the jobs that are under way. No outcome is told. */
void fm_batch_free(fm_batch *batch);
/** Begins the first writes; later calls do nothing. For a step: an outcome may be known at once, and the caller told.
 */
void fm_batch_begin(fm_batch *batch);
/** Ends the operation: no further write is begun. */
void fm_batch_fail(fm_batch *batch, const fm_error *error);

/*
 * Outcomes. Each releases the job, whose place is taken by a further write then, and tells the caller. Texts, ETags
 * and hrefs of the write are set before.
 */
/** DONE or CHANGED: the server answered. */
void fm_batch_conclude(fm_batch_job *job, fm_outcome outcome);
/** CHANGED: the event is gone. */
void fm_batch_gone(fm_batch_job *job);
/**
 * REFUSED. `reason` is copied. A write that may have arrived is FAILED all the same: what the server says of its
 * repetition is no word about it.
 */
void fm_batch_refused(fm_batch_job *job, const fm_error *reason);
/** FAILED. The third in a row that nobody answers, or that is told to leave the server alone, ends the operation. */
void fm_batch_failed(fm_batch_job *job, const fm_error *reason);

#endif
