/**
 * @file google_impl.h
 * What the files of the Google provider share: the instance. Only src/provider/google includes it.
 */
#ifndef FM_PROVIDER_GOOGLE_IMPL_H
#define FM_PROVIDER_GOOGLE_IMPL_H

#include "provider/google/credentials.h"
#include "provider/google/event/object.h"
#include "provider/google/google.h"
#include "provider/remote/op.h"

/** What was found out about the chosen calendar. Strings are owned. */
typedef struct fm_google_place {
    char *id;      /**< Google's id of the calendar */
    char *account; /**< e-mail address of the account; where the granted scopes do not tell, who signs in */
    char *name;    /**< its summary */
    char *zone;    /**< IANA name of its time zone */
    bool writable;
} fm_google_place;

typedef struct fm_google {
    fm_remote remote;
    char *api, *token_url, *revoke_url;
    fm_google_credentials credentials;
    fm_google_place place;
} fm_google;

/** Whose operation it is. */
static inline fm_google *fm_google_of(const fm_remote_op *op)
{
    return (fm_google *)op->p;
}

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
