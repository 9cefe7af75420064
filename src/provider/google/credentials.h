/**
 * @file credentials.h
 * What signing in to Google takes: a refresh token of a person (RFC 6749 section 6), or the key of a service account
 * (RFC 7523). Both are exchanged for access tokens (provider/remote/token.h).
 */
#ifndef FM_PROVIDER_GOOGLE_CREDENTIALS_H
#define FM_PROVIDER_GOOGLE_CREDENTIALS_H

#include "provider/remote/token.h"
#include "provider/settings.h"

typedef struct fm_google_credentials {
    fm_secret *refresh_token, *client_secret;
    char *client_id;
    fm_secret *service_key; /**< JSON key of a service account; NULL: a person signs in */
} fm_google_credentials;

/** How tokens are asked for with them. */
extern const fm_remote_token_class fm_google_tokens;

/** Reads the settings, and the file that one of them may name. */
void fm_google_credentials_read(fm_settings *s, fm_google_credentials *credentials);
/**
 * Whether there is what signing in takes. Reading and writing the texts of events takes none of it.
 * @return FM_EINVAL names the setting that is missing
 */
fm_status fm_google_credentials_check(const fm_google_credentials *credentials, fm_error *err);
/** Frees what the credentials own. */
void fm_google_credentials_clear(fm_google_credentials *credentials);

/**
 * Appends the form that asks for a token in the name of a service account: a JWT signed with its key, valid for
 * an hour (RFC 7523 section 2.1).
 * @param key  the JSON key as Google gives it out: `client_email`, `private_key`, `private_key_id`
 * @param now_s  seconds since 1970
 * FM_EINVAL for a key that is none.
 */
fm_status fm_google_jwt_form(fm_buf *out, const fm_secret *key, const char *audience, int64_t now_s, fm_error *err);

#endif
