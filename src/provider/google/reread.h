/**
 * @file reread.h
 * What has the id of a write's event when an answer does not say.
 */
#ifndef FM_PROVIDER_GOOGLE_REREAD_H
#define FM_PROVIDER_GOOGLE_REREAD_H

#include "provider/google/apply_impl.h"

/** Finds out by GET what has the job's id and goes on from there. */
void fm_google_reread(fm_google_job *job);

#endif
