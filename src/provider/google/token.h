/**
 * @file token.h
 * Access tokens (RFC 6749 sections 5 and 6; RFC 7523 for service accounts). They live in memory only, are
 * asked for before they end, and once however many requests wait for one.
 */
#ifndef FM_PROVIDER_GOOGLE_TOKEN_H
#define FM_PROVIDER_GOOGLE_TOKEN_H

#include "core/http/http.h"
#include "util/buf.h"
#include "util/secret.h"

struct fm_google;

/** What tokens are asked for with: a refresh token of a person, or the key of a service account. */
typedef struct fm_google_credentials {
    fm_secret *refresh_token, *client_secret;
    char *client_id;
    fm_secret *service_key; /**< JSON key of a service account; NULL: a person signs in */
} fm_google_credentials;

/** Somebody who waits for a token: part of a request, in one list at most. */
typedef struct fm_google_waiter {
    struct fm_google_waiter *prev, *next;
    bool waiting;
    /** Called once: a token is there (`failed` NULL), or will not be. */
    void (*fn)(void *data, const fm_error *failed);
    void *data;
} fm_google_waiter;

typedef struct fm_google_tokens {
    fm_secret *access;   /**< owned; NULL: none */
    int64_t expires_ms;  /**< on the monotonic clock */
    int64_t renew_ms;    /**< when a new one is asked for */
    unsigned generation; /**< grows with each token */
    fm_error ended;      /**< sign-in is over: what every further request gets */
    fm_http_call *refresh;
    char *form; /**< body of the refresh under way */
    fm_google_waiter *first, *last;
} fm_google_tokens;

/**
 * Whether there is what signing in takes. Reading and writing the texts of events takes none of it.
 * @return FM_EINVAL names the setting that is missing
 */
fm_status fm_google_credentials_check(const fm_google_credentials *credentials, fm_error *err);

/** Frees what the credentials own. */
void fm_google_credentials_clear(fm_google_credentials *credentials);

/** The token to use now, borrowed; NULL where one has to be waited for. */
fm_secret *fm_google_token(struct fm_google *p);
/**
 * Waits for a token; starts asking for one unless that is under way. `waiter` must stay where it is until its
 * function was called or fm_google_token_forget().
 * @return FM_OK; why it cannot be asked for: FM_EAUTH where sign-in is over. The function is not called then.
 */
fm_status fm_google_token_wait(struct fm_google *p, fm_google_waiter *waiter, fm_error *err);
/** Takes a waiter out of the list. */
void fm_google_token_forget(struct fm_google *p, fm_google_waiter *waiter);
/**
 * A request with the token of that generation was answered 401: a newer one is needed.
 * @return whether the token had come to its end, so that the answer was to be expected
 */
bool fm_google_token_refused(struct fm_google *p, unsigned generation);
/** Ends the refresh under way and frees everything. */
void fm_google_tokens_clear(struct fm_google *p);

/**
 * Appends the form that asks for a token in the name of a service account: a JWT signed with its key, valid for
 * an hour (RFC 7523 section 2.1).
 * @param key  the JSON key as Google gives it out: `client_email`, `private_key`, `private_key_id`
 * @param now_s  seconds since 1970
 * FM_EINVAL for a key that is none.
 */
fm_status fm_google_jwt_form(fm_buf *out, const fm_secret *key, const char *audience, int64_t now_s, fm_error *err);

#endif
