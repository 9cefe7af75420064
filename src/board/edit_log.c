#include "board/edit_log.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Copies bytes to `*to` and moves it behind them. */
static const char *pack(char **to, const char *bytes, size_t len)
{
    char *at = *to;
    if (len)
        memcpy(at, bytes, len);
    *to += len;
    return at;
}

/* One block: the edit, its path, then all bytes it points to. */
static fm_edit *copy_edit(const fm_edit *edit)
{
    size_t bytes = edit->key_len + edit->value.len + edit->old.len;
    for (size_t i = 0; i < edit->steps; i++)
        bytes += edit->path[i].name_len;
    fm_edit *copy = malloc(sizeof *copy + edit->steps * sizeof *edit->path + bytes);
    if (!copy)
        return NULL;
    *copy = *edit;
    fm_json_step *path = (fm_json_step *)(copy + 1);
    char *to = (char *)(path + edit->steps);
    for (size_t i = 0; i < edit->steps; i++) {
        path[i] = edit->path[i];
        if (path[i].name)
            path[i].name = pack(&to, path[i].name, path[i].name_len);
    }
    copy->path = path;
    if (edit->key)
        copy->key = pack(&to, edit->key, edit->key_len);
    copy->value.at = pack(&to, edit->value.at, edit->value.len);
    copy->old.at = pack(&to, edit->old.at, edit->old.len);
    return copy;
}

fm_status fm_edit_log_add(fm_edit_log *log, const fm_edit *edit, fm_error *err)
{
    fm_edit *copy = NULL;
    if (fm_grow(&log->edits, &log->room, log->count + 1, sizeof *log->edits) || !(copy = copy_edit(edit)))
        return fm_error_no_memory(err, "board");
    log->edits[log->count++] = copy;
    return FM_OK;
}

void fm_edit_log_drop_last(fm_edit_log *log)
{
    free(log->edits[--log->count]);
}

void fm_edit_log_clear(fm_edit_log *log)
{
    while (log->count)
        fm_edit_log_drop_last(log);
    free(log->edits);
    *log = (fm_edit_log){0};
}
