/**
 * @file compare.h
 * Which entries of a board changed since a state remembered their fingerprints: one pass over the rows
 * of the state, one over the entries, nothing else is looked at.
 */
#ifndef FM_BOARD_COMPARE_H
#define FM_BOARD_COMPARE_H

#include "board/board.h"

typedef struct fm_compare fm_compare;

/**
 * Starts a comparison. The board must not be edited before it ends.
 * @param context  what else the policy's mapping depends on: as for fm_board_fingerprint()
 * @param day      today, YYYY-MM-DD; rows that were mapped for another day count as changed; copied
 */
fm_status fm_compare_new(fm_compare **out, fm_board *b, const void *context, size_t context_len, const char *day,
                         fm_error *err);

/**
 * Takes a row of the state (an fm_fingerprint_fn). A row with a key that has a problem on the board
 * counts neither as changed nor as gone.
 * @param compare      an fm_compare
 * @param fingerprint  FM_BOARD_FINGERPRINT_BYTES; NULL: the entry counts as changed
 * @param status       counted for entries that did not change; NULL counts as ""
 * @param day          NULL: mapped for any day
 */
fm_status fm_compare_row(void *compare, const char *key, const unsigned char *fingerprint, const char *status,
                         const char *day);

/** The next entry that changed or has no row, in the board's order; `*at` starts at 0. NULL: no more. */
const fm_entry *fm_compare_changed(const fm_compare *c, size_t *at);
/** The key of the n-th row that has no entry; NULL past the end. */
const char *fm_compare_gone(const fm_compare *c, size_t n);
/** Number of entries, without those that have a problem and court dates that hold no date any more. */
size_t fm_compare_total(const fm_compare *c);
/** The n-th status and how many unchanged entries (of those in the total) have it; NULL past the end. */
const char *fm_compare_count(const fm_compare *c, size_t n, size_t *count);

/** Frees a comparison. NULL is allowed. */
void fm_compare_free(fm_compare *c);

#endif
