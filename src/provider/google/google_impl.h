/**
 * @file google_impl.h
 * What the files of the Google provider share: the instance and the base of its operations.
 * Only src/provider/google includes it.
 */
#ifndef FM_PROVIDER_GOOGLE_IMPL_H
#define FM_PROVIDER_GOOGLE_IMPL_H

#include "core/http/http.h"
#include "core/zone/zone.h"
#include "fmcal/provider.h"
#include "provider/google/google.h"
#include "provider/google/pace.h"
#include "provider/google/token.h"

/** Name of this module in errors. */
#define FM_GOOGLE_DOMAIN "google"

/** What was found out about the chosen calendar. Strings are owned. */
typedef struct fm_google_place {
    char *id;      /**< Google's id of the calendar */
    char *account; /**< e-mail address of the account; where the granted scopes do not tell, who signs in */
    char *name;    /**< its summary */
    char *zone;    /**< IANA name of its time zone */
    bool writable;
} fm_google_place;

typedef struct fm_google {
    fm_provider base;
    fm_http_config config; /**< without credentials: each request brings its own */
    char *api, *token_url, *revoke_url;
    char *calendar; /**< `calendar_id` as given, "primary" where it was not */
    char *ca_file, *proxy;
    char *discovery; /**< as given, or as made by open */

    fm_google_credentials credentials;
    fm_google_tokens tokens;
    fm_google_pace pace;

    bool opened;
    fm_google_place place;
    fm_binding binding;
    fm_zones *zones; /**< of the codec */
} fm_google;

/* ------------------------------------------------------------------ operations */

struct fm_google_call;

/** First member of every operation: what it waits for, and how it ended. */
typedef struct fm_google_op {
    fm_op op;
    fm_google *p;
    struct fm_google_call *calls; /**< requests under way, see call.h */
    bool done;
    fm_error error; /**< why it failed; status FM_OK after success */
} fm_google_op;

/** `step` of every operation. */
fm_status fm_google_op_step(fm_op *op, int timeout_ms, fm_error *err);
/** Ends the operation: cancels its requests. `status` FM_OK, or a failure that is described in `op->error`. */
void fm_google_op_end(fm_google_op *op, fm_status status);
/** Ends the operation with a failure described by `error`. */
void fm_google_op_fail(fm_google_op *op, const fm_error *error);

/* The slots, one file each. */
fm_status fm_google_open(fm_provider *p, fm_op **op, fm_error *err);
fm_status fm_google_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err);
fm_status fm_google_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err);
fm_status fm_google_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                          fm_op **op, fm_error *err);
fm_status fm_google_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                          fm_error *err);
fm_status fm_google_disconnect(fm_provider *p, fm_op **op, fm_error *err);

#endif
