/**
 * @file fault.h
 * Faults that a test asks the mock server for.
 */
#ifndef FM_PROVIDER_MOCK_FAULT_H
#define FM_PROVIDER_MOCK_FAULT_H

#include "fmcal/error.h"
#include <stdint.h>

/** Kinds of requests, as they are counted and as faults strike them. */
typedef enum fm_mock_request {
    FM_MOCK_OPEN,
    FM_MOCK_LIST,
    FM_MOCK_CHANGES,
    FM_MOCK_FETCH,
    FM_MOCK_CREATE,
    FM_MOCK_UPDATE,
    FM_MOCK_DELETE,
    FM_MOCK_READ, /**< one object, to find out what became of a write */
    FM_MOCK_REQUESTS
} fm_mock_request;

/** Names of the requests: "open", "list", …. */
extern const char *const fm_mock_request_names[FM_MOCK_REQUESTS];

typedef enum fm_mock_fault_kind {
    FM_MOCK_NO_FAULT,
    FM_MOCK_REFUSE,   /**< the server will not do it (403) */
    FM_MOCK_NETWORK,  /**< the connection breaks before the server has read the request */
    FM_MOCK_TIMEOUT,  /**< no answer; nothing was done */
    FM_MOCK_LOST,     /**< done, but the answer is lost */
    FM_MOCK_STALE,    /**< somebody touched the object a moment before */
    FM_MOCK_EXPIRED,  /**< the token is not accepted */
    FM_MOCK_TRUNCATE, /**< the answer ends after half of it */
    FM_MOCK_AUTH,     /**< sign-in refused (401) */
    FM_MOCK_THROTTLE, /**< slow down (429) */
    FM_MOCK_SERVER,   /**< the server fails (503) */
    FM_MOCK_GONE,     /**< the calendar has vanished (404) */
    FM_MOCK_FORGET,   /**< the server says that it did a write and has not */
    FM_MOCK_MISSING,  /**< it does not find the objects that it lists */
    FM_MOCK_LAG,      /**< it answers with what objects that changed since the last listing were before */
    FM_MOCK_DAMAGED,  /**< what it delivers for the first object is none */
    FM_MOCK_FAULT_KINDS
} fm_mock_fault_kind;

/** Names of the kinds: "none", "refuse", …. */
extern const char *const fm_mock_fault_names[FM_MOCK_FAULT_KINDS];

typedef struct fm_mock_fault fm_mock_fault;

/** A fault and when it strikes. */
struct fm_mock_fault {
    fm_mock_fault *next;
    fm_mock_fault_kind kind;
    uint32_t requests; /**< bits 1 << fm_mock_request */
    char *uid;         /**< only writes of this event, NULL: any; owned */
    int64_t at;        /**< the how-manieth matching request from now on, from 1 */
    int64_t times;     /**< how many in a row */
    int64_t retry_after_ms;
};

/** Adds a copy of `fault` behind the others. FM_ENOMEM. */
fm_status fm_mock_add_fault(fm_mock_fault **list, const fm_mock_fault *fault, fm_error *err);
/**
 * Counts a request towards all faults that match it and takes the first one that strikes.
 * @param retry_after_ms  set where it strikes
 */
fm_mock_fault_kind fm_mock_take_fault(fm_mock_fault **list, fm_mock_request request, const char *uid,
                                      int64_t *retry_after_ms);
/** Drops all faults. */
void fm_mock_clear_faults(fm_mock_fault **list);
/** Describes the fault as the provider reports it. @return the status; FM_OK for kinds that are no failure */
fm_status fm_mock_fault_error(fm_error *err, fm_mock_fault_kind kind, int64_t retry_after_ms);

#endif
