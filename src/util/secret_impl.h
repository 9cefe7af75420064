/**
 * @file secret_impl.h
 * The inside of a secret. Included by secret.c, which owns the memory, and by redact.c, which owns the links.
 */
#ifndef FM_UTIL_SECRET_IMPL_H
#define FM_UTIL_SECRET_IMPL_H

#include "util/redact.h"
#include "util/secret.h"

struct fm_secret {
    unsigned char *bytes; /* pages of its own: `len` bytes and a zero byte */
    size_t len;
    size_t refs;
    /* The set it is registered in, which holds no reference; NULL for none. */
    fm_redact *set;
    fm_secret *previous, *next;
};

/** Takes a dying secret out of its set. */
void fm_redact_forget(fm_secret *s);

#endif
