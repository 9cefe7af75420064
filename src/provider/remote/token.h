/**
 * @file token.h
 * Access tokens (RFC 6749 sections 5 and 6). They live in memory only, are asked for before they end, and once however
 * many requests wait for one. What they are asked for with is the provider's.
 */
#ifndef FM_PROVIDER_REMOTE_TOKEN_H
#define FM_PROVIDER_REMOTE_TOKEN_H

#include "core/http/http.h"
#include "util/buf.h"
#include "util/secret.h"

struct fm_remote;

/** What a provider adds. */
typedef struct fm_remote_token_class {
    /** Appends the form that asks for a token. A failure is told to all that wait. */
    fm_status (*form)(const struct fm_remote *p, fm_buf *out, fm_error *err);
    /**
     * Puts a refusal in words: FM_EAUTH where the sign-in is over, which every further request gets then.
     * @param code  the member `error` of the answer (RFC 6749 section 5.2)
     * @return false, with `err` untouched, for a code that it does not know
     */
    bool (*explain)(const struct fm_remote *p, const char *code, fm_error *err);
} fm_remote_token_class;

/** Somebody who waits for a token: part of a request, in one list at most. */
typedef struct fm_remote_waiter {
    struct fm_remote_waiter *prev, *next;
    bool waiting;
    /** Called once: a token is there (`failed` NULL), or will not be. */
    void (*fn)(void *data, const fm_error *failed);
    void *data;
} fm_remote_waiter;

typedef struct fm_remote_tokens {
    const fm_remote_token_class *klass; /**< NULL: the provider has no use for tokens */
    const char *url;                    /**< that gives them out; borrowed from the provider */
    fm_secret *access;                  /**< owned; NULL: none */
    int64_t expires_ms;                 /**< on the monotonic clock */
    int64_t renew_ms;                   /**< when a new one is asked for */
    unsigned generation;                /**< grows with each token */
    fm_error ended;                     /**< sign-in is over: what every further request gets */
    fm_http_call *refresh;
    fm_buf form; /* what `refresh` sends */
    fm_remote_waiter *first, *last;
} fm_remote_tokens;

/** The token to use now, borrowed; NULL where one has to be waited for. */
fm_secret *fm_remote_token(struct fm_remote *p);
/**
 * Waits for a token; starts asking for one unless that is under way. `waiter` must stay where it is until its
 * function was called or fm_remote_token_forget().
 * @return FM_OK; why it cannot be asked for: FM_EAUTH where sign-in is over. The function is not called then.
 */
fm_status fm_remote_token_wait(struct fm_remote *p, fm_remote_waiter *waiter, fm_error *err);
/** Takes a waiter out of the list. */
void fm_remote_token_forget(struct fm_remote *p, fm_remote_waiter *waiter);
/**
 * A request with the token of that generation was answered 401: a newer one is needed.
 * @return whether the token had come to its end, so that the answer was to be expected
 */
bool fm_remote_token_refused(struct fm_remote *p, unsigned generation);
/** Ends the refresh under way and frees everything. */
void fm_remote_tokens_clear(struct fm_remote *p);

/** Appends a field of a form: "name=value", after "&" where it is not the first. */
void fm_remote_form_add(fm_buf *form, const char *name, const char *value, size_t len);
/** Frees a form, wiped: it holds secrets. */
void fm_remote_form_free(fm_buf *form);

#endif
