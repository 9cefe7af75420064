/**
 * @file exceptions.h
 * Occurrences of a series that differ from it: Google drops them where the series moves.
 */
#ifndef FM_PROVIDER_GOOGLE_EXCEPTIONS_H
#define FM_PROVIDER_GOOGLE_EXCEPTIONS_H

#include "provider/google/apply_impl.h"

/** Whether the write moves the start of a series. */
bool fm_google_moves_series(const fm_write *write);
/** Sends the write of such a job, unless the series has occurrences of their own. */
void fm_google_send_when_whole(fm_google_job *job);

#endif
