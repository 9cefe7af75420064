/**
 * @file absence.h
 * What a listing lets infer about the rows that it did not show. Private to src/state.
 *
 * A row is gone where a tombstone names it, or where it is in no row of a complete listing. But an object that came up
 * in the same listing and could not be read may be that very event under another name: then the row is *missing*
 * (`doubt` 1 in the table), that object a *suspect* (2), and so they stay until a complete listing holds no suspect any
 * more. An unread object that was known before, while the row was still shown, is no suspect.
 *
 * What a listing has shown or named is kept in the temporary table `seen`, in memory.
 */
#ifndef FM_STATE_ABSENCE_H
#define FM_STATE_ABSENCE_H

#include "state/db.h"

/** `doubt` of a row that is missing, and of one that is a suspect. */
enum { FM_DOUBT_MISSING = 1, FM_DOUBT_SUSPECT = 2 };

typedef struct fm_absence {
    fm_target *target;
    bool spare_own; /**< after own writes: no row that is unconfirmed counts as gone */
    char
        *suspect; /**< why rows are missing rather than gone: which object came up and cannot be read; owned, or NULL */
} fm_absence;

/** Begins a listing: nothing has been shown. */
fm_status fm_absence_begin(fm_absence *a, fm_target *t, bool spare_own, fm_error *err);
void fm_absence_end(fm_absence *a);

/** The listing has shown this row, or named it as gone. */
fm_status fm_absence_shown(fm_absence *a, int64_t row, fm_error *err);
fm_status fm_absence_named(fm_absence *a, int64_t row, fm_error *err);
/** An object came up that cannot be read: which row it was before, nobody knows. FM_ENOMEM. */
fm_status fm_absence_suspect(fm_absence *a, const char *href, const char *why, fm_error *err);

/**
 * Infers at the end of a page. Opens `page` where something has to be written.
 * @param complete  a complete listing has ended: what it did not show counts, too
 * @param gone      how many rows are gone now is added to it
 */
fm_status fm_absence_conclude(fm_absence *a, fm_db_page *page, bool complete, size_t *gone, fm_error *err);
/** Whether a row is missing, of which only a complete listing can tell what became of it. */
fm_status fm_absence_open(bool *open, fm_absence *a, fm_error *err);
/** What was shown is confirmed, where it had been made by us. */
fm_status fm_absence_confirm(fm_absence *a, fm_db_page *page, fm_error *err);

#endif
