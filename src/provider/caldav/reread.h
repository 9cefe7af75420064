/**
 * @file reread.h
 * What lies on the server where an answer to a write does not say.
 */
#ifndef FM_PROVIDER_CALDAV_REREAD_H
#define FM_PROVIDER_CALDAV_REREAD_H

#include "provider/caldav/apply_impl.h"

/** Finds out by GET what lies at the job's path and goes on from there. */
void fm_caldav_reread(fm_caldav_job *job);
/** The object with the job's UID was found: is it what was to be written? */
void fm_caldav_reread_found(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len);

#endif
