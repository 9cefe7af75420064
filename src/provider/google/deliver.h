/**
 * @file deliver.h
 * Events as they come from Google, handed to whoever asked for them.
 */
#ifndef FM_PROVIDER_GOOGLE_DELIVER_H
#define FM_PROVIDER_GOOGLE_DELIVER_H

#include "provider/google/event/object.h"
#include "provider/google/google_impl.h"

/** Hands one event to a sink: as DELETED, SEEN or CHANGED. What has no id is passed over. The sink's failures. */
fm_status fm_google_deliver(const fm_object_sink *sink, const fm_json_span *event, fm_error *err);

#endif
