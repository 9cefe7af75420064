#include "core/crypto.h"
#include "support/cmocka.h"
#include "util/encoding.h"

#include <limits.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bytes {
    unsigned char data[256];
    size_t len;
} bytes;

static bytes from_hex(const char *hex)
{
    bytes b;
    assert_true(strlen(hex) / 2 <= sizeof b.data);
    assert_int_equal(fm_encoding_decode(b.data, &b.len, FM_HEX, hex, strlen(hex)), FM_OK);
    return b;
}

static void assert_hex(const unsigned char *data, size_t len, const char *hex)
{
    char text[1024];
    size_t size = fm_encoding_text_size(FM_HEX, len);
    assert_true(size < sizeof text);
    fm_encoding_encode(text, FM_HEX, data, len);
    text[size] = '\0';
    assert_string_equal(text, hex);
}

/* ------------------------------------------------------------------ FIPS 180-4 examples */

static const struct {
    const char *text, *sha1, *sha256, *sha512;
} hash_vectors[] = {
    {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void test_hashes(void **state)
{
    (void)state;
    unsigned char out[FM_DIGEST_MAX];
    for (size_t i = 0; i < sizeof hash_vectors / sizeof *hash_vectors; i++) {
        size_t len = strlen(hash_vectors[i].text);
        assert_int_equal(fm_crypto_hash(out, FM_SHA1, hash_vectors[i].text, len, NULL), FM_OK);
        assert_hex(out, fm_digest_size(FM_SHA1), hash_vectors[i].sha1);
        assert_int_equal(fm_crypto_hash(out, FM_SHA256, hash_vectors[i].text, len, NULL), FM_OK);
        assert_hex(out, fm_digest_size(FM_SHA256), hash_vectors[i].sha256);
        assert_int_equal(fm_crypto_hash(out, FM_SHA512, hash_vectors[i].text, len, NULL), FM_OK);
        assert_hex(out, fm_digest_size(FM_SHA512), hash_vectors[i].sha512);
    }
    assert_int_equal(fm_crypto_hash(out, FM_SHA256, NULL, 0, NULL), FM_OK);
    assert_hex(out, 32, hash_vectors[0].sha256);
}

static void test_hash_in_parts(void **state)
{
    (void)state;
    unsigned char out[FM_DIGEST_MAX];
    char block[1000];
    fm_hash *h;
    memset(block, 'a', sizeof block);
    assert_int_equal(fm_hash_new(&h, FM_SHA256, NULL), FM_OK);
    for (int i = 0; i < 1000; i++)
        fm_hash_add(h, block, sizeof block);
    assert_int_equal(fm_hash_finish(out, h, NULL), FM_OK);
    assert_hex(out, 32, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    fm_hash_add(h, "ab", 2);
    fm_hash_add(h, NULL, 0);
    fm_hash_add(h, "c", 1);
    assert_int_equal(fm_hash_finish(out, h, NULL), FM_OK);
    assert_hex(out, 32, hash_vectors[1].sha256);
    assert_int_equal(fm_hash_finish(out, h, NULL), FM_OK);
    assert_hex(out, 32, hash_vectors[0].sha256);
    fm_hash_free(h);
    fm_hash_free(NULL);
}

/* ------------------------------------------------------------------ RFC 4231, RFC 2202 */

static const struct {
    const char *key, *data; /* hex */
    const char *sha256, *sha512;
} hmac_vectors[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
     "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
     "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
     "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
     "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
};

static void test_hmac(void **state)
{
    (void)state;
    unsigned char out[FM_DIGEST_MAX];
    for (size_t i = 0; i < sizeof hmac_vectors / sizeof *hmac_vectors; i++) {
        bytes key = from_hex(hmac_vectors[i].key), data = from_hex(hmac_vectors[i].data);
        assert_int_equal(fm_crypto_hmac(out, FM_SHA256, key.data, key.len, data.data, data.len, NULL), FM_OK);
        assert_hex(out, 32, hmac_vectors[i].sha256);
        assert_int_equal(fm_crypto_hmac(out, FM_SHA512, key.data, key.len, data.data, data.len, NULL), FM_OK);
        assert_hex(out, 64, hmac_vectors[i].sha512);
    }
    /* test cases 6 and 7: keys longer than a block */
    unsigned char key[131];
    memset(key, 0xaa, sizeof key);
    const char *six = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert_int_equal(fm_crypto_hmac(out, FM_SHA256, key, sizeof key, six, strlen(six), NULL), FM_OK);
    assert_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    const char *seven = "This is a test using a larger than block-size key and a larger than block-size data. "
                        "The key needs to be hashed before being used by the HMAC algorithm.";
    assert_int_equal(fm_crypto_hmac(out, FM_SHA256, key, sizeof key, seven, strlen(seven), NULL), FM_OK);
    assert_hex(out, 32, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    /* RFC 2202, HMAC-SHA1 test case 2 */
    assert_int_equal(fm_crypto_hmac(out, FM_SHA1, "Jefe", 4, "what do ya want for nothing?", 28, NULL), FM_OK);
    assert_hex(out, 20, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    /* an empty key and text */
    assert_int_equal(fm_crypto_hmac(out, FM_SHA256, NULL, 0, NULL, 0, NULL), FM_OK);
    assert_hex(out, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* ------------------------------------------------------------------ RFC 7914 section 11 */

static void test_pbkdf2(void **state)
{
    (void)state;
    unsigned char out[64];
    assert_int_equal(fm_crypto_pbkdf2(out, 64, "passwd", 6, "salt", 4, 1, NULL), FM_OK);
    assert_hex(out, 64,
               "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
               "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    assert_int_equal(fm_crypto_pbkdf2(out, 64, "Password", 8, "NaCl", 4, 80000, NULL), FM_OK);
    assert_hex(out, 64,
               "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
               "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
    fm_error err;
    assert_int_equal(fm_crypto_pbkdf2(out, 64, "x", 1, "x", 1, 0, &err), FM_EINVAL);
    assert_int_equal(fm_crypto_pbkdf2(out, 64, "x", 1, "x", 1, (uint32_t)INT_MAX + 1, &err), FM_EINVAL);
    assert_int_equal(fm_crypto_pbkdf2(out, 0, "x", 1, "x", 1, 1, &err), FM_EINVAL);
}

/* ------------------------------------------------------------------ RFC 5869 appendix A */

static void test_hkdf(void **state)
{
    (void)state;
    unsigned char out[82];
    bytes key = from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    bytes salt = from_hex("000102030405060708090a0b0c"), info = from_hex("f0f1f2f3f4f5f6f7f8f9");
    assert_int_equal(fm_crypto_hkdf(out, 42, key.data, key.len, salt.data, salt.len, info.data, info.len, NULL), FM_OK);
    assert_hex(out, 42, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    assert_int_equal(fm_crypto_hkdf(out, 42, key.data, key.len, NULL, 0, NULL, 0, NULL), FM_OK);
    assert_hex(out, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    bytes longs[3];
    for (size_t i = 0; i < 80; i++) {
        longs[0].data[i] = (unsigned char)i;
        longs[1].data[i] = (unsigned char)(0x60 + i);
        longs[2].data[i] = (unsigned char)(0xb0 + i);
    }
    assert_int_equal(fm_crypto_hkdf(out, 82, longs[0].data, 80, longs[1].data, 80, longs[2].data, 80, NULL), FM_OK);
    assert_hex(out, 82,
               "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
               "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
               "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    assert_int_equal(fm_crypto_hkdf(out, 0, "k", 1, NULL, 0, NULL, 0, NULL), FM_EINVAL);
    assert_int_equal(fm_crypto_hkdf(out, FM_HKDF_MAX + 1, "k", 1, NULL, 0, NULL, 0, NULL), FM_EINVAL);
}

/* ------------------------------------------------------------------ the GCM specification, test cases 13 to 16 */

static const struct {
    const char *key, *nonce, *plain, *aad, *sealed;
} gcm_vectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "00000000000000000000000000000000", "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

static void test_gcm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gcm_vectors / sizeof *gcm_vectors; i++) {
        bytes key = from_hex(gcm_vectors[i].key), nonce = from_hex(gcm_vectors[i].nonce);
        bytes plain = from_hex(gcm_vectors[i].plain), aad = from_hex(gcm_vectors[i].aad);
        fm_aead how = {.key = key.data, .nonce = nonce.data, .aad = aad.data, .aad_len = aad.len};
        unsigned char sealed[128], back[128];
        assert_int_equal(fm_crypto_seal(sealed, &how, plain.data, plain.len, NULL), FM_OK);
        assert_hex(sealed, plain.len + FM_AEAD_TAG_SIZE, gcm_vectors[i].sealed);
        assert_int_equal(fm_crypto_open(back, &how, sealed, plain.len + FM_AEAD_TAG_SIZE, NULL), FM_OK);
        assert_memory_equal(back, plain.data, plain.len);
    }
}

static void test_gcm_refuses_every_changed_bit(void **state)
{
    (void)state;
    bytes key = from_hex(gcm_vectors[3].key), nonce = from_hex(gcm_vectors[3].nonce);
    bytes aad = from_hex(gcm_vectors[3].aad), sealed = from_hex(gcm_vectors[3].sealed);
    bytes *parts[] = {&key, &nonce, &aad, &sealed};
    fm_aead how = {.key = key.data, .nonce = nonce.data, .aad = aad.data, .aad_len = aad.len};
    unsigned char back[128];
    fm_error err;
    for (size_t p = 0; p < 4; p++)
        for (size_t bit = 0; bit < parts[p]->len * 8; bit++) {
            parts[p]->data[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_int_equal(fm_crypto_open(back, &how, sealed.data, sealed.len, &err), FM_ECRYPTO);
            parts[p]->data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    /* what was decrypted before the tag was checked is not left behind */
    unsigned char zeros[128] = {0};
    sealed.data[sealed.len - 1] ^= 1;
    memset(back, 0xff, sizeof back);
    assert_int_equal(fm_crypto_open(back, &how, sealed.data, sealed.len, &err), FM_ECRYPTO);
    assert_memory_equal(back, zeros, sealed.len - FM_AEAD_TAG_SIZE);
    for (size_t len = 0; len < sealed.len; len++)
        assert_int_equal(fm_crypto_open(back, &how, sealed.data, len, &err), FM_ECRYPTO);
}

/* ------------------------------------------------------------------ RFC 7515 appendix A.2 */

static char *read_fixture(const char *name, size_t *len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/fixtures/crypto/%s", TESTS_DIR, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = calloc(1, 8192);
    *len = fread(text, 1, 8191, f);
    fclose(f);
    return text;
}

static void test_rs256(void **state)
{
    (void)state;
    const char *input = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvb"
                        "S9pc19yb290Ijp0cnVlfQ";
    const char *expected =
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUA"
        "r7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
        "xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_Io"
        "ypGlUPQGe77Rw";
    size_t len;
    char *pem = read_fixture("rfc7515_a2.pem", &len);
    fm_buf signature, text;
    fm_buf_init(&signature, 1000);
    fm_buf_init(&text, 1000);
    assert_int_equal(fm_crypto_sign_rs256(&signature, pem, len, input, strlen(input), NULL), FM_OK);
    fm_encoding_append(&text, FM_BASE64URL, signature.data, signature.len);
    assert_string_equal(text.data, expected);
    fm_buf_free(&signature);
    fm_buf_init(&signature, 100);
    fm_error err;
    assert_int_equal(fm_crypto_sign_rs256(&signature, pem, len, input, strlen(input), &err), FM_ELIMIT);
    fm_buf_free(&signature);
    fm_buf_free(&text);
    free(pem);
}

static void test_rs256_refuses_other_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"rsa_1024.pem", "ed25519.pem", "encrypted.pem"};
    fm_buf signature;
    fm_error err;
    fm_buf_init(&signature, 1000);
    for (size_t i = 0; i < 3; i++) {
        size_t len;
        char *pem = read_fixture(names[i], &len);
        assert_int_equal(fm_crypto_sign_rs256(&signature, pem, len, "x", 1, &err), FM_EINVAL);
        assert_non_null(strstr(err.message, "unencrypted private RSA key"));
        free(pem);
    }
    assert_int_equal(fm_crypto_sign_rs256(&signature, "", 0, "x", 1, &err), FM_EINVAL);
    assert_int_equal(fm_crypto_sign_rs256(&signature, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", 37, "x", 1, &err),
                     FM_EINVAL);
    assert_int_equal(signature.len, 0);
    assert_int_equal(ERR_peek_error(), 0);
    fm_buf_free(&signature);
}

/* ------------------------------------------------------------------ the rest */

static void test_equal(void **state)
{
    (void)state;
    assert_true(fm_crypto_equal("abc", "abc", 3));
    assert_false(fm_crypto_equal("abc", "abd", 3));
    assert_false(fm_crypto_equal("bbc", "abc", 3));
    assert_true(fm_crypto_equal(NULL, NULL, 0));
}

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

static void test_random_comes_from_env(void **state)
{
    (void)state;
    fm_env env;
    fm_error err;
    unsigned char out[64] = {0}, other[64] = {0};
    fm_env_default(&env);
    assert_int_equal(fm_crypto_random(out, sizeof out, &env, &err), FM_OK);
    assert_int_equal(fm_crypto_random(other, sizeof other, &env, &err), FM_OK);
    assert_memory_not_equal(out, other, sizeof out);
    env.random = fill_with_seven;
    assert_int_equal(fm_crypto_random(out, 2, &env, &err), FM_OK);
    assert_memory_equal(out, "\7\7", 2);
    env.random = no_random;
    assert_int_equal(fm_crypto_random(out, 2, &env, &err), FM_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_hash_in_parts),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_pbkdf2),
        cmocka_unit_test(test_hkdf),
        cmocka_unit_test(test_gcm),
        cmocka_unit_test(test_gcm_refuses_every_changed_bit),
        cmocka_unit_test(test_rs256),
        cmocka_unit_test(test_rs256_refuses_other_keys),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_random_comes_from_env),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
