/**
 * @file redact.h
 * Takes secrets out of text that a person may see. Two nets: every live secret that was added to the
 * set, in whatever spelling it may travel (plain, percent-encoded, escaped as in JSON, C or XML, base64
 * and base64url at any alignment, so "user:password" too), and whatever looks like a secret by its place
 * (Authorization and Cookie headers, userinfo of a URL, members named token, code, password, …).
 *
 * The set holds no references: a secret leaves it when it dies. Not thread-safe; belongs to one host.
 */
#ifndef FM_UTIL_REDACT_H
#define FM_UTIL_REDACT_H

#include "util/buf.h"
#include "util/secret.h"

typedef struct fm_redact fm_redact;

/** What stands in the place of a secret. */
#define FM_REDACT_MASK "[secret]"
/** Shorter secrets are not searched for: they would mask common syllables and protect nothing. */
#define FM_REDACT_MIN_BYTES 4

/** An empty set, owned by the caller. NULL when memory runs out. */
fm_redact *fm_redact_new(void);
/** Frees the set; the secrets in it live on, unmasked. NULL is allowed. */
void fm_redact_free(fm_redact *set);
/** Adds a secret. One that is in a set already stays there. Both may be NULL. */
void fm_redact_add(fm_redact *set, fm_secret *s);

/**
 * Appends `text` to `out` with every secret replaced by FM_REDACT_MASK, control characters and bytes
 * that are no UTF-8 escaped (\n, \r, \t, \xHH), so that the result is one harmless line. Give it whole
 * texts: half a secret is not recognised. `set` NULL: only the second net. FM_ENOMEM, FM_ELIMIT.
 */
fm_status fm_redact_text(const fm_redact *set, fm_buf *out, const char *text, size_t len);

#endif
