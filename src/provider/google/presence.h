/**
 * @file presence.h
 * Whether the opened calendar is still there. Google answers 404 for an event it never had and for every event of a
 * calendar that is gone or no longer shared; a deleted event it still shows, as cancelled.
 */
#ifndef FM_PROVIDER_GOOGLE_PRESENCE_H
#define FM_PROVIDER_GOOGLE_PRESENCE_H

#include "provider/google/call.h"

/** Asks for the calendar. `done` gets FM_OK where it is there. @return FM_OK, or why it cannot be asked */
fm_status fm_google_ask_presence(fm_remote_op *op, fm_google_done_fn done, void *data, fm_error *err);

#endif
