/**
 * @file board_impl.h
 * The inside of a board, for the files of src/board.
 *
 * `text` and `index` are the board as it was when edits were last put together; later edits lie in
 * `units`, each the copy of one top-level entry or one member of the board, and in `whole`, edits of
 * the board's own object. Putting together (unit.h) makes of them a new text and index.
 */
#ifndef FM_BOARD_BOARD_IMPL_H
#define FM_BOARD_BOARD_IMPL_H

#include "board/board.h"
#include "board/edit_log.h"
#include "util/file.h"

struct fm_board {
    const fm_env *env;
    char *path, *name;
    fm_hash *hash;
    fm_file_facts facts;

    fm_buf text;
    fm_index index;
    fm_buf origin; /**< the text as read, where `text` is another one by now */
    bool has_origin;

    struct fm_unit *units; /**< see unit.h */
    size_t unit_count, unit_room;
    fm_edit_log whole;
    bool structure_edited; /**< a unit may hold entries that `index` does not know */

    fm_edit_log log; /**< all edits since it was read */
};

/** Puts the board's name, and a line unless it is 0, in front of an error. @return its status */
fm_status fm_board_blame(const fm_board *b, unsigned line, fm_status status, fm_error *err);

/** The text as it was read. */
fm_json_span fm_board_origin(const fm_board *b);

#endif
