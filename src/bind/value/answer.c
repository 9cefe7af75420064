#include "bind/value/answer.h"
#include "bind/base/bind.h"

#include <stdlib.h>

int fm_bind_done(lua_State *L, fm_status status, const fm_error *err)
{
    if (status)
        return fm_bind_fail(L, err);
    lua_pushboolean(L, 1);
    return 1;
}

void fm_bind_free_cursor(void *cursor)
{
    fm_cursor_free(cursor);
}

/*
 * Answers with all rows of a cursor in an array, or with the first one or nil. `slot` is the box on top
 * of the stack that owns it.
 */
static int push_rows(lua_State *L, void **slot, fm_bind_push_row push, bool all)
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

int fm_bind_answer(lua_State *L, void **slot, fm_cursor *cursor, fm_status status, const fm_error *err,
                   fm_bind_push_row push, bool all)
{
    *slot = cursor;
    return status ? fm_bind_fail(L, err) : push_rows(L, slot, push, all);
}

fm_status fm_bind_push_name(lua_State *L, fm_cursor *cursor, fm_error *err)
{
    const char *name;
    fm_status status = fm_names_next(cursor, &name, err);
    if (status == FM_PENDING)
        lua_pushstring(L, name);
    return status;
}

int fm_bind_answer_bytes(lua_State *L, void **slot, size_t len, fm_status status, const fm_error *err)
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
