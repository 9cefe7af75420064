/* Lua module fmcal.crypto: core/crypto.h and util/encoding.h. No userdata, owns nothing between calls. */
#include "bind/base/bind.h"
#include "bind/value/secret.h"
#include "core/crypto.h"
#include "util/encoding.h"

#include <string.h>

int luaopen_fmcal_crypto(lua_State *L);

/* Most bytes that random(), pbkdf2() and aes_gcm_seal() make at once. */
#define MAX_OUTPUT (64u << 20)
/* Bytes of the largest RSA signature (16384 bits). */
#define MAX_SIGNATURE 2048

static const char *const digest_names[] = {"sha1", "sha256", "sha512", NULL};
static const char *const encoding_names[] = {"hex", "base32hex", "base64", "base64url", NULL};

static size_t check_length(lua_State *L, int index, lua_Integer most)
{
    lua_Integer len = luaL_checkinteger(L, index);
    luaL_argcheck(L, len >= 1 && len <= most, index, "length out of range");
    return (size_t)len;
}

static int hash(lua_State *L, fm_digest digest)
{
    size_t len;
    const char *data = luaL_checklstring(L, 1, &len);
    unsigned char out[FM_DIGEST_MAX];
    fm_error err = {0};
    if (fm_crypto_hash(out, digest, data, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, (const char *)out, fm_digest_size(digest));
    return 1;
}

static int crypto_sha1(lua_State *L)
{
    return hash(L, FM_SHA1);
}

static int crypto_sha256(lua_State *L)
{
    return hash(L, FM_SHA256);
}

static int crypto_sha512(lua_State *L)
{
    return hash(L, FM_SHA512);
}

static int crypto_hmac(lua_State *L)
{
    size_t key_len, len;
    fm_digest digest = (fm_digest)luaL_checkoption(L, 1, NULL, digest_names);
    const char *key = fm_bind_check_bytes(L, 2, &key_len);
    const char *data = luaL_checklstring(L, 3, &len);
    unsigned char out[FM_DIGEST_MAX];
    fm_error err = {0};
    if (fm_crypto_hmac(out, digest, key, key_len, data, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, (const char *)out, fm_digest_size(digest));
    return 1;
}

static int crypto_random(lua_State *L)
{
    size_t len = check_length(L, 1, MAX_OUTPUT);
    luaL_Buffer b;
    fm_error err = {0};
    char *out = luaL_buffinitsize(L, &b, len);
    if (fm_crypto_random(out, len, &fm_bind_get(L)->env, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    luaL_pushresultsize(&b, len);
    return 1;
}

static int crypto_encode(lua_State *L)
{
    size_t len;
    fm_encoding encoding = (fm_encoding)luaL_checkoption(L, 1, NULL, encoding_names);
    const char *data = luaL_checklstring(L, 2, &len);
    size_t size = fm_encoding_text_size(encoding, len);
    luaL_Buffer b;
    fm_encoding_encode(luaL_buffinitsize(L, &b, size), encoding, data, len);
    luaL_pushresultsize(&b, size);
    return 1;
}

static int crypto_decode(lua_State *L)
{
    size_t len, size;
    int name = luaL_checkoption(L, 1, NULL, encoding_names);
    const char *text = luaL_checklstring(L, 2, &len);
    luaL_Buffer b;
    char *out = luaL_buffinitsize(L, &b, fm_encoding_byte_size((fm_encoding)name, len));
    if (fm_encoding_decode(out, &size, (fm_encoding)name, text, len) != FM_OK) {
        fm_error err = {0};
        fm_error_set(&err, FM_EPARSE, "crypto", "the text is no %s", encoding_names[name]);
        return fm_bind_fail(L, &err);
    }
    luaL_pushresultsize(&b, size);
    return 1;
}

static int crypto_pbkdf2(lua_State *L)
{
    size_t password_len, salt_len;
    const char *password = fm_bind_check_bytes(L, 1, &password_len);
    const char *salt = luaL_checklstring(L, 2, &salt_len);
    lua_Integer iterations = luaL_checkinteger(L, 3);
    size_t len = check_length(L, 4, MAX_OUTPUT);
    luaL_argcheck(L, iterations >= 1 && iterations <= INT32_MAX, 3, "iterations out of range");
    luaL_Buffer b;
    fm_error err = {0};
    char *out = luaL_buffinitsize(L, &b, len);
    if (fm_crypto_pbkdf2((unsigned char *)out, len, password, password_len, salt, salt_len, (uint32_t)iterations,
                         &err) != FM_OK)
        return fm_bind_fail(L, &err);
    luaL_pushresultsize(&b, len);
    return 1;
}

static int crypto_hkdf(lua_State *L)
{
    size_t key_len, salt_len, info_len;
    const char *key = fm_bind_check_bytes(L, 1, &key_len);
    const char *salt = luaL_checklstring(L, 2, &salt_len);
    const char *info = luaL_checklstring(L, 3, &info_len);
    size_t len = check_length(L, 4, FM_HKDF_MAX);
    luaL_Buffer b;
    fm_error err = {0};
    char *out = luaL_buffinitsize(L, &b, len);
    if (fm_crypto_hkdf((unsigned char *)out, len, key, key_len, salt, salt_len, info, info_len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    luaL_pushresultsize(&b, len);
    return 1;
}

/* Key, nonce and associated data at stack indexes 1 to 3, borrowed from there. */
static fm_aead check_aead(lua_State *L)
{
    size_t key_len, nonce_len;
    fm_aead how = {.key = (const unsigned char *)fm_bind_check_bytes(L, 1, &key_len)};
    luaL_argcheck(L, key_len == FM_AEAD_KEY_SIZE, 1, "the key must be 32 bytes");
    how.nonce = (const unsigned char *)luaL_checklstring(L, 2, &nonce_len);
    luaL_argcheck(L, nonce_len == FM_AEAD_NONCE_SIZE, 2, "the nonce must be 12 bytes");
    how.aad = luaL_checklstring(L, 3, &how.aad_len);
    return how;
}

static int crypto_aes_gcm_seal(lua_State *L)
{
    size_t len;
    fm_aead how = check_aead(L);
    const char *plain = luaL_checklstring(L, 4, &len);
    luaL_argcheck(L, len <= MAX_OUTPUT, 4, "too long");
    luaL_Buffer b;
    fm_error err = {0};
    char *out = luaL_buffinitsize(L, &b, len + FM_AEAD_TAG_SIZE);
    if (fm_crypto_seal((unsigned char *)out, &how, plain, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    luaL_pushresultsize(&b, len + FM_AEAD_TAG_SIZE);
    return 1;
}

static int crypto_aes_gcm_open(lua_State *L)
{
    size_t len;
    fm_aead how = check_aead(L);
    const char *sealed = luaL_checklstring(L, 4, &len);
    size_t plain_len = len > FM_AEAD_TAG_SIZE ? len - FM_AEAD_TAG_SIZE : 0;
    luaL_Buffer b;
    fm_error err = {0};
    char *out = luaL_buffinitsize(L, &b, plain_len);
    if (fm_crypto_open((unsigned char *)out, &how, sealed, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    luaL_pushresultsize(&b, plain_len);
    return 1;
}

static int crypto_sign_rs256(lua_State *L)
{
    size_t pem_len, len;
    const char *pem = fm_bind_check_bytes(L, 1, &pem_len);
    const char *data = luaL_checklstring(L, 2, &len);
    fm_buf signature;
    fm_error err = {0};
    fm_buf_init(&signature, MAX_SIGNATURE);
    char copy[MAX_SIGNATURE];
    fm_status status = fm_crypto_sign_rs256(&signature, pem, pem_len, data, len, &err);
    size_t size = signature.len;
    memcpy(copy, signature.data, size);
    fm_buf_free(&signature);
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, copy, size);
    return 1;
}

static int crypto_equal(lua_State *L)
{
    size_t a_len, b_len;
    const char *a = fm_bind_check_bytes(L, 1, &a_len);
    const char *b = fm_bind_check_bytes(L, 2, &b_len);
    lua_pushboolean(L, a_len == b_len && fm_crypto_equal(a, b, a_len));
    return 1;
}

static const luaL_Reg crypto_functions[] = {
    {"aes_gcm_open", crypto_aes_gcm_open},
    {"aes_gcm_seal", crypto_aes_gcm_seal},
    {"decode", crypto_decode},
    {"encode", crypto_encode},
    {"equal", crypto_equal},
    {"hkdf_sha256", crypto_hkdf},
    {"hmac", crypto_hmac},
    {"pbkdf2_sha256", crypto_pbkdf2},
    {"random", crypto_random},
    {"sha1", crypto_sha1},
    {"sha256", crypto_sha256},
    {"sha512", crypto_sha512},
    {"sign_rs256", crypto_sign_rs256},
    {NULL, NULL},
};

int luaopen_fmcal_crypto(lua_State *L)
{
    luaL_newlib(L, crypto_functions);
    return 1;
}
