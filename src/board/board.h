/**
 * @file board.h
 * A team's board: a JSON file, its entries, and edits to them that leave everything else as it is.
 *
 * What is read shows the edits made so far. Edits stay in memory until fm_board_save()
 * (board/exchange.h). Spans and entries are borrowed from the board until the next edit or save.
 * One board belongs to one thread. Messages of errors start with the board's name and the line.
 */
#ifndef FM_BOARD_BOARD_H
#define FM_BOARD_BOARD_H

#include "board/index.h"
#include "core/json/style.h"
#include "fmcal/env.h"

typedef struct fm_board fm_board;

/**
 * Reads a board.
 * @param out   owned by the caller; NULL on failure
 * @param env   borrowed, must outlive the board
 * @param path  symbolic links are followed
 * @return FM_ENOTFOUND, FM_EACCESS, FM_EPARSE with line and column, FM_ELIMIT, FM_EIO, FM_ENOMEM
 */
fm_status fm_board_open(fm_board **out, const fm_env *env, const char *path, fm_error *err);

/** A board from a text (copied), which cannot be saved. `name` is what messages call it. */
fm_status fm_board_parse(fm_board **out, const fm_env *env, const char *text, size_t len, const char *name,
                         fm_error *err);

/** Frees a board; edits that were not saved are lost. NULL is allowed. */
void fm_board_close(fm_board *b);

/** Its file: absolute, without symbolic links; NULL for one from memory. */
const char *fm_board_path(const fm_board *b);
/** What messages call it: the path as given, or the name. */
const char *fm_board_name(const fm_board *b);
/** The file's time of change as it was read or saved, in seconds since 1970-01-01T00:00:00Z; 0 from memory. */
int64_t fm_board_mtime_s(const fm_board *b);

/** Its text. Failures as for fm_board_index(). */
fm_status fm_board_text(fm_json_span *text, fm_board *b, fm_error *err);

/**
 * Its entries. Where something was edited the text is put together and indexed anew, and it is made
 * sure that entries that were not edited are as they were.
 * @return FM_ELIMIT (the text would become too large), FM_ENOMEM; the board is as before then
 */
fm_status fm_board_index(const fm_index **out, fm_board *b, fm_error *err);

/** Finds a member of the board's own object. FM_ENOTFOUND. */
fm_status fm_board_member_value(fm_json_span *value, fm_board *b, const char *name, size_t len, fm_error *err);

/** Where an entry is, edits included. */
typedef struct fm_board_place {
    const fm_index *index; /**< what `entry` belongs to: the board's index, or that of an edited copy */
    const fm_entry *entry;
    const fm_entry *known; /**< the entry in the board's index: its counts */
    unsigned line;         /**< 1-based */
} fm_board_place;

/**
 * Puts edits together where so many entries were edited that looking into each copy would cost more. For callers that
 * go through all of them. Fails as fm_board_edit() does.
 */
fm_status fm_board_gather(fm_board *b, fm_error *err);

/** Finds an entry. FM_ENOTFOUND where there is none with this key, or where it has a problem. */
fm_status fm_board_find(fm_board_place *place, fm_board *b, const char *key, size_t len, fm_error *err);

/** The entry that a subitem is in, NULL for others. */
const fm_entry *fm_board_parent(const fm_board_place *place);

/**
 * What the entry's event depends on, and its calendarSync: FM_BOARD_FINGERPRINT_BYTES.
 * @param context  what else the policy's mapping depends on
 */
fm_status fm_board_fingerprint(unsigned char *out, fm_board *b, const fm_board_place *place, const void *context,
                               size_t context_len, fm_error *err);

/** Tells a problem: returns its sentence (a run-time check of fm_entry flags, see index.h). Buffer failures. */
fm_status fm_board_add_problem(fm_buf *out, const fm_board *b, const fm_index *ix, const fm_entry *e);

#endif
