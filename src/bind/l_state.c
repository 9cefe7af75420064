/*
 * Lua module fmcal.state: what fmcal remembers between runs, over state/state.h.
 *   fmcal.state         owns an fm_state
 *   fmcal.state.target  borrows an fm_target; keeps its state in user value 1
 */
#include "bind/l_state.h"
#include "bind/bind.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_state(lua_State *L);

#define STATE_NAME  "fmcal.state"
#define TARGET_NAME "fmcal.state.target"

typedef struct state_box {
    fm_state *state; /* NULL: closed */
} state_box;

typedef struct target_box {
    const state_box *owner; /* lives as long as user value 1 */
    fm_target *target;
} target_box;

static state_box *check_state(lua_State *L)
{
    return luaL_checkudata(L, 1, STATE_NAME);
}

static fm_state *open_state(lua_State *L)
{
    state_box *box = check_state(L);
    luaL_argcheck(L, box->state, 1, "the state is closed");
    return box->state;
}

fm_target *fm_bind_check_target(lua_State *L, int index)
{
    target_box *box = luaL_checkudata(L, index, TARGET_NAME);
    luaL_argcheck(L, box->target && box->owner->state, index, "the state is closed");
    return box->target;
}

/* ------------------------------------------------------------------ arguments and results */

/* Text for the interface, which ends strings at a zero byte: one within would make two keys equal. */
static const char *check_text(lua_State *L, int index)
{
    size_t len;
    const char *text = luaL_checklstring(L, index, &len);
    luaL_argcheck(L, strlen(text) == len, index, "the string holds a zero byte");
    return text;
}

static const char *opt_text(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : check_text(L, index);
}

/* A text member of the row at `index`, NULL where it is absent; the row keeps it alive. */
static const char *row_text(lua_State *L, int index, const char *name)
{
    const char *text = fm_bind_opt_string(L, index, name, NULL);
    if (!text)
        return NULL;
    lua_getfield(L, index, name);
    if (lua_rawlen(L, -1) != strlen(text))
        luaL_error(L, "member '%s' holds a zero byte", name);
    lua_pop(L, 1);
    return text;
}

static const char *required_text(lua_State *L, int index, const char *name)
{
    const char *text = row_text(L, index, name);
    if (!text)
        luaL_error(L, "member '%s' is missing", name);
    return text;
}

static const char *row_bytes(lua_State *L, int index, const char *name, size_t *len)
{
    const char *bytes = fm_bind_opt_string(L, index, name, NULL);
    *len = 0;
    if (bytes) {
        lua_getfield(L, index, name);
        *len = lua_rawlen(L, -1);
        lua_pop(L, 1);
    }
    return bytes;
}

static int done(lua_State *L, fm_status status, const fm_error *err)
{
    if (status)
        return fm_bind_fail(L, err);
    lua_pushboolean(L, 1);
    return 1;
}

static void set_text(lua_State *L, const char *name, const char *value)
{
    if (!value)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

static void set_bytes(lua_State *L, const char *name, const char *value, size_t len)
{
    if (!value)
        return;
    lua_pushlstring(L, value, len);
    lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

static void free_cursor(void *cursor)
{
    fm_cursor_free(cursor);
}

/* Pushes the next row of a cursor: FM_PENDING, or the end (nothing is pushed). */
typedef fm_status (*push_row)(lua_State *L, fm_cursor *cursor, fm_error *err);

/*
 * Answers with all rows of a cursor in an array, or with the first one or nil. `slot` is the box on top
 * of the stack that owns it.
 */
static int push_rows(lua_State *L, void **slot, push_row push, bool all)
{
    fm_error err = {0};
    fm_status status;
    lua_Integer count = 0;
    if (all)
        lua_newtable(L);
    while ((status = push(L, *slot, &err)) == FM_PENDING && all)
        lua_rawseti(L, -2, ++count);
    fm_cursor_free(*slot);
    *slot = NULL;
    if (status < 0)
        return fm_bind_fail(L, &err);
    if (!all && status == FM_OK)
        lua_pushnil(L);
    return 1;
}

/* As push_rows() for a cursor that has just been asked for. */
static int answer(lua_State *L, void **slot, fm_cursor *cursor, fm_status status, const fm_error *err, push_row push,
                  bool all)
{
    *slot = cursor;
    return status ? fm_bind_fail(L, err) : push_rows(L, slot, push, all);
}

static fm_status push_name(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    const char *name;
    fm_status status = fm_names_next(cursor, &name, err);
    if (status == FM_PENDING)
        lua_pushstring(L, name);
    return status;
}

/* Pushes bytes that a read has given us, and frees them. `slot` is the box that owns them. */
static int answer_bytes(lua_State *L, void **slot, size_t len, fm_status status, const fm_error *err)
{
    if (status)
        return fm_bind_fail(L, err);
    if (*slot)
        lua_pushlstring(L, *slot, len);
    else
        lua_pushnil(L);
    free(*slot);
    *slot = NULL;
    return 1;
}

/* ------------------------------------------------------------------ fmcal.state */

/* state.open(path [, {read_only=, busy_timeout_ms=}]) -> state [, warning] */
static int state_open(lua_State *L)
{
    const char *path = check_text(L, 1);
    fm_state_options options = {0};
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        options.read_only = fm_bind_opt_boolean(L, 2, "read_only", 0) != 0;
        lua_Integer timeout_ms = fm_bind_opt_integer(L, 2, "busy_timeout_ms", 0);
        luaL_argcheck(L, timeout_ms >= 0 && timeout_ms <= INT_MAX, 2, "busy_timeout_ms is out of range");
        options.busy_timeout_ms = (int)timeout_ms;
    }
    const fm_env *env = &fm_bind_get(L)->env;
    state_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->state = NULL;
    luaL_setmetatable(L, STATE_NAME);
    fm_error err = {0};
    if (fm_state_open(&box->state, path, env, &options, &err))
        return fm_bind_fail(L, &err);
    const char *warning = fm_state_warning(box->state);
    if (!warning)
        return 1;
    lua_pushstring(L, warning);
    return 2;
}

static int state_close(lua_State *L)
{
    state_box *box = check_state(L);
    fm_state *state = box->state;
    box->state = NULL;
    fm_state_close(state);
    return 0;
}

static int state_begin(lua_State *L)
{
    fm_error err = {0};
    return done(L, fm_state_begin(open_state(L), &err), &err);
}

static int state_commit(lua_State *L)
{
    fm_error err = {0};
    return done(L, fm_state_commit(open_state(L), &err), &err);
}

static int state_rollback(lua_State *L)
{
    fm_error err = {0};
    return done(L, fm_state_rollback(open_state(L), &err), &err);
}

typedef fm_status (*read_bytes)(char **value, size_t *len, fm_state *s, const char *name, fm_error *err);
typedef fm_status (*write_bytes)(fm_state *s, const char *name, const char *value, size_t len, fm_error *err);

static int read_named(lua_State *L, read_bytes read)
{
    fm_state *s = open_state(L);
    const char *name = check_text(L, 2);
    void **slot = fm_bind_box(L, free);
    fm_error err = {0};
    char *value = NULL;
    size_t len = 0;
    fm_status status = read(&value, &len, s, name, &err);
    *slot = value;
    return answer_bytes(L, slot, len, status, &err);
}

static int write_named(lua_State *L, write_bytes write)
{
    fm_state *s = open_state(L);
    const char *name = check_text(L, 2);
    size_t len = 0;
    const char *value = luaL_optlstring(L, 3, NULL, &len);
    fm_error err = {0};
    return done(L, write(s, name, value, len, &err), &err);
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
    fm_state *s = open_state(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_history_row row = {
        .time = row_text(L, 2, "time"),
        .target = row_text(L, 2, "target"),
        .key = row_text(L, 2, "key"),
        .field = row_text(L, 2, "field"),
        .side = row_text(L, 2, "side"),
        .action = row_text(L, 2, "action"),
        .reason = row_text(L, 2, "reason"),
        .run = fm_bind_opt_integer(L, 2, "run", 0),
    };
    row.value = row_bytes(L, 2, "value", &row.value_len);
    fm_error err = {0};
    return done(L, fm_state_add_history(s, &row, &err), &err);
}

static fm_status push_history(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_history_row row;
    fm_status status = fm_history_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 9);
    set_text(L, "time", row.time);
    set_text(L, "target", row.target);
    set_text(L, "key", row.key);
    set_text(L, "field", row.field);
    set_text(L, "side", row.side);
    set_text(L, "action", row.action);
    set_text(L, "reason", row.reason);
    set_bytes(L, "value", row.value, row.value_len);
    lua_pushinteger(L, row.run);
    lua_setfield(L, -2, "run");
    return status;
}

static int state_history(lua_State *L)
{
    fm_state *s = open_state(L);
    const char *key = NULL;
    lua_Integer run = -1, limit = -1;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        key = row_text(L, 2, "key");
        run = fm_bind_opt_integer(L, 2, "run", -1);
        limit = fm_bind_opt_integer(L, 2, "limit", -1);
    }
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_history(&cursor, s, key, run, limit, &err);
    return answer(L, slot, cursor, status, &err, push_history, true);
}

static int state_target(lua_State *L)
{
    fm_state *s = open_state(L);
    const char *name = check_text(L, 2);
    target_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (target_box){.owner = check_state(L)};
    luaL_setmetatable(L, TARGET_NAME);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    fm_error err = {0};
    if (fm_state_target(&box->target, s, name, &err))
        return fm_bind_fail(L, &err);
    return 1;
}

static int state_targets(lua_State *L)
{
    fm_state *s = open_state(L);
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_state_targets(&cursor, s, &err);
    return answer(L, slot, cursor, status, &err, push_name, true);
}

static int state_tostring(lua_State *L)
{
    state_box *box = check_state(L);
    lua_pushfstring(L, "%s (%s)", STATE_NAME, box->state ? "open" : "closed");
    return 1;
}

/* ------------------------------------------------------------------ target: binding */

static int target_name(lua_State *L)
{
    lua_pushstring(L, fm_target_name(fm_bind_check_target(L, 1)));
    return 1;
}

static int target_binding(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_target_binding binding;
    bool bound;
    fm_status status = fm_target_binding_of(&cursor, &bound, &binding, t, &err);
    *slot = cursor;
    if (status)
        return fm_bind_fail(L, &err);
    if (!bound) {
        lua_pushnil(L);
    } else {
        lua_createtable(L, 0, 6);
        set_text(L, "provider", binding.provider);
        set_text(L, "account", binding.account);
        set_text(L, "calendar_id", binding.calendar_id);
        set_text(L, "endpoint", binding.endpoint);
        set_text(L, "name", binding.name);
        set_text(L, "discovery", binding.discovery);
    }
    fm_cursor_free(*slot);
    *slot = NULL;
    return 1;
}

static int target_bind(lua_State *L)
{
    static const char *const answers[] = {"new", "same", "changed"};
    fm_target *t = fm_bind_check_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_target_binding binding = {
        .provider = required_text(L, 2, "provider"),
        .account = row_text(L, 2, "account"),
        .calendar_id = row_text(L, 2, "calendar_id"),
        .endpoint = row_text(L, 2, "endpoint"),
        .name = row_text(L, 2, "name"),
        .discovery = row_text(L, 2, "discovery"),
    };
    fm_error err = {0};
    fm_rebind rebind;
    if (fm_target_bind(&rebind, t, &binding, &err))
        return fm_bind_fail(L, &err);
    lua_pushstring(L, answers[rebind]);
    return 1;
}

static int target_set_discovery(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    fm_error err = {0};
    return done(L, fm_target_set_discovery(t, opt_text(L, 2), &err), &err);
}

static int target_token(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    void **slot = fm_bind_box(L, free);
    fm_error err = {0};
    char *token = NULL;
    fm_status status = fm_target_token(&token, t, &err);
    *slot = token;
    return answer_bytes(L, slot, token ? strlen(token) : 0, status, &err);
}

static int target_set_token(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    fm_error err = {0};
    return done(L, fm_target_set_token(t, opt_text(L, 2), &err), &err);
}

/* ------------------------------------------------------------------ target: remote */

static fm_status push_remote(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_remote_row row;
    fm_status status = fm_remote_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 6);
    set_text(L, "href", row.href);
    set_text(L, "uid", row.uid);
    set_text(L, "etag", row.etag);
    set_bytes(L, "text", row.text, row.text_len);
    set_boolean(L, "pending", row.pending);
    set_boolean(L, "gone", row.gone);
    return status;
}

typedef fm_status (*select_all)(fm_cursor **out, fm_target *t, fm_error *err);
typedef fm_status (*select_by)(fm_cursor **out, fm_target *t, const char *value, fm_error *err);

static int answer_all(lua_State *L, select_all select, push_row push)
{
    fm_target *t = fm_bind_check_target(L, 1);
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = select(&cursor, t, &err);
    return answer(L, slot, cursor, status, &err, push, true);
}

static int answer_by(lua_State *L, select_by select, push_row push, bool all)
{
    fm_target *t = fm_bind_check_target(L, 1);
    const char *value = check_text(L, 2);
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = select(&cursor, t, value, &err);
    return answer(L, slot, cursor, status, &err, push, all);
}

static int target_remote(lua_State *L)
{
    return answer_by(L, fm_target_remote, push_remote, false);
}

static int target_remote_by_uid(lua_State *L)
{
    return answer_by(L, fm_target_remote_by_uid, push_remote, true);
}

static int target_remotes(lua_State *L)
{
    return answer_all(L, fm_target_remotes, push_remote);
}

static int target_pending(lua_State *L)
{
    return answer_all(L, fm_target_pending, push_remote);
}

static int target_put_remote(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_remote_row row = {
        .href = required_text(L, 2, "href"),
        .uid = row_text(L, 2, "uid"),
        .etag = row_text(L, 2, "etag"),
        .pending = fm_bind_opt_boolean(L, 2, "pending", 0) != 0,
        .gone = fm_bind_opt_boolean(L, 2, "gone", 0) != 0,
    };
    row.text = row_bytes(L, 2, "text", &row.text_len);
    fm_error err = {0};
    return done(L, fm_target_put_remote(t, &row, &err), &err);
}

typedef fm_status (*change_by)(fm_target *t, const char *value, fm_error *err);

static int change(lua_State *L, change_by act)
{
    fm_target *t = fm_bind_check_target(L, 1);
    fm_error err = {0};
    return done(L, act(t, check_text(L, 2), &err), &err);
}

static int target_delete_remote(lua_State *L)
{
    return change(L, fm_target_delete_remote);
}

static int target_settle(lua_State *L)
{
    return change(L, fm_target_settle);
}

/* ------------------------------------------------------------------ target: base */

static fm_status push_base(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_base_row row;
    fm_status status = fm_base_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 7);
    set_text(L, "key", row.key);
    set_text(L, "uid", row.uid);
    set_text(L, "href", row.href);
    set_text(L, "status", row.status);
    set_bytes(L, "fingerprint", (const char *)row.fingerprint, FM_FINGERPRINT_BYTES);
    set_text(L, "day", row.day);
    set_bytes(L, "doc", row.doc, row.doc_len);
    return status;
}

static int target_base(lua_State *L)
{
    return answer_by(L, fm_target_base, push_base, false);
}

static int target_base_by_uid(lua_State *L)
{
    return answer_by(L, fm_target_base_by_uid, push_base, false);
}

static int target_bases(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    const char *wanted = opt_text(L, 2);
    void **slot = fm_bind_box(L, free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_target_bases(&cursor, t, wanted, &err);
    return answer(L, slot, cursor, status, &err, push_name, true);
}

static int target_put_base(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t len;
    fm_base_row row = {
        .key = required_text(L, 2, "key"),
        .uid = row_text(L, 2, "uid"),
        .href = row_text(L, 2, "href"),
        .status = row_text(L, 2, "status"),
        .day = row_text(L, 2, "day"),
    };
    row.doc = row_bytes(L, 2, "doc", &row.doc_len);
    row.fingerprint = (const unsigned char *)row_bytes(L, 2, "fingerprint", &len);
    if (row.fingerprint && len != FM_FINGERPRINT_BYTES)
        return luaL_error(L, "member 'fingerprint' must have %d bytes", FM_FINGERPRINT_BYTES);
    fm_error err = {0};
    return done(L, fm_target_put_base(t, &row, &err), &err);
}

static int target_delete_base(lua_State *L)
{
    return change(L, fm_target_delete_base);
}

static int target_count(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    fm_error err = {0};
    size_t count;
    if (fm_target_count(&count, t, &err))
        return fm_bind_fail(L, &err);
    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

/* ------------------------------------------------------------------ target: intents */

static int target_add_intent(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_intent_row row = {
        .key = row_text(L, 2, "key"),
        .kind = row_text(L, 2, "kind"),
        .uid = row_text(L, 2, "uid"),
        .href = row_text(L, 2, "href"),
        .etag = row_text(L, 2, "etag"),
    };
    row.doc = row_bytes(L, 2, "doc", &row.doc_len);
    fm_error err = {0};
    int64_t id;
    if (fm_target_add_intent(&id, t, &row, &err))
        return fm_bind_fail(L, &err);
    lua_pushinteger(L, id);
    return 1;
}

static fm_status push_intent(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_intent_row row;
    fm_status status = fm_intent_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 7);
    lua_pushinteger(L, row.id);
    lua_setfield(L, -2, "id");
    set_text(L, "key", row.key);
    set_text(L, "kind", row.kind);
    set_text(L, "uid", row.uid);
    set_text(L, "href", row.href);
    set_text(L, "etag", row.etag);
    set_bytes(L, "doc", row.doc, row.doc_len);
    return status;
}

static int target_intents(lua_State *L)
{
    return answer_all(L, fm_target_intents, push_intent);
}

static int target_drop_intent(lua_State *L)
{
    fm_target *t = fm_bind_check_target(L, 1);
    fm_error err = {0};
    return done(L, fm_target_drop_intent(t, luaL_checkinteger(L, 2), &err), &err);
}

static int target_tostring(lua_State *L)
{
    target_box *box = luaL_checkudata(L, 1, TARGET_NAME);
    if (box->target && box->owner->state)
        lua_pushfstring(L, "%s (%s)", TARGET_NAME, fm_target_name(box->target));
    else
        lua_pushfstring(L, "%s (closed)", TARGET_NAME);
    return 1;
}

/* ------------------------------------------------------------------ registration */

static const luaL_Reg state_functions[] = {
    {"open", state_open},
    {NULL, NULL},
};

static const luaL_Reg state_methods[] = {
    {"add_history", state_add_history},
    {"begin", state_begin},
    {"close", state_close},
    {"commit", state_commit},
    {"get", state_get},
    {"history", state_history},
    {"replaced", state_replaced},
    {"rollback", state_rollback},
    {"set", state_set},
    {"set_replaced", state_set_replaced},
    {"target", state_target},
    {"targets", state_targets},
    {NULL, NULL},
};

static const luaL_Reg state_meta[] = {
    {"__gc", state_close},
    {"__close", state_close},
    {"__tostring", state_tostring},
    {NULL, NULL},
};

static const luaL_Reg target_methods[] = {
    {"add_intent", target_add_intent},
    {"base", target_base},
    {"base_by_uid", target_base_by_uid},
    {"bases", target_bases},
    {"bind", target_bind},
    {"binding", target_binding},
    {"count", target_count},
    {"delete_base", target_delete_base},
    {"delete_remote", target_delete_remote},
    {"drop_intent", target_drop_intent},
    {"intents", target_intents},
    {"name", target_name},
    {"pending", target_pending},
    {"put_base", target_put_base},
    {"put_remote", target_put_remote},
    {"remote", target_remote},
    {"remote_by_uid", target_remote_by_uid},
    {"remotes", target_remotes},
    {"set_discovery", target_set_discovery},
    {"set_token", target_set_token},
    {"settle", target_settle},
    {"token", target_token},
    {NULL, NULL},
};

static const luaL_Reg target_meta[] = {
    {"__tostring", target_tostring},
    {NULL, NULL},
};

static void make_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, meta, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

int luaopen_fmcal_state(lua_State *L)
{
    make_type(L, STATE_NAME, state_methods, state_meta);
    make_type(L, TARGET_NAME, target_methods, target_meta);
    luaL_newlib(L, state_functions);
    return 1;
}
