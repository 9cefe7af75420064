#include "bind/value/ical_tree.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "bind/value/json.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

/* As deep as components are read; deeper tables have a loop in them or mean harm. */
enum { MAX_DEPTH = 16, MAX_PARAMS_BYTES = 1 << 20 };

static const char eol[] = "\r\n";

/* ------------------------------------------------------------------ to Lua */

/* Names are the same in any case; here they are always in capitals. */
static void push_name(lua_State *L, fm_span name)
{
    luaL_Buffer buffer;
    char *at = luaL_buffinitsize(L, &buffer, name.len);
    for (size_t i = 0; i < name.len; i++)
        at[i] = (char)toupper((unsigned char)name.at[i]);
    luaL_pushresultsize(&buffer, name.len);
}

static void push_param_values(lua_State *L, fm_span values)
{
    fm_span value;
    size_t at = 0;
    fm_ical_next_param_value(values, &at, &value);
    lua_pushlstring(L, value.at, value.len);
    if (at > values.len)
        return;
    lua_createtable(L, 2, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 1);
    for (lua_Integer i = 2; fm_ical_next_param_value(values, &at, &value); i++) {
        lua_pushlstring(L, value.at, value.len);
        lua_rawseti(L, -2, i);
    }
}

void fm_bind_push_params(lua_State *L, fm_span params)
{
    if (!params.len) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 2);
    fm_span name, values;
    for (size_t at = 0; fm_ical_next_param(params, &at, &name, &values);) {
        push_name(L, name);
        push_param_values(L, values);
        lua_rawset(L, -3);
    }
}

static void push_property(lua_State *L, const fm_ical_line *line)
{
    lua_createtable(L, 0, 3);
    push_name(L, line->parts.name);
    lua_setfield(L, -2, "name");
    fm_bind_set_bytes(L, "value", line->parts.value.at, line->parts.value.len);
    fm_bind_push_params(L, line->parts.params);
    lua_setfield(L, -2, "params");
}

void fm_bind_push_component(lua_State *L, const fm_ical *doc, size_t begin)
{
    luaL_checkstack(L, 8, "components within one another");
    lua_createtable(L, 0, 3);
    push_name(L, fm_ical_at(doc, begin)->parts.value);
    lua_setfield(L, -2, "name");
    lua_newtable(L);
    lua_Integer count = 0;
    for (size_t at = FM_ICAL_NONE; (at = fm_ical_find_property(doc, begin, at, NULL)) != FM_ICAL_NONE;) {
        push_property(L, fm_ical_at(doc, at));
        lua_rawseti(L, -2, ++count);
    }
    lua_setfield(L, -2, "properties");
    lua_newtable(L);
    count = 0;
    for (size_t at = FM_ICAL_NONE; (at = fm_ical_find_component(doc, begin, at, NULL)) != FM_ICAL_NONE;) {
        fm_bind_push_component(L, doc, at);
        lua_rawseti(L, -2, ++count);
    }
    lua_setfield(L, -2, "components");
}

/* ------------------------------------------------------------------ from Lua */

/* The string on top of the stack; raises for anything else. Borrowed while it is on the stack. */
static fm_span check_text(lua_State *L, const char *what)
{
    fm_span text;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "%s must be a string, not a %s", what, luaL_typename(L, -1));
    text.at = lua_tolstring(L, -1, &text.len);
    return text;
}

/* Pushes an array of the string keys of the table at `index`, sorted. [-0, +1, v] */
static lua_Integer push_sorted_keys(lua_State *L, int index)
{
    lua_Integer count = 0;
    lua_newtable(L);
    int keys = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "the name of a parameter must be a string, not a %s", luaL_typename(L, -2));
        lua_Integer at = ++count;
        const char *name = lua_tostring(L, -2);
        for (; at > 1; at--) { /* few parameters: each is moved to its place */
            lua_rawgeti(L, keys, at - 1);
            int stop = strcmp(lua_tostring(L, -1), name) <= 0;
            if (stop) {
                lua_pop(L, 1);
                break;
            }
            lua_rawseti(L, keys, at);
        }
        lua_pushvalue(L, -2);
        lua_rawseti(L, keys, at);
    }
    return count;
}

/* Appends one parameter; its value or array of values is on top of the stack. */
static fm_status add_param(lua_State *L, fm_buf *out, const char *name, fm_error *err)
{
    if (lua_type(L, -1) != LUA_TTABLE)
        return fm_ical_add_param(out, name, check_text(L, name), err);
    fm_status status = FM_OK;
    lua_Integer count = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= count && !status; i++) {
        lua_rawgeti(L, -1, i);
        fm_span value = check_text(L, name);
        status = i == 1 ? fm_ical_add_param(out, name, value, err) : fm_ical_add_param_value(out, value, err);
        lua_pop(L, 1);
    }
    return status;
}

fm_status fm_bind_add_params(lua_State *L, int index, fm_buf *out, fm_error *err)
{
    if (lua_isnil(L, index))
        return FM_OK;
    if (!lua_istable(L, index))
        luaL_error(L, "params must be a table, not a %s", luaL_typename(L, index));
    lua_Integer count = push_sorted_keys(L, index);
    int keys = lua_gettop(L);
    fm_status status = FM_OK;
    for (lua_Integer i = 1; i <= count && !status; i++) {
        lua_rawgeti(L, keys, i);
        const char *name = lua_tostring(L, -1);
        lua_pushvalue(L, -1);
        lua_rawget(L, index);
        status = add_param(L, out, name, err);
        lua_pop(L, 2);
    }
    lua_settop(L, keys - 1);
    return status;
}

static fm_status add_property(lua_State *L, int index, fm_buf *out, fm_error *err)
{
    if (!lua_istable(L, index))
        luaL_error(L, "a property must be a table, not a %s", luaL_typename(L, index));
    int top = lua_gettop(L);
    lua_getfield(L, index, "name");
    fm_span name = check_text(L, "the name of a property");
    lua_getfield(L, index, "value");
    fm_span value = check_text(L, "the value of a property");
    fm_buf *params = fm_bind_push_buf(L, MAX_PARAMS_BYTES);
    lua_getfield(L, index, "params");
    fm_status status = fm_bind_add_params(L, lua_gettop(L), params, err);
    if (!status)
        status = fm_ical_add_line(out, name, (fm_span){params->data, params->len}, value, eol, err);
    lua_settop(L, top);
    return status;
}

static fm_status add_component(lua_State *L, int index, fm_buf *out, int depth, fm_error *err);

/* Appends every element of the array in the member `list` of the table at `index`. */
static fm_status add_all(lua_State *L, int index, const char *list, fm_buf *out, int depth, fm_error *err)
{
    fm_status status = FM_OK;
    int type = lua_getfield(L, index, list), array = lua_gettop(L);
    if (type != LUA_TNIL && type != LUA_TTABLE)
        luaL_error(L, "%s must be an array, not a %s", list, lua_typename(L, type));
    lua_Integer count = type == LUA_TNIL ? 0 : luaL_len(L, array);
    for (lua_Integer i = 1; i <= count && !status; i++) {
        lua_rawgeti(L, array, i);
        status = *list == 'p' ? add_property(L, array + 1, out, err) : add_component(L, array + 1, out, depth, err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return status;
}

static fm_status add_component(lua_State *L, int index, fm_buf *out, int depth, fm_error *err)
{
    const fm_span none = {"", 0};
    luaL_checkstack(L, 16, "components within one another");
    if (!lua_istable(L, index))
        luaL_error(L, "a component must be a table, not a %s", luaL_typename(L, index));
    if (depth == MAX_DEPTH)
        return fm_error_set(err, FM_ELIMIT, "ical", "components are more than %d deep", MAX_DEPTH);
    lua_getfield(L, index, "name");
    fm_span name = check_text(L, "the name of a component");
    if (!fm_ical_is_name(name))
        return fm_error_set(err, FM_EINVAL, "ical", "\"%.*s\" is no component name: use letters, digits and -",
                            (int)(name.len < 60 ? name.len : 60), name.at);
    fm_status status = fm_ical_add_line(out, fm_span_of("BEGIN"), none, name, eol, err);
    if (!status)
        status = add_all(L, index, "properties", out, depth, err);
    if (!status)
        status = add_all(L, index, "components", out, depth + 1, err);
    if (!status)
        status = fm_ical_add_line(out, fm_span_of("END"), none, name, eol, err);
    lua_pop(L, 1);
    return status;
}

fm_status fm_bind_add_component(lua_State *L, int index, fm_buf *out, fm_error *err)
{
    int top = lua_gettop(L);
    fm_status status = add_component(L, index, out, 0, err);
    lua_settop(L, top);
    return status;
}
