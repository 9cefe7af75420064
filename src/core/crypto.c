#include "core/crypto.h"
#include "util/alloc.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#define MIN_RSA_BITS 2048

static const char *const digest_names[] = {[FM_SHA1] = "SHA1",
                                           [FM_SHA256] = "SHA256",
                                           [FM_SHA512] = "SHA512",
                                           [FM_SHA512_256] = "SHA512-256",
                                           [FM_MD5] = "MD5"};

size_t fm_digest_size(fm_digest digest)
{
    static const size_t sizes[] = {
        [FM_SHA1] = 20, [FM_SHA256] = 32, [FM_SHA512] = 64, [FM_SHA512_256] = 32, [FM_MD5] = 16};
    return sizes[digest];
}

/* Whether OpenSSL could set itself up. Where memory ran out in that, its calls crash. */
static bool is_ready(void)
{
    return OSSL_LIB_CTX_get0_global_default() != NULL;
}

static fm_status missing(fm_error *err, const char *what)
{
    if (!is_ready())
        return fm_error_no_memory(err, "crypto");
    return fm_error_set(err, FM_ECRYPTO, "crypto", "OpenSSL cannot do %s: check its installation", what);
}

/* OpenSSL wants a pointer even to nothing. */
static const void *some(const void *data)
{
    return data ? data : "";
}

/* ------------------------------------------------------------------ hashes */

fm_status fm_crypto_hash(unsigned char *out, fm_digest digest, const void *data, size_t len, fm_error *err)
{
    ERR_set_mark();
    int ok = is_ready() && EVP_Q_digest(NULL, digest_names[digest], NULL, some(data), len, out, NULL);
    ERR_pop_to_mark();
    return ok ? FM_OK : missing(err, digest_names[digest]);
}

struct fm_hash {
    EVP_MD *md;
    EVP_MD_CTX *context;
    bool failed;
};

fm_status fm_hash_new(fm_hash **out, fm_digest digest, fm_error *err)
{
    fm_hash *h = calloc(1, sizeof *h);
    *out = NULL;
    if (!h)
        return fm_error_no_memory(err, "crypto");
    ERR_set_mark();
    h->md = is_ready() ? EVP_MD_fetch(NULL, digest_names[digest], NULL) : NULL;
    h->context = EVP_MD_CTX_new();
    int ok = h->md && h->context && EVP_DigestInit_ex2(h->context, h->md, NULL);
    ERR_pop_to_mark();
    if (!ok) {
        fm_hash_free(h);
        return missing(err, digest_names[digest]);
    }
    *out = h;
    return FM_OK;
}

void fm_hash_add(fm_hash *h, const void *data, size_t len)
{
    if (!h->failed && len)
        h->failed = !EVP_DigestUpdate(h->context, data, len);
}

fm_status fm_hash_finish(unsigned char *out, fm_hash *h, fm_error *err)
{
    int ok = !h->failed && EVP_DigestFinal_ex(h->context, out, NULL);
    h->failed = !EVP_DigestInit_ex2(h->context, h->md, NULL);
    return ok ? FM_OK : missing(err, EVP_MD_get0_name(h->md));
}

void fm_hash_free(fm_hash *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->context);
    EVP_MD_free(h->md);
    free(h);
}

fm_status fm_crypto_hmac(unsigned char *out, fm_digest digest, const void *key, size_t key_len, const void *data,
                         size_t len, fm_error *err)
{
    ERR_set_mark();
    bool done = is_ready() && EVP_Q_mac(NULL, "HMAC", NULL, digest_names[digest], NULL, some(key), key_len, some(data),
                                        len, out, fm_digest_size(digest), NULL);
    ERR_pop_to_mark();
    return done ? FM_OK : missing(err, "HMAC");
}

/* ------------------------------------------------------------------ key derivation */

/* Runs one of OpenSSL's key derivations. */
static fm_status derive(unsigned char *out, size_t out_len, const char *name, const OSSL_PARAM *params, fm_error *err)
{
    ERR_set_mark();
    EVP_KDF *kdf = is_ready() ? EVP_KDF_fetch(NULL, name, NULL) : NULL;
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    int ok = context && EVP_KDF_derive(context, out, out_len, params) > 0;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    ERR_pop_to_mark();
    return ok ? FM_OK : missing(err, name);
}

/* OSSL_PARAM has no const; the derivations only read. */
static OSSL_PARAM octets(const char *name, const void *data, size_t len)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)some(data), len);
}

static OSSL_PARAM sha256_param(void)
{
    static char name[] = "SHA256";
    return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
}

fm_status fm_crypto_pbkdf2(unsigned char *out, size_t out_len, const void *password, size_t password_len,
                           const void *salt, size_t salt_len, uint32_t iterations, fm_error *err)
{
    if (!iterations || iterations > INT_MAX || !out_len)
        return fm_error_set(err, FM_EINVAL, "crypto", "PBKDF2 wants 1 to %d iterations and a length", INT_MAX);
    unsigned count = iterations;
    int standard_limits_off = 1; /* the caller sets its own: published vectors have short salts */
    OSSL_PARAM params[] = {
        sha256_param(),
        octets(OSSL_KDF_PARAM_PASSWORD, password, password_len),
        octets(OSSL_KDF_PARAM_SALT, salt, salt_len),
        OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &count),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &standard_limits_off),
        OSSL_PARAM_construct_end(),
    };
    return derive(out, out_len, "PBKDF2", params, err);
}

fm_status fm_crypto_hkdf(unsigned char *out, size_t out_len, const void *key, size_t key_len, const void *salt,
                         size_t salt_len, const void *info, size_t info_len, fm_error *err)
{
    if (!out_len || out_len > FM_HKDF_MAX)
        return fm_error_set(err, FM_EINVAL, "crypto", "HKDF gives 1 to %d bytes", FM_HKDF_MAX);
    /* Without a salt RFC 5869 takes a digest's length of zeros, which is what an absent one means to OpenSSL. */
    OSSL_PARAM params[] = {
        sha256_param(),
        octets(OSSL_KDF_PARAM_KEY, key, key_len),
        octets(OSSL_KDF_PARAM_INFO, info, info_len),
        salt_len ? octets(OSSL_KDF_PARAM_SALT, salt, salt_len) : OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end(),
    };
    return derive(out, out_len, "HKDF", params, err);
}

/* ------------------------------------------------------------------ AES-256-GCM */

/* Starts a context with key, nonce and associated data; the caller frees it. NULL on failure. */
static EVP_CIPHER_CTX *aead_start(const fm_aead *how, int encrypting)
{
    int n;
    EVP_CIPHER *cipher = is_ready() ? EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL) : NULL;
    EVP_CIPHER_CTX *context = cipher ? EVP_CIPHER_CTX_new() : NULL;
    int ok = context && EVP_CipherInit_ex2(context, cipher, how->key, how->nonce, encrypting, NULL) &&
             how->aad_len <= INT_MAX &&
             (!how->aad_len || EVP_CipherUpdate(context, NULL, &n, how->aad, (int)how->aad_len));
    EVP_CIPHER_free(cipher);
    if (ok)
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

fm_status fm_crypto_seal(unsigned char *out, const fm_aead *how, const void *plain, size_t len, fm_error *err)
{
    if (len > INT_MAX - FM_AEAD_TAG_SIZE)
        return fm_error_set(err, FM_ELIMIT, "crypto", "%zu bytes are too many to encrypt at once", len);
    int n = 0, rest = 0;
    ERR_set_mark();
    EVP_CIPHER_CTX *context = aead_start(how, 1);
    int ok = context && (!len || EVP_EncryptUpdate(context, out, &n, plain, (int)len)) &&
             EVP_EncryptFinal_ex(context, out + n, &rest) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, FM_AEAD_TAG_SIZE, out + len);
    EVP_CIPHER_CTX_free(context);
    ERR_pop_to_mark();
    return ok ? FM_OK : missing(err, "AES-256-GCM");
}

fm_status fm_crypto_open(unsigned char *out, const fm_aead *how, const void *sealed, size_t len, fm_error *err)
{
    unsigned char tag[FM_AEAD_TAG_SIZE];
    if (len < sizeof tag || len > INT_MAX)
        return fm_error_set(err, FM_ECRYPTO, "crypto", "wrong key, or the data was changed");
    size_t plain_len = len - sizeof tag;
    memcpy(tag, (const unsigned char *)sealed + plain_len, sizeof tag);
    int n = 0, rest = 0;
    ERR_set_mark();
    EVP_CIPHER_CTX *context = aead_start(how, 0);
    int ok = context && (!plain_len || EVP_DecryptUpdate(context, out, &n, sealed, (int)plain_len)) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) &&
             EVP_DecryptFinal_ex(context, out + n, &rest);
    EVP_CIPHER_CTX_free(context);
    ERR_pop_to_mark();
    if (ok)
        return FM_OK;
    if (plain_len)
        OPENSSL_cleanse(out, plain_len);
    return fm_error_set(err, FM_ECRYPTO, "crypto", "wrong key, or the data was changed");
}

/* ------------------------------------------------------------------ RS256 */

/* Stands in for OpenSSL's own, which would ask for a passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *data)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)data;
    return -1;
}

/* A private RSA key, owned by the caller; NULL where the text is none. */
static EVP_PKEY *read_rsa_key(const char *pem, size_t len)
{
    BIO *bio = is_ready() && len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= MIN_RSA_BITS)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* Appends the signature; false where OpenSSL or the memory fails. */
static bool append_signature(fm_buf *out, EVP_PKEY *key, const void *data, size_t len)
{
    size_t size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) > 0 &&
              EVP_DigestSign(context, NULL, &size, some(data), len) > 0 && fm_buf_reserve(out, size) == FM_OK &&
              EVP_DigestSign(context, (unsigned char *)out->data + out->len, &size, some(data), len) > 0;
    EVP_MD_CTX_free(context);
    if (ok)
        out->len += size;
    if (out->cap)
        out->data[out->len] = '\0';
    return ok;
}

fm_status fm_crypto_sign_rs256(fm_buf *out, const char *pem, size_t pem_len, const void *data, size_t len,
                               fm_error *err)
{
    fm_status status = FM_OK;
    ERR_set_mark();
    EVP_PKEY *key = read_rsa_key(pem, pem_len);
    if (!key)
        status = fm_error_set(err, FM_EINVAL, "crypto",
                              "the signing key must be an unencrypted private RSA key in PEM form, %d bits or more",
                              MIN_RSA_BITS);
    else if (!append_signature(out, key, data, len))
        status = out->status ? fm_error_set(err, out->status, "crypto", "no room for a signature")
                             : missing(err, "RSA signatures");
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return status;
}

/* ------------------------------------------------------------------ the rest */

bool fm_crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(some(a), some(b), len) == 0;
}

fm_status fm_crypto_random(void *out, size_t len, const fm_env *env, fm_error *err)
{
    if (env->random(env->data, out, len) != FM_OK)
        return fm_error_set(err, FM_EIO, "crypto", "the system gave no random bytes");
    return FM_OK;
}
