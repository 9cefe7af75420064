#include "board/take_off.h"
#include "board/unit.h"
#include "util/alloc.h"

#include <string.h>

/* Counts the elements of a list in front of the one that starts at `at`. False where none does. */
static bool find_element(size_t *number, const fm_json_span *list, const char *at)
{
    fm_json_scan s;
    fm_json_span value;
    fm_json_begin(&s, list->at, list->len, 0);
    if (fm_json_peek(&s) != FM_JSON_ARRAY || !fm_json_open(&s))
        return false;
    for (*number = 0; fm_json_element(&s, *number == 0) && fm_json_skip(&s, &value); ++*number)
        if (value.at == at)
            return true;
    return false;
}

/* The path to an entry by way of its list. False where it is in none. */
static bool find_path(fm_json_step path[2], const fm_index *ix, const fm_entry *e)
{
    static const char *const lists[] = {"items", "epics"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const fm_board_member *list = fm_index_member(ix, lists[i], strlen(lists[i]));
        path[0] = (fm_json_step){.name = lists[i], .name_len = strlen(lists[i])};
        path[1] = (fm_json_step){0};
        if (list && find_element(&path[1].index, &list->value, ix->text + e->at))
            return true;
    }
    return false;
}

/* A unit says that the entry is not to be found again as it was. */
static fm_status cut(fm_board *b, fm_entry *e, const fm_json_step path[2], fm_error *err)
{
    fm_edit edit = {.kind = FM_EDIT_REMOVE, .path = path, .steps = 2};
    if (!fm_board_make_unit(b, e))
        return fm_error_no_memory(err, "board");
    fm_status status = fm_edit_log_add(&b->whole, &edit, err);
    return status ? status : fm_board_put_together(b, err);
}

fm_status fm_board_take_off(fm_board *b, const char *key, size_t len, fm_error *err)
{
    fm_json_step path[2];
    fm_status status = fm_board_put_together(b, err);
    if (status)
        return status;
    fm_entry *e = fm_index_find(&b->index, key, len);
    if (!e || !fm_entry_usable(e))
        return fm_error_set(err, FM_ENOTFOUND, "board", "there is no such entry");
    if (e->owner != FM_ENTRY_NONE || !find_path(path, &b->index, e))
        return fm_error_set(err, FM_EINVAL, "board", "only an entry of items or epics can be taken off");
    status = cut(b, e, path, err);
    if (status)
        fm_board_drop_edits(b);
    return status;
}
