#include "bind/value/options.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/value/members.h"
#include "bind/value/secret.h"
#include "util/buf.h"

#include <string.h>

#define NAME_MAX_BYTES 256
#define DEPTH_MAX      8

static void release_options(void *options)
{
    fm_options_free(options);
}

static void check_set(lua_State *L, fm_status status)
{
    if (status)
        fm_bind_no_memory(L);
}

static void set_string(lua_State *L, fm_options *options, const char *name)
{
    size_t len;
    const char *value = lua_tolstring(L, -1, &len);
    if (fm_bind_is_secret_setting(name)) {
        fm_secret *secret = fm_secret_new(value, len);
        fm_status status = secret ? fm_options_set_secret(options, name, secret) : FM_ENOMEM;
        fm_secret_unref(secret);
        check_set(L, status);
        return;
    }
    if (strlen(value) != len)
        luaL_error(L, "option '%s' holds a zero byte", name);
    check_set(L, fm_options_set_string(options, name, value));
}

static void set_number(lua_State *L, fm_options *options, const char *name)
{
    int whole;
    lua_Integer value = lua_tointegerx(L, -1, &whole);
    if (!whole)
        luaL_error(L, "option '%s' must be a whole number", name);
    check_set(L, fm_options_set_int(options, name, value));
}

static void set_userdata(lua_State *L, fm_options *options, const char *name)
{
    fm_secret *secret = fm_bind_to_secret(L, -1);
    if (!secret)
        luaL_error(L, "option '%s' has no usable value (%s)", name, luaL_typename(L, -1));
    check_set(L, fm_options_set_secret(options, name, secret));
}

/* The part of a name that a key makes: camelCase as snake_case, a number as it is. */
static void add_key(lua_State *L, fm_buf *name)
{
    if (lua_type(L, -2) == LUA_TNUMBER) {
        fm_buf_addf(name, "%lld", (long long)lua_tointeger(L, -2));
        return;
    }
    fm_bind_add_snake_case(name, lua_tostring(L, -2));
}

static void read_table(lua_State *L, int index, fm_options *options, const char *prefix, int depth);

/* The value is on top of the stack. */
static void read_value(lua_State *L, fm_options *options, const char *name, int depth)
{
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        set_string(L, options, name);
        break;
    case LUA_TNUMBER:
        set_number(L, options, name);
        break;
    case LUA_TBOOLEAN:
        check_set(L, fm_options_set_bool(options, name, lua_toboolean(L, -1)));
        break;
    case LUA_TUSERDATA:
        set_userdata(L, options, name);
        break;
    case LUA_TTABLE:
        read_table(L, lua_gettop(L), options, name, depth + 1);
        break;
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, -1))
            break; /* json.null */
        /* fallthrough */
    default:
        luaL_error(L, "option '%s' cannot be a %s", name, luaL_typename(L, -1));
    }
}

static void read_table(lua_State *L, int index, fm_options *options, const char *prefix, int depth)
{
    if (depth > DEPTH_MAX)
        luaL_error(L, "option '%s' is nested too deeply", prefix);
    luaL_checkstack(L, 4, "options");
    lua_pushnil(L);
    while (lua_next(L, index)) {
        int key = lua_type(L, -2);
        if (key != LUA_TSTRING && !(key == LUA_TNUMBER && lua_isinteger(L, -2)))
            luaL_error(L, "names of options are strings, not a %s", lua_typename(L, key));
        char text[NAME_MAX_BYTES + 1];
        fm_buf name;
        fm_buf_init(&name, NAME_MAX_BYTES);
        fm_buf_adds(&name, prefix);
        if (*prefix)
            fm_buf_addc(&name, '.');
        add_key(L, &name);
        fm_status status = name.status;
        memcpy(text, name.data, name.len + 1);
        fm_buf_free(&name); /* nothing is owned across what follows */
        if (status)
            luaL_error(L, "the name of an option under '%s' is too long", prefix);
        read_value(L, options, text, depth);
        lua_pop(L, 1);
    }
}

fm_options *fm_bind_new_options(lua_State *L, int index)
{
    void **slot = fm_bind_box(L, release_options);
    fm_options *options = fm_options_new();
    *slot = options;
    if (!options)
        fm_bind_no_memory(L);
    if (lua_isnoneornil(L, index))
        return options;
    luaL_checktype(L, index, LUA_TTABLE);
    read_table(L, index, options, "", 0);
    return options;
}
