#include "core/secret/keyring.h"
#include "support/cmocka.h"
#include "util/encoding.h"

#include <stdio.h>
#include <string.h>

#define RAW_HEX    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RAW_BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static fm_status make(fm_keyring **out, const char *current, const char *old, fm_error *err)
{
    fm_secret *a = current ? fm_secret_new(current, strlen(current)) : NULL;
    fm_secret *b = old ? fm_secret_new(old, strlen(old)) : NULL;
    fm_status status = fm_keyring_new(out, a, b, err);
    fm_secret_unref(a);
    fm_secret_unref(b);
    return status;
}

static void id_of(char *text, const char *master, const char *team)
{
    fm_keyring *k;
    const fm_team_key *key;
    assert_int_equal(make(&k, master, NULL, NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&key, k, team, NULL), FM_OK);
    fm_encoding_encode(text, FM_HEX, key->id, FM_KEY_ID_SIZE);
    text[2 * FM_KEY_ID_SIZE] = '\0';
    fm_keyring_free(k);
}

/* The expected ids were computed with another implementation of HKDF, PBKDF2 and HMAC. */
static void test_spellings_of_one_raw_key(void **state)
{
    (void)state;
    static const char *const spellings[] = {
        RAW_HEX,           "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
        RAW_BASE64,        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        RAW_BASE64 "\r\n",
    };
    char id[2 * FM_KEY_ID_SIZE + 1];
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        id_of(id, spellings[i], "academy");
        assert_string_equal(id, "3be6c8d625b16f71");
    }
}

static void test_passphrase(void **state)
{
    (void)state;
    char id[2 * FM_KEY_ID_SIZE + 1];
    id_of(id, "correct horse battery staple", "academy");
    assert_string_equal(id, "39134856870c0325");
}

static void test_each_team_has_its_own_key(void **state)
{
    (void)state;
    char a[2 * FM_KEY_ID_SIZE + 1], b[2 * FM_KEY_ID_SIZE + 1];
    id_of(a, RAW_HEX, "academy");
    id_of(b, RAW_HEX, "academx");
    assert_string_not_equal(a, b);
}

static void test_unusable_keys_are_named(void **state)
{
    (void)state;
    static const char *const unusable[] = {"", "hunter2", "fifteen charact", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
                                           "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"};
    fm_keyring *k;
    fm_error err;
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) {
        assert_int_equal(make(&k, unusable[i], NULL, &err), FM_ECRYPTO);
        assert_null(k);
        assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY is no usable key"));
        if (*unusable[i] && *unusable[i] != '\n')
            assert_null(strstr(err.message, unusable[i]));
    }
    assert_int_equal(make(&k, RAW_HEX, "short", &err), FM_ECRYPTO);
    assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY_OLD"));
    /* 31 and 33 bytes are passphrases, if they are long enough */
    assert_int_equal(make(&k, "0001020304050607", NULL, &err), FM_OK);
    const fm_team_key *key;
    assert_int_equal(fm_keyring_current(&key, k, "academy", NULL), FM_OK);
    assert_int_equal(key->derivation, FM_DERIVE_PBKDF2);
    assert_int_equal(key->rounds, FM_PBKDF2_ROUNDS);
    fm_keyring_free(k);
}

static void test_without_a_key(void **state)
{
    (void)state;
    fm_keyring *k;
    const fm_team_key *key;
    fm_error err;
    unsigned char id[FM_KEY_ID_SIZE] = {0};
    assert_int_equal(make(&k, NULL, NULL, &err), FM_OK);
    assert_false(fm_keyring_can_seal(k));
    assert_int_equal(fm_keyring_current(&key, k, "academy", &err), FM_ECRYPTO);
    assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY is not set"));
    assert_int_equal(fm_keyring_find(&key, k, "academy", FM_DERIVE_HKDF, 0, id, &err), FM_ECRYPTO);
    assert_non_null(strstr(err.message, "CALENDAR_ENCRYPTION_KEY is not set"));
    fm_keyring_free(k);
    fm_keyring_free(NULL);
}

static void test_finds_current_and_old_by_id(void **state)
{
    (void)state;
    static const char other[] = "1111111111111111111111111111111111111111111111111111111111111111";
    fm_keyring *both, *first, *second;
    const fm_team_key *a, *b, *found;
    assert_int_equal(make(&both, RAW_HEX, other, NULL), FM_OK);
    assert_int_equal(make(&first, RAW_HEX, NULL, NULL), FM_OK);
    assert_int_equal(make(&second, other, NULL, NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&a, first, "academy", NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&b, second, "academy", NULL), FM_OK);
    assert_int_equal(fm_keyring_find(&found, both, "academy", FM_DERIVE_HKDF, 0, a->id, NULL), FM_OK);
    assert_memory_equal(fm_secret_bytes(found->secret, NULL), fm_secret_bytes(a->secret, NULL), FM_TEAM_KEY_SIZE);
    assert_int_equal(fm_keyring_find(&found, both, "academy", FM_DERIVE_HKDF, 0, b->id, NULL), FM_OK);
    assert_memory_equal(fm_secret_bytes(found->secret, NULL), fm_secret_bytes(b->secret, NULL), FM_TEAM_KEY_SIZE);
    assert_int_equal(fm_keyring_find(&found, first, "academy", FM_DERIVE_HKDF, 0, b->id, NULL), FM_OK);
    assert_null(found);
    /* a raw key never answers for a passphrase */
    assert_int_equal(fm_keyring_find(&found, first, "academy", FM_DERIVE_PBKDF2, FM_PBKDF2_ROUNDS_MIN, a->id, NULL),
                     FM_OK);
    assert_null(found);
    fm_keyring_free(both);
    fm_keyring_free(first);
    fm_keyring_free(second);
}

static void test_derives_once(void **state)
{
    (void)state;
    fm_keyring *k;
    const fm_team_key *first, *again, *other;
    assert_int_equal(make(&k, RAW_HEX, NULL, NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&first, k, "academy", NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&other, k, "legal", NULL), FM_OK);
    assert_int_equal(fm_keyring_current(&again, k, "academy", NULL), FM_OK);
    assert_ptr_equal(first, again);
    assert_ptr_not_equal(first, other);
    fm_keyring_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings_of_one_raw_key),
        cmocka_unit_test(test_passphrase),
        cmocka_unit_test(test_each_team_has_its_own_key),
        cmocka_unit_test(test_unusable_keys_are_named),
        cmocka_unit_test(test_without_a_key),
        cmocka_unit_test(test_finds_current_and_old_by_id),
        cmocka_unit_test(test_derives_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
