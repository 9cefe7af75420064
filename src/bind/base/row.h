/**
 * @file row.h
 * Texts that C reads, and rows between Lua and C: tables with text, bytes, numbers and booleans as members.
 *
 * C text ends at a zero byte: one within a Lua string would make two keys equal, so it raises.
 */
#ifndef FM_BIND_BASE_ROW_H
#define FM_BIND_BASE_ROW_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/** The string at `index` as C sees it; raises where a zero byte would cut it short. [-0, +0, v] */
const char *fm_bind_text(lua_State *L, int index);
/** A text argument. [-0, +0, v] */
const char *fm_bind_check_text(lua_State *L, int index);
/** A text argument, NULL for none or nil. [-0, +0, v] */
const char *fm_bind_opt_text(lua_State *L, int index);

/**
 * A text member of the table at `index` (absolute), NULL where it is absent. The value stays on the stack, which
 * keeps it alive whatever metatable made it. [-0, +1, v]
 */
const char *fm_bind_row_text(lua_State *L, int index, const char *name);
/** As fm_bind_row_text(), and raises where it is absent. [-0, +1, v] */
const char *fm_bind_row_required(lua_State *L, int index, const char *name);
/** A member of any bytes, NULL where it is absent; it stays on the stack. [-0, +1, v] */
const char *fm_bind_row_bytes(lua_State *L, int index, const char *name, size_t *len);

/** A whole number, or a boolean, of the table at `index` (absolute); wrong types raise, naming the member. [-0, +0, v]
 */
lua_Integer fm_bind_row_integer(lua_State *L, int index, const char *name, lua_Integer fallback);
bool fm_bind_row_boolean(lua_State *L, int index, const char *name, bool fallback);

/** Sets a member of the table on top of the stack; NULL leaves it out. [-0, +0, m] */
void fm_bind_set_text(lua_State *L, const char *name, const char *value);
void fm_bind_set_bytes(lua_State *L, const char *name, const char *value, size_t len);
void fm_bind_set_boolean(lua_State *L, const char *name, bool value);
void fm_bind_set_integer(lua_State *L, const char *name, lua_Integer value);

#endif
