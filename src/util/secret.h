/**
 * @file secret.h
 * Bytes that must not leak: reference-counted, in locked memory where the system allows it, kept out
 * of core dumps, wiped when the last reference goes. Every live secret of an fm_redact set is masked in log output.
 */
#ifndef FM_UTIL_SECRET_H
#define FM_UTIL_SECRET_H

#include "fmcal/error.h"
#include <stddef.h>

typedef struct fm_secret fm_secret;

/** Copies bytes into a new secret with one reference, owned by the caller. NULL when memory runs out. */
fm_secret *fm_secret_new(const void *bytes, size_t len);
/** Takes one more reference. NULL is allowed. @return s */
fm_secret *fm_secret_ref(fm_secret *s);
/** Gives a reference back; the last one wipes and frees. NULL is allowed. */
void fm_secret_unref(fm_secret *s);
/** The bytes, followed by a zero byte; borrowed until the secret goes. */
const char *fm_secret_bytes(const fm_secret *s, size_t *len);

#endif
