/**
 * @file provider.h
 * What a calendar provider is: a const table of functions over a private instance.
 *
 * A provider moves calendar objects and translates between an object's text (iCalendar, Google's
 * JSON) and fm_event. It decides nothing: which event to write, and what a change means, is policy.
 * Network calls are operations (fm_op): started, stepped until they are done, and freed. Several
 * operations of several providers may be under way on one fm_http; stepping one steps them all.
 *
 * Callers use the fm_provider_* and fm_op_* functions below, never the table: they check capabilities,
 * arguments and the dry run.
 */
#ifndef FMCAL_PROVIDER_H
#define FMCAL_PROVIDER_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "fmcal/event.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FM_PROVIDER_ABI 1

struct fm_http;    /* core/http/http.h */
struct fm_options; /* util/options.h */
struct fm_buf;     /* util/buf.h */
struct fm_zones;   /* core/zone/zone.h */

/** What an instance lives in. Borrowed; it outlives every provider made with it. */
typedef struct fm_context {
    const fm_env *env;    /**< clock, random, log, dry run */
    struct fm_http *http; /**< client and loop shared by all providers of a host; NULL where there is no network */
} fm_context;

/* ------------------------------------------------------------------ objects */

typedef enum fm_object_kind {
    FM_OBJECT_CHANGED, /**< new or changed; `text` and `etag` are as the server has them now */
    FM_OBJECT_SEEN,    /**< listed with the ETag the caller already knows; no text */
    FM_OBJECT_DELETED, /**< a tombstone: the server says it is gone; only `href` is set */
    FM_OBJECT_UNREAD   /**< it is there, and cannot be read or is not understood: `why` says what is wrong with it */
} fm_object_kind;

/** One calendar object as it lies on the server. Borrowed for the length of the call it is handed to. */
typedef struct fm_object {
    fm_object_kind kind;
    const char *href; /**< key of the object within its calendar: canonical path, file name, Google's id */
    const char *uid; /**< required where `text` is, which nobody parses for it; UNREAD: set where the object names it */
    const char *etag; /**< as sent, quotes included; NULL where the server gives none. UNREAD: the version that cannot
                         be understood; NULL where reading it again may help */
    const char *text; /**< iCalendar or JSON, `text_len` bytes, not necessarily zero-terminated */
    size_t text_len;
    const char *why; /**< UNREAD: the rest of a sentence that begins "the event … cannot be read:" */
} fm_object;

/** One calendar of an account. Borrowed for the length of the call. */
typedef struct fm_calendar {
    const char *id;    /**< what `calendarId` may say to choose it */
    const char *name;  /**< display name */
    const char *color; /**< "#rrggbb" or NULL */
    bool writable;     /**< events may be created, changed and deleted */
    bool events;       /**< it takes VEVENTs */
    bool primary;      /**< what `calendarId` "primary" chooses */
} fm_calendar;

/** What an opened provider is bound to. Strings are owned by the instance, valid until it is closed. */
typedef struct fm_binding {
    const char *account;     /**< who signed in: principal path, e-mail, folder */
    const char *calendar_id; /**< the calendar's lasting identity: path, Google id, folder name */
    const char *name;        /**< its display name */
    const char *discovery; /**< opaque text which, given as option "discovery" next time, saves the discovery requests;
                              NULL for none */
    bool writable;
} fm_binding;

/* ------------------------------------------------------------------ operations */

typedef struct fm_op fm_op;

/** Behaviour of one kind of operation. */
typedef struct fm_op_class {
    /** Required. Works or waits at most `timeout_ms` (0: never waits). FM_PENDING: call again; FM_OK: done; negative:
     * failed. */
    fm_status (*step)(fm_op *op, int timeout_ms, fm_error *err);
    /** Required. Frees the operation; one that is under way is cancelled and calls no callback any more. */
    void (*destroy)(fm_op *op);
} fm_op_class;

/** First member of every operation. */
struct fm_op {
    const fm_op_class *klass;
};

/** Steps once. See fm_op_class.step. */
FM_API fm_status fm_op_step(fm_op *op, int timeout_ms, fm_error *err);
/** Steps until it is done. FM_ECANCELED when env->interrupted is set. `env` may be NULL. */
FM_API fm_status fm_op_run(fm_op *op, const fm_env *env, fm_error *err);
/** Frees it; NULL is allowed. */
FM_API void fm_op_free(fm_op *op);

/* ------------------------------------------------------------------ callbacks */

/**
 * Receives calendars. Called while the operation is stepped, on the caller's thread. A negative
 * return ends the operation with that status.
 */
typedef fm_status (*fm_calendar_fn)(void *data, const fm_calendar *calendar, fm_error *err);

/** Receives what `changes` and `fetch` find. Called while the operation is stepped. */
typedef struct fm_object_sink {
    void *data;
    /**
     * Asked before a body is fetched: the ETag the caller has for this href, NULL if it has none, "" if it
     * knows an object of which it has none. Borrowed until the next call. NULL member: nothing is known.
     */
    const char *(*known_etag)(void *data, const char *href);
    /** One object. A negative return ends the operation. Required. */
    fm_status (*object)(void *data, const fm_object *object, fm_error *err);
    /**
     * The objects so far and this token belong together: commit them. `token` NULL: the calendar has
     * no tokens. `complete`: a full listing has ended, and provider/evidence.h holds for it: every object that is in
     * none of its rows is gone, as far as the sink finds nothing among the UNREAD ones that it may be. A listing that
     * replaces a token which was not accepted begins with page(NULL, false): until it is complete no token of it may be
     * kept. Required for `changes`.
     */
    fm_status (*page)(void *data, const char *token, bool complete, fm_error *err);
} fm_object_sink;

/* ------------------------------------------------------------------ writes */

typedef enum fm_write_kind { FM_WRITE_CREATE, FM_WRITE_UPDATE, FM_WRITE_DELETE } fm_write_kind;

typedef enum fm_outcome {
    FM_OUTCOME_NONE,    /**< not attempted (the operation ended before) */
    FM_OUTCOME_DONE,    /**< it is on the server as asked (a delete of what is gone counts) */
    FM_OUTCOME_CHANGED, /**< the server has something else: `current` is it, or `current_gone`; plan again */
    FM_OUTCOME_REFUSED, /**< the server will not take it (403, 413, 415, …): `error` says why; retrying does not help */
    FM_OUTCOME_FAILED   /**< could not be done now (network, 5xx), as far as reading tells; it may still arrive, or have
                           arrived where reading failed */
} fm_outcome;

/** One write of a batch. Start from all zero bytes. The caller owns it and everything "in"; "out" is owned by it and
 * freed by fm_write_clear(). */
typedef struct fm_write {
    /* in */
    fm_write_kind kind;
    const char *uid;  /**< required */
    const char *href; /**< UPDATE, DELETE: required; CREATE: NULL, the provider names it after the UID */
    const char *etag; /**< UPDATE, DELETE: the version to replace; NULL: whatever is there */
    const char *text; /**< CREATE, UPDATE: the whole object, from `encode` */
    size_t text_len;
    void *tag; /**< the caller's own */
    /* out */
    fm_outcome outcome;
    char *new_href;     /**< DONE of CREATE, CHANGED: where it lies */
    char *new_etag;     /**< DONE: NULL where the server does not say */
    char *current_text; /**< CHANGED: what is there. DONE: the same, where the answer showed it; else NULL */
    size_t current_len;
    bool current_gone; /**< CHANGED: nothing is there */
    fm_error error;    /**< REFUSED, FAILED */
} fm_write;

/** Frees the "out" members and makes them empty. */
FM_API void fm_write_clear(fm_write *write);

/** Called once per write as soon as its outcome is known, while the operation is stepped. A negative return ends it. */
typedef fm_status (*fm_written_fn)(void *data, fm_write *write, fm_error *err);

/* ------------------------------------------------------------------ the table */

/** Capability bits. */
enum {
    FM_CAP_REMOTE = 1u << 0,              /**< talks to a network */
    FM_CAP_TOKEN = 1u << 1,               /**< `changes` understands tokens */
    FM_CAP_ONE_UID_PER_ACCOUNT = 1u << 2, /**< a UID may be used once in the whole account */
    FM_CAP_MOCK_SERVER = 1u << 3          /**< its calendar may be a server of fmcal.mock */
};

/** What the setting `endpoint` is. */
typedef enum fm_endpoint {
    FM_ENDPOINT_URL,  /**< the address of a server */
    FM_ENDPOINT_PATH, /**< a file or folder */
    FM_ENDPOINT_URLS  /**< several addresses, `endpoint.api` and others */
} fm_endpoint;

/** What a setting of an account's credentials is. */
enum {
    FM_CREDENTIAL_SECRET = 1u << 0, /**< nobody may see it: it is kept in memory that is wiped, and masked in texts */
    FM_CREDENTIAL_MAIN = 1u << 1,   /**< the secret that is meant where credentials say only where it comes from */
    FM_CREDENTIAL_PUBLIC = 1u << 2, /**< no secret */
    FM_CREDENTIAL_PATH = 1u << 3    /**< the name of a file */
};

/** A setting that belongs to an account's credentials. */
typedef struct fm_credential {
    const char *name; /**< as for `init`: snake_case */
    unsigned flags;   /**< FM_CREDENTIAL_* */
} fm_credential;

typedef struct fm_provider fm_provider;

/**
 * A kind of calendar. Use designated initialisers. Slots may keep pointers to their arguments only
 * where it says so.
 */
typedef struct fm_provider_class {
    uint32_t abi_version;  /**< FM_PROVIDER_ABI */
    const char *name;      /**< "mock", "vdir", "caldav", … */
    uint32_t capabilities; /**< FM_CAP_* */
    size_t instance_size;  /**< bytes of the instance, fm_provider first; all else is zeroed before `init` */
    fm_endpoint endpoint;
    const fm_credential *credentials; /**< up to one without a name; NULL: it needs none */

    /**
     * Required. Reads the settings (borrowed for the call); no I/O. FM_EINVAL names the setting. After a
     * failure `fini` is called. Names are snake_case: calendar_id, endpoint, allow_http, ca_file, proxy,
     * discovery, username; password is a secret. Those that a provider does not know are left alone.
     */
    fm_status (*init)(fm_provider *p, const struct fm_options *options, fm_error *err);
    /** Required. Frees what the instance owns; must bear an instance whose `init` failed, or was never called. */
    void (*fini)(fm_provider *p);

    /** Required. Signs in, discovers, chooses the calendar; afterwards `binding` answers. FM_EAUTH, FM_ENOTFOUND,
     * FM_ENETWORK, …. */
    fm_status (*open)(fm_provider *p, fm_op **op, fm_error *err);
    /** Required. What `open` bound to; NULL before. */
    const fm_binding *(*binding)(const fm_provider *p);

    /** Required. Lists the account's calendars; does not need `open`. `fn` runs while stepped. */
    fm_status (*list)(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err);

    /**
     * Required, after `open`. What changed since `token` (copied; NULL: everything, as a complete
     * listing). A token that is no longer accepted leads to a complete listing by itself. `sink` is
     * copied; its callbacks run while stepped.
     */
    fm_status (*changes)(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err);

    /**
     * Required, after `open`. Reads objects by href (the array and strings are borrowed until the operation is freed):
     * CHANGED with text for each that is there, DELETED for each that is not, UNREAD for each of which neither can be
     * said. `page` is not called.
     */
    fm_status (*fetch)(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_op **op,
                       fm_error *err);

    /**
     * Required, after `open`. Carries out writes, in any order, many at a time. `writes` is borrowed
     * until the operation is freed. Creates never overwrite, updates and deletes only replace the version
     * named by `etag`. An unknown outcome (a lost reply) is settled by reading before it is reported
     * or tried again. The operation fails as a whole only where nothing more can be done (sign-in
     * refused, calendar gone); the writes not attempted then have FM_OUTCOME_NONE.
     */
    fm_status (*apply)(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                       fm_error *err);

    /* These two need neither settings nor an account: see fm_provider_new_codec(). */
    /**
     * Required. The text for an event: a new object where `old` is NULL, else `old` with only what
     * fmcal owns replaced. No I/O; reads the clock for DTSTAMP. Appends to `out`.
     */
    fm_status (*encode)(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                        struct fm_buf *out, fm_error *err);
    /** Required. The event in an object's text. `event` must be all zero bytes or cleared. No I/O. */
    fm_status (*decode)(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err);
    /** Optional. Ends what other systems hold open for it: revokes tokens at sign-out. */
    fm_status (*disconnect)(fm_provider *p, fm_op **op, fm_error *err);
} fm_provider_class;

/** First member of every instance. */
struct fm_provider {
    const fm_provider_class *klass;
    fm_context context;
    struct fm_zones *zones; /**< of `encode` and `decode`; there before `init`, and owned by the instance */
    bool codec_only;        /**< made without settings */
};

/** The built-in classes, NULL-terminated: mock, vdir, caldav, …. */
FM_API const fm_provider_class *const *fm_provider_classes(void);
/** A built-in class by name, NULL if there is none. */
FM_API const fm_provider_class *fm_provider_find(const char *name);
/**
 * What a setting is to some built-in class.
 * @param name  its last part: of "credentials.password" "password"
 * @return FM_CREDENTIAL_* of all classes together, 0 where it belongs to no credentials
 */
FM_API unsigned fm_provider_credential(const char *name);

/** Makes an instance, owned by the caller. FM_EINVAL (with the setting's name), FM_ENOMEM. `context` is copied. */
FM_API fm_status fm_provider_new(fm_provider **out, const fm_provider_class *klass, const fm_context *context,
                                 const struct fm_options *options, fm_error *err);
/** Makes an instance that only reads and writes the texts of events: no settings, no account. FM_ENOMEM. */
FM_API fm_status fm_provider_new_codec(fm_provider **out, const fm_provider_class *klass, const fm_context *context,
                                       fm_error *err);
/** Frees an instance; its operations must be freed before. NULL is allowed. */
FM_API void fm_provider_free(fm_provider *p);

/* Checked calls of the slots; same meaning. apply answers FM_EREADONLY in a dry run. */
FM_API fm_status fm_provider_open(fm_provider *p, fm_op **op, fm_error *err);
FM_API const fm_binding *fm_provider_binding(const fm_provider *p);
FM_API fm_status fm_provider_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err);
FM_API fm_status fm_provider_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op,
                                     fm_error *err);
FM_API fm_status fm_provider_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                                   fm_op **op, fm_error *err);
FM_API fm_status fm_provider_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data,
                                   fm_op **op, fm_error *err);
FM_API fm_status fm_provider_encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                                    struct fm_buf *out, fm_error *err);
FM_API fm_status fm_provider_decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err);
/** Where the class has no `disconnect`, the operation is done at once. */
FM_API fm_status fm_provider_disconnect(fm_provider *p, fm_op **op, fm_error *err);

#ifdef __cplusplus
}
#endif
#endif
