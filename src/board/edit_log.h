/**
 * @file edit_log.h
 * What was edited on a board, in order, so that it can be done again on a text that another program
 * wrote meanwhile.
 */
#ifndef FM_BOARD_EDIT_LOG_H
#define FM_BOARD_EDIT_LOG_H

#include "core/json/style.h"

typedef enum fm_edit_kind { FM_EDIT_SET, FM_EDIT_REMOVE, FM_EDIT_APPEND } fm_edit_kind;

/** One edit. Everything it points to is borrowed by the caller's edits, owned by the log's. */
typedef struct fm_edit {
    fm_edit_kind kind;
    const char *key; /**< the entry's; NULL: the board itself. Not zero-terminated */
    size_t key_len;
    const fm_json_step *path;
    size_t steps;
    fm_json_span value; /**< JSON text; empty for a removal */
    fm_json_span old;   /**< what it replaced, as text; empty where there was nothing */
} fm_edit;

typedef struct fm_edit_log {
    fm_edit **edits;
    size_t count, room;
} fm_edit_log;

/** Adds a copy of an edit. FM_ENOMEM. */
fm_status fm_edit_log_add(fm_edit_log *log, const fm_edit *edit, fm_error *err);
/** Takes the last edit back. */
void fm_edit_log_drop_last(fm_edit_log *log);
/** Frees all edits. */
void fm_edit_log_clear(fm_edit_log *log);

#endif
