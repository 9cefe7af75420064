/**
 * @file secret.h
 * Bytes that must not leak: reference-counted, in pages of their own that are locked into memory where
 * the system allows it and kept out of core dumps, wiped when the last reference goes. A secret that
 * was added to an fm_redact set (util/redact.h) is masked in log output for as long as it lives.
 *
 * Not thread-safe: a secret belongs to one host.
 */
#ifndef FM_UTIL_SECRET_H
#define FM_UTIL_SECRET_H

#include "fmcal/error.h"
#include <stddef.h>

typedef struct fm_secret fm_secret;

/** Copies bytes into a new secret with one reference, owned by the caller. NULL when memory runs out. */
fm_secret *fm_secret_new(const void *bytes, size_t len);
/**
 * A secret of `len` zero bytes with one reference, owned by the caller, to be filled in through `*bytes`
 * (borrowed) before anybody else sees it. NULL when memory runs out.
 */
fm_secret *fm_secret_alloc(unsigned char **bytes, size_t len);
/** Bytes that go into a secret; borrowed. */
typedef struct fm_secret_piece {
    const char *bytes;
    size_t len;
} fm_secret_piece;
/** A new secret of all pieces, one after the other, with one reference owned by the caller. NULL when memory runs out.
 */
fm_secret *fm_secret_join(const fm_secret_piece *pieces, size_t count);
/** Takes one more reference. NULL is allowed. @return s */
fm_secret *fm_secret_ref(fm_secret *s);
/** Gives a reference back; the last one wipes and frees. NULL is allowed. */
void fm_secret_unref(fm_secret *s);
/** The bytes, followed by a zero byte; borrowed until the secret goes. `len` may be NULL. */
const char *fm_secret_bytes(const fm_secret *s, size_t *len);

/**
 * For a host program, early in main(): no core dumps of this process, nothing of its memory in one that is forced
 * (gcore), no reading of its memory by other processes of the same user (RLIMIT_CORE, coredump_filter,
 * PR_SET_DUMPABLE). Programs it starts inherit the first two. Never called by the library itself.
 */
void fm_secret_harden_process(void);

#endif
