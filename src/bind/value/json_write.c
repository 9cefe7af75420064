#include "bind/value/json.h"
#include "core/json/value.h"

#include <stdlib.h>
#include <string.h>

typedef struct writer {
    lua_State *L;
    fm_buf *out;
    unsigned depth, max_depth;
    bool sort;
    fm_error *err;
} writer;

static fm_status refuse(writer *w, const char *what)
{
    return fm_error_set(w->err, FM_EINVAL, "json", "%s", what);
}

/* The status of the buffer, described. */
static fm_status written(writer *w)
{
    if (!w->out->status)
        return FM_OK;
    return fm_error_set(w->err, w->out->status, "json",
                        w->out->status == FM_ELIMIT ? "the text would be larger than allowed" : "memory ran out");
}

static fm_status add_value(writer *w);

/* Whether the keys of the table on top are 1 to n and nothing else; `n` is its length. */
static bool is_sequence(lua_State *L, lua_Unsigned n)
{
    lua_Unsigned count = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        if (!lua_isinteger(L, -1) || (lua_Unsigned)lua_tointeger(L, -1) - 1 >= n) {
            lua_pop(L, 1);
            return false;
        }
        count++;
    }
    return count == n;
}

static bool is_marked(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return false;
    luaL_getmetatable(L, FM_BIND_JSON_ARRAY);
    bool marked = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return marked;
}

static fm_status add_array(writer *w, lua_Unsigned n)
{
    lua_State *L = w->L;
    if (!is_sequence(L, n))
        return refuse(w, "a list must have the keys 1 to n and no others");
    fm_buf_addc(w->out, '[');
    for (lua_Unsigned i = 1; i <= n; i++) {
        if (i > 1)
            fm_buf_addc(w->out, ',');
        lua_rawgeti(L, -1, (lua_Integer)i);
        fm_status status = add_value(w);
        lua_pop(L, 1);
        if (status) {
            fm_error_prefix(w->err, "[%llu]", (unsigned long long)i);
            return status;
        }
    }
    fm_buf_addc(w->out, ']');
    return written(w);
}

/* Writes the member whose name and value are on top of the stack. [-0, +0] */
static fm_status add_member(writer *w, bool first)
{
    lua_State *L = w->L;
    if (lua_type(L, -2) != LUA_TSTRING)
        return refuse(w, "a table must have names or the keys 1 to n, not both");
    size_t len;
    const char *name = lua_tolstring(L, -2, &len);
    if (!first)
        fm_buf_addc(w->out, ',');
    fm_status status = fm_json_add_string(w->out, name, len);
    if (status == FM_EINVAL)
        return refuse(w, "a member's name is not UTF-8");
    fm_buf_addc(w->out, ':');
    status = add_value(w);
    if (status)
        fm_error_prefix(w->err, "%s", name);
    return status;
}

static fm_status add_members(writer *w)
{
    bool first = true;
    lua_pushnil(w->L);
    for (; lua_next(w->L, -2); first = false) {
        fm_status status = add_member(w, first);
        lua_pop(w->L, 1);
        if (status) {
            lua_pop(w->L, 1);
            return status;
        }
    }
    return FM_OK;
}

typedef struct sort_name {
    const char *bytes;
    size_t len;
    int index; /* of the name on the stack */
} sort_name;

static int compare_names(const void *a, const void *b)
{
    const sort_name *left = a, *right = b;
    size_t shorter = left->len < right->len ? left->len : right->len;
    int order = memcmp(left->bytes, right->bytes, shorter);
    return order ? order : (left->len > right->len) - (left->len < right->len);
}

/* Pushes the names of the table on top, which keeps them whatever a finaliser does to the table meanwhile. False where
 * a key is no string. [-0, +count] */
static bool push_names(lua_State *L, int *count)
{
    int table = lua_gettop(L);
    bool are_names = true;
    *count = 0;
    lua_pushnil(L);
    while (are_names && lua_next(L, table)) {
        lua_pop(L, 1);
        luaL_checkstack(L, 10, "an object has too many members");
        are_names = lua_type(L, -1) == LUA_TSTRING;
        lua_pushvalue(L, -1); /* one stays, the other one finds the next */
        ++*count;
    }
    lua_settop(L, table + *count);
    return are_names;
}

/* Pushes the sorted list of the `count` names on top. [-0, +1] */
static const sort_name *push_sorted(lua_State *L, int count)
{
    int first = lua_gettop(L) - count + 1;
    sort_name *names = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *names, 0);
    for (int i = 0; i < count; i++) {
        names[i].index = first + i;
        names[i].bytes = lua_tolstring(L, first + i, &names[i].len);
    }
    qsort(names, (size_t)count, sizeof *names, compare_names);
    return names;
}

static fm_status add_sorted_members(writer *w)
{
    lua_State *L = w->L;
    int table = lua_gettop(L), count;
    if (!push_names(L, &count)) {
        lua_settop(L, table);
        return refuse(w, "a table must have names or the keys 1 to n, not both");
    }
    const sort_name *names = push_sorted(L, count);
    fm_status status = FM_OK;
    for (int i = 0; i < count && !status; i++) {
        lua_pushvalue(L, names[i].index);
        lua_pushvalue(L, names[i].index);
        lua_rawget(L, table);
        status = add_member(w, i == 0);
        lua_pop(L, 2);
    }
    lua_settop(L, table);
    return status;
}

static fm_status add_object(writer *w)
{
    fm_buf_addc(w->out, '{');
    fm_status status = w->sort ? add_sorted_members(w) : add_members(w);
    fm_buf_addc(w->out, '}');
    return status ? status : written(w);
}

static fm_status add_table(writer *w)
{
    if (w->depth == w->max_depth)
        return fm_error_set(w->err, FM_ELIMIT, "json", "the table is nested too deeply, or contains itself");
    luaL_checkstack(w->L, 10, "the table is nested too deeply");
    w->depth++;
    lua_Unsigned n = lua_rawlen(w->L, -1);
    fm_status status = n || is_marked(w->L) ? add_array(w, n) : add_object(w);
    w->depth--;
    return status;
}

static fm_status add_string(writer *w)
{
    size_t len;
    const char *bytes = lua_tolstring(w->L, -1, &len);
    if (fm_json_add_string(w->out, bytes, len) == FM_EINVAL)
        return refuse(w, "the string is not UTF-8");
    return written(w);
}

static fm_status add_number(writer *w)
{
    if (lua_isinteger(w->L, -1))
        fm_json_add_integer(w->out, lua_tointeger(w->L, -1));
    else if (fm_json_add_real(w->out, lua_tonumber(w->L, -1)) == FM_EINVAL)
        return refuse(w, "JSON has neither NaN nor infinity");
    return written(w);
}

/* Writes the value on top of the stack. [-0, +0] */
static fm_status add_value(writer *w)
{
    lua_State *L = w->L;
    switch (lua_type(L, -1)) {
    case LUA_TTABLE:
        return add_table(w);
    case LUA_TSTRING:
        return add_string(w);
    case LUA_TNUMBER:
        return add_number(w);
    case LUA_TBOOLEAN:
        fm_buf_adds(w->out, lua_toboolean(L, -1) ? "true" : "false");
        return written(w);
    case LUA_TNIL:
        fm_buf_adds(w->out, "null");
        return written(w);
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, -1)) {
            fm_buf_adds(w->out, "null");
            return written(w);
        }
        break;
    default:
        break;
    }
    return fm_error_set(w->err, FM_EINVAL, "json", "a %s cannot be written as JSON", luaL_typename(L, -1));
}

fm_status fm_bind_add_json(lua_State *L, int index, fm_buf *out, const fm_bind_json_writing *writing, fm_error *err)
{
    unsigned depth = writing && writing->max_depth ? writing->max_depth : FM_JSON_DEPTH;
    writer w = {.L = L,
                .out = out,
                .max_depth = depth < FM_JSON_DEPTH_LIMIT ? depth : FM_JSON_DEPTH_LIMIT,
                .sort = writing && writing->sort,
                .err = err};
    lua_pushvalue(L, index);
    fm_status status = add_value(&w);
    lua_pop(L, 1);
    return status;
}
