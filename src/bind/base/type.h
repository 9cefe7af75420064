/**
 * @file type.h
 * Metatables of userdata.
 */
#ifndef FM_BIND_BASE_TYPE_H
#define FM_BIND_BASE_TYPE_H

#include <lauxlib.h>
#include <lua.h>

/** Makes the metatable of a userdata type from its methods and metamethods. [-0, +0, m] */
void fm_bind_make_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta);
/** Adds methods to those of a type. [-0, +0, m] */
void fm_bind_add_methods(lua_State *L, const char *name, const luaL_Reg *methods);
/**
 * Gives the value on top of the stack the metatable of an opaque type, which has no methods and which Lua code cannot
 * look at; made from its metamethods at the first need. [-0, +0, m]
 */
void fm_bind_set_type(lua_State *L, const char *name, const luaL_Reg *meta);

#endif
