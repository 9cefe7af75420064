/**
 * @file mock.h
 * The instance of the mock provider, shared by its files.
 */
#ifndef FM_PROVIDER_MOCK_MOCK_H
#define FM_PROVIDER_MOCK_MOCK_H

#include "provider/mock/server.h"
#include "util/secret.h"

typedef struct fm_mock {
    fm_provider base;
    fm_mock_server *server; /* a reference */
    char *calendar_id;      /* as asked for, NULL: the primary one */
    char *file;             /* where a server of its own keeps its changes, NULL: nowhere */
    fm_secret *password;
    char *bound_id, *bound_name, *account; /* what the binding points to */
    fm_binding binding;
    bool opened;
} fm_mock;

/**
 * Counts a request and lets a fault strike it.
 * @param kind  the fault, where it is one that the request itself has to act out; NULL: all of them are failures
 * @return the failure, where the fault is one
 */
fm_status fm_mock_begin(fm_mock *m, fm_mock_request request, const char *uid, fm_mock_fault_kind *kind, fm_error *err);
/** The calendar it is bound to; FM_ENOTFOUND where it has vanished. */
fm_status fm_mock_bound_calendar(fm_mock *m, fm_mock_calendar **out, fm_error *err);

/** The slots `changes`, `fetch` and `apply`. */
fm_status fm_mock_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err);
fm_status fm_mock_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_op **op,
                        fm_error *err);
fm_status fm_mock_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                        fm_error *err);

#endif
