/**
 * @file body.h
 * What a write sends of an event: all of a new one; of one that is there, what was changed.
 */
#ifndef FM_PROVIDER_GOOGLE_BODY_H
#define FM_PROVIDER_GOOGLE_BODY_H

#include "provider/google/apply_impl.h"

/**
 * Appends the body of the job's request.
 * FM_EINVAL: the text is no event. FM_ENOMEM.
 */
fm_status fm_google_body(fm_buf *out, const fm_google_job *job, fm_error *err);

#endif
