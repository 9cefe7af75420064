/**
 * @file unit.h
 * The pieces of a board that were edited since its text was last put together, and putting together.
 * For the files of src/board.
 */
#ifndef FM_BOARD_UNIT_H
#define FM_BOARD_UNIT_H

#include "board/board_impl.h"

/** The edited copy of a top-level entry, or of a member's value. */
typedef struct fm_unit {
    uint32_t at, len; /**< what it replaces in `text` */
    bool is_entry;
    bool is_epic;
    fm_buf text;    /**< owned */
    bool indexed;   /**< `index` is that of `text` */
    fm_index index; /**< owned */
} fm_unit;

/** The edited copy of a top-level entry of the index, NULL for none. */
fm_unit *fm_board_unit(fm_board *b, const fm_entry *top);
/** The edited copy of a member's value, NULL for none. */
fm_unit *fm_board_member_unit(fm_board *b, const fm_board_member *member);
/** The same, made where there is none; NULL when memory runs out. */
fm_unit *fm_board_make_unit(fm_board *b, fm_entry *top);
fm_unit *fm_board_make_member_unit(fm_board *b, const fm_board_member *member);

/** Indexes a unit's text, if that is not done. */
fm_status fm_unit_index(fm_unit *unit, fm_board *b, fm_error *err);
/** Says that its text changes. */
void fm_unit_forget_index(fm_unit *unit);

/** Does an edit to a text; `path` starts at the text's value. Failures as for core/json/edit.h. */
fm_status fm_edit_apply(fm_buf *text, const fm_edit *edit, const fm_json_step *path, size_t steps, fm_error *err);

/**
 * Makes one text and its index of the text and all edits; nothing happens where there are none. The
 * board is as before on failure.
 */
fm_status fm_board_put_together(fm_board *b, fm_error *err);
/** The same, with the board's name in the error. */
fm_status fm_board_join_edits(fm_board *b, fm_error *err);
/** Frees all units and the edits of the whole. */
void fm_board_drop_edits(fm_board *b);

#endif
