#include "core/secret/blob.h"
#include "core/crypto.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX    "fmcal:v1:"
#define BLOB_INFO "fmcal v1 blob"
#define SALT_SIZE 16
/* Most bytes of the text before the data. */
#define HEADER_MAX 256

static const char *const derivation_names[] = {[FM_DERIVE_HKDF] = "hkdf-sha256", [FM_DERIVE_PBKDF2] = "pbkdf2-sha256"};

/* What the text of a blob says. */
typedef struct header {
    fm_derivation derivation;
    uint32_t rounds;
    unsigned char key_id[FM_KEY_ID_SIZE];
    unsigned char salt[SALT_SIZE];
    unsigned char nonce[FM_AEAD_NONCE_SIZE];
    size_t len; /* of its text, the last colon included */
} header;

static fm_status wrong(fm_error *err)
{
    return fm_error_set(
        err, FM_ECRYPTO, "credentials",
        "the stored credentials cannot be decrypted: either CALENDAR_ENCRYPTION_KEY is not the key they "
        "were encrypted with, or they were changed or belong to another team or provider; set the right "
        "key; if it is lost, connect again: nothing else is lost with it");
}

/* ------------------------------------------------------------------ text */

/* Takes the text up to the next colon off `*text`; false where there is no colon. */
static bool next_field(const char **text, size_t *len, const char **field, size_t *field_len)
{
    const char *colon = memchr(*text, ':', *len);
    if (!colon)
        return false;
    *field = *text;
    *field_len = (size_t)(colon - *text);
    *len -= *field_len + 1;
    *text = colon + 1;
    return true;
}

static bool read_derivation(fm_derivation *out, const char *field, size_t len)
{
    for (size_t i = 0; i < sizeof derivation_names / sizeof *derivation_names; i++)
        if (strlen(derivation_names[i]) == len && memcmp(field, derivation_names[i], len) == 0) {
            *out = (fm_derivation)i;
            return true;
        }
    return false;
}

/* A decimal number without leading zeros, small enough for the limits that follow. */
static bool read_rounds(uint32_t *out, const char *field, size_t len)
{
    *out = 0;
    if (len == 0 || len > 8 || (len > 1 && field[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (field[i] < '0' || field[i] > '9')
            return false;
        *out = *out * 10 + (uint32_t)(field[i] - '0');
    }
    return true;
}

static bool rounds_allowed(fm_derivation derivation, uint32_t rounds)
{
    if (derivation == FM_DERIVE_HKDF)
        return rounds == 0;
    return rounds >= FM_PBKDF2_ROUNDS_MIN && rounds <= FM_PBKDF2_ROUNDS_MAX;
}

/* Bytes of an exact number. */
static bool read_bytes(unsigned char *out, size_t size, fm_encoding encoding, const char *field, size_t len)
{
    size_t n;
    return len == fm_encoding_text_size(encoding, size) && fm_encoding_decode(out, &n, encoding, field, len) == FM_OK &&
           n == size;
}

static bool read_header(header *h, const char *text, size_t len)
{
    const char *rest = text, *field;
    size_t rest_len = len, n;
    if (len > FM_BLOB_TEXT_MAX || len < strlen(PREFIX) || memcmp(text, PREFIX, strlen(PREFIX)) != 0)
        return false;
    rest += strlen(PREFIX);
    rest_len -= strlen(PREFIX);
    bool ok = next_field(&rest, &rest_len, &field, &n) && read_derivation(&h->derivation, field, n) &&
              next_field(&rest, &rest_len, &field, &n) && read_rounds(&h->rounds, field, n) &&
              rounds_allowed(h->derivation, h->rounds) && next_field(&rest, &rest_len, &field, &n) &&
              read_bytes(h->key_id, sizeof h->key_id, FM_HEX, field, n) && next_field(&rest, &rest_len, &field, &n) &&
              read_bytes(h->salt, sizeof h->salt, FM_BASE64URL, field, n) && next_field(&rest, &rest_len, &field, &n) &&
              read_bytes(h->nonce, sizeof h->nonce, FM_BASE64URL, field, n);
    h->len = len - rest_len;
    return ok;
}

static fm_status append_header(fm_buf *out, const header *h)
{
    fm_buf_addf(out, PREFIX "%s:%u:", derivation_names[h->derivation], (unsigned)h->rounds);
    fm_encoding_append(out, FM_HEX, h->key_id, sizeof h->key_id);
    fm_buf_addc(out, ':');
    fm_encoding_append(out, FM_BASE64URL, h->salt, sizeof h->salt);
    fm_buf_addc(out, ':');
    fm_encoding_append(out, FM_BASE64URL, h->nonce, sizeof h->nonce);
    return fm_buf_addc(out, ':');
}

/* ------------------------------------------------------------------ key and associated data */

static void append_with_length(fm_buf *out, const char *s)
{
    size_t len = strlen(s);
    unsigned char size[4] = {(unsigned char)(len >> 24), (unsigned char)(len >> 16), (unsigned char)(len >> 8),
                             (unsigned char)len};
    fm_buf_add(out, size, sizeof size);
    fm_buf_add(out, s, len);
}

static fm_status append_aad(fm_buf *out, const char *head, size_t head_len, const char *team, const char *provider)
{
    fm_buf_add(out, head, head_len);
    append_with_length(out, team);
    append_with_length(out, provider);
    return out->status;
}

/* The blob's own key, owned by the caller. */
static fm_status blob_key(fm_secret **out, const fm_team_key *team_key, const unsigned char salt[SALT_SIZE],
                          fm_error *err)
{
    unsigned char *bytes;
    size_t len;
    const char *master = fm_secret_bytes(team_key->secret, &len);
    *out = fm_secret_alloc(&bytes, FM_AEAD_KEY_SIZE);
    if (!*out)
        return fm_error_no_memory(err, "credentials");
    return fm_crypto_hkdf(bytes, FM_AEAD_KEY_SIZE, master, len, salt, SALT_SIZE, BLOB_INFO, strlen(BLOB_INFO), err);
}

/* ------------------------------------------------------------------ seal */

static fm_status new_header(header *h, const fm_team_key *key, const fm_env *env, fm_error *err)
{
    h->derivation = key->derivation;
    h->rounds = key->rounds;
    memcpy(h->key_id, key->id, sizeof h->key_id);
    fm_status status = fm_crypto_random(h->salt, sizeof h->salt, env, err);
    if (status == FM_OK)
        status = fm_crypto_random(h->nonce, sizeof h->nonce, env, err);
    return status;
}

/* Encrypts and appends header and data. */
static fm_status append_sealed(fm_buf *out, const header *h, const fm_secret *key, const fm_buf *head,
                               const fm_buf *aad, const fm_secret *plain, fm_error *err)
{
    size_t len;
    const char *bytes = fm_secret_bytes(plain, &len);
    unsigned char *sealed = malloc(len + FM_AEAD_TAG_SIZE);
    if (!sealed)
        return fm_error_no_memory(err, "credentials");
    fm_aead how = {.key = (const unsigned char *)fm_secret_bytes(key, NULL),
                   .nonce = h->nonce,
                   .aad = aad->data,
                   .aad_len = aad->len};
    fm_status status = fm_crypto_seal(sealed, &how, bytes, len, err);
    if (status == FM_OK) {
        fm_buf_add(out, head->data, head->len);
        fm_encoding_append(out, FM_BASE64URL, sealed, len + FM_AEAD_TAG_SIZE);
        if (out->status)
            status = fm_error_set(err, out->status, "credentials", "no room for the encrypted credentials");
    }
    free(sealed);
    return status;
}

fm_status fm_blob_seal(fm_buf *out, fm_keyring *keys, const fm_env *env, const char *team, const char *provider,
                       const fm_secret *plain, fm_error *err)
{
    size_t len;
    const fm_team_key *team_key;
    header h;
    fm_buf head, aad;
    fm_secret *key = NULL;
    fm_buf_init(&head, HEADER_MAX);
    fm_buf_init(&aad, FM_BLOB_TEXT_MAX);
    fm_secret_bytes(plain, &len);
    fm_status status = len <= FM_BLOB_PLAIN_MAX
                           ? FM_OK
                           : fm_error_set(err, FM_ELIMIT, "credentials", "credentials must not be longer than %d bytes",
                                          FM_BLOB_PLAIN_MAX);
    if (status == FM_OK)
        status = fm_keyring_current(&team_key, keys, team, err);
    if (status == FM_OK)
        status = new_header(&h, team_key, env, err);
    if (status == FM_OK)
        status = blob_key(&key, team_key, h.salt, err);
    if (status != FM_OK)
        goto out;
    append_header(&head, &h);
    append_aad(&aad, head.data, head.len, team, provider);
    if (head.status || aad.status) {
        status = fm_error_set(err, head.status ? head.status : aad.status, "credentials", "the team's id is too long");
        goto out;
    }
    status = append_sealed(out, &h, key, &head, &aad, plain, err);
out:
    fm_secret_unref(key);
    fm_buf_free(&head);
    fm_buf_free(&aad);
    return status;
}

/* ------------------------------------------------------------------ open */

/* Decrypts the data behind the header. FM_ECRYPTO without a message where it does not fit. */
static fm_status open_data(fm_secret **out, const header *h, const fm_secret *key, const fm_buf *aad, const char *data,
                           size_t len, fm_error *err)
{
    size_t sealed_len;
    unsigned char *bytes, *sealed = malloc(fm_encoding_byte_size(FM_BASE64URL, len) + 1);
    fm_status status = FM_ECRYPTO;
    *out = NULL;
    if (!sealed)
        return fm_error_no_memory(err, "credentials");
    /* Padding is allowed in base64url, but not here: one blob has one spelling. */
    if (memchr(data, '=', len) || fm_encoding_decode(sealed, &sealed_len, FM_BASE64URL, data, len) != FM_OK ||
        sealed_len < FM_AEAD_TAG_SIZE)
        goto out;
    *out = fm_secret_alloc(&bytes, sealed_len - FM_AEAD_TAG_SIZE);
    if (!*out) {
        status = fm_error_no_memory(err, "credentials");
        goto out;
    }
    fm_aead how = {.key = (const unsigned char *)fm_secret_bytes(key, NULL),
                   .nonce = h->nonce,
                   .aad = aad->data,
                   .aad_len = aad->len};
    status = fm_crypto_open(bytes, &how, sealed, sealed_len, NULL);
out:
    free(sealed);
    if (status != FM_OK) {
        fm_secret_unref(*out);
        *out = NULL;
    }
    return status;
}

fm_status fm_blob_open(fm_secret **out, fm_keyring *keys, const char *team, const char *provider, const char *text,
                       size_t len, fm_error *err)
{
    header h;
    const fm_team_key *team_key = NULL;
    fm_secret *key = NULL;
    fm_buf aad;
    *out = NULL;
    fm_buf_init(&aad, FM_BLOB_TEXT_MAX);
    bool readable = read_header(&h, text, len);
    /* Without any key that is what has to be said, whatever the text. */
    static const unsigned char no_id[FM_KEY_ID_SIZE];
    fm_status status = fm_keyring_find(&team_key, keys, team, readable ? h.derivation : FM_DERIVE_HKDF,
                                       readable ? h.rounds : 0, readable ? h.key_id : no_id, err);
    if (status != FM_OK)
        return status;
    if (!readable || !team_key)
        return wrong(err);
    if (append_aad(&aad, text, h.len, team, provider) != FM_OK)
        status = aad.status == FM_ELIMIT ? wrong(err) : fm_error_no_memory(err, "credentials");
    if (status == FM_OK)
        status = blob_key(&key, team_key, h.salt, err);
    if (status == FM_OK && (status = open_data(out, &h, key, &aad, text + h.len, len - h.len, err)) == FM_ECRYPTO)
        wrong(err);
    fm_secret_unref(key);
    fm_buf_free(&aad);
    return status;
}

fm_status fm_blob_is_current(bool *out, fm_keyring *keys, const char *team, const char *text, size_t len, fm_error *err)
{
    header h;
    const fm_team_key *current;
    *out = false;
    fm_status status = fm_keyring_current(&current, keys, team, err);
    if (status == FM_OK && read_header(&h, text, len))
        *out = h.derivation == current->derivation && h.rounds == current->rounds &&
               fm_crypto_equal(h.key_id, current->id, FM_KEY_ID_SIZE);
    return status;
}
