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

typedef struct fm_ics_edit {
    fm_ics_object object;
    const fm_event *want;
    fm_event have; /**< what the object says before the edit; empty for a new one */
    bool is_new;
    fm_zones *zones;
    fm_buf scratch;
    fm_status status;
    fm_error *err;
} fm_ics_edit;

extern const fm_span fm_ics_no_params;

/* Lines of the master. */

/** The first line of a name; FM_ICAL_NONE where there is none. */
size_t fm_ics_edit_find(const fm_ics_edit *e, const char *name);
/** The parameters that the line of a name has; none where they could not be written again. */
fm_span fm_ics_edit_params(const fm_ics_edit *e, const char *name);
/** Gives the first line of a name parameters and a value, adding it where it is missing. */
void fm_ics_edit_line(fm_ics_edit *e, const char *name, fm_span params, fm_span value);
/** As fm_ics_edit_line(), with the parameters that the line has, but for those of an encoding. */
void fm_ics_edit_value(fm_ics_edit *e, const char *name, fm_span value);
/** Sets the line to what the scratch buffer holds, removes it where that is nothing. Empties the buffer. */
void fm_ics_edit_from_scratch(fm_ics_edit *e, const char *name);
/** Removes the lines of a name from the master, but for the first `keep`. */
void fm_ics_edit_remove(fm_ics_edit *e, const char *name, size_t keep);

/* Parts of the encoder. */

/** Start, end and zone. Returns whether the date changed. */
bool fm_ics_encode_dates(fm_ics_edit *e);
void fm_ics_encode_reminders(fm_ics_edit *e);
/** Link, colour, visibility, whether the event takes its time, and extras. */
void fm_ics_encode_traits(fm_ics_edit *e);
/** Whether a text, once cleaned, is what the object has. Leaves the clean text in `clean`, which the caller frees. */
bool fm_ics_is_there(fm_ics_edit *e, fm_buf *clean, const char *want, const char *have);
/** Appends a text as X- properties have it. */
void fm_ics_add_percent_encoded(fm_buf *out, const char *text, size_t len);
/** Writes an X- property, percent-encoded, where it is to say something else than it does. */
void fm_ics_encode_metadata(fm_ics_edit *e, const char *name, const char *want, const char *have);
/**
 * Moves what hangs on the start of a series: rule, dates of occurrences, overrides. To be called while DTSTART is still
 * the old one. @param tzid  what TZID says for the zone of the new start
 */
void fm_ics_move_series(fm_ics_edit *e, const fm_event_dates *have, const fm_event_dates *want, fm_span tzid);

#endif
