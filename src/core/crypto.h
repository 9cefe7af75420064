/**
 * @file crypto.h
 * The cryptographic primitives fmcal needs, over OpenSSL's EVP interface. Nothing here keeps state
 * between calls, and OpenSSL's error queue is left as it was found.
 *
 * Failures that only a broken installation can cause (an algorithm is missing) are FM_ECRYPTO.
 */
#ifndef FM_CORE_CRYPTO_H
#define FM_CORE_CRYPTO_H

#include "fmcal/env.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** MD5 is for servers that sign in with it, and for nothing else. */
typedef enum fm_digest { FM_SHA1, FM_SHA256, FM_SHA512, FM_SHA512_256, FM_MD5 } fm_digest;

/** Bytes of the longest digest. */
#define FM_DIGEST_MAX  64
#define FM_SHA256_SIZE 32
/** Most bytes HKDF-SHA256 gives: 255 digests. */
#define FM_HKDF_MAX 8160
/** AES-256-GCM: bytes of the key, the nonce and the tag. */
#define FM_AEAD_KEY_SIZE   32
#define FM_AEAD_NONCE_SIZE 12
#define FM_AEAD_TAG_SIZE   16

/** Bytes of a digest: 20, 32, 64, 32, 16. */
size_t fm_digest_size(fm_digest digest);

/** Hashes (FIPS 180-4) `len` bytes into `out`, which has room for fm_digest_size(). */
fm_status fm_crypto_hash(unsigned char *out, fm_digest digest, const void *data, size_t len, fm_error *err);

/** A hash fed in parts, reusable: cheaper than fm_crypto_hash() for many short texts. */
typedef struct fm_hash fm_hash;
/** Owned by the caller. FM_ENOMEM, FM_ECRYPTO. */
fm_status fm_hash_new(fm_hash **out, fm_digest digest, fm_error *err);
/** Adds bytes. A failure shows in fm_hash_finish(). */
void fm_hash_add(fm_hash *h, const void *data, size_t len);
/** Writes the digest of what was added and starts afresh. */
fm_status fm_hash_finish(unsigned char *out, fm_hash *h, fm_error *err);
/** NULL is allowed. */
void fm_hash_free(fm_hash *h);

/** HMAC (RFC 2104) into `out`, which has room for fm_digest_size(). */
fm_status fm_crypto_hmac(unsigned char *out, fm_digest digest, const void *key, size_t key_len, const void *data,
                         size_t len, fm_error *err);

/** PBKDF2-HMAC-SHA256 (RFC 8018 section 5.2). FM_EINVAL for no iterations or more than INT_MAX. */
fm_status fm_crypto_pbkdf2(unsigned char *out, size_t out_len, const void *password, size_t password_len,
                           const void *salt, size_t salt_len, uint32_t iterations, fm_error *err);
/** HKDF-SHA256 (RFC 5869), extract and expand. FM_EINVAL for no bytes or more than FM_HKDF_MAX. */
fm_status fm_crypto_hkdf(unsigned char *out, size_t out_len, const void *key, size_t key_len, const void *salt,
                         size_t salt_len, const void *info, size_t info_len, fm_error *err);

/** What AES-256-GCM works with; all borrowed. */
typedef struct fm_aead {
    const unsigned char *key;   /**< FM_AEAD_KEY_SIZE bytes */
    const unsigned char *nonce; /**< FM_AEAD_NONCE_SIZE bytes, never twice with one key */
    const void *aad;            /**< authenticated, not encrypted; may be NULL when `aad_len` is 0 */
    size_t aad_len;
} fm_aead;

/** Encrypts (NIST SP 800-38D). `out` has room for `len` + FM_AEAD_TAG_SIZE bytes: the ciphertext, then the tag. */
fm_status fm_crypto_seal(unsigned char *out, const fm_aead *how, const void *plain, size_t len, fm_error *err);
/**
 * Decrypts `len` bytes of ciphertext and tag into `out`, which has room for `len` - FM_AEAD_TAG_SIZE bytes.
 * FM_ECRYPTO where anything does not fit together; `out` is then wiped.
 */
fm_status fm_crypto_open(unsigned char *out, const fm_aead *how, const void *sealed, size_t len, fm_error *err);

/**
 * Appends the RSASSA-PKCS1-v1_5 signature with SHA-256 (RS256 of RFC 7518 section 3.3) of `data`.
 * @param pem  an unencrypted private RSA key of at least 2048 bits as PEM, PKCS #1 or #8
 * FM_EINVAL for a key that is none.
 */
fm_status fm_crypto_sign_rs256(fm_buf *out, const char *pem, size_t pem_len, const void *data, size_t len,
                               fm_error *err);

/** Whether two byte strings of one length are equal, in a time that does not depend on where they differ. */
bool fm_crypto_equal(const void *a, const void *b, size_t len);

/** Random bytes fit for keys, from env. FM_EIO. */
fm_status fm_crypto_random(void *out, size_t len, const fm_env *env, fm_error *err);

#endif
