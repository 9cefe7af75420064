/**
 * @file digest.h
 * Digest sign-in (RFC 7616; without `qop` RFC 2069): MD5, SHA-256 and SHA-512-256, each with -sess. The password and
 * what stands for it never leave the pages of secrets.
 */
#ifndef FM_CORE_HTTP_DIGEST_H
#define FM_CORE_HTTP_DIGEST_H

#include "core/crypto.h"
#include "core/http/challenge.h"
#include "fmcal/env.h"
#include "util/secret.h"

/** A challenge, and how often it was answered. Start from all zero bytes: none. */
typedef struct fm_http_digest {
    char *realm, *nonce, *opaque; /**< owned; `opaque` NULL where the server sent none */
    const char *algorithm;        /**< as it is named in the answer; NULL where the server named none */
    fm_digest hash;
    bool session; /**< the algorithm ends in -sess */
    bool qop;     /**< the server knows qop=auth */
    bool stale;   /**< it only asks for another nonce: the password was right */
    unsigned count;
    char cnonce[48]; /**< of all answers to the challenge, so that a session keeps its key */
} fm_http_digest;

/** What is signed with the challenge. All borrowed. */
typedef struct fm_http_digest_request {
    const char *username;
    const fm_secret *password;
    const char *method;
    const char *uri; /**< path and query as they are requested */
} fm_http_digest_request;

/**
 * Reads a challenge of the scheme Digest.
 * @param out  all zero bytes or cleared; left cleared after a failure
 * @return FM_OK; FM_EUNSUPPORTED: another algorithm, only another qop, no nonce; FM_ENOMEM
 */
fm_status fm_http_digest_read(fm_http_digest *out, const fm_http_challenge *challenge);
/** Frees the strings and makes it all zero bytes. */
void fm_http_digest_clear(fm_http_digest *d);

/**
 * Makes the header line that answers the challenge, once more. Owned by the caller.
 * @param env  for the random number that the first answer begins with
 * @return FM_OK, FM_ENOMEM, FM_ECRYPTO, FM_EIO
 */
fm_status fm_http_digest_answer(fm_secret **out, fm_http_digest *d, const fm_http_digest_request *request,
                                const fm_env *env, fm_error *err);

#endif
