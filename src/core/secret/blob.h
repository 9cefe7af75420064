/**
 * @file blob.h
 * Bytes encrypted for one team and provider, as one line of text for the board:
 *
 *     fmcal:v1:DERIVATION:ROUNDS:KEYID:SALT:NONCE:DATA
 *
 * DERIVATION and ROUNDS say how the team's key was made of the master key ("hkdf-sha256" and 0, or
 * "pbkdf2-sha256" and 600000 to 10000000), KEYID names it (8 bytes, hex). SALT (16 random bytes) makes the
 * blob's own key of it by HKDF-SHA256; NONCE is 12 random bytes; DATA is AES-256-GCM ciphertext and tag; all
 * three base64url. Associated data is the text up to DATA, its last colon included, then team and provider,
 * each behind its length as four bytes, most significant first. Nothing but these parameters is accepted.
 */
#ifndef FM_CORE_SECRET_BLOB_H
#define FM_CORE_SECRET_BLOB_H

#include "core/secret/keyring.h"
#include "fmcal/env.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** Most bytes that are encrypted, and a limit above which text is no blob. */
#define FM_BLOB_PLAIN_MAX 65536
#define FM_BLOB_TEXT_MAX  98304

/** Appends the blob of a secret. FM_ECRYPTO where there is no current key, FM_ELIMIT, FM_EIO (no random bytes). */
fm_status fm_blob_seal(fm_buf *out, fm_keyring *keys, const fm_env *env, const char *team, const char *provider,
                       const fm_secret *plain, fm_error *err);
/**
 * Decrypts a blob into a new secret, owned by the caller. FM_ECRYPTO with one and the same message for
 * everything that can be wrong with blob and key; with another where there is no key at all.
 */
fm_status fm_blob_open(fm_secret **out, fm_keyring *keys, const char *team, const char *provider, const char *text,
                       size_t len, fm_error *err);
/**
 * Whether a blob names the current key, derived as it would be today: if not, it wants to be encrypted
 * anew. A text that is no blob does not name it. FM_ECRYPTO where there is no current key.
 */
fm_status fm_blob_is_current(bool *out, fm_keyring *keys, const char *team, const char *text, size_t len,
                             fm_error *err);

#endif
