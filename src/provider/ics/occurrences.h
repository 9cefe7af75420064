/**
 * @file occurrences.h
 * When an object's event takes place: the occurrences of its series within a window, as single ones have been moved,
 * changed and cancelled (RFC 5545 section 3.8.5).
 *
 * The start counts as the first occurrence, whether the rule names it or not. An override counts for its own
 * occurrence; RANGE is not understood. Local times are on the clocks of their zone, which may be one that only the
 * object describes.
 */
#ifndef FM_PROVIDER_ICS_OCCURRENCES_H
#define FM_PROVIDER_ICS_OCCURRENCES_H

#include "core/zone/zone.h"
#include "provider/event/dates.h"

typedef struct fm_ics_occurrence {
    fm_event_time start;
    fm_event_time end; /**< the start, where there is no end */
    bool is_override;  /**< somebody has moved or changed it */
    char *title;       /**< owned; what an override says, NULL for that of the series */
    char *location;    /**< owned; the same */
} fm_ics_occurrence;

typedef struct fm_ics_occurrences {
    fm_ics_occurrence *list; /**< by their start */
    size_t count;
    bool recurring; /**< there is more than one to be expected */
    bool cut;       /**< there are more in the window */
} fm_ics_occurrences;

/** From when on and up to when. What has no end is there at its start. */
typedef struct fm_ics_window {
    int64_t from, to;             /**< instants; `to` is not in it */
    int64_t from_local, to_local; /**< the same for days and for times without a zone: what clocks show */
    size_t most;                  /**< how many are wanted */
} fm_ics_window;

/**
 * Finds the occurrences of an object's event.
 * @param out  owned by the caller: fm_ics_occurrences_clear(); empty after a failure
 * @return FM_OK; FM_EPARSE with the line; FM_EUNSUPPORTED for an event whose zone is not known or whose rule is not
 *         expanded; FM_ELIMIT, FM_ENOMEM
 */
fm_status fm_ics_occurrences_find(fm_ics_occurrences *out, const char *text, size_t len, const fm_ics_window *window,
                                  fm_zones *zones, fm_error *err);
/** Frees what it owns. */
void fm_ics_occurrences_clear(fm_ics_occurrences *occurrences);

#endif
