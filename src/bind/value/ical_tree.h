/**
 * @file ical_tree.h
 * iCalendar components as Lua tables: { name=, properties = { {name=, value=, params=}, … }, components = {…} }.
 */
#ifndef FM_BIND_VALUE_ICAL_TREE_H
#define FM_BIND_VALUE_ICAL_TREE_H

#include "core/ical/ical.h"
#include <lua.h>

/** Pushes a table with the parameters of a property: strings, or arrays of them for several values; nil for none. [-0,
 * +1, m] */
void fm_bind_push_params(lua_State *L, fm_span params);

/** Pushes the component that begins at `begin`, with what it holds. [-0, +1, m] */
void fm_bind_push_component(lua_State *L, const fm_ical *doc, size_t begin);

/**
 * Appends the parameters in the table at `index` (absolute; nil: none), sorted by name. Raises for wrong types.
 * @return FM_OK, or FM_EINVAL for what cannot stand in a line [-0, +0, v]
 */
fm_status fm_bind_add_params(lua_State *L, int index, fm_buf *out, fm_error *err);

/** Appends the component in the table at `index` (absolute), CR LF line ends. As fm_bind_add_params(). [-0, +0, v] */
fm_status fm_bind_add_component(lua_State *L, int index, fm_buf *out, fm_error *err);

#endif
