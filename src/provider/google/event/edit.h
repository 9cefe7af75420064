/**
 * @file edit.h
 * Google's JSON being edited: what the parts of the encoder share. Private to this folder.
 *
 * The first failure stays in `status`; everything after it does nothing.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_EDIT_H
#define FM_PROVIDER_GOOGLE_EVENT_EDIT_H

#include "provider/google/event/json.h"

typedef struct fm_google_edit {
    const fm_event *want;
    fm_event have; /**< what `doc` said before; all zero bytes for a new event */
    bool is_new;
    fm_buf doc;
    fm_zones *zones;
    const char *floating_zone;
    fm_status status;
    fm_error *err;
} fm_google_edit;

/* Members of the event (`group` NULL) or of an object within; those of the private properties are in "private". */

void fm_google_set_json(fm_google_edit *e, const char *group, const char *name, const char *json, size_t len);
void fm_google_set_text(fm_google_edit *e, const char *group, const char *name, const char *text, size_t len);
/** Whether a member is there, and not null. */
bool fm_google_is_there(const fm_google_edit *e, const char *group, const char *name);
/** What is not there needs no null. */
void fm_google_set_null(fm_google_edit *e, const char *group, const char *name);
/** Sets a text of the event; an empty one is none. */
void fm_google_set_or_null(fm_google_edit *e, const char *name, const char *text);
/** Writes a value over as many private properties as it needs; those of a longer old one go, all where it is empty. */
void fm_google_set_private(fm_google_edit *e, const char *name, const char *text);

/** Notes that the text sets a member, or an extra, that otherwise stays out of an update. */
void fm_google_note_set(fm_google_edit *e, const char *name);

/* Parts of the encoder. */

/** Link, colour, visibility, whether the event takes its time, and extras. */
void fm_google_encode_traits(fm_google_edit *e);
void fm_google_encode_reminders(fm_google_edit *e);

#endif
