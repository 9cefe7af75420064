/*
 * Lua module fmcal.board: a team's board file (board/board.h). Edits are in l_board_edit.c. Userdata: fmcal.board
 * owns an fm_board (bind/value/board.h), fmcal.lock an fm_lock (bind/value/lock.h).
 */
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "bind/base/type.h"
#include "bind/l_board_edit.h"
#include "bind/value/answer.h"
#include "bind/value/board.h"
#include "bind/value/json.h"
#include "bind/value/lock.h"
#include "bind/value/members.h"
#include "bind/value/state.h"
#include "board/compare.h"
#include "board/patch.h"
#include "board/snapshot.h"
#include "core/json/value.h"
#include "util/lock.h"
#include "util/stage.h"

#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_board(lua_State *L);

/* The board at index 1, for what runs no Lua code before it is through with it. */
static fm_board *open_board(lua_State *L)
{
    return fm_bind_open(L, 1, &fm_bind_board_type);
}

static fm_board *hold_board(lua_State *L)
{
    return fm_bind_hold(L, 1, &fm_bind_board_type);
}

/* ------------------------------------------------------------------ opening */

static int board_open(lua_State *L)
{
    const char *path = fm_bind_check_text(L, 1);
    const fm_env *env = &fm_bind_get(L)->env;
    void **slot = fm_bind_new_handle(L, &fm_bind_board_type);
    fm_board *b;
    fm_error err = {0};
    if (fm_board_open(&b, env, path, &err))
        return fm_bind_fail(L, &err);
    *slot = b;
    return 1;
}

static int board_parse(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len), *name = fm_bind_opt_text(L, 2);
    const fm_env *env = &fm_bind_get(L)->env;
    void **slot = fm_bind_new_handle(L, &fm_bind_board_type);
    fm_board *b;
    fm_error err = {0};
    if (fm_board_parse(&b, env, text, len, name ? name : "board", &err))
        return fm_bind_fail(L, &err);
    *slot = b;
    return 1;
}

static int board_close(lua_State *L)
{
    return fm_bind_close(L, &fm_bind_board_type);
}

static int board_tostring(lua_State *L)
{
    const fm_board *b = fm_bind_look(L, 1, &fm_bind_board_type);
    lua_pushfstring(L, "fmcal.board (%s)", b ? fm_board_name(b) : "closed");
    return 1;
}

/* ------------------------------------------------------------------ the board as a whole */

static int board_path(lua_State *L)
{
    lua_pushstring(L, fm_board_path(open_board(L)));
    return 1;
}

static int board_mtime(lua_State *L)
{
    lua_pushinteger(L, fm_board_mtime_s(open_board(L)));
    return 1;
}

static int board_text(lua_State *L)
{
    fm_json_span text;
    fm_error err = {0};
    if (fm_board_text(&text, open_board(L), &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, text.at, text.len);
    return 1;
}

/* What of a configuration Lua gets as secrets: whole credentials, and what a webhook is signed with. */
static const char *const CONFIG_SECRETS[] = {"credentials", "secret", NULL};

/* Pushes the value of a piece of the board's text, or nil and the error. [-0, +(1|2)] */
static int push_value(lua_State *L, const fm_json_span *value, const char *const *secret_members)
{
    fm_bind_json_reading reading = {.secret_members = secret_members, .is_public = fm_bind_is_public_member};
    fm_error err = {0};
    if (fm_bind_push_json(L, value->at, value->len, &reading, &err))
        return fm_bind_fail(L, &err);
    return 1;
}

/* The text of the board's member that is named at index 2; holds the board. */
static fm_status find_member(lua_State *L, fm_json_span *value, fm_error *err)
{
    lua_settop(L, 2);
    fm_board *b = hold_board(L);
    size_t len;
    const char *name = luaL_checklstring(L, 2, &len);
    return fm_board_member_value(value, b, name, len, err);
}

static int board_member(lua_State *L)
{
    fm_json_span value;
    fm_error err = {0};
    fm_status status = find_member(L, &value, &err);
    if (status == FM_ENOTFOUND) {
        lua_pushnil(L);
        return 1;
    }
    if (status)
        return fm_bind_fail(L, &err);
    return push_value(L, &value, strcmp(lua_tostring(L, 2), "calendarConfig") == 0 ? CONFIG_SECRETS : NULL);
}

static int board_member_names(lua_State *L)
{
    fm_json_span value;
    fm_error err = {0};
    fm_status status = find_member(L, &value, &err);
    if (status && status != FM_ENOTFOUND)
        return fm_bind_fail(L, &err);
    fm_bind_push_member_names(L, status ? &(fm_json_span){"", 0} : &value);
    return 1;
}

static void push_key(lua_State *L, const fm_index *ix, const fm_entry *e, fm_buf *scratch)
{
    fm_buf_reset(scratch);
    if (fm_index_add_key(ix, e, scratch))
        fm_bind_no_memory(L);
    lua_pushlstring(L, scratch->data, scratch->len);
}

static int board_keys(lua_State *L)
{
    const fm_index *ix;
    fm_error err = {0};
    if (fm_board_index(&ix, hold_board(L), &err))
        return fm_bind_fail(L, &err);
    fm_buf *scratch = fm_bind_push_buf(L, FM_BOARD_MAX_BYTES);
    lua_Integer count = 0;
    lua_createtable(L, (int)ix->count, 0);
    for (size_t i = 0; i < ix->count; i++) {
        if (!fm_entry_usable(&ix->entries[i]))
            continue;
        push_key(L, ix, &ix->entries[i], scratch);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* Sets a member of the table on top to a member of a JSON object; false where that is absent, null or "". */
static bool set_member(lua_State *L, const char *name, const fm_json_span *object, const char *member)
{
    fm_json_span value;
    if (!fm_json_find_member(object, member, strlen(member), &value) || *value.at == 'n' ||
        (*value.at == '"' && value.len == 2))
        return false;
    fm_bind_push_json(L, value.at, value.len, NULL, NULL);
    lua_setfield(L, -2, name);
    return true;
}

static void push_problem(lua_State *L, const fm_board *b, const fm_index *ix, const fm_entry *e, fm_buf *scratch)
{
    const fm_json_span object = fm_index_text(ix, e);
    lua_createtable(L, 0, 5);
    fm_bind_set_integer(L, "line", e->line);
    set_member(L, "title", &object, "title");
    fm_bind_set_boolean(L, "hides", !e->id_len || e->flags & FM_ENTRY_BAD_SUBITEMS);
    if (e->id_len) {
        push_key(L, ix, e, scratch);
        lua_setfield(L, -2, "key");
    }
    fm_buf_reset(scratch);
    if (fm_board_add_problem(scratch, b, ix, e))
        fm_bind_no_memory(L);
    fm_bind_set_bytes(L, "message", scratch->data, scratch->len);
}

static int board_problems(lua_State *L)
{
    fm_board *b = hold_board(L);
    const fm_index *ix;
    fm_error err = {0};
    if (fm_board_index(&ix, b, &err))
        return fm_bind_fail(L, &err);
    fm_buf *scratch = fm_bind_push_buf(L, FM_BOARD_MAX_BYTES);
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t i = 0; i < ix->count; i++) {
        const fm_entry *e = &ix->entries[i];
        if (e->flags & FM_ENTRY_HIDDEN || !(e->flags & FM_ENTRY_PROBLEM))
            continue;
        push_problem(L, b, ix, e, scratch);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* ------------------------------------------------------------------ entries */

/* Finds the entry with the key at index 2. */
static fm_status find_entry(lua_State *L, fm_board_place *place, fm_board *b, fm_error *err)
{
    size_t len;
    const char *key = luaL_checklstring(L, 2, &len);
    return fm_board_find(place, b, key, len, err);
}

static void set_parent(lua_State *L, const fm_board_place *place, const fm_json_span *object)
{
    const fm_entry *parent = fm_board_parent(place);
    if (!parent)
        return;
    fm_json_span parent_object = fm_index_text(place->index, parent);
    set_member(L, "parent", &parent_object, "id");
    if (!set_member(L, "parent_title", object, "parentTitle"))
        set_member(L, "parent_title", &parent_object, "title");
}

static void set_counts(lua_State *L, const fm_board_place *place)
{
    if (place->known->kind != FM_ENTRY_EPIC && place->known->kind != FM_ENTRY_COURT_DATE)
        return;
    lua_createtable(L, 0, 2);
    fm_bind_set_integer(L, "total", place->known->counts.total);
    fm_bind_set_integer(L, "done", place->known->counts.done);
    lua_setfield(L, -2, "counts");
}

static int board_entry(lua_State *L)
{
    lua_settop(L, 2);
    static const char *const kinds[] = {"item", "subitem", "epic", "court-date"};
    fm_board *b = hold_board(L);
    fm_board_place place;
    fm_error err = {0};
    fm_status status = find_entry(L, &place, b, &err);
    if (status == FM_ENOTFOUND)
        return 0;
    if (status)
        return fm_bind_fail(L, &err);
    fm_json_span object = fm_index_text(place.index, place.entry);
    lua_createtable(L, 0, 8);
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "key");
    set_member(L, "id", &object, "id");
    fm_bind_set_text(L, "kind", kinds[place.entry->kind]);
    fm_bind_set_integer(L, "line", place.line);
    set_parent(L, &place, &object);
    set_counts(L, &place);
    int values = push_value(L, &object, NULL);
    if (values > 1)
        return values;
    lua_setfield(L, -2, "value");
    return 1;
}

static int board_fingerprint(lua_State *L)
{
    lua_settop(L, 3);
    fm_board *b = hold_board(L);
    size_t len;
    const char *context = luaL_optlstring(L, 3, "", &len);
    unsigned char print[FM_BOARD_FINGERPRINT_BYTES];
    fm_board_place place;
    fm_error err = {0};
    fm_status status = fm_board_gather(b, &err);
    if (status)
        return fm_bind_fail(L, &err);
    status = find_entry(L, &place, b, &err);
    if (!status)
        status = fm_board_fingerprint(print, b, &place, context, len, &err);
    if (status)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, (const char *)print, sizeof print);
    return 1;
}

static int board_snapshot(lua_State *L)
{
    lua_settop(L, 2);
    fm_board *b = hold_board(L);
    unsigned char snapshot[FM_BOARD_SNAPSHOT_BYTES];
    fm_board_place place;
    fm_error err = {0};
    fm_status status = find_entry(L, &place, b, &err);
    if (!status)
        status = fm_board_snapshot(snapshot, b, &place, &err);
    if (status)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, (const char *)snapshot, sizeof snapshot);
    return 1;
}

/* ------------------------------------------------------------------ comparison */

static void free_compare(void *compare)
{
    fm_compare_free(compare);
}

static void push_changed(lua_State *L, const fm_compare *c, const fm_index *ix)
{
    fm_buf *scratch = fm_bind_push_buf(L, FM_BOARD_MAX_BYTES);
    lua_Integer count = 0;
    lua_newtable(L);
    size_t at = 0;
    for (const fm_entry *e; (e = fm_compare_changed(c, &at));) {
        push_key(L, ix, e, scratch);
        lua_rawseti(L, -2, ++count);
    }
    lua_remove(L, -2);
}

static void push_gone(lua_State *L, const fm_compare *c)
{
    const char *key;
    lua_newtable(L);
    for (size_t n = 0; (key = fm_compare_gone(c, n)); n++) {
        lua_pushstring(L, key);
        lua_rawseti(L, -2, (lua_Integer)n + 1);
    }
}

static void push_counts(lua_State *L, const fm_compare *c)
{
    const char *status;
    size_t count;
    lua_newtable(L);
    for (size_t n = 0; (status = fm_compare_count(c, n, &count)); n++)
        fm_bind_set_integer(L, status, (lua_Integer)count);
}

static int board_compare(lua_State *L)
{
    lua_settop(L, 4);
    fm_board *b = hold_board(L);
    fm_target *target = fm_bind_hold_target(L, 2);
    size_t len;
    const char *context = luaL_optlstring(L, 3, "", &len), *day = luaL_optstring(L, 4, "");
    const fm_index *ix;
    fm_error err = {0};
    void **slot = fm_bind_box(L, free_compare);
    fm_compare *compare = NULL;
    fm_status status = fm_board_index(&ix, b, &err);
    if (!status)
        status = fm_compare_new(&compare, b, context, len, day, &err);
    *slot = compare;
    if (!status)
        status = fm_target_fingerprints(target, fm_compare_row, compare, &err);
    if (status)
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 4);
    push_changed(L, compare, ix);
    lua_setfield(L, -2, "changed");
    push_gone(L, compare);
    lua_setfield(L, -2, "gone");
    push_counts(L, compare);
    lua_setfield(L, -2, "counts");
    fm_bind_set_integer(L, "total", (lua_Integer)fm_compare_total(compare));
    return 1;
}

static int board_lock(lua_State *L)
{
    const char *path = fm_bind_check_text(L, 1);
    int timeout_ms = fm_bind_check_timeout(L, 2);
    void **slot = fm_bind_new_lock(L);
    fm_error err = {0};
    fm_lock *lock;
    if (fm_lock_take(&lock, &fm_bind_get(L)->env, path, timeout_ms, &err))
        return fm_bind_fail(L, &err);
    *slot = lock;
    return 1;
}

static int board_sweep(lua_State *L)
{
    fm_stage_sweep(fm_bind_check_text(L, 1));
    return 0;
}

static const luaL_Reg board_methods[] = {
    {"path", board_path},
    {"text", board_text},
    {"close", board_close},
    {"mtime", board_mtime},
    {"member", board_member},
    {"member_names", board_member_names},
    {"keys", board_keys},
    {"problems", board_problems},
    {"entry", board_entry},
    {"fingerprint", board_fingerprint},
    {"snapshot", board_snapshot},
    {"compare", board_compare},
    {NULL, NULL},
};

static const luaL_Reg board_meta[] = {
    {"__tostring", board_tostring},
    {NULL, NULL},
};

static const luaL_Reg board_functions[] = {
    {"open", board_open}, {"parse", board_parse}, {"lock", board_lock}, {"sweep", board_sweep}, {NULL, NULL},
};

int luaopen_fmcal_board(lua_State *L)
{
    fm_bind_make_handle_type(L, &fm_bind_board_type, board_methods, board_meta);
    fm_bind_add_methods(L, fm_bind_board_type.name, fm_bind_board_edit_methods);
    fm_bind_make_lock_type(L);
    luaL_newlib(L, board_functions);
    return 1;
}
