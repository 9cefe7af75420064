#include "core/crypto.h"
#include "core/secret/blob.h"
#include "core/secret/credentials.h"
#include "support/cmocka.h"
#include "util/encoding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_KEY    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER_KEY  "1111111111111111111111111111111111111111111111111111111111111111"
#define PASSPHRASE "correct horse battery staple"

/* Made with another implementation (Python's hashlib, hmac and cryptography) after the description in blob.h, with
 * team "academy", provider "apple", a salt and nonce of sevens, and the packed members below. */
#define RAW_BLOB                                                                                                       \
    "fmcal:v1:hkdf-sha256:0:3be6c8d625b16f71:BwcHBwcHBwcHBwcHBwcHBw:BwcHBwcHBwcHBwcH:"                                 \
    "qwEY1YLggXfD-uGMI6L4WeWOtUcHsAYOGn__Ddx4uVtfO3aY-xoWRMk8rPYsDOzKwUCwGSJs1QH3xhrTjj0lW1Af2MBIQsy_ablJ3oex1594Pynm" \
    "5w_5X39z9Oly6BIT4RgzptLxiSCDGfhqZsFY1PEZROVjdqOljhL96-2Y3wkgt3sZWGy22pnc2xkSIzUd"
#define PASSPHRASE_BLOB                                                                                                \
    "fmcal:v1:pbkdf2-sha256:600000:39134856870c0325:BwcHBwcHBwcHBwcHBwcHBw:BwcHBwcHBwcHBwcH:"                          \
    "65pW5tsIDC8umFcRe6vIjHOSpAWFyzXgr9LkcQO1LJTyp72f5VYPE6xhxX086fqSIqDUJjqaobBWBMK5yc91IG48RnW28qreXMxv6Xjw87BEESX-" \
    "loIDGS-NYwtVtgUugxJK0COKJdLxuI6uDSwwR08hiA84_cOharg5Tg0DfxDOfgTkHdBMb4UW2ZlJWyNJ"

static fm_status fill_with_seven(void *data, void *out, size_t len)
{
    (void)data;
    memset(out, 7, len);
    return FM_OK;
}

static fm_status no_random(void *data, void *out, size_t len)
{
    (void)data;
    (void)out;
    (void)len;
    return FM_EIO;
}

static fm_keyring *keyring(const char *current, const char *old)
{
    fm_keyring *k;
    fm_secret *a = current ? fm_secret_new(current, strlen(current)) : NULL;
    fm_secret *b = old ? fm_secret_new(old, strlen(old)) : NULL;
    assert_int_equal(fm_keyring_new(&k, a, b, NULL), FM_OK);
    fm_secret_unref(a);
    fm_secret_unref(b);
    return k;
}

static fm_secret *packed_members(void)
{
    fm_options *o = fm_options_new();
    fm_secret *name = fm_secret_new("julia@example.org", 17), *password = fm_secret_new("abcd-efgh-ijkl-mnop", 19);
    fm_secret *packed;
    fm_options_set_secret(o, "username", name);
    fm_options_set_secret(o, "appPassword", password);
    assert_int_equal(fm_credentials_pack(&packed, o, NULL), FM_OK);
    fm_secret_unref(name);
    fm_secret_unref(password);
    fm_options_free(o);
    return packed;
}

static void assert_opens(fm_keyring *k, const char *blob, const fm_secret *expected)
{
    fm_secret *plain;
    size_t len, expected_len;
    assert_int_equal(fm_blob_open(&plain, k, "academy", "apple", blob, strlen(blob), NULL), FM_OK);
    const char *bytes = fm_secret_bytes(plain, &len), *expected_bytes = fm_secret_bytes(expected, &expected_len);
    assert_int_equal(len, expected_len);
    assert_memory_equal(bytes, expected_bytes, len);
    fm_secret_unref(plain);
}

static void assert_refused(fm_keyring *k, const char *team, const char *provider, const char *blob, size_t len)
{
    fm_error err;
    fm_secret *plain = NULL;
    assert_int_equal(fm_blob_open(&plain, k, team, provider, blob, len, &err), FM_ECRYPTO);
    assert_null(plain);
    assert_int_equal(strncmp(err.message, "the stored credentials cannot be decrypted: either CALENDAR", 59), 0);
}

/* A blob that is right in everything but what the caller makes wrong: `parameters` go into the text as they are. */
static void craft(fm_buf *out, const unsigned char team_key[FM_TEAM_KEY_SIZE], const char *parameters, size_t plain_len)
{
    unsigned char id[FM_SHA256_SIZE], salt[16] = {1}, nonce[FM_AEAD_NONCE_SIZE] = {2}, key[FM_AEAD_KEY_SIZE];
    unsigned char *plain = calloc(1, plain_len + 1), *sealed = malloc(plain_len + FM_AEAD_TAG_SIZE);
    fm_buf aad;
    fm_buf_init(out, SIZE_MAX / 2);
    fm_buf_init(&aad, 1000);
    assert_int_equal(fm_crypto_hmac(id, FM_SHA256, team_key, FM_TEAM_KEY_SIZE, "kid", 3, NULL), FM_OK);
    assert_int_equal(fm_crypto_hkdf(key, sizeof key, team_key, FM_TEAM_KEY_SIZE, salt, 16, "fmcal v1 blob", 13, NULL),
                     FM_OK);
    fm_buf_addf(out, "fmcal:v1:%s:", parameters);
    fm_encoding_append(out, FM_HEX, id, FM_KEY_ID_SIZE);
    fm_buf_addc(out, ':');
    fm_encoding_append(out, FM_BASE64URL, salt, sizeof salt);
    fm_buf_addc(out, ':');
    fm_encoding_append(out, FM_BASE64URL, nonce, sizeof nonce);
    fm_buf_addc(out, ':');
    fm_buf_add(&aad, out->data, out->len);
    fm_buf_add(&aad, "\0\0\0\7academy\0\0\0\5apple", 20);
    fm_aead how = {.key = key, .nonce = nonce, .aad = aad.data, .aad_len = aad.len};
    assert_int_equal(fm_crypto_seal(sealed, &how, plain, plain_len, NULL), FM_OK);
    assert_int_equal(fm_encoding_append(out, FM_BASE64URL, sealed, plain_len + FM_AEAD_TAG_SIZE), FM_OK);
    fm_buf_free(&aad);
    free(plain);
    free(sealed);
}

static void raw_team_key(unsigned char key[FM_TEAM_KEY_SIZE])
{
    unsigned char master[32];
    for (unsigned char i = 0; i < sizeof master; i++)
        master[i] = i;
    assert_int_equal(
        fm_crypto_hkdf(key, FM_TEAM_KEY_SIZE, master, sizeof master, "academy", 7, "fmcal v1 team", 13, NULL), FM_OK);
}

static void passphrase_team_key(unsigned char key[FM_TEAM_KEY_SIZE], uint32_t rounds)
{
    assert_int_equal(
        fm_crypto_pbkdf2(key, FM_TEAM_KEY_SIZE, PASSPHRASE, strlen(PASSPHRASE), "academy", 7, rounds, NULL), FM_OK);
}

static void assert_crafted_opens(fm_keyring *k, const unsigned char *team_key, const char *parameters, size_t plain_len)
{
    fm_buf blob;
    fm_secret *plain;
    size_t len;
    craft(&blob, team_key, parameters, plain_len);
    assert_int_equal(fm_blob_open(&plain, k, "academy", "apple", blob.data, blob.len, NULL), FM_OK);
    fm_secret_bytes(plain, &len);
    assert_int_equal(len, plain_len);
    fm_secret_unref(plain);
    fm_buf_free(&blob);
}

static void assert_crafted_refused(fm_keyring *k, const unsigned char *team_key, const char *parameters,
                                   size_t plain_len, const char *tail)
{
    fm_buf blob;
    craft(&blob, team_key, parameters, plain_len);
    fm_buf_adds(&blob, tail);
    assert_refused(k, "academy", "apple", blob.data, blob.len);
    fm_buf_free(&blob);
}

/* Blobs that only a check of their parameters can refuse: key, tag and associated data fit. */
static void test_downgrades_and_bombs_are_refused(void **state)
{
    (void)state;
    unsigned char key[FM_TEAM_KEY_SIZE];
    fm_keyring *k = keyring(PASSPHRASE, RAW_KEY);
    passphrase_team_key(key, 600001);
    assert_crafted_opens(k, key, "pbkdf2-sha256:600001", 1);
    assert_crafted_refused(k, key, "pbkdf2-sha256:0600001", 1, "");
    passphrase_team_key(key, 600000);
    assert_crafted_opens(k, key, "pbkdf2-sha256:600000", 1);
    passphrase_team_key(key, 599999);
    assert_crafted_refused(k, key, "pbkdf2-sha256:599999", 1, "");
    passphrase_team_key(key, 1);
    assert_crafted_refused(k, key, "pbkdf2-sha256:1", 1, "");
    passphrase_team_key(key, FM_PBKDF2_ROUNDS_MAX + 1);
    assert_crafted_refused(k, key, "pbkdf2-sha256:10000001", 1, "");
    raw_team_key(key);
    assert_crafted_opens(k, key, "hkdf-sha256:0", 1);
    assert_crafted_refused(k, key, "hkdf-sha256:0", 1, "=");
    assert_crafted_refused(k, key, "hkdf-sha256:00", 1, "");
    assert_crafted_refused(k, key, "hkdf-sha256:1", 1, "");
    assert_crafted_refused(k, key, "hkdf-sha512:0", 1, "");
    assert_crafted_opens(k, key, "hkdf-sha256:0", 0);
    assert_crafted_opens(k, key, "hkdf-sha256:0", FM_BLOB_PLAIN_MAX);
    assert_crafted_refused(k, key, "hkdf-sha256:0", FM_BLOB_TEXT_MAX, "");
    fm_keyring_free(k);
}

static void test_known_answers(void **state)
{
    (void)state;
    static const char *const keys[] = {RAW_KEY, PASSPHRASE}, *const blobs[] = {RAW_BLOB, PASSPHRASE_BLOB};
    fm_secret *plain = packed_members();
    fm_env env;
    fm_env_default(&env);
    env.random = fill_with_seven;
    for (int i = 0; i < 2; i++) {
        fm_keyring *k = keyring(keys[i], NULL);
        fm_buf out;
        fm_buf_init(&out, FM_BLOB_TEXT_MAX);
        assert_int_equal(fm_blob_seal(&out, k, &env, "academy", "apple", plain, NULL), FM_OK);
        assert_string_equal(out.data, blobs[i]);
        assert_opens(k, blobs[i], plain);
        fm_buf_free(&out);
        fm_keyring_free(k);
    }
    fm_secret_unref(plain);
}

static void test_two_blobs_of_one_secret_differ(void **state)
{
    (void)state;
    fm_keyring *k = keyring(RAW_KEY, NULL);
    fm_secret *plain = packed_members();
    fm_env env;
    fm_buf a, b;
    fm_env_default(&env);
    fm_buf_init(&a, FM_BLOB_TEXT_MAX);
    fm_buf_init(&b, FM_BLOB_TEXT_MAX);
    assert_int_equal(fm_blob_seal(&a, k, &env, "academy", "apple", plain, NULL), FM_OK);
    assert_int_equal(fm_blob_seal(&b, k, &env, "academy", "apple", plain, NULL), FM_OK);
    assert_string_not_equal(a.data, b.data);
    assert_opens(k, a.data, plain);
    assert_opens(k, b.data, plain);
    fm_buf_free(&a);
    fm_buf_free(&b);
    fm_secret_unref(plain);
    fm_keyring_free(k);
}

static void test_every_changed_bit_is_refused(void **state)
{
    (void)state;
    char blob[] = RAW_BLOB;
    size_t len = strlen(blob);
    fm_keyring *k = keyring(RAW_KEY, NULL);
    for (size_t bit = 0; bit < len * 8; bit++) {
        blob[bit / 8] ^= (char)(1 << bit % 8);
        assert_refused(k, "academy", "apple", blob, len);
        blob[bit / 8] ^= (char)(1 << bit % 8);
    }
    fm_keyring_free(k);
}

static void test_every_cut_and_every_added_byte_is_refused(void **state)
{
    (void)state;
    char blob[sizeof RAW_BLOB + 1] = RAW_BLOB;
    size_t len = strlen(blob);
    fm_keyring *k = keyring(RAW_KEY, NULL);
    for (size_t cut = 0; cut < len; cut++)
        assert_refused(k, "academy", "apple", blob, cut);
    for (int c = 0; c < 256; c++) {
        blob[len] = (char)c;
        assert_refused(k, "academy", "apple", blob, len + 1);
    }
    fm_keyring_free(k);
}

static void test_another_key_team_or_provider_is_refused(void **state)
{
    (void)state;
    fm_keyring *k = keyring(RAW_KEY, NULL), *other = keyring(OTHER_KEY, PASSPHRASE);
    size_t len = strlen(RAW_BLOB);
    assert_refused(k, "academx", "apple", RAW_BLOB, len);
    assert_refused(k, "academy", "google", RAW_BLOB, len);
    assert_refused(k, "", "academyapple", RAW_BLOB, len);
    assert_refused(k, "academyapple", "", RAW_BLOB, len);
    assert_refused(other, "academy", "apple", RAW_BLOB, len);
    fm_keyring_free(k);
    fm_keyring_free(other);
}

static void test_parameters_outside_the_list_are_refused(void **state)
{
    (void)state;
    static const char *const parameters[] = {
        "pbkdf2-sha256:1",
        "pbkdf2-sha256:599999",
        "pbkdf2-sha256:10000001",
        "pbkdf2-sha256:4294967296",
        "pbkdf2-sha256:0600000",
        "pbkdf2-sha256:+600000",
        "pbkdf2-sha256:600000 ",
        "pbkdf2-sha256:",
        "pbkdf2-sha1:600000",
        "PBKDF2-SHA256:600000",
        "hkdf-sha256:600000",
        "hkdf-sha256:1",
        "hkdf-sha256:00",
        "none:0",
        "hkdf-sha256",
        ":",
        "hkdf-sha256:0:0:0:0:0:",
        "pbkdf2-sha256:99999999999",
    };
    fm_keyring *k = keyring(PASSPHRASE, RAW_KEY);
    const char *rest = strstr(PASSPHRASE_BLOB, ":39134856870c0325:");
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        char blob[1024];
        int len = snprintf(blob, sizeof blob, "fmcal:v1:%s%s", parameters[i], rest);
        assert_refused(k, "academy", "apple", blob, (size_t)len);
    }
    /* more rounds than it was made with: allowed to be tried, and wrong */
    char blob[1024];
    int len = snprintf(blob, sizeof blob, "fmcal:v1:pbkdf2-sha256:600001%s", rest);
    assert_refused(k, "academy", "apple", blob, (size_t)len);
    len = snprintf(blob, sizeof blob, "fmcal:v2%s", RAW_BLOB + strlen("fmcal:v1"));
    assert_refused(k, "academy", "apple", blob, (size_t)len);
    fm_keyring_free(k);
}

static void test_a_huge_text_is_refused(void **state)
{
    (void)state;
    size_t len = FM_BLOB_TEXT_MAX + 1, head = (size_t)(strrchr(RAW_BLOB, ':') - RAW_BLOB) + 1;
    char *text = malloc(len);
    memset(text, 'A', len);
    memcpy(text, RAW_BLOB, head);
    fm_keyring *k = keyring(RAW_KEY, NULL);
    assert_refused(k, "academy", "apple", text, len);
    assert_refused(k, "academy", "apple", text, len - 1);
    fm_keyring_free(k);
    free(text);
}

static void test_without_a_key_the_error_says_so(void **state)
{
    (void)state;
    fm_keyring *k = keyring(NULL, NULL);
    fm_secret *plain = packed_members();
    fm_error err;
    fm_env env;
    fm_buf out;
    bool current;
    fm_env_default(&env);
    fm_buf_init(&out, FM_BLOB_TEXT_MAX);
    assert_int_equal(fm_blob_seal(&out, k, &env, "academy", "apple", plain, &err), FM_ECRYPTO);
    assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY is not set"));
    fm_secret *opened;
    assert_int_equal(fm_blob_open(&opened, k, "academy", "apple", "rubbish", 7, &err), FM_ECRYPTO);
    assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY is not set"));
    assert_int_equal(fm_blob_is_current(&current, k, "academy", RAW_BLOB, strlen(RAW_BLOB), &err), FM_ECRYPTO);
    fm_secret_unref(plain);
    fm_keyring_free(k);
    fm_buf_free(&out);
}

static void test_old_key_opens_and_is_not_current(void **state)
{
    (void)state;
    fm_keyring *old = keyring(OTHER_KEY, RAW_KEY), *current = keyring(RAW_KEY, OTHER_KEY);
    fm_secret *plain = packed_members();
    bool is_current;
    size_t len = strlen(RAW_BLOB);
    assert_opens(old, RAW_BLOB, plain);
    assert_int_equal(fm_blob_is_current(&is_current, old, "academy", RAW_BLOB, len, NULL), FM_OK);
    assert_false(is_current);
    assert_int_equal(fm_blob_is_current(&is_current, current, "academy", RAW_BLOB, len, NULL), FM_OK);
    assert_true(is_current);
    assert_int_equal(fm_blob_is_current(&is_current, current, "other", RAW_BLOB, len, NULL), FM_OK);
    assert_false(is_current);
    assert_int_equal(fm_blob_is_current(&is_current, current, "academy", "rubbish", 7, NULL), FM_OK);
    assert_false(is_current);
    fm_secret_unref(plain);
    fm_keyring_free(old);
    fm_keyring_free(current);
}

static void test_seal_failures(void **state)
{
    (void)state;
    fm_keyring *k = keyring(RAW_KEY, NULL);
    unsigned char *bytes;
    fm_secret *big = fm_secret_alloc(&bytes, FM_BLOB_PLAIN_MAX + 1), *plain = packed_members();
    fm_error err;
    fm_env env;
    fm_buf out;
    fm_env_default(&env);
    fm_buf_init(&out, 100);
    assert_int_equal(fm_blob_seal(&out, k, &env, "academy", "apple", big, &err), FM_ELIMIT);
    assert_int_equal(fm_blob_seal(&out, k, &env, "academy", "apple", plain, &err), FM_ELIMIT);
    env.random = no_random;
    fm_buf_reset(&out);
    assert_int_equal(fm_blob_seal(&out, k, &env, "academy", "apple", plain, &err), FM_EIO);
    assert_int_equal(out.len, 0);
    fm_secret_unref(big);
    fm_secret_unref(plain);
    fm_keyring_free(k);
    fm_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_two_blobs_of_one_secret_differ),
        cmocka_unit_test(test_every_changed_bit_is_refused),
        cmocka_unit_test(test_every_cut_and_every_added_byte_is_refused),
        cmocka_unit_test(test_another_key_team_or_provider_is_refused),
        cmocka_unit_test(test_downgrades_and_bombs_are_refused),
        cmocka_unit_test(test_parameters_outside_the_list_are_refused),
        cmocka_unit_test(test_a_huge_text_is_refused),
        cmocka_unit_test(test_without_a_key_the_error_says_so),
        cmocka_unit_test(test_old_key_opens_and_is_not_current),
        cmocka_unit_test(test_seal_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
