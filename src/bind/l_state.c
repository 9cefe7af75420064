/*
 * Lua module fmcal.state: what fmcal remembers between runs, over state/state.h.
 *   fmcal.state         owns an fm_state
 *   fmcal.state.target  see l_target.c
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "bind/l_target.h"
#include "bind/value/answer.h"
#include "bind/value/lock.h"
#include "bind/value/state.h"
#include "util/lock.h"

#include <limits.h>
#include <stdlib.h>

int luaopen_fmcal_state(lua_State *L);

/* The state at index 1, for what runs no Lua code before it is through with it. */
static fm_state *open_state(lua_State *L)
{
    return fm_bind_open(L, 1, &fm_bind_state_type);
}

static fm_state *hold_state(lua_State *L)
{
    return fm_bind_hold(L, 1, &fm_bind_state_type);
}

/* ------------------------------------------------------------------ opening */

/* state.open(path [, {read_only=, busy_timeout_ms=}]) -> state [, warning] */
static int state_open(lua_State *L)
{
    const char *path = fm_bind_check_text(L, 1);
    fm_state_options options = {0};
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        options.read_only = fm_bind_row_boolean(L, 2, "read_only", false);
        options.named = fm_bind_row_boolean(L, 2, "named", false);
        lua_Integer timeout_ms = fm_bind_row_integer(L, 2, "busy_timeout_ms", 0);
        luaL_argcheck(L, timeout_ms >= 0 && timeout_ms <= INT_MAX, 2, "busy_timeout_ms is out of range");
        options.busy_timeout_ms = (int)timeout_ms;
    }
    const fm_env *env = &fm_bind_get(L)->env;
    void **slot = fm_bind_new_handle(L, &fm_bind_state_type);
    fm_error err = {0};
    fm_state *s;
    if (fm_state_open(&s, path, env, &options, &err))
        return fm_bind_fail(L, &err);
    *slot = s;
    const char *warning = fm_state_warning(s);
    if (!warning)
        return 1;
    lua_pushstring(L, warning);
    return 2;
}

static int state_close(lua_State *L)
{
    return fm_bind_close(L, &fm_bind_state_type);
}

/* ------------------------------------------------------------------ where it lies */

static int state_exists(lua_State *L)
{
    lua_pushboolean(L, fm_state_exists(fm_bind_check_text(L, 1)));
    return 1;
}

static int state_mode(lua_State *L)
{
    int mode = fm_state_mode(fm_bind_check_text(L, 1));
    if (mode < 0)
        return 0;
    lua_pushinteger(L, mode);
    return 1;
}

static int state_path(lua_State *L)
{
    lua_pushstring(L, fm_state_path(open_state(L)));
    return 1;
}

static int state_beside(lua_State *L)
{
    lua_settop(L, 2);
    const fm_state *s = hold_state(L);
    const char *name = fm_bind_check_text(L, 2);
    void **slot = fm_bind_box(L, free);
    fm_error err = {0};
    char *path = NULL;
    fm_status status = fm_state_beside(&path, s, name, &err);
    *slot = path;
    if (status)
        return fm_bind_fail(L, &err);
    lua_pushstring(L, path);
    return 1;
}

static int state_lock(lua_State *L)
{
    lua_settop(L, 2);
    const fm_state *s = hold_state(L);
    int timeout_ms = fm_bind_check_timeout(L, 2);
    void **slot = fm_bind_new_lock(L);
    fm_error err = {0};
    fm_lock *lock;
    if (fm_state_lock(&lock, s, timeout_ms, &err))
        return fm_bind_fail(L, &err);
    *slot = lock;
    return 1;
}

/* ------------------------------------------------------------------ transactions */

static int state_begin(lua_State *L)
{
    fm_error err = {0};
    return fm_bind_done(L, fm_state_begin(open_state(L), &err), &err);
}

static int state_commit(lua_State *L)
{
    fm_error err = {0};
    return fm_bind_done(L, fm_state_commit(open_state(L), &err), &err);
}

static int state_rollback(lua_State *L)
{
    fm_error err = {0};
    return fm_bind_done(L, fm_state_rollback(open_state(L), &err), &err);
}

/* ------------------------------------------------------------------ values and history */

typedef fm_status (*read_bytes)(char **value, size_t *len, fm_state *s, const char *name, fm_error *err);
typedef fm_status (*write_bytes)(fm_state *s, const char *name, const char *value, size_t len, fm_error *err);

static int read_named(lua_State *L, read_bytes read)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    const char *name = fm_bind_check_text(L, 2);
    void **slot = fm_bind_box(L, free);
    fm_error err = {0};
    char *value = NULL;
    size_t len = 0;
    fm_status status = read(&value, &len, s, name, &err);
    *slot = value;
    return fm_bind_answer_bytes(L, slot, len, status, &err);
}

static int write_named(lua_State *L, write_bytes write)
{
    lua_settop(L, 3);
    fm_state *s = hold_state(L);
    const char *name = fm_bind_check_text(L, 2);
    size_t len = 0;
    const char *value = luaL_optlstring(L, 3, NULL, &len);
    fm_error err = {0};
    return fm_bind_done(L, write(s, name, value, len, &err), &err);
}

static int state_get(lua_State *L)
{
    return read_named(L, fm_state_get);
}

static int state_set(lua_State *L)
{
    return write_named(L, fm_state_set);
}

static int state_replaced(lua_State *L)
{
    return read_named(L, fm_state_replaced);
}

static int state_set_replaced(lua_State *L)
{
    return write_named(L, fm_state_set_replaced);
}

static int state_add_history(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_history_row row = {
        .time = fm_bind_row_text(L, 2, "time"),
        .target = fm_bind_row_text(L, 2, "target"),
        .key = fm_bind_row_text(L, 2, "key"),
        .field = fm_bind_row_text(L, 2, "field"),
        .side = fm_bind_row_text(L, 2, "side"),
        .action = fm_bind_row_text(L, 2, "action"),
        .reason = fm_bind_row_text(L, 2, "reason"),
        .run = fm_bind_row_integer(L, 2, "run", 0),
        .cause = fm_bind_row_text(L, 2, "cause"),
        .decided_by = fm_bind_row_text(L, 2, "decided_by"),
    };
    row.value = fm_bind_row_bytes(L, 2, "value", &row.value_len);
    fm_error err = {0};
    return fm_bind_done(L, fm_state_add_history(s, &row, &err), &err);
}

static fm_status push_history(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_history_row row;
    fm_status status = fm_history_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 11);
    fm_bind_set_text(L, "time", row.time);
    fm_bind_set_text(L, "target", row.target);
    fm_bind_set_text(L, "key", row.key);
    fm_bind_set_text(L, "field", row.field);
    fm_bind_set_text(L, "side", row.side);
    fm_bind_set_text(L, "action", row.action);
    fm_bind_set_text(L, "reason", row.reason);
    fm_bind_set_bytes(L, "value", row.value, row.value_len);
    fm_bind_set_integer(L, "run", row.run);
    fm_bind_set_text(L, "cause", row.cause);
    fm_bind_set_text(L, "decided_by", row.decided_by);
    return status;
}

static int state_history(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    const char *key = NULL;
    lua_Integer run = -1, limit = -1;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        key = fm_bind_row_text(L, 2, "key");
        run = fm_bind_row_integer(L, 2, "run", -1);
        limit = fm_bind_row_integer(L, 2, "limit", -1);
    }
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_history(&cursor, s, key, run, limit, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, push_history, true);
}

/* ------------------------------------------------------------------ runs */

static int state_put_run(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_run_row row = {
        .number = fm_bind_row_integer(L, 2, "number", 0),
        .time = fm_bind_row_required(L, 2, "time"),
        .kind = fm_bind_row_text(L, 2, "kind"),
        .undoes = fm_bind_row_integer(L, 2, "undoes", 0),
        .who = fm_bind_row_text(L, 2, "who"),
        .command = fm_bind_row_text(L, 2, "command"),
        .version = fm_bind_row_text(L, 2, "version"),
        .rules = fm_bind_row_text(L, 2, "rules"),
        .status = fm_bind_row_integer(L, 2, "status", -1),
        .message = fm_bind_row_text(L, 2, "message"),
    };
    fm_error err = {0};
    return fm_bind_done(L, fm_state_put_run(s, &row, &err), &err);
}

static fm_status push_run(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_run_row row;
    fm_status status = fm_run_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 10);
    fm_bind_set_integer(L, "number", row.number);
    fm_bind_set_text(L, "time", row.time);
    fm_bind_set_text(L, "kind", row.kind);
    fm_bind_set_integer(L, "undoes", row.undoes);
    fm_bind_set_text(L, "who", row.who);
    fm_bind_set_text(L, "command", row.command);
    fm_bind_set_text(L, "version", row.version);
    fm_bind_set_text(L, "rules", row.rules);
    fm_bind_set_integer(L, "status", row.status);
    fm_bind_set_text(L, "message", row.message);
    return status;
}

static int state_runs(lua_State *L)
{
    lua_settop(L, 1);
    fm_state *s = hold_state(L);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_runs(&cursor, s, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, push_run, true);
}

static int state_put_change(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_change_row row = {
        .run = fm_bind_row_integer(L, 2, "run", 0),
        .target = fm_bind_row_required(L, 2, "target"),
        .key = fm_bind_row_required(L, 2, "key"),
        .reason = fm_bind_row_text(L, 2, "reason"),
        .decided_by = fm_bind_row_text(L, 2, "decided_by"),
    };
    row.doc = fm_bind_row_bytes(L, 2, "doc", &row.doc_len);
    fm_error err = {0};
    return fm_bind_done(L, fm_state_put_change(s, &row, &err), &err);
}

static fm_status push_change(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_change_row row;
    fm_status status = fm_change_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 6);
    fm_bind_set_integer(L, "run", row.run);
    fm_bind_set_text(L, "target", row.target);
    fm_bind_set_text(L, "key", row.key);
    fm_bind_set_text(L, "reason", row.reason);
    fm_bind_set_text(L, "decided_by", row.decided_by);
    fm_bind_set_bytes(L, "doc", row.doc, row.doc_len);
    return status;
}

static int state_changes(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    const char *key = NULL;
    lua_Integer run = -1;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        key = fm_bind_row_text(L, 2, "key");
        run = fm_bind_row_integer(L, 2, "run", -1);
    }
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_changes(&cursor, s, key, run, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, push_change, true);
}

/* state:prune(before, below) -> number of runs */
static int state_prune(lua_State *L)
{
    lua_settop(L, 3);
    fm_state *s = hold_state(L);
    const char *before = fm_bind_check_text(L, 2);
    lua_Integer below = luaL_checkinteger(L, 3);
    fm_error err = {0};
    size_t runs;
    if (fm_state_prune(&runs, s, before, below, &err))
        return fm_bind_fail(L, &err);
    lua_pushinteger(L, (lua_Integer)runs);
    return 1;
}

/* ------------------------------------------------------------------ targets */

static int state_target(lua_State *L)
{
    lua_settop(L, 2);
    fm_state *s = hold_state(L);
    const char *name = fm_bind_check_text(L, 2);
    fm_target **slot = fm_bind_new_target(L, 1);
    fm_error err = {0};
    if (fm_state_target(slot, s, name, &err))
        return fm_bind_fail(L, &err);
    return 1;
}

static int state_targets(lua_State *L)
{
    fm_state *s = hold_state(L);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_targets(&cursor, s, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, fm_bind_push_name, true);
}

static int state_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", fm_bind_state_type.name, fm_bind_look(L, 1, &fm_bind_state_type) ? "open" : "closed");
    return 1;
}

/* ------------------------------------------------------------------ registration */

static const luaL_Reg state_functions[] = {
    {"exists", state_exists},
    {"mode", state_mode},
    {"open", state_open},
    {NULL, NULL},
};

static const luaL_Reg state_methods[] = {
    {"add_history", state_add_history},
    {"begin", state_begin},
    {"beside", state_beside},
    {"changes", state_changes},
    {"close", state_close},
    {"commit", state_commit},
    {"get", state_get},
    {"history", state_history},
    {"lock", state_lock},
    {"path", state_path},
    {"prune", state_prune},
    {"put_change", state_put_change},
    {"put_run", state_put_run},
    {"replaced", state_replaced},
    {"rollback", state_rollback},
    {"runs", state_runs},
    {"set", state_set},
    {"set_replaced", state_set_replaced},
    {"target", state_target},
    {"targets", state_targets},
    {NULL, NULL},
};

static const luaL_Reg state_meta[] = {
    {"__tostring", state_tostring},
    {NULL, NULL},
};

int luaopen_fmcal_state(lua_State *L)
{
    fm_bind_make_handle_type(L, &fm_bind_state_type, state_methods, state_meta);
    fm_bind_make_target_type(L);
    fm_bind_make_lock_type(L);
    luaL_newlib(L, state_functions);
    return 1;
}
