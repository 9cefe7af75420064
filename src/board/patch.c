#include "board/patch.h"
#include "board/take_off.h"
#include "board/unit.h"
#include "core/json/edit.h"
#include "core/json/value.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static bool step_is(const fm_json_step *step, const char *name)
{
    return step->name && step->name_len == strlen(name) && memcmp(step->name, name, step->name_len) == 0;
}

/* ------------------------------------------------------------------ one edit */

/* The same to a piece of a unit's text: to a copy, which then takes its place. */
static fm_status apply_to_piece(fm_unit *unit, size_t at, size_t len, const fm_edit *edit, fm_error *err)
{
    fm_buf piece;
    fm_buf_init(&piece, unit->text.max_bytes - (unit->text.len - len));
    fm_status status = fm_buf_add(&piece, unit->text.data + at, len);
    if (status)
        fm_error_no_memory(err, "board");
    else
        status = fm_edit_apply(&piece, edit, edit->path, edit->steps, err);
    if (!status && fm_buf_splice(&unit->text, at, len, piece.data, piece.len))
        status = fm_error_no_memory(err, "board");
    fm_buf_free(&piece);
    return status;
}

/* Whether the edit changes nothing, given what is at its path. `old` gets that; it is empty for an append. */
static bool is_idle(const fm_edit *edit, const fm_json_span *object, const fm_json_step *path, size_t steps,
                    fm_json_span *old)
{
    *old = (fm_json_span){"", 0};
    fm_json_span there;
    if (edit->kind == FM_EDIT_APPEND)
        return false;
    if (!object->len || !fm_json_find(&there, object->at, object->len, path, steps))
        return edit->kind == FM_EDIT_REMOVE;
    *old = there;
    return edit->kind == FM_EDIT_SET && fm_json_equal(&there, &edit->value);
}

/* The value must leave the board no deeper than it may be read. `outside`: levels around the path's start. */
static fm_status check_value(const fm_edit *edit, size_t outside, fm_error *err)
{
    size_t used = outside + edit->steps + (edit->kind == FM_EDIT_APPEND);
    if (edit->kind == FM_EDIT_REMOVE)
        return FM_OK;
    if (used >= FM_JSON_DEPTH)
        return fm_error_set(err, FM_ELIMIT, "board", "the place is nested too deeply");
    return fm_json_check(edit->value.at, edit->value.len, (unsigned)(FM_JSON_DEPTH - used), err);
}

/* Notes the edit in the log, with what it replaces. */
static fm_status note(fm_board *b, const fm_edit *edit, const fm_json_span *old, fm_error *err)
{
    fm_edit noted = *edit;
    noted.old = *old;
    return fm_edit_log_add(&b->log, &noted, err);
}

/* ------------------------------------------------------------------ edits of entries */

/* Whether the entry's object is all that its unit has: not so for subitems and what belongs to them. */
static bool fills_unit(const fm_board *b, const fm_entry *known)
{
    return known->owner == FM_ENTRY_NONE ||
           (known->kind == FM_ENTRY_COURT_DATE && b->index.entries[known->owner].owner == FM_ENTRY_NONE);
}

static size_t levels_around(const fm_board *b, const fm_entry *known)
{
    size_t levels = 2; /* the board's object and the list */
    for (const fm_entry *e = known; e->owner != FM_ENTRY_NONE; e = &b->index.entries[e->owner])
        levels += e->kind == FM_ENTRY_COURT_DATE ? 0 : 2;
    return levels;
}

/* The object of an entry as it is now. Without looking into the unit, where it fills that. */
static fm_status object_of(fm_json_span *object, fm_board_place *place, fm_board *b, const fm_edit *edit, fm_error *err)
{
    const fm_entry *known = fm_index_find(&b->index, edit->key, edit->key_len);
    if (known && fm_entry_usable(known) && fills_unit(b, known)) {
        const fm_unit *unit = fm_board_unit(b, fm_index_top(&b->index, known));
        *place = (fm_board_place){.index = &b->index, .entry = known, .known = known, .line = known->line};
        *object = unit ? (fm_json_span){unit->text.data, unit->text.len} : fm_index_text(&b->index, known);
        return FM_OK;
    }
    fm_status status = fm_board_find(place, b, edit->key, edit->key_len, err);
    if (!status)
        *object = fm_index_text(place->index, place->entry);
    return status;
}

/* Whether an edit may make or unmake entries: court dates, subitems. */
static bool touches_structure(const fm_edit *edit)
{
    static const char *const names[] = {"metadata", "subitems", "type"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (step_is(&edit->path[0], names[i]))
            return true;
    return false;
}

static fm_status apply_to_entry(fm_board *b, const fm_board_place *place, const fm_json_span *object,
                                const fm_edit *edit, fm_error *err)
{
    fm_entry *top = fm_index_top(&b->index, place->known);
    bool in_unit = top->unit != 0;
    size_t at = in_unit ? (size_t)(object->at - fm_board_unit(b, top)->text.data)
                        : (size_t)(object->at - b->text.data) - top->at;
    size_t len = object->len;
    fm_unit *unit = fm_board_make_unit(b, top);
    if (!unit)
        return fm_error_no_memory(err, "board");
    fm_unit_forget_index(unit);
    if (touches_structure(edit))
        b->structure_edited = true;
    if (fills_unit(b, place->known))
        return fm_edit_apply(&unit->text, edit, edit->path, edit->steps, err);
    return apply_to_piece(unit, at, len, edit, err);
}

/* An entry is known by its id, to the log too. */
static fm_status check_entry_path(const fm_edit *edit, fm_error *err)
{
    if (!edit->steps && edit->kind == FM_EDIT_REMOVE)
        return FM_OK;
    if (!edit->steps || !edit->path[0].name)
        return fm_error_set(err, FM_EINVAL, "board", "an entry itself is not replaced; edit its members");
    if (step_is(&edit->path[0], "id"))
        return fm_error_set(err, FM_EINVAL, "board", "the id of an entry is not edited");
    return FM_OK;
}

static fm_status edit_entry(fm_board *b, const fm_edit *edit, fm_error *err)
{
    fm_board_place place;
    fm_json_span object, old;
    fm_status status = object_of(&object, &place, b, edit, err);
    if (status)
        return status;
    unsigned line = place.line;
    status = check_entry_path(edit, err);
    if (!status)
        status = check_value(edit, levels_around(b, place.known), err);
    if (!status && is_idle(edit, &object, edit->path, edit->steps, &old))
        return FM_OK;
    if (!status)
        status = note(b, edit, &old, err);
    if (status)
        return fm_board_blame(b, line, status, err);
    status = edit->steps ? apply_to_entry(b, &place, &object, edit, err)
                         : fm_board_take_off(b, edit->key, edit->key_len, err);
    if (!status)
        return FM_OK;
    fm_edit_log_drop_last(&b->log);
    fm_error_prefix(err, "%.*s", (int)(edit->key_len < 100 ? edit->key_len : 100), edit->key);
    return fm_board_blame(b, line, status, err);
}

/* ------------------------------------------------------------------ edits of the board itself */

/* Entries are edited by their keys, so that the log knows them. */
static fm_status check_board_path(const fm_edit *edit, fm_error *err)
{
    if (!edit->steps || !edit->path[0].name)
        return fm_error_set(err, FM_EINVAL, "board", "a path into the board starts with a member's name");
    bool is_list = step_is(&edit->path[0], "items") || step_is(&edit->path[0], "epics");
    if (is_list && (edit->kind != FM_EDIT_APPEND || edit->steps > 1))
        return fm_error_set(err, FM_EINVAL, "board", "entries are edited by their keys, not by way of %.*s",
                            (int)edit->path[0].name_len, edit->path[0].name);
    return FM_OK;
}

static fm_status edit_member(fm_board *b, const fm_board_member *member, const fm_edit *edit, fm_error *err)
{
    const fm_unit *there = fm_board_member_unit(b, member);
    fm_json_span object = there ? (fm_json_span){there->text.data, there->text.len} : member->value, old;
    if (is_idle(edit, &object, edit->path + 1, edit->steps - 1, &old))
        return FM_OK;
    fm_status status = note(b, edit, &old, err);
    if (status)
        return status;
    fm_unit *unit = fm_board_make_member_unit(b, member);
    status = unit ? fm_edit_apply(&unit->text, edit, edit->path + 1, edit->steps - 1, err)
                  : fm_error_no_memory(err, "board");
    if (status)
        fm_edit_log_drop_last(&b->log);
    return status;
}

/* Puts an edit of the board's own object on the list; the caller has seen that it can be done. */
static fm_status queue_whole(fm_board *b, const fm_edit *edit, const fm_json_span *old, fm_error *err)
{
    fm_status status = note(b, edit, old, err);
    if (status)
        return status;
    status = fm_edit_log_add(&b->whole, edit, err);
    if (status)
        fm_edit_log_drop_last(&b->log);
    return status;
}

/* Does the edit at once, so that one that cannot be done does no harm to those after it. */
static fm_status edit_whole(fm_board *b, const fm_edit *edit, fm_error *err)
{
    fm_json_span whole = {b->text.data, b->text.len}, old;
    if (is_idle(edit, &whole, edit->path, edit->steps, &old))
        return FM_OK;
    fm_status status = queue_whole(b, edit, &old, err);
    if (status)
        return status;
    status = fm_board_put_together(b, err);
    if (status) {
        fm_edit_log_clear(&b->whole);
        fm_edit_log_drop_last(&b->log);
    }
    return status;
}

/* Appending to a member of the board waits until edits are put together: it often comes in numbers. */
static fm_status append_element(fm_board *b, const fm_edit *edit, const fm_board_member *list, fm_error *err)
{
    if (list && *list->value.at != '[' && *list->value.at != 'n')
        return fm_error_set(err, FM_EINVAL, "board", "member %.*s is not a list", (int)edit->path[0].name_len,
                            edit->path[0].name);
    return queue_whole(b, edit, &(fm_json_span){"", 0}, err);
}

static fm_status edit_board(fm_board *b, const fm_edit *edit, fm_error *err)
{
    fm_status status = check_board_path(edit, err);
    if (!status)
        status = check_value(edit, 0, err);
    bool appends = edit->kind == FM_EDIT_APPEND && edit->steps == 1;
    if (!status && !appends && b->whole.count)
        status = fm_board_put_together(b, err);
    if (status)
        return status;
    const fm_board_member *member = fm_index_member(&b->index, edit->path[0].name, edit->path[0].name_len);
    if (appends)
        return append_element(b, edit, member, err);
    if (member && edit->steps > 1 && *member->value.at == '{')
        return edit_member(b, member, edit, err);
    if (b->unit_count) /* what it edits may have a copy that was edited */
        status = fm_board_put_together(b, err);
    return status ? status : edit_whole(b, edit, err);
}

fm_status fm_board_edit(fm_board *b, const fm_edit *edit, fm_error *err)
{
    if (edit->key)
        return edit_entry(b, edit, err);
    fm_status status = edit_board(b, edit, err);
    return status ? fm_board_blame(b, 0, status, err) : FM_OK;
}

/* Whether one of the copies differs from what it replaces. */
static bool any_unit_differs(const fm_board *b)
{
    for (size_t i = 0; i < b->unit_count; i++) {
        const fm_unit *unit = &b->units[i];
        if (unit->text.len != unit->len || memcmp(unit->text.data, b->text.data + unit->at, unit->len) != 0)
            return true;
    }
    return false;
}

fm_status fm_board_is_dirty(bool *dirty, fm_board *b, fm_error *err)
{
    if (!b->has_origin && !b->whole.count) { /* nothing has to be put together to tell */
        *dirty = any_unit_differs(b);
        return FM_OK;
    }
    fm_status status = fm_board_join_edits(b, err);
    fm_json_span origin = fm_board_origin(b);
    *dirty = origin.len != b->text.len || memcmp(origin.at, b->text.data, origin.len) != 0;
    return status;
}
