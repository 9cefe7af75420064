/**
 * @file model.h
 * What the two halves of the codec share. Private to this folder and patch.c.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_MODEL_H
#define FM_PROVIDER_GOOGLE_EVENT_MODEL_H

#include "core/json/scan.h"
#include "provider/event/dates.h"
#include "provider/google/event/json.h"

/** A name of Google's, and the member of an event that says the same. */
typedef struct fm_google_text {
    const char *name;
    size_t member; /**< offset of the char * in fm_event */
    bool stays;    /**< where the member is absent, what an event has stays */
} fm_google_text;

/** The texts that are members of Google's event. */
extern const fm_google_text fm_google_texts[];
extern const size_t fm_google_text_count;
/** The metadata that travels in private properties. */
extern const fm_google_text fm_google_metadata[];
extern const size_t fm_google_metadata_count;

/** Where the member is kept. */
char **fm_google_slot(fm_event *event, const fm_google_text *text);
/** What it holds; borrowed. */
const char *fm_google_value(const fm_event *event, const fm_google_text *text);

/** Private properties that are no members of fm_event. */
extern const char *const fm_google_marks[];
extern const size_t fm_google_mark_count;

/** Reads start and end. FM_EPARSE. */
fm_status fm_google_dates(fm_event_dates *out, const fm_json_span *event, fm_zones *zones, fm_error *err);

/**
 * Appends what becomes of `recurrence` when the start of a series moves, as a JSON array. FM_EINVAL with a sentence
 * where it cannot move.
 */
fm_status fm_google_move_series(fm_buf *json, const fm_json_span *recurrence, const fm_event_time *from,
                                const fm_event_time *to, fm_zones *zones, fm_error *err);

/** Reads url, color, visibility, busy, extras and reminders. FM_ENOMEM. */
fm_status fm_google_traits(fm_event *event, const fm_json_span *object);
/** The id of the colour that comes nearest; NULL where `text` is no colour. */
const char *fm_google_color_id(const char *text);
/** Members of Google's event that an update names only where its text sets them. */
extern const char *const fm_google_traits_list[];
extern const size_t fm_google_trait_count;

/** The minutes before the start that a reminder such as "-P1D" means. False where Google does not take it. */
bool fm_google_reminder(int *minutes, const char *text);
/** The minutes of an element of `reminders.overrides` that pops up. False for another one. */
bool fm_google_popup_minutes(int *minutes, const fm_json_span *override);
/** Appends the hash by which a description of ours is known. */
fm_status fm_google_text_hash(fm_buf *out, const char *description);
/** Whether a description is to be read as HTML. */
bool fm_google_is_html(const fm_json_span *event, const char *description);
/** Takes a description apart into what a reader sees. */
fm_status fm_google_part(fm_buf *text, fm_buf *footer, const char *description, bool html);

#endif
