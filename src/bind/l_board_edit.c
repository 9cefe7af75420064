/* Edits of boards of Lua module fmcal.board, and saving them. */
#include "bind/l_board_edit.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "bind/value/answer.h"
#include "bind/value/board.h"
#include "bind/value/json.h"
#include "board/exchange.h"
#include "board/patch.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ setting members */

/* Reads the value at `index` as JSON text, which stays valid as long as the stack holds it. [-0, +1, m] */
static fm_status take_value(lua_State *L, int index, fm_edit *edit, fm_error *err)
{
    fm_bind_json_writing writing = {.sort = true};
    fm_buf *text = fm_bind_push_buf(L, FM_BOARD_MAX_BYTES);
    fm_status status = fm_bind_add_json(L, index, text, &writing, err);
    edit->value = (fm_json_span){text->data, text->len};
    return status;
}

static int do_edit(lua_State *L, fm_board *b, fm_edit *edit, int value_index)
{
    fm_error err = {0};
    fm_status status = value_index ? take_value(L, value_index, edit, &err) : FM_OK;
    if (status)
        fm_error_prefix(&err, "%s", fm_board_name(b));
    else
        status = fm_board_edit(b, edit, &err);
    return fm_bind_done(L, status, &err);
}

/* b:set(key, path, value), b:remove(key, path) */
static int edit_by_key(lua_State *L, fm_edit_kind kind, int value_index)
{
    luaL_checkany(L, value_index ? value_index : 3);
    lua_settop(L, 4);
    fm_board *b = fm_bind_hold(L, 1, &fm_bind_board_type);
    fm_edit edit = {.kind = kind};
    if (!lua_isnil(L, 2))
        edit.key = luaL_checklstring(L, 2, &edit.key_len);
    edit.path = fm_bind_check_path(L, 3, &edit.steps);
    return do_edit(L, b, &edit, value_index);
}

static int board_set(lua_State *L)
{
    return edit_by_key(L, FM_EDIT_SET, 4);
}

static int board_remove(lua_State *L)
{
    return edit_by_key(L, FM_EDIT_REMOVE, 0);
}

static int board_append(lua_State *L)
{
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    fm_board *b = fm_bind_hold(L, 1, &fm_bind_board_type);
    fm_edit edit = {.kind = FM_EDIT_APPEND};
    edit.path = fm_bind_check_path(L, 2, &edit.steps);
    return do_edit(L, b, &edit, 3);
}

static int board_dirty(lua_State *L)
{
    bool dirty;
    fm_error err = {0};
    if (fm_board_is_dirty(&dirty, fm_bind_open(L, 1, &fm_bind_board_type), &err))
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, dirty);
    return 1;
}

/* ------------------------------------------------------------------ saving */

static void free_log(void *log)
{
    fm_edit_log_clear(log);
    free(log);
}

static void push_skipped(lua_State *L, const fm_edit_log *skipped)
{
    lua_createtable(L, (int)skipped->count, 0);
    for (size_t i = 0; i < skipped->count; i++) {
        const fm_edit *edit = skipped->edits[i];
        lua_createtable(L, 0, 2);
        fm_bind_set_bytes(L, "key", edit->key, edit->key_len);
        lua_createtable(L, (int)edit->steps, 0);
        for (size_t n = 0; n < edit->steps; n++) {
            if (edit->path[n].name)
                lua_pushlstring(L, edit->path[n].name, edit->path[n].name_len);
            else
                lua_pushinteger(L, (lua_Integer)edit->path[n].index + 1);
            lua_rawseti(L, -2, (lua_Integer)n + 1);
        }
        lua_setfield(L, -2, "path");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* b:check_owner() -> true */
static int board_check_owner(lua_State *L)
{
    fm_error err = {0};
    if (fm_board_check_owner(fm_bind_hold(L, 1, &fm_bind_board_type), &err))
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int board_save(lua_State *L)
{
    lua_settop(L, 2);
    fm_board *b = fm_bind_hold(L, 1, &fm_bind_board_type);
    const char *keep = NULL;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        keep = fm_bind_row_text(L, 2, "keep");
    }
    fm_error err = {0};
    void **slot = fm_bind_box(L, free_log);
    fm_edit_log *skipped = *slot = calloc(1, sizeof *skipped);
    if (!skipped)
        return fm_bind_no_memory(L);
    if (fm_board_save(b, keep, skipped, &err))
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 1);
    push_skipped(L, skipped);
    lua_setfield(L, -2, "skipped");
    return 1;
}

const luaL_Reg fm_bind_board_edit_methods[] = {
    {"append", board_append},
    {"check_owner", board_check_owner},
    {"dirty", board_dirty},
    {"remove", board_remove},
    {"save", board_save},
    {"set", board_set},
    {NULL, NULL},
};
