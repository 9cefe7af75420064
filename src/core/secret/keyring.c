#include "core/secret/keyring.h"
#include "core/crypto.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdlib.h>
#include <string.h>

#define RAW_KEY_SIZE              32
#define PASSPHRASE_MIN_CHARACTERS 16
#define TEAM_INFO                 "fmcal v1 team"
#define ID_TEXT                   "kid"

typedef struct master_key {
    fm_secret *secret; /* the raw key or the passphrase; NULL: no such key */
    fm_derivation derivation;
} master_key;

/* A derived key as it was asked for. */
typedef struct derived {
    const master_key *master;
    char *team;
    fm_team_key key;
    struct derived *next;
} derived;

struct fm_keyring {
    master_key current, old;
    derived *cache;
};

/* ------------------------------------------------------------------ master keys */

/* The raw key that the text spells, NULL where it spells none (or memory ran out). */
static fm_secret *decode_raw(fm_encoding encoding, const char *text, size_t len)
{
    unsigned char *bytes;
    size_t size;
    /* Room for whatever the text decodes to: only then its length is known. */
    fm_secret *buffer = fm_secret_alloc(&bytes, fm_encoding_byte_size(encoding, len)), *key = NULL;
    if (buffer && fm_encoding_decode(bytes, &size, encoding, text, len) == FM_OK && size == RAW_KEY_SIZE)
        key = fm_secret_new(bytes, size);
    fm_secret_unref(buffer);
    return key;
}

static size_t count_characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Reads the text of a master key: raw where it can be read so, else a passphrase. */
static fm_status read_master(master_key *out, fm_secret *text, const char *variable, fm_error *err)
{
    size_t len;
    const char *s = fm_secret_bytes(text, &len);
    while (len && (s[len - 1] == '\n' || s[len - 1] == '\r'))
        len--;
    out->derivation = FM_DERIVE_HKDF;
    out->secret = decode_raw(FM_HEX, s, len);
    if (!out->secret)
        out->secret = decode_raw(FM_BASE64, s, len);
    if (!out->secret)
        out->secret = decode_raw(FM_BASE64URL, s, len);
    if (out->secret)
        return FM_OK;
    if (count_characters(s, len) < PASSPHRASE_MIN_CHARACTERS)
        return fm_error_set(err, FM_ECRYPTO, "credentials",
                            "%s is no usable key: set it to 32 random bytes as hex or base64 (\"openssl rand -hex 32\" "
                            "makes some) or to a passphrase of at least %d characters",
                            variable, PASSPHRASE_MIN_CHARACTERS);
    out->derivation = FM_DERIVE_PBKDF2;
    out->secret = fm_secret_new(s, len);
    if (!out->secret)
        return fm_error_no_memory(err, "credentials");
    return FM_OK;
}

fm_status fm_keyring_new(fm_keyring **out, fm_secret *current, fm_secret *old, fm_error *err)
{
    fm_status status = FM_OK;
    fm_keyring *k = calloc(1, sizeof *k);
    *out = NULL;
    if (!k)
        return fm_error_no_memory(err, "credentials");
    if (current)
        status = read_master(&k->current, current, "CALENDAR_ENCRYPTION_KEY", err);
    if (status == FM_OK && old)
        status = read_master(&k->old, old, "CALENDAR_ENCRYPTION_KEY_OLD", err);
    if (status == FM_OK)
        *out = k;
    else
        fm_keyring_free(k);
    return status;
}

static void free_derived(derived *d)
{
    fm_secret_unref(d->key.secret);
    free(d->team);
    free(d);
}

void fm_keyring_free(fm_keyring *k)
{
    if (!k)
        return;
    while (k->cache) {
        derived *next = k->cache->next;
        free_derived(k->cache);
        k->cache = next;
    }
    fm_secret_unref(k->current.secret);
    fm_secret_unref(k->old.secret);
    free(k);
}

bool fm_keyring_can_seal(const fm_keyring *k)
{
    return k->current.secret != NULL;
}

/* ------------------------------------------------------------------ keys of a team */

static fm_status derive_bytes(unsigned char *out, const master_key *master, const char *team, uint32_t rounds,
                              fm_error *err)
{
    size_t len;
    const char *key = fm_secret_bytes(master->secret, &len);
    if (master->derivation == FM_DERIVE_PBKDF2)
        return fm_crypto_pbkdf2(out, FM_TEAM_KEY_SIZE, key, len, team, strlen(team), rounds, err);
    return fm_crypto_hkdf(out, FM_TEAM_KEY_SIZE, key, len, team, strlen(team), TEAM_INFO, strlen(TEAM_INFO), err);
}

/* Makes the key and its id. The caller frees it with free_derived(), after a failure too. */
static fm_status make_derived(derived *d, const char *team, fm_error *err)
{
    unsigned char *bytes, mac[FM_SHA256_SIZE];
    d->team = strdup(team);
    d->key.secret = fm_secret_alloc(&bytes, FM_TEAM_KEY_SIZE);
    if (!d->team || !d->key.secret)
        return fm_error_no_memory(err, "credentials");
    fm_status status = derive_bytes(bytes, d->master, team, d->key.rounds, err);
    if (status == FM_OK)
        status = fm_crypto_hmac(mac, FM_SHA256, bytes, FM_TEAM_KEY_SIZE, ID_TEXT, strlen(ID_TEXT), err);
    if (status == FM_OK)
        memcpy(d->key.id, mac, FM_KEY_ID_SIZE);
    return status;
}

/* The key of a team out of one master key, from the cache or made now. */
static fm_status team_key(const fm_team_key **out, fm_keyring *k, const master_key *master, const char *team,
                          uint32_t rounds, fm_error *err)
{
    for (derived *d = k->cache; d; d = d->next)
        if (d->master == master && d->key.rounds == rounds && strcmp(d->team, team) == 0) {
            *out = &d->key;
            return FM_OK;
        }
    derived *d = calloc(1, sizeof *d);
    if (!d)
        return fm_error_no_memory(err, "credentials");
    d->master = master;
    d->key.derivation = master->derivation;
    d->key.rounds = rounds;
    fm_status status = make_derived(d, team, err);
    if (status != FM_OK) {
        free_derived(d);
        return status;
    }
    d->next = k->cache;
    k->cache = d;
    *out = &d->key;
    return FM_OK;
}

static fm_status no_key(fm_error *err)
{
    return fm_error_set(
        err, FM_ECRYPTO, "credentials",
        "CALENDAR_ENCRYPTION_KEY is not set: set it to the key that the credentials were, or are to be, "
        "encrypted with, or CALENDAR_ENCRYPTION_KEY_FILE to a file that holds it; if the key is lost, connect again");
}

fm_status fm_keyring_current(const fm_team_key **out, fm_keyring *k, const char *team, fm_error *err)
{
    *out = NULL;
    if (!k->current.secret)
        return no_key(err);
    return team_key(out, k, &k->current, team, k->current.derivation == FM_DERIVE_PBKDF2 ? FM_PBKDF2_ROUNDS : 0, err);
}

fm_status fm_keyring_find(const fm_team_key **out, fm_keyring *k, const char *team, fm_derivation derivation,
                          uint32_t rounds, const unsigned char id[FM_KEY_ID_SIZE], fm_error *err)
{
    const master_key *masters[] = {&k->current, &k->old};
    *out = NULL;
    if (!k->current.secret && !k->old.secret)
        return no_key(err);
    for (size_t i = 0; i < 2; i++) {
        const fm_team_key *key = NULL;
        if (!masters[i]->secret || masters[i]->derivation != derivation)
            continue;
        fm_status status = team_key(&key, k, masters[i], team, rounds, err);
        if (status != FM_OK)
            return status;
        if (key && fm_crypto_equal(key->id, id, FM_KEY_ID_SIZE)) {
            *out = key;
            return FM_OK;
        }
    }
    return FM_OK;
}
