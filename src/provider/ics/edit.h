/**
 * @file edit.h
 * An object being edited: what the parts of the encoder share. Private to this folder.
 *
 * The first failure stays in `status`; everything after it does nothing.
 */
#ifndef FM_PROVIDER_ICS_EDIT_H
#define FM_PROVIDER_ICS_EDIT_H

#include "provider/ics/codec.h"
#include "provider/ics/model.h"

#define ICS_DOMAIN "ical"

typedef struct ics_edit {
    ics_object object;
    const fm_event *want;
    fm_event have; /**< what the object says before the edit; empty for a new one */
    bool is_new;
    fm_zones *zones;
    fm_buf scratch;
    fm_status status;
    fm_error *err;
} ics_edit;

extern const fm_span ics_no_params;

/* Lines of the master. */

/** The first line of a name; FM_ICAL_NONE where there is none. */
size_t ics_edit_find(const ics_edit *e, const char *name);
/** The parameters that the line of a name has; none where they could not be written again. */
fm_span ics_edit_params(const ics_edit *e, const char *name);
/** Gives the first line of a name parameters and a value, adding it where it is missing. */
void ics_edit_line(ics_edit *e, const char *name, fm_span params, fm_span value);
/** As ics_edit_line(), with the parameters that the line has, but for those of an encoding. */
void ics_edit_value(ics_edit *e, const char *name, fm_span value);
/** Sets the line to what the scratch buffer holds, removes it where that is nothing. Empties the buffer. */
void ics_edit_from_scratch(ics_edit *e, const char *name);
/** Removes the lines of a name from the master, but for the first `keep`. */
void ics_edit_remove(ics_edit *e, const char *name, size_t keep);

/* Parts of the encoder. */

/** Start, end and zone. Returns whether the date changed. */
bool ics_encode_dates(ics_edit *e);
void ics_encode_reminders(ics_edit *e);
/**
 * Moves what hangs on the start of a series: rule, dates of occurrences, overrides. To be called while DTSTART is still
 * the old one. @param tzid  what TZID says for the zone of the new start
 */
void ics_move_series(ics_edit *e, const fm_event_dates *have, const fm_event_dates *want, fm_span tzid);

#endif
