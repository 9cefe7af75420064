/**
 * @file keyring.h
 * The master keys of a process and what is derived from them: one key per team, found again by its id.
 *
 * A master key is 32 bytes as hex or base64, taken through HKDF-SHA256, or a passphrase of at least 16
 * characters, taken through PBKDF2-HMAC-SHA256. The team's id is the salt of both. A derived key is kept
 * for the life of the keyring, as a secret: PBKDF2 is meant to be slow.
 *
 * The id of a team's key is computed from the derived key, not from the master key: an id that could be
 * recomputed from a passphrase without PBKDF2 would let anyone who reads a board guess at full speed.
 *
 * Not thread-safe; belongs to one host.
 */
#ifndef FM_CORE_SECRET_KEYRING_H
#define FM_CORE_SECRET_KEYRING_H

#include "fmcal/error.h"
#include "util/secret.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct fm_keyring fm_keyring;

/** How a team's key is made of a master key. */
typedef enum fm_derivation {
    FM_DERIVE_HKDF,  /**< from 32 random bytes */
    FM_DERIVE_PBKDF2 /**< from a passphrase */
} fm_derivation;

#define FM_TEAM_KEY_SIZE 32
#define FM_KEY_ID_SIZE   8
/** PBKDF2 rounds of keys for new blobs, and the least and most that are accepted in old ones. */
#define FM_PBKDF2_ROUNDS     600000
#define FM_PBKDF2_ROUNDS_MIN 600000
#define FM_PBKDF2_ROUNDS_MAX 10000000

/** One team's key. Owned by the keyring. */
typedef struct fm_team_key {
    fm_derivation derivation;
    uint32_t rounds; /**< of PBKDF2; 0 with HKDF */
    unsigned char id[FM_KEY_ID_SIZE];
    fm_secret *secret; /**< FM_TEAM_KEY_SIZE bytes */
} fm_team_key;

/**
 * A keyring, owned by the caller. References of the secrets are taken; either may be NULL.
 * @param current  encrypts and decrypts (CALENDAR_ENCRYPTION_KEY)
 * @param old      only decrypts (CALENDAR_ENCRYPTION_KEY_OLD)
 * FM_ECRYPTO for text that is no usable key, named by its variable; FM_ENOMEM.
 */
fm_status fm_keyring_new(fm_keyring **out, fm_secret *current, fm_secret *old, fm_error *err);
/** NULL is allowed. */
void fm_keyring_free(fm_keyring *k);

/** Whether there is a current key. */
bool fm_keyring_can_seal(const fm_keyring *k);
/** The current key of a team, borrowed. FM_ECRYPTO where there is none; it says what to do. */
fm_status fm_keyring_current(const fm_team_key **out, fm_keyring *k, const char *team, fm_error *err);
/**
 * The key of a team that was derived in this way and has this id, current or old, borrowed; NULL in
 * `*out` where no key fits. FM_ECRYPTO where the keyring has no key at all.
 * @param rounds  within the limits above for PBKDF2, 0 for HKDF
 */
fm_status fm_keyring_find(const fm_team_key **out, fm_keyring *k, const char *team, fm_derivation derivation,
                          uint32_t rounds, const unsigned char id[FM_KEY_ID_SIZE], fm_error *err);

#endif
