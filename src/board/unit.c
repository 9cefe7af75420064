#include "board/unit.h"
#include "core/json/edit.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ units */

fm_unit *fm_board_unit(fm_board *b, const fm_entry *top)
{
    return top->unit ? &b->units[top->unit - 1] : NULL;
}

fm_unit *fm_board_member_unit(fm_board *b, const fm_board_member *member)
{
    size_t at = (size_t)(member->value.at - b->text.data);
    for (size_t i = 0; i < b->unit_count; i++)
        if (!b->units[i].is_entry && b->units[i].at == at)
            return &b->units[i];
    return NULL;
}

fm_status fm_unit_index(fm_unit *unit, fm_board *b, fm_error *err)
{
    if (unit->indexed)
        return FM_OK;
    fm_status status = fm_index_build_entry(&unit->index, unit->text.data, unit->text.len, unit->is_epic, b->hash, err);
    unit->indexed = status == FM_OK;
    return status ? fm_board_blame(b, 0, status, err) : FM_OK;
}

void fm_unit_forget_index(fm_unit *unit)
{
    fm_index_free(&unit->index);
    unit->indexed = false;
}

static void free_unit(fm_unit *unit)
{
    fm_unit_forget_index(unit);
    fm_buf_free(&unit->text);
}

/* A new unit with a copy of a piece of the text, NULL when memory runs out. */
static fm_unit *add_unit(fm_board *b, size_t at, size_t len)
{
    if (fm_grow(&b->units, &b->unit_room, b->unit_count + 1, sizeof *b->units))
        return NULL;
    fm_unit *unit = &b->units[b->unit_count];
    *unit = (fm_unit){.at = (uint32_t)at, .len = (uint32_t)len};
    fm_buf_init(&unit->text, FM_BOARD_MAX_BYTES);
    if (fm_buf_add(&unit->text, b->text.data + at, len))
        return NULL;
    b->unit_count++;
    return unit;
}

fm_unit *fm_board_make_unit(fm_board *b, fm_entry *top)
{
    fm_unit *unit = fm_board_unit(b, top);
    if (unit)
        return unit;
    unit = add_unit(b, top->at, top->len);
    if (!unit)
        return NULL;
    unit->is_entry = true;
    unit->is_epic = top->kind == FM_ENTRY_EPIC;
    top->unit = (uint32_t)b->unit_count;
    return unit;
}

fm_unit *fm_board_make_member_unit(fm_board *b, const fm_board_member *member)
{
    fm_unit *unit = fm_board_member_unit(b, member);
    return unit ? unit : add_unit(b, (size_t)(member->value.at - b->text.data), member->value.len);
}

void fm_board_drop_edits(fm_board *b)
{
    for (size_t i = 0; i < b->unit_count; i++)
        free_unit(&b->units[i]);
    free(b->units);
    b->units = NULL;
    b->unit_count = b->unit_room = 0;
    fm_edit_log_clear(&b->whole);
    b->structure_edited = false;
    for (size_t i = 0; i < b->index.count; i++)
        b->index.entries[i].unit = 0;
}

fm_status fm_edit_apply(fm_buf *text, const fm_edit *edit, const fm_json_step *path, size_t steps, fm_error *err)
{
    switch (edit->kind) {
    case FM_EDIT_SET:
        return fm_json_set(text, path, steps, &edit->value, err);
    case FM_EDIT_REMOVE:
        return fm_json_remove(text, path, steps, err);
    default:
        return fm_json_append(text, path, steps, &edit->value, 1, err);
    }
}

/* ------------------------------------------------------------------ putting together */

static int compare_units(const void *a, const void *b)
{
    const fm_unit *const *left = a, *const *right = b;
    return ((*left)->at > (*right)->at) - ((*left)->at < (*right)->at);
}

/* Copies the text with every unit in the place of what it replaces. */
static fm_status splice_units(fm_buf *out, const fm_board *b, fm_error *err)
{
    const fm_unit **order = malloc((b->unit_count + 1) * sizeof(const fm_unit *));
    if (!order)
        return fm_error_no_memory(err, "board");
    size_t growth = 0, at = 0;
    for (size_t i = 0; i < b->unit_count; i++) {
        order[i] = &b->units[i];
        growth += b->units[i].text.len;
    }
    qsort(order, b->unit_count, sizeof *order, compare_units);
    fm_buf_reserve(out, b->text.len < FM_BOARD_MAX_BYTES - growth ? b->text.len + growth : 0);
    for (size_t i = 0; i < b->unit_count; i++) {
        fm_buf_add(out, b->text.data + at, order[i]->at - at);
        fm_buf_add(out, order[i]->text.data, order[i]->text.len);
        at = order[i]->at + order[i]->len;
    }
    fm_buf_add(out, b->text.data + at, b->text.len - at);
    free(order);
    if (out->status == FM_ELIMIT)
        return fm_error_set(err, FM_ELIMIT, "board", "the board would become larger than %zu MiB",
                            FM_BOARD_MAX_BYTES >> 20);
    return out->status ? fm_error_no_memory(err, "board") : FM_OK;
}

static bool same_place(const fm_edit *a, const fm_edit *b)
{
    return a->kind == FM_EDIT_APPEND && b->kind == FM_EDIT_APPEND && a->steps == 1 && b->steps == 1 &&
           a->path[0].name_len == b->path[0].name_len &&
           memcmp(a->path[0].name, b->path[0].name, a->path[0].name_len) == 0;
}

/* Elements that are appended to one list in a row are appended at once: each append takes a pass over the text. */
static fm_status append_run(fm_buf *out, const fm_board *b, size_t first, size_t count, fm_error *err)
{
    fm_json_span *values = malloc(count * sizeof *values);
    if (!values)
        return fm_error_no_memory(err, "board");
    const fm_edit *edit = b->whole.edits[first];
    for (size_t i = 0; i < count; i++)
        values[i] = b->whole.edits[first + i]->value;
    fm_status status = fm_json_append(out, edit->path, edit->steps, values, count, err);
    free(values);
    return status;
}

static fm_status apply_whole(fm_buf *out, const fm_board *b, fm_error *err)
{
    fm_status status = FM_OK;
    for (size_t i = 0, run = 1; i < b->whole.count && !status; i += run) {
        const fm_edit *edit = b->whole.edits[i];
        for (run = 1; i + run < b->whole.count && same_place(edit, b->whole.edits[i + run]);)
            run++;
        if (run > 1)
            status = append_run(out, b, i, run, err);
        else
            status = fm_edit_apply(out, edit, edit->path, edit->steps, err);
    }
    return status;
}

/* Whether every entry that was not edited is in the new index as it was. */
static bool rest_is_unchanged(const fm_board *b, const fm_index *after)
{
    fm_buf key;
    fm_buf_init(&key, 1 << 16);
    bool same = true;
    for (size_t i = 0; i < b->index.count && same; i++) {
        const fm_entry *e = &b->index.entries[i];
        if (!fm_entry_usable(e) || fm_index_top(&b->index, e)->unit)
            continue;
        fm_buf_reset(&key);
        fm_index_add_key(&b->index, e, &key);
        const fm_entry *now = key.status ? NULL : fm_index_find(after, key.data, key.len);
        if (now && now->flags & FM_ENTRY_AMBIGUOUS) /* an edit has given another entry its key: a problem, but told */
            continue;
        same = now && now->len == e->len && memcmp(&now->content, &e->content, sizeof e->content) == 0 &&
               memcmp(&now->sync, &e->sync, sizeof e->sync) == 0;
    }
    fm_buf_free(&key);
    return same;
}

/* Takes a text over as the board's, with its index. */
static void adopt_text(fm_board *b, fm_buf *text, fm_index *ix)
{
    fm_board_drop_edits(b);
    if (b->has_origin) {
        fm_buf_free(&b->text);
    } else {
        b->origin = b->text;
        b->has_origin = true;
    }
    fm_index_free(&b->index);
    b->text = *text;
    b->index = *ix;
    fm_buf_init(text, FM_BOARD_MAX_BYTES);
    *ix = (fm_index){0};
}

/* Makes one text and its index of the text and all edits; nothing happens where there are none. */
fm_status fm_board_put_together(fm_board *b, fm_error *err)
{
    if (!b->unit_count && !b->whole.count)
        return FM_OK;
    fm_buf text;
    fm_index ix = {0};
    fm_buf_init(&text, FM_BOARD_MAX_BYTES);
    fm_status status = splice_units(&text, b, err);
    if (!status)
        status = apply_whole(&text, b, err);
    if (!status)
        status = fm_index_build(&ix, text.data, text.len, b->hash, err);
    if (!status && !rest_is_unchanged(b, &ix))
        status = fm_error_set(err, FM_EPARSE, "board", "the edited text does not hold the other entries as they were");
    if (!status)
        adopt_text(b, &text, &ix);
    fm_index_free(&ix);
    fm_buf_free(&text);
    return status;
}

fm_status fm_board_join_edits(fm_board *b, fm_error *err)
{
    fm_status status = fm_board_put_together(b, err);
    return status ? fm_board_blame(b, 0, status, err) : FM_OK;
}
