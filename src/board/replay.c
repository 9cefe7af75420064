#include "board/replay.h"
#include "board/patch.h"
#include "board/unit.h"
#include "core/json/edit.h"
#include "core/json/value.h"

#include <string.h>

static bool step_is(const fm_json_step *step, const char *name)
{
    return step->name && step->name_len == strlen(name) && memcmp(step->name, name, step->name_len) == 0;
}

/* Whether only fmcal writes there: then it does not matter what another program has made of it. */
static bool is_ours(const fm_edit *edit)
{
    if (!edit->key || (edit->steps && step_is(&edit->path[0], "calendarSync")))
        return true;
    return edit->steps > 1 && step_is(&edit->path[0], "metadata") && step_is(&edit->path[1], "courtDateSync");
}

/* Whether the place holds now what it held when the edit was made, or what the edit makes of it. */
static bool is_untouched(const fm_edit *edit, const fm_json_span *object)
{
    fm_json_span now = {"", 0};
    if (!fm_json_find(&now, object->at, object->len, edit->path, edit->steps))
        now.len = 0;
    if (edit->kind == FM_EDIT_APPEND)
        return true;
    if (!now.len)
        return !edit->old.len || edit->kind == FM_EDIT_REMOVE;
    return (edit->old.len && fm_json_equal(&now, &edit->old)) ||
           (edit->kind == FM_EDIT_SET && fm_json_equal(&now, &edit->value));
}

static fm_status replay_edit(fm_board *b, const fm_edit *edit, fm_edit_log *skipped, fm_error *err)
{
    fm_board_place place;
    fm_status status = FM_OK;
    if (edit->key)
        status = fm_board_find(&place, b, edit->key, edit->key_len, err);
    if (!status && !is_ours(edit)) {
        fm_json_span object = fm_index_text(place.index, place.entry);
        if (!is_untouched(edit, &object))
            return fm_edit_log_add(skipped, edit, err);
    }
    if (!status)
        status = fm_board_edit(b, edit, err);
    if (status == FM_ENOTFOUND ||
        status == FM_EINVAL) /* the entry is gone, or something on the way no object any more */
        status = fm_edit_log_add(skipped, edit, err);
    return status;
}

/* Gives `b` what `from` holds, and `from` what `b` held; whose file and name it is stays. */
static void swap_content(fm_board *b, fm_board *from)
{
    fm_board old = *b;
    *b = *from;
    *from = old;
    char *path = b->path, *name = b->name;
    b->path = from->path;
    b->name = from->name;
    from->path = path;
    from->name = name;
    b->facts = from->facts;
}

fm_status fm_board_replay(fm_board *b, const fm_buf *text, fm_edit_log *skipped, fm_error *err)
{
    fm_board *fresh;
    size_t skipped_before = skipped->count;
    fm_status status = fm_board_parse(&fresh, b->env, text->data, text->len, b->name, err);
    if (status)
        return status;
    for (size_t i = 0; i < b->log.count && !status; i++)
        status = replay_edit(fresh, b->log.edits[i], skipped, err);
    if (!status)
        status = fm_board_join_edits(fresh, err);
    if (!status)
        swap_content(b, fresh);
    while (status && skipped->count > skipped_before)
        fm_edit_log_drop_last(skipped);
    fm_board_close(fresh);
    return status;
}
