/**
 * @file multistatus.h
 * Reads a WebDAV multistatus (RFC 4918 section 13) or error body as it arrives, one response at a time. Properties
 * count only from propstats whose status is 2xx; a sync-token counts wherever it stands (RFC 6578).
 * Only the properties fmcal asks for are known; memory is that of the largest single response.
 */
#ifndef FM_PROVIDER_CALDAV_MULTISTATUS_H
#define FM_PROVIDER_CALDAV_MULTISTATUS_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>

/** Largest calendar object accepted, in bytes. */
#define FM_DAV_OBJECT_MAX ((size_t)4 << 20)

/** Preconditions and postconditions that servers name in DAV:error, as bits. */
enum {
    FM_DAV_VALID_SYNC_TOKEN = 1u << 0, /**< valid-sync-token */
    FM_DAV_UID_CONFLICT = 1u << 1,     /**< no-uid-conflict, unique-scheduling-object-resource */
    FM_DAV_NEED_PRIVILEGES = 1u << 2,  /**< need-privileges */
    FM_DAV_OTHER_CONDITION = 1u << 3   /**< any other: its name is kept */
};

/** What kind of resource it is, as bits (resourcetype). */
enum {
    FM_DAV_COLLECTION = 1u << 0,
    FM_DAV_CALENDAR = 1u << 1,
    FM_DAV_SUBSCRIBED = 1u << 2, /**< a read-only copy of a calendar elsewhere */
    FM_DAV_OTHER_KIND = 1u << 3  /**< inbox, outbox, notifications, address book, … */
};

/** What may be done with it, as bits (current-user-privilege-set). */
enum {
    FM_DAV_MAY_WRITE = 1u << 0, /**< all, write */
    FM_DAV_MAY_EDIT = 1u << 1,  /**< write-content */
    FM_DAV_MAY_ADD = 1u << 2,   /**< bind */
    FM_DAV_MAY_REMOVE = 1u << 3 /**< unbind */
};

/** Reports, as bits (supported-report-set). */
enum { FM_DAV_SYNC_COLLECTION = 1u << 0, FM_DAV_MULTIGET = 1u << 1, FM_DAV_QUERY = 1u << 2 };

/** Texts a response can hold. */
typedef enum fm_dav_text {
    FM_DAV_ETAG,
    FM_DAV_DATA, /**< calendar-data */
    FM_DAV_CTAG,
    FM_DAV_SYNC_TOKEN,
    FM_DAV_DISPLAY_NAME,
    FM_DAV_COLOR,
    FM_DAV_ORDER,            /**< calendar-order, a number */
    FM_DAV_PRINCIPAL,        /**< href of current-user-principal */
    FM_DAV_DEFAULT_CALENDAR, /**< href of schedule-default-calendar-URL */
    FM_DAV_TEXTS
} fm_dav_text;

/** Most home sets of one principal that are looked at. */
#define FM_DAV_HOMES_MAX 8
/** Most addresses of one principal that are known. */
#define FM_DAV_ADDRESSES_MAX 16

/** Properties of a resource; a member is NULL or 0 where no 2xx propstat had it. */
typedef struct fm_dav_props {
    const char *text[FM_DAV_TEXTS];
    size_t data_len;                             /**< of text[FM_DAV_DATA] */
    const char *homes[FM_DAV_HOMES_MAX];         /**< hrefs of calendar-home-set, NULL after the last */
    const char *addresses[FM_DAV_ADDRESSES_MAX]; /**< of calendar-user-address-set, NULL after the last */
    unsigned kinds;                              /**< FM_DAV_COLLECTION, … */
    unsigned privileges;                         /**< FM_DAV_MAY_*, where has_privileges */
    unsigned reports;                            /**< FM_DAV_SYNC_COLLECTION, …, where has_reports */
    bool events;          /**< takes VEVENTs, where has_components; without it any kind is taken */
    bool unauthenticated; /**< current-user-principal says that nobody is signed in */
    bool has_privileges, has_components, has_reports;
} fm_dav_props;

/** One response. Borrowed for the length of the call it is handed to. */
typedef struct fm_dav_response {
    const char *href; /**< as sent */
    int status;       /**< of the response as a whole, 0 where only propstats have one */
    fm_dav_props props;
    unsigned conditions;        /**< FM_DAV_* of an error in it */
    const char *condition_name; /**< local name of the first condition, or NULL */
} fm_dav_response;

/** What stands outside the responses. Owned by the reader. */
typedef struct fm_dav_summary {
    bool multistatus; /**< that is what the body is, and no error */
    unsigned responses;
    const char *sync_token;     /**< NULL where there is none */
    unsigned conditions;        /**< of an error that is the whole body */
    const char *condition_name; /**< or NULL */
    const char *condition_href; /**< an href in it (where the UID is), or NULL */
    const char *explanation;    /**< what the server says to people (sabre, so Nextcloud), or NULL */
    int first_status;           /**< response status of the first response, 0 for none: a failed PUT in a 207 */
} fm_dav_summary;

typedef struct fm_multistatus fm_multistatus;

/** Receives one response. A negative status ends the reading with it. */
typedef fm_status (*fm_dav_response_fn)(void *data, const fm_dav_response *response, fm_error *err);

/** Makes a reader; `fn` may be NULL where only the summary is of interest. FM_ENOMEM. */
fm_status fm_multistatus_new(fm_multistatus **out, fm_dav_response_fn fn, void *data, fm_error *err);
void fm_multistatus_free(fm_multistatus *m);
/** Reads on. FM_EPARSE, FM_ELIMIT, FM_ENOMEM, what `fn` returned. */
fm_status fm_multistatus_feed(fm_multistatus *m, const char *bytes, size_t len, fm_error *err);
/** The body ends here. FM_EPARSE where it is not whole, or is neither a multistatus nor an error. */
fm_status fm_multistatus_finish(fm_multistatus *m, fm_error *err);
/** What was read so far. */
const fm_dav_summary *fm_multistatus_summary(const fm_multistatus *m);

#endif
