/**
 * @file state.h
 * What fmcal remembers between runs: for every target the calendar as last seen (remote), what both
 * sides last agreed on (base) and the journal of writes under way (intents); besides, named values,
 * snapshots of replaced entries and the history of what was overwritten.
 *
 * This header is the whole interface: callers see no SQL, so that another database can stand behind
 * it. One fm_state belongs to one thread. Strings are UTF-8 without zero bytes; `doc`, `text`,
 * `snapshot` and `value` are bytes with a length and may hold anything.
 *
 * Reads answer with a cursor. Its rows are borrowed until the cursor is stepped or freed, and it must
 * not outlive a call that changes the rows it walks over.
 *
 * Errors common to all calls: FM_ELOCKED (another process held the database longer than the busy
 * timeout), FM_EIO (disk full, read or write error; the transaction is rolled back), FM_EPARSE (the
 * database is damaged; fm_state_close() sets it aside so that the next run starts afresh), FM_EACCESS,
 * FM_ENOMEM.
 */
#ifndef FM_STATE_STATE_H
#define FM_STATE_STATE_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "fmcal/provider.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_state fm_state;
/** The part of a state that belongs to one calendar. Owned by its state. */
typedef struct fm_target fm_target;
/** The answer to a read. */
typedef struct fm_cursor fm_cursor;

/* ------------------------------------------------------------------ opening */

typedef struct fm_state_options {
    bool read_only; /**< work on a private copy in memory: neither the file nor its folder is touched or made */
    bool named;     /**< a person named this very file: one that is no state of fmcal's is refused, never set aside */
    int busy_timeout_ms; /**< how long to wait for another process; 0: 30 seconds */
} fm_state_options;

/**
 * Opens a state, and makes it where it is missing (file mode 0600; its folder, mode 0700, where only
 * that is missing). A damaged database is renamed to PATH.damaged-DATE and a fresh one started: see
 * fm_state_warning(). A database of another program, a JSON file, and what is no file are refused.
 * @param out      the state, owned by the caller
 * @param path     file name, or ":memory:"
 * @param env      clock, log and dry run (which implies read_only); borrowed, must outlive the state
 * @param options  NULL for the defaults
 * @return FM_OK; FM_EUNSUPPORTED: made by a newer fmcal; FM_EINVAL: the file is something else, such as a board
 */
fm_status fm_state_open(fm_state **out, const char *path, const fm_env *env, const fm_state_options *options,
                        fm_error *err);
/** Rolls back an open transaction and closes. Targets are gone with it, cursors must be freed before. NULL is allowed.
 */
void fm_state_close(fm_state *s);
/** What a person should know about how it was opened (a damaged file set aside); NULL for nothing. Borrowed. */
const char *fm_state_warning(const fm_state *s);

/* ------------------------------------------------------------------ where it lies */

struct fm_lock; /* util/lock.h */

/** Whether there is a state of this name, so that opening it would make none. */
bool fm_state_exists(const char *path);
/** The permission bits of the file that a state is; -1 where there is none, or it is no file. */
int fm_state_mode(const char *path);

/** Its name as it was given; NULL for one in memory. Borrowed. */
const char *fm_state_path(const fm_state *s);
/**
 * Takes the lock that keeps two runs from working with the state at once; transactions are guarded without it.
 * @param out  as for fm_lock_take(), which also says what may go wrong
 * @return FM_EUNSUPPORTED: the state is in memory
 */
fm_status fm_state_lock(struct fm_lock **out, const fm_state *s, int timeout_ms, fm_error *err);
/** The path of a file that is kept with the state: `name` says which. Owned by the caller; NULL for one in memory. */
fm_status fm_state_beside(char **out, const fm_state *s, const char *name, fm_error *err);

/* ------------------------------------------------------------------ transactions */

/** Starts a transaction; without one every change is committed by itself. FM_EINVAL where one is under way. */
fm_status fm_state_begin(fm_state *s, fm_error *err);
/** Makes the changes since fm_state_begin() last, power cuts included. FM_EINVAL without a transaction. */
fm_status fm_state_commit(fm_state *s, fm_error *err);
/** Takes the changes since fm_state_begin() back. FM_EINVAL without a transaction. */
fm_status fm_state_rollback(fm_state *s, fm_error *err);

/* ------------------------------------------------------------------ cursors */

/** Frees a cursor. NULL is allowed. */
void fm_cursor_free(fm_cursor *cursor);

/** A cursor over names: of targets, of base rows. FM_PENDING: `*name` is the next one; FM_OK: no more. */
fm_status fm_names_next(fm_cursor *cursor, const char **name, fm_error *err);

/* ------------------------------------------------------------------ small values */

/** Reads a named value into `*value` (owned by the caller, NULL where there is none; a zero byte follows it). */
fm_status fm_state_get(char **value, size_t *len, fm_state *s, const char *name, fm_error *err);
/** Sets a named value (copied); `value` NULL removes it. */
fm_status fm_state_set(fm_state *s, const char *name, const char *value, size_t len, fm_error *err);

/** The snapshot of an entry as it was before fmcal last replaced it; as fm_state_get(). */
fm_status fm_state_replaced(char **snapshot, size_t *len, fm_state *s, const char *key, fm_error *err);
/** Sets it; NULL removes it. */
fm_status fm_state_set_replaced(fm_state *s, const char *key, const char *snapshot, size_t len, fm_error *err);

/* ------------------------------------------------------------------ history */

/** Something that was overwritten, decided or deleted. Strings are NULL where they do not apply. */
typedef struct fm_history_row {
    const char *time;   /**< RFC 3339 UTC */
    const char *target; /**< name of the target */
    const char *key;    /**< key of the entry */
    const char *field;  /**< mapped field, NULL for the whole entry */
    const char *side;   /**< side that lost: "local", "external" */
    const char *action; /**< what was done */
    const char *reason; /**< why */
    const char *value;  /**< what was there before, `value_len` bytes */
    size_t value_len;
    int64_t run;            /**< number of the run */
    const char *cause;      /**< the reason by name */
    const char *decided_by; /**< who decided it */
} fm_history_row;

/** Adds a row (copied). */
fm_status fm_state_add_history(fm_state *s, const fm_history_row *row, fm_error *err);
/** Selects rows, newest first. `key` NULL: of all entries; `run` negative: of all runs; `limit` negative: all. */
fm_status fm_state_history(fm_cursor **out, fm_state *s, const char *key, int64_t run, int64_t limit, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_history_next(fm_cursor *cursor, fm_history_row *row, fm_error *err);

/* ------------------------------------------------------------------ runs */

/** A run that changed something or failed. Strings but `time` are NULL where nothing is known. */
typedef struct fm_run_row {
    int64_t number;
    const char *time; /**< when it began, RFC 3339 UTC; never NULL */
    const char *kind; /**< the policy's own */
    int64_t undoes;   /**< number of the run that it takes back, 0 for none */
    const char *who;
    const char *command;
    const char *version; /**< of fmcal */
    const char *rules;   /**< hash of the rules */
    int64_t status;      /**< exit status; negative: it has not ended */
    const char *message;
} fm_run_row;

/** Puts a run (copied), replacing the one of that number. */
fm_status fm_state_put_run(fm_state *s, const fm_run_row *row, fm_error *err);
/** All runs that are kept, newest first. */
fm_status fm_state_runs(fm_cursor **out, fm_state *s, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_run_next(fm_cursor *cursor, fm_run_row *row, fm_error *err);

/** What a run changed of one entry in one calendar. Strings but `target` and `key` are NULL where they do not apply. */
typedef struct fm_change_row {
    int64_t run;
    const char *target;
    const char *key;
    const char *reason;
    const char *decided_by;
    const char *doc; /**< the policy's own, `doc_len` bytes */
    size_t doc_len;
} fm_change_row;

/** Puts a change (copied), replacing the run's earlier one of that entry in that calendar. */
fm_status fm_state_put_change(fm_state *s, const fm_change_row *row, fm_error *err);
/** Selects changes, those of the newest run first. `key` NULL: of all entries; `run` negative: of all runs. */
fm_status fm_state_changes(fm_cursor **out, fm_state *s, const char *key, int64_t run, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_change_next(fm_cursor *cursor, fm_change_row *row, fm_error *err);

/**
 * Forgets runs, with their changes and their history, in one transaction.
 * @param runs    how many there were, never NULL
 * @param before  those that began before this time, RFC 3339 UTC
 * @param below   and have a smaller number than this
 */
fm_status fm_state_prune(size_t *runs, fm_state *s, const char *before, int64_t below, fm_error *err);

/* ------------------------------------------------------------------ targets */

/** A target by name, made where it is missing. Borrowed from the state. */
fm_status fm_state_target(fm_target **out, fm_state *s, const char *name, fm_error *err);
/** Names of all targets, in the order they were made: see fm_names_next(). */
fm_status fm_state_targets(fm_cursor **out, fm_state *s, fm_error *err);
/** The target's name; borrowed from it. */
const char *fm_target_name(const fm_target *t);

/** The calendar that a target is bound to. */
typedef struct fm_target_binding {
    const char *provider;    /**< "caldav", … */
    const char *account;     /**< who signed in */
    const char *calendar_id; /**< the calendar's lasting identity */
    const char *endpoint;    /**< base URL or folder, NULL for the provider's own */
    const char *name;        /**< display name, may be NULL */
    const char *discovery;   /**< see fm_binding.discovery, may be NULL */
} fm_target_binding;

typedef enum fm_rebind {
    FM_REBIND_NEW,    /**< it was not bound before */
    FM_REBIND_SAME,   /**< the same provider, endpoint, account and calendar */
    FM_REBIND_CHANGED /**< another one: remote, base, intents and token of the target were wiped */
} fm_rebind;

/** Binds a target (copied) in one transaction; writes nothing where nothing differs. */
fm_status fm_target_bind(fm_rebind *out, fm_target *t, const fm_target_binding *binding, fm_error *err);
/** Reads the binding: `*bound` is false, and `*binding` empty, where there is none. Strings are borrowed from
 * `*cursor`.
 */
fm_status fm_target_binding_of(fm_cursor **cursor, bool *bound, fm_target_binding *binding, fm_target *t,
                               fm_error *err);
/** Replaces the discovery text (copied), NULL for none. */
fm_status fm_target_set_discovery(fm_target *t, const char *discovery, fm_error *err);
/** The sync token, owned by the caller; NULL: list everything. */
fm_status fm_target_token(char **token, fm_target *t, fm_error *err);
/** Replaces the token (copied), NULL for none. */
fm_status fm_target_set_token(fm_target *t, const char *token, fm_error *err);

/* ------------------------------------------------------------------ remote: the calendar as last seen */

typedef struct fm_remote_row {
    const char *href; /**< key */
    const char *uid;  /**< NULL where unknown */
    const char *etag; /**< NULL where the server gives none */
    const char *text; /**< `text_len` bytes; NULL in listings without text, or where it was never read */
    size_t text_len;
    bool pending; /**< changed on the server and not yet settled by a run */
    bool gone;    /**< deleted on the server */
    const char
        *unread; /**< why it cannot be read now, or cannot be told from one that is gone; NULL: it is as `text` says */
} fm_remote_row;

/** The row of one href, with text. */
fm_status fm_target_remote(fm_cursor **out, fm_target *t, const char *href, fm_error *err);
/** The rows with a UID, with text. */
fm_status fm_target_remote_by_uid(fm_cursor **out, fm_target *t, const char *uid, fm_error *err);
/** All rows, without text, in the order of href. */
fm_status fm_target_remotes(fm_cursor **out, fm_target *t, fm_error *err);
/** The rows of objects that are there and that no base row has by its UID and href, without text, in the order of href.
 */
fm_status fm_target_unbased(fm_cursor **out, fm_target *t, fm_error *err);
/** The rows that are pending, without text. */
fm_status fm_target_pending(fm_cursor **out, fm_target *t, fm_error *err);
/** The rows that are unread, without text. */
fm_status fm_target_unread(fm_cursor **out, fm_target *t, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_remote_next(fm_cursor *cursor, fm_remote_row *row, fm_error *err);

/** Puts a row (copied), replacing what was there. `text` NULL keeps the text that is there. */
fm_status fm_target_put_remote(fm_target *t, const fm_remote_row *row, fm_error *err);
/** Removes a row; one that is not there is no error. */
fm_status fm_target_delete_remote(fm_target *t, const char *href, fm_error *err);
/** Says that a run has dealt with a row: pending no more, and removed where it is gone. */
fm_status fm_target_settle(fm_target *t, const char *href, fm_error *err);

/**
 * Says that fmcal itself made this object after the token was given, so that the next listing has to show it. One that
 * was deleted meanwhile may be missing from a listing of what changed (RFC 6578 section 3.5.2), and no tombstone comes:
 * what is still unconfirmed after a listing is to be looked at. A row that is not there is no error.
 */
fm_status fm_target_expect(fm_target *t, const char *href, fm_error *err);
/** Takes that back: the object was seen. Listings do so themselves. */
fm_status fm_target_confirm(fm_target *t, const char *href, fm_error *err);
/** The rows that no listing has shown yet, without text. */
fm_status fm_target_unconfirmed(fm_cursor **out, fm_target *t, fm_error *err);

/* ------------------------------------------------------------------ remote: from a provider */

/** Takes what a provider's `changes` or `fetch` delivers into the remote rows of a target. */
typedef struct fm_remote_sink fm_remote_sink;

typedef struct fm_remote_counts {
    size_t changed; /**< new rows, and rows with another text */
    size_t deleted; /**< rows that are gone now */
    size_t seen;    /**< rows that are as they were */
    size_t unread;  /**< objects that are there and cannot be read */
    bool full;      /**< a complete listing has ended */
} fm_remote_counts;

typedef enum fm_sink_mode {
    FM_SINK_CHANGES,  /**< what differs becomes pending, rows missing from a complete listing become gone and pending */
    FM_SINK_CATCH_UP, /**< the same after own writes: of unconfirmed rows nothing is inferred but that they are there */
    FM_SINK_FETCH     /**< rows are stored settled, rows that are gone are removed */
} fm_sink_mode;

/**
 * Makes a sink. One may be under way per state. Each page is committed with its token in one
 * transaction (within one of the caller's, where there is one); what came after the last page is taken
 * back by fm_remote_sink_free().
 */
fm_status fm_remote_sink_new(fm_remote_sink **out, fm_target *t, fm_sink_mode mode, fm_error *err);
/** The functions to hand to the provider; they refer to the sink, which must outlive the operation. */
fm_object_sink fm_remote_sink_callbacks(fm_remote_sink *sink);
/** Commits what came since the last page: for `fetch`, which has no pages. */
fm_status fm_remote_sink_finish(fm_remote_sink *sink, fm_error *err);
/** What has been taken in so far. */
fm_remote_counts fm_remote_sink_counts(const fm_remote_sink *sink);
/** Takes back what was not committed and frees the sink. NULL is allowed. */
void fm_remote_sink_free(fm_remote_sink *sink);

/* ------------------------------------------------------------------ base: what both sides agreed on */

#define FM_FINGERPRINT_BYTES 32

typedef struct fm_base_row {
    const char *key;                  /**< key of the entry */
    const char *uid;                  /**< UID of its event, may be NULL */
    const char *href;                 /**< where the event lies, may be NULL */
    const char *status;               /**< the policy's own, may be NULL */
    const unsigned char *fingerprint; /**< FM_FINGERPRINT_BYTES, NULL: the entry counts as changed */
    const char *day; /**< the day it was mapped for, YYYY-MM-DD, where rules read the clock; else NULL */
    const char *doc; /**< the policy's own, `doc_len` bytes */
    size_t doc_len;
} fm_base_row;

/** The row of one entry. */
fm_status fm_target_base(fm_cursor **out, fm_target *t, const char *key, fm_error *err);
/** The rows with a UID: one at most, unless the policy has put more. */
fm_status fm_target_base_by_uid(fm_cursor **out, fm_target *t, const char *uid, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_base_next(fm_cursor *cursor, fm_base_row *row, fm_error *err);
/** Keys of the base rows in byte order; `status` NULL: of all. See fm_names_next(). */
fm_status fm_target_bases(fm_cursor **out, fm_target *t, const char *status, fm_error *err);
/** Puts a row (copied), replacing what was there. */
fm_status fm_target_put_base(fm_target *t, const fm_base_row *row, fm_error *err);
/** Removes a row; one that is not there is no error. */
fm_status fm_target_delete_base(fm_target *t, const char *key, fm_error *err);
/** Number of base rows. */
fm_status fm_target_count(size_t *count, fm_target *t, fm_error *err);

/**
 * Receives one fingerprint; the pointers are borrowed for the call. `fingerprint`, `status` and `day`
 * may be NULL. Must not change the state. A negative return ends the walk with that status.
 */
typedef fm_status (*fm_fingerprint_fn)(void *data, const char *key, const unsigned char *fingerprint,
                                       const char *status, const char *day);
/** Walks over all fingerprints of a target in byte order of their keys: one sequential read. */
fm_status fm_target_fingerprints(fm_target *t, fm_fingerprint_fn fn, void *data, fm_error *err);

/* ------------------------------------------------------------------ intents: the journal */

/** A write that was decided and whose end is not yet known. */
typedef struct fm_intent_row {
    int64_t id;                    /**< given by the state */
    const char *key;               /**< key of the entry */
    const char *kind;              /**< the policy's own */
    const char *uid, *href, *etag; /**< as of the write, each may be NULL */
    const char *doc;               /**< the policy's own, `doc_len` bytes, may be NULL */
    size_t doc_len;
} fm_intent_row;

/** Adds an intent (copied; `id` is not read). @param id  its number, never NULL */
fm_status fm_target_add_intent(int64_t *id, fm_target *t, const fm_intent_row *row, fm_error *err);
/** All intents of a target in the order they were added. */
fm_status fm_target_intents(fm_cursor **out, fm_target *t, fm_error *err);
/** FM_PENDING: `*row` is the next one; FM_OK: no more. */
fm_status fm_intent_next(fm_cursor *cursor, fm_intent_row *row, fm_error *err);
/** Removes an intent; one that is not there is no error. */
fm_status fm_target_drop_intent(fm_target *t, int64_t id, fm_error *err);

#endif
