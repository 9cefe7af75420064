/**
 * @file event_path.h
 * Where the opened calendar's events are, below the API's URL.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_PATH_H
#define FM_PROVIDER_GOOGLE_EVENT_PATH_H

#include "provider/google/google_impl.h"

/**
 * Makes the path of an event, or of all events where `id` is NULL. `path` is initialised here and freed by the
 * caller; its status says whether memory ran out.
 * @param query  without "?"
 */
void fm_google_event_path(fm_buf *path, const fm_google *p, const char *id, const char *query);

#endif
