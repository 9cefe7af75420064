#include "board/exchange.h"
#include "board/kept_copy.h"
#include "board/patch.h"
#include "board/replay.h"
#include "board/unit.h"
#include "core/json/scan.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/stage.h"
#include "util/system_error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often it is merged with what others write in between. */
#define ROUNDS_MAX 20

/* How long another program may take to finish a file that it has begun to write. */
#define HALF_WRITTEN_MS 2000
#define LOOK_AGAIN_MS   10

/* One save under way. */
typedef struct exchange {
    fm_board *board;
    fm_edit_log *skipped;
    fm_json_span expected; /* what the file should hold when it is exchanged out */
    fm_buf written;        /* the same, where it is what this save has written before */
    fm_buf found;          /* what is there */
    fm_stage stage;        /* the version to come; after the exchange, what was there */
    fm_stage theirs;       /* what another program had put there, until it is merged and written */
} exchange;

static bool is_expected(const exchange *x, const fm_buf *text)
{
    return text->len == x->expected.len && memcmp(text->data, x->expected.at, text->len) == 0;
}

static fm_status file_is_expected(bool *same, const exchange *x, const char *path, fm_error *err)
{
    return fm_file_equals(same, path, x->expected.at, x->expected.len, err);
}

/*
 * Reads a version that another program wrote. One that writes in place may not have finished; it is
 * given time until what is there is JSON.
 */
static fm_status read_finished(fm_buf *out, const exchange *x, const char *path, fm_error *err)
{
    const fm_env *env = x->board->env;
    int64_t deadline = env->monotonic_ms(env->data) + HALF_WRITTEN_MS;
    for (;;) {
        fm_status status = fm_file_read(out, NULL, path, err);
        if (status || is_expected(x, out))
            return status;
        status = fm_json_check(out->data, out->len, 0, err);
        if (status != FM_EPARSE)
            return status;
        if (env->monotonic_ms(env->data) >= deadline || (env->interrupted && *env->interrupted))
            return fm_error_prefix(err, "another program wrote to the board, and what it wrote is not JSON");
        env->sleep_ms(env->data, LOOK_AGAIN_MS);
    }
}

/* If the file is not as expected, does the edits on what is there. */
static fm_status merge_before(exchange *x, fm_error *err)
{
    fm_board *b = x->board;
    bool same;
    fm_status status = file_is_expected(&same, x, b->path, err);
    if (status || same)
        return status;
    status = read_finished(&x->found, x, b->path, err);
    if (status || is_expected(x, &x->found))
        return status;
    status = fm_board_replay(b, &x->found, x->skipped, err);
    if (!status)
        x->expected = fm_board_origin(b);
    return status;
}

/* Puts back what another program wrote and was exchanged out, where it could not be merged. */
static void put_back_theirs(exchange *x)
{
    if (!x->theirs.path)
        return;
    bool ours_is_there;
    if (!file_is_expected(&ours_is_there, x, x->board->path, NULL) && ours_is_there &&
        !fm_stage_commit(&x->theirs, false, NULL))
        return;
    fm_stage_keep(&x->theirs);
    fm_log(x->board->env, FM_LOG_ERROR, "board",
           "%s: a version that another program wrote could not be merged, and is kept as %s", x->board->name,
           x->theirs.path);
    free(x->theirs.path);
    x->theirs.path = NULL;
}

/*
 * Writes the board's text and exchanges it with the file. `*merge` says that what came out was another
 * program's, and has to be merged.
 */
static fm_status swap_in(exchange *x, bool *merge, fm_error *err)
{
    fm_board *b = x->board;
    bool same;
    *merge = false;
    fm_status status = fm_stage_write(&x->stage, b->env, b->path, b->text.data, b->text.len, err);
    if (!status)
        status = fm_stage_commit(&x->stage, true, err);
    if (status || !x->stage.path) /* without exchange: what was there is gone, it was looked at just before */
        return status;
    status = file_is_expected(&same, x, x->stage.path, err);
    if (status)
        (void)fm_stage_commit(&x->stage, true, NULL); /* what cannot be looked at goes back */
    else
        *merge = !same;
    return status;
}

/* Takes what came out of the exchange as the version to merge with. */
static fm_status merge_after(exchange *x, fm_error *err)
{
    fm_board *b = x->board;
    fm_stage_drop(&x->theirs);
    x->theirs = x->stage;
    x->stage = (fm_stage){0};
    fm_buf_reset(&x->written);
    if (fm_buf_add(&x->written, b->text.data, b->text.len))
        return fm_error_no_memory(err, "board");
    x->expected = (fm_json_span){x->written.data, x->written.len};
    fm_status status = read_finished(&x->found, x, x->theirs.path, err);
    return status ? status : fm_board_replay(b, &x->found, x->skipped, err);
}

static fm_status run(exchange *x, fm_error *err)
{
    fm_board *b = x->board;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        bool merge;
        fm_status status = merge_before(x, err);
        if (status || is_expected(x, &b->text))
            return status;
        status = swap_in(x, &merge, err);
        if (!status && !merge)
            return FM_OK;
        if (!status)
            status = merge_after(x, err);
        if (status)
            return status;
    }
    return fm_error_set(err, FM_EPRECONDITION, "board", "another program keeps writing to the board; run again later");
}

/* ------------------------------------------------------------------ the previous file */

/* Whether a file can be put there, seen before anything is written. */
static fm_status check_keep(const char *keep, fm_error *err)
{
    char *folder = fm_file_folder(keep);
    fm_status status = FM_OK;
    if (!folder)
        status = fm_error_no_memory(err, "board");
    else if (access(folder, W_OK | X_OK))
        status = fm_system_error(err, errno, "board", "the previous board cannot be kept in %s", folder);
    free(folder);
    return status;
}

/* Keeps what was in the file before: what came out of it, or where the system cannot exchange what was read. */
static void keep_previous(exchange *x, const char *keep)
{
    const fm_env *env = x->board->env;
    const fm_stage *previous = x->theirs.path ? &x->theirs : &x->stage;
    fm_error err = {0};
    fm_json_span text = x->expected;
    fm_status status = previous->path ? fm_file_read(&x->found, NULL, previous->path, &err) : FM_OK;
    if (previous->path)
        text = (fm_json_span){x->found.data, x->found.len};
    if (!status)
        status = fm_board_keep_copy(env, keep, &text, previous->path, &err);
    if (status)
        fm_log(env, FM_LOG_WARN, "board", "%s: the previous board was not kept: %s", x->board->name, err.message);
}

/* ------------------------------------------------------------------ saving */

/* The board is as the file now. */
static void forget_edits(fm_board *b)
{
    fm_edit_log_clear(&b->log);
    fm_buf_free(&b->origin);
    b->has_origin = false;
    fm_file_look(&b->facts, b->path, NULL);
}

fm_status fm_board_check_owner(const fm_board *b, fm_error *err)
{
    fm_file_facts facts;
    if (!b->path || geteuid() == 0 || fm_file_look(&facts, b->path, NULL) || facts.owner == geteuid())
        return FM_OK;
    return fm_error_set(
        err, FM_EINVAL, "board",
        "%s belongs to the user with the number %u and would belong to %u once it is written: run fmcal as "
        "that user, or give the file to this one",
        b->path, (unsigned)facts.owner, (unsigned)geteuid());
}

static fm_status check_can_save(const fm_board *b, const char *keep, fm_error *err)
{
    if (b->env->read_only)
        return fm_error_set(err, FM_EREADONLY, "board", "nothing is written in a dry run");
    if (access(b->path, W_OK) && errno != ENOENT) /* replacing it would be allowed, but it is protected for a reason */
        return fm_system_error(err, errno, "board", "the file may not be written");
    fm_status status = fm_board_check_owner(b, err);
    if (status)
        return status;
    return keep ? check_keep(keep, err) : FM_OK;
}

fm_status fm_board_save(fm_board *b, const char *keep, fm_edit_log *skipped, fm_error *err)
{
    bool dirty;
    if (!b->path)
        return fm_error_set(err, FM_EINVAL, "board", "%s is in memory and has no file", b->name);
    fm_status status = fm_board_is_dirty(&dirty, b, err);
    if (status || !dirty)
        return status;
    status = check_can_save(b, keep, err);
    if (status)
        return fm_board_blame(b, 0, status, err);
    status = fm_board_join_edits(b, err);
    if (status)
        return status;
    fm_stage_sweep(b->path);
    exchange x = {.board = b, .skipped = skipped, .expected = fm_board_origin(b)};
    fm_buf_init(&x.written, FM_BOARD_MAX_BYTES);
    fm_buf_init(&x.found, FM_BOARD_MAX_BYTES);
    status = run(&x, err);
    if (status)
        put_back_theirs(&x);
    else if (keep && x.stage.target)
        keep_previous(&x, keep);
    fm_stage_drop(&x.stage);
    fm_stage_drop(&x.theirs);
    fm_buf_free(&x.written);
    fm_buf_free(&x.found);
    if (status)
        return fm_board_blame(b, 0, status, err);
    forget_edits(b);
    return FM_OK;
}
