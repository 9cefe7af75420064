/**
 * @file server.h
 * The calendar server that the mock provider talks to: in memory, shared by any number of providers
 * and by tests that edit as another program would. Not thread-safe.
 *
 * Every change gets a number; ETags and sync tokens are made of it. With a file the changes are also
 * appended there, one JSON line each, and those of other processes are read from it.
 */
#ifndef FM_PROVIDER_MOCK_SERVER_H
#define FM_PROVIDER_MOCK_SERVER_H

#include "fmcal/provider.h"
#include "provider/mock/fault.h"
#include "util/strmap.h"

typedef struct fm_mock_object {
    char *href, *uid, *etag, *text;
    size_t text_len;
    int64_t change;                /**< number of the change that made it so */
    struct fm_mock_object *before; /**< what the last change replaced, NULL: nothing; owned */
} fm_mock_object;

typedef struct fm_mock_tombstone {
    char *href;
    int64_t change;
} fm_mock_tombstone;

typedef struct fm_mock_calendar {
    char *id, *name, *color;
    bool writable, events, primary;
    int64_t made;            /**< number of the change before it was made: older tokens know another calendar */
    fm_mock_object *objects; /**< in the order of href */
    size_t object_count, object_cap;
    fm_mock_tombstone *tombstones;
    size_t tombstone_count, tombstone_cap;
    fm_strmap uids; /**< UID: the href it was last put at, which may be out of date */
} fm_mock_calendar;

/** What a server does to the texts it is given. */
typedef struct fm_mock_rewrite {
    char *drop;   /**< name of a property that it does not keep, NULL for none */
    bool reverse; /**< it turns the order of an event's properties round */
} fm_mock_rewrite;

/** Members are open to the files of the mock and to its binding, which use the functions below to change objects. */
typedef struct fm_mock_server {
    unsigned references;
    char *account;
    char *password; /**< what "password" must be, NULL: anything goes */
    fm_mock_calendar **calendars;
    size_t calendar_count;
    int64_t change;        /**< number of the last change */
    int64_t listed;        /**< that of when changes were last asked for */
    unsigned last_id;      /**< number in the name of the last object it named: mock-event-0001, … */
    int64_t page_size;     /**< changes per page, 0: all in one */
    int64_t max_token_age; /**< changes after which a token is no longer accepted, 0: never */
    bool tokens;           /**< it has sync tokens */
    bool etag_on_write;    /**< it says the new ETag after a write */
    fm_mock_rewrite rewrite;
    fm_mock_fault *faults;
    int64_t counts[FM_MOCK_REQUESTS];
    int64_t bodies;      /**< texts delivered */
    char *file;          /**< where the changes are kept, NULL: nowhere */
    int64_t file_offset; /**< how far the file has been read */
    int lock_fd;         /**< the file while it is locked, else -1 */
} fm_mock_server;

/** A server with one primary calendar, "mock-calendar". One reference, owned by the caller. NULL: out of memory. */
fm_mock_server *fm_mock_server_new(void);
fm_mock_server *fm_mock_server_ref(fm_mock_server *s);
void fm_mock_server_unref(fm_mock_server *s);

/** Adds a calendar (copied), or changes the one with its id. FM_ENOMEM. */
fm_status fm_mock_add_calendar(fm_mock_server *s, const fm_calendar *calendar, fm_error *err);
/** Makes a calendar vanish with all that is in it. @return whether there was one */
bool fm_mock_remove_calendar(fm_mock_server *s, const char *id);
/** A calendar by id; "primary" and NULL: the primary one. NULL: there is none. */
fm_mock_calendar *fm_mock_find_calendar(fm_mock_server *s, const char *id);

/** An object by href, or by UID. NULL: there is none. Borrowed until the next change. */
fm_mock_object *fm_mock_find(const fm_mock_calendar *c, const char *href);
fm_mock_object *fm_mock_find_uid(const fm_mock_calendar *c, const char *uid);

/** One change: `text` NULL deletes. */
typedef struct fm_mock_change {
    int64_t number; /**< 0: the next one */
    const char *href;
    const char *uid;
    const char *text;
    size_t text_len;
} fm_mock_change;

/**
 * Carries a change out: in memory only. Puts an object or replaces the one with its href, or makes it
 * a tombstone. FM_ENOMEM leaves the calendar as it was.
 */
fm_status fm_mock_perform(fm_mock_server *s, fm_mock_calendar *c, const fm_mock_change *change, fm_error *err);
/** As fm_mock_perform() on a locked server, and keeps the change in its file. FM_EIO, FM_ENOMEM. */
fm_status fm_mock_commit(fm_mock_server *s, fm_mock_calendar *c, const fm_mock_change *change, fm_error *err);
/** The next free name for an object, written into `out`. */
void fm_mock_next_href(fm_mock_server *s, char out[32]);

/** Keeps the changes in `path` from now on, and reads those that are there. FM_EIO, FM_EPARSE with the line. */
fm_status fm_mock_use_file(fm_mock_server *s, const char *path, fm_error *err);
/** Reads what other processes have appended since. */
fm_status fm_mock_reload(fm_mock_server *s, fm_error *err);
/**
 * Locks the file against other processes and reads what they have appended; every change is made
 * between this and fm_mock_unlock(). Without a file both do nothing. FM_EIO.
 */
fm_status fm_mock_lock(fm_mock_server *s, fm_error *err);
void fm_mock_unlock(fm_mock_server *s);
/** Appends a change to the locked file, over what a crash has left of another. */
fm_status fm_mock_append(fm_mock_server *s, const fm_mock_calendar *c, const fm_mock_change *change, fm_error *err);

/** What the server keeps of a text: a copy, owned by the caller, with the rewriting done. NULL: out of memory. */
char *fm_mock_rewritten(const fm_mock_rewrite *rewrite, const char *text, size_t len, size_t *out_len);

/** In memory, for tests and for trying rules. */
extern const fm_provider_class fm_provider_mock;

/** Makes a mock provider talk to `server` (a reference is taken). FM_EINVAL for a provider of another kind. */
fm_status fm_mock_attach(fm_provider *p, fm_mock_server *server, fm_error *err);

#endif
