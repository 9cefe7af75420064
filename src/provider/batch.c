#include "provider/batch.h"

#include <stdlib.h>
#include <string.h>

#define UNREACHABLE_MAX 3

fm_status fm_batch_init(fm_batch *b, const fm_batch_class *klass, void *owner, size_t places, fm_write *writes,
                        size_t count, fm_written_fn fn, void *data)
{
    *b = (fm_batch){
        .klass = klass, .owner = owner, .writes = writes, .count = count, .fn = fn, .data = data, .places = places};
    b->jobs = calloc(places, klass->job_size);
    return b->jobs ? FM_OK : FM_ENOMEM;
}

static fm_batch_job *place(fm_batch *b, size_t i)
{
    return (fm_batch_job *)(void *)(b->jobs + i * b->klass->job_size);
}

static void release(fm_batch_job *job)
{
    const fm_batch_class *klass = job->batch->klass;
    klass->release(job);
    memset(job, 0, klass->job_size);
}

void fm_batch_free(fm_batch *b)
{
    for (size_t i = 0; b->jobs && i < b->places; i++)
        if (place(b, i)->write)
            release(place(b, i));
    free(b->jobs);
    b->jobs = NULL;
}

static void end(fm_batch *b, const fm_error *error)
{
    if (b->over)
        return;
    b->over = true;
    b->klass->end(b->owner, error);
}

void fm_batch_fail(fm_batch *b, const fm_error *error)
{
    end(b, error);
}

static fm_batch_job *free_place(fm_batch *b)
{
    for (size_t i = 0; i < b->places; i++)
        if (!place(b, i)->write)
            return place(b, i);
    return NULL;
}

/* Keeps all places taken. A write that ends at once comes back here. */
static void start_more(fm_batch *b)
{
    fm_batch_job *job;
    if (b->starting)
        return;
    b->starting = true;
    while (!b->over && b->next < b->count && (job = free_place(b))) {
        *job = (fm_batch_job){.batch = b, .write = &b->writes[b->next++]};
        b->in_flight++;
        b->klass->begin(job);
    }
    b->starting = false;
    if (!b->in_flight)
        end(b, NULL);
}

void fm_batch_begin(fm_batch *b)
{
    if (b->begun)
        return;
    b->begun = true;
    start_more(b);
}

static void tell(fm_batch_job *job, fm_outcome outcome)
{
    fm_batch *b = job->batch;
    fm_write *write = job->write;
    fm_error err = {0};
    write->outcome = outcome;
    release(job);
    b->in_flight--;
    fm_status status = b->fn ? b->fn(b->data, write, &err) : FM_OK;
    err.status = status;
    if (status)
        end(b, &err);
    else
        start_more(b);
}

void fm_batch_conclude(fm_batch_job *job, fm_outcome outcome)
{
    job->batch->unreachable = 0;
    tell(job, outcome);
}

void fm_batch_gone(fm_batch_job *job)
{
    job->write->current_gone = true;
    fm_batch_conclude(job, FM_OUTCOME_CHANGED);
}

/* Nobody answers, or the server wants to be left alone: the next writes would fare the same. */
static bool is_unreachable(const fm_error *reason)
{
    return reason->status == FM_ETHROTTLED || (fm_status_is_transient(reason->status) && !reason->http_status);
}

void fm_batch_failed(fm_batch_job *job, const fm_error *reason)
{
    fm_batch *b = job->batch;
    fm_error last = *reason; /* which the job may own */
    b->unreachable = is_unreachable(reason) ? b->unreachable + 1 : 0;
    job->write->error = last;
    tell(job, FM_OUTCOME_FAILED);
    if (b->unreachable >= UNREACHABLE_MAX)
        end(b, &last);
}

void fm_batch_refused(fm_batch_job *job, const fm_error *reason)
{
    if (job->lost) {
        fm_batch_failed(job, reason);
        return;
    }
    job->write->error = *reason;
    fm_batch_conclude(job, FM_OUTCOME_REFUSED);
}
