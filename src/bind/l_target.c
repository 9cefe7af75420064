/*
 * Targets of Lua module fmcal.state, over state/state.h.
 *   fmcal.state.target  borrows an fm_target; keeps its state in user value 1
 */
#include "bind/l_target.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "bind/base/type.h"
#include "bind/value/answer.h"
#include "bind/value/state.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ binding */

static int target_name(lua_State *L)
{
    lua_pushstring(L, fm_target_name(fm_bind_hold_target(L, 1)));
    return 1;
}

static int target_binding(lua_State *L)
{
    fm_target *t = fm_bind_hold_target(L, 1);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
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
        fm_bind_set_text(L, "provider", binding.provider);
        fm_bind_set_text(L, "account", binding.account);
        fm_bind_set_text(L, "calendar_id", binding.calendar_id);
        fm_bind_set_text(L, "endpoint", binding.endpoint);
        fm_bind_set_text(L, "name", binding.name);
        fm_bind_set_text(L, "discovery", binding.discovery);
    }
    fm_cursor_free(*slot);
    *slot = NULL;
    return 1;
}

static int target_bind(lua_State *L)
{
    lua_settop(L, 2);
    static const char *const answers[] = {"new", "same", "changed"};
    fm_target *t = fm_bind_hold_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_target_binding binding = {
        .provider = fm_bind_row_required(L, 2, "provider"),
        .account = fm_bind_row_text(L, 2, "account"),
        .calendar_id = fm_bind_row_text(L, 2, "calendar_id"),
        .endpoint = fm_bind_row_text(L, 2, "endpoint"),
        .name = fm_bind_row_text(L, 2, "name"),
        .discovery = fm_bind_row_text(L, 2, "discovery"),
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
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    fm_error err = {0};
    return fm_bind_done(L, fm_target_set_discovery(t, fm_bind_opt_text(L, 2), &err), &err);
}

static int target_token(lua_State *L)
{
    fm_target *t = fm_bind_hold_target(L, 1);
    void **slot = fm_bind_box(L, free);
    fm_error err = {0};
    char *token = NULL;
    fm_status status = fm_target_token(&token, t, &err);
    *slot = token;
    return fm_bind_answer_bytes(L, slot, token ? strlen(token) : 0, status, &err);
}

static int target_set_token(lua_State *L)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    fm_error err = {0};
    return fm_bind_done(L, fm_target_set_token(t, fm_bind_opt_text(L, 2), &err), &err);
}

/* ------------------------------------------------------------------ remote */

static fm_status push_remote(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_remote_row row;
    fm_status status = fm_remote_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 7);
    fm_bind_set_text(L, "href", row.href);
    fm_bind_set_text(L, "uid", row.uid);
    fm_bind_set_text(L, "etag", row.etag);
    fm_bind_set_bytes(L, "text", row.text, row.text_len);
    fm_bind_set_boolean(L, "pending", row.pending);
    fm_bind_set_boolean(L, "gone", row.gone);
    fm_bind_set_text(L, "unread", row.unread);
    return status;
}

typedef fm_status (*select_all)(fm_cursor **out, fm_target *t, fm_error *err);
typedef fm_status (*select_by)(fm_cursor **out, fm_target *t, const char *value, fm_error *err);

static int answer_all(lua_State *L, select_all select, fm_bind_push_row push)
{
    fm_target *t = fm_bind_hold_target(L, 1);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = select(&cursor, t, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, push, true);
}

static int answer_by(lua_State *L, select_by select, fm_bind_push_row push, bool all)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    const char *value = fm_bind_check_text(L, 2);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = select(&cursor, t, value, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, push, all);
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

static int target_unbased(lua_State *L)
{
    return answer_all(L, fm_target_unbased, push_remote);
}

static int target_pending(lua_State *L)
{
    return answer_all(L, fm_target_pending, push_remote);
}

static int target_unread(lua_State *L)
{
    return answer_all(L, fm_target_unread, push_remote);
}

static int target_put_remote(lua_State *L)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_remote_row row = {
        .href = fm_bind_row_required(L, 2, "href"),
        .uid = fm_bind_row_text(L, 2, "uid"),
        .etag = fm_bind_row_text(L, 2, "etag"),
        .pending = fm_bind_row_boolean(L, 2, "pending", false),
        .gone = fm_bind_row_boolean(L, 2, "gone", false),
        .unread = fm_bind_row_text(L, 2, "unread"),
    };
    row.text = fm_bind_row_bytes(L, 2, "text", &row.text_len);
    fm_error err = {0};
    return fm_bind_done(L, fm_target_put_remote(t, &row, &err), &err);
}

typedef fm_status (*change_by)(fm_target *t, const char *value, fm_error *err);

static int change(lua_State *L, change_by act)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    fm_error err = {0};
    return fm_bind_done(L, act(t, fm_bind_check_text(L, 2), &err), &err);
}

static int target_delete_remote(lua_State *L)
{
    return change(L, fm_target_delete_remote);
}

static int target_settle(lua_State *L)
{
    return change(L, fm_target_settle);
}

static int target_expect(lua_State *L)
{
    return change(L, fm_target_expect);
}

static int target_confirm(lua_State *L)
{
    return change(L, fm_target_confirm);
}

static int target_unconfirmed(lua_State *L)
{
    return answer_all(L, fm_target_unconfirmed, push_remote);
}

/* ------------------------------------------------------------------ base */

static fm_status push_base(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    fm_base_row row;
    fm_status status = fm_base_next(cursor, &row, err);
    if (status != FM_PENDING)
        return status;
    lua_createtable(L, 0, 7);
    fm_bind_set_text(L, "key", row.key);
    fm_bind_set_text(L, "uid", row.uid);
    fm_bind_set_text(L, "href", row.href);
    fm_bind_set_text(L, "status", row.status);
    fm_bind_set_bytes(L, "fingerprint", (const char *)row.fingerprint, FM_FINGERPRINT_BYTES);
    fm_bind_set_text(L, "day", row.day);
    fm_bind_set_bytes(L, "doc", row.doc, row.doc_len);
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
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    const char *wanted = fm_bind_opt_text(L, 2);
    void **slot = fm_bind_box(L, fm_bind_free_cursor);
    fm_error err = {0};
    fm_cursor *cursor = NULL;
    fm_status status = fm_target_bases(&cursor, t, wanted, &err);
    return fm_bind_answer(L, slot, cursor, status, &err, fm_bind_push_name, true);
}

static int target_put_base(lua_State *L)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t len;
    fm_base_row row = {
        .key = fm_bind_row_required(L, 2, "key"),
        .uid = fm_bind_row_text(L, 2, "uid"),
        .href = fm_bind_row_text(L, 2, "href"),
        .status = fm_bind_row_text(L, 2, "status"),
        .day = fm_bind_row_text(L, 2, "day"),
    };
    row.doc = fm_bind_row_bytes(L, 2, "doc", &row.doc_len);
    row.fingerprint = (const unsigned char *)fm_bind_row_bytes(L, 2, "fingerprint", &len);
    if (row.fingerprint && len != FM_FINGERPRINT_BYTES)
        return luaL_error(L, "member 'fingerprint' must have %d bytes", FM_FINGERPRINT_BYTES);
    fm_error err = {0};
    return fm_bind_done(L, fm_target_put_base(t, &row, &err), &err);
}

static int target_delete_base(lua_State *L)
{
    return change(L, fm_target_delete_base);
}

static int target_count(lua_State *L)
{
    fm_target *t = fm_bind_hold_target(L, 1);
    fm_error err = {0};
    size_t count;
    if (fm_target_count(&count, t, &err))
        return fm_bind_fail(L, &err);
    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

/* ------------------------------------------------------------------ intents */

static int target_add_intent(lua_State *L)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_intent_row row = {
        .key = fm_bind_row_text(L, 2, "key"),
        .kind = fm_bind_row_text(L, 2, "kind"),
        .uid = fm_bind_row_text(L, 2, "uid"),
        .href = fm_bind_row_text(L, 2, "href"),
        .etag = fm_bind_row_text(L, 2, "etag"),
    };
    row.doc = fm_bind_row_bytes(L, 2, "doc", &row.doc_len);
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
    fm_bind_set_integer(L, "id", row.id);
    fm_bind_set_text(L, "key", row.key);
    fm_bind_set_text(L, "kind", row.kind);
    fm_bind_set_text(L, "uid", row.uid);
    fm_bind_set_text(L, "href", row.href);
    fm_bind_set_text(L, "etag", row.etag);
    fm_bind_set_bytes(L, "doc", row.doc, row.doc_len);
    return status;
}

static int target_intents(lua_State *L)
{
    return answer_all(L, fm_target_intents, push_intent);
}

static int target_drop_intent(lua_State *L)
{
    lua_settop(L, 2);
    fm_target *t = fm_bind_hold_target(L, 1);
    fm_error err = {0};
    return fm_bind_done(L, fm_target_drop_intent(t, luaL_checkinteger(L, 2), &err), &err);
}

static int target_tostring(lua_State *L)
{
    const fm_target *target = fm_bind_look_target(L, 1);
    if (target)
        lua_pushfstring(L, "%s (%s)", FM_BIND_TARGET, fm_target_name(target));
    else
        lua_pushfstring(L, "%s (closed)", FM_BIND_TARGET);
    return 1;
}

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
    {"expect", target_expect},
    {"confirm", target_confirm},
    {"unconfirmed", target_unconfirmed},
    {"token", target_token},
    {"unbased", target_unbased},
    {"unread", target_unread},
    {NULL, NULL},
};

static const luaL_Reg target_meta[] = {
    {"__tostring", target_tostring},
    {NULL, NULL},
};

void fm_bind_make_target_type(lua_State *L)
{
    fm_bind_make_type(L, FM_BIND_TARGET, target_methods, target_meta);
}
