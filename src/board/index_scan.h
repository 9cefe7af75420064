/**
 * @file index_scan.h
 * The pass over a board's text that finds its entries: part of index.h.
 */
#ifndef FM_BOARD_INDEX_SCAN_H
#define FM_BOARD_INDEX_SCAN_H

#include "board/index.h"

/** Longest id as written, in bytes. */
#define FM_INDEX_ID_MAX 1000

/**
 * The hash of a key: of some bytes, and of those that follow. Taken where the text is scanned, while it
 * is at hand, since going back for each entry costs as much as the scan.
 */
uint32_t fm_index_hash(uint32_t before, const char *bytes, size_t len);
/** Where a hash starts. */
#define FM_INDEX_HASH_START UINT32_C(2166136261)

/** Fills `entries` and `members` from `text`; everything but ambiguity and counts is known then. */
fm_status fm_index_scan_board(fm_index *ix, fm_hash *hash, fm_error *err);

/** The same for a text that is one entry's object, found in `items` or in `epics`. */
fm_status fm_index_scan_entry(fm_index *ix, bool epic, fm_hash *hash, fm_error *err);

#endif
