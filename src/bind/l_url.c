/* Lua module fmcal.url: core/url.h. No userdata, owns nothing. */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_url(lua_State *L);

#define TEXT_MAX_BYTES ((size_t)1 << 20)

static void clear_url(void *url)
{
    fm_url_clear(url);
    free(url);
}

/* Pushes a box that owns a parsed URL; NULL where `text` is none. [-0, +1, v] */
static fm_url *push_url(lua_State *L, const char *text, fm_error *err)
{
    void **slot = fm_bind_box(L, clear_url);
    fm_url *url = *slot = calloc(1, sizeof *url);
    if (!url)
        fm_bind_no_memory(L);
    return fm_url_parse(url, text, err) ? NULL : url;
}

/* Pushes a C string that `slot` owns. [-0, +1, m] */
static int push_owned(lua_State *L, void **slot)
{
    lua_pushstring(L, *slot);
    return 1;
}

static int url_parse(lua_State *L)
{
    fm_error err = {0};
    const fm_url *url = push_url(L, fm_bind_check_text(L, 1), &err);
    if (!url)
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 5);
    lua_pushstring(L, url->scheme);
    lua_setfield(L, -2, "scheme");
    lua_pushstring(L, url->host);
    lua_setfield(L, -2, "host");
    lua_pushinteger(L, url->port);
    lua_setfield(L, -2, "port");
    lua_pushstring(L, url->path);
    lua_setfield(L, -2, "path");
    lua_pushstring(L, url->query);
    lua_setfield(L, -2, "query");
    return 1;
}

static int url_resolve(lua_State *L)
{
    const char *base = fm_bind_check_text(L, 1), *reference = fm_bind_check_text(L, 2);
    fm_error err = {0};
    char *resolved;
    void **slot = fm_bind_box(L, free);
    fm_status status = fm_url_resolve(&resolved, base, reference, &err);
    *slot = resolved;
    return status ? fm_bind_fail(L, &err) : push_owned(L, slot);
}

static int url_canonical_path(lua_State *L)
{
    const char *text = fm_bind_check_text(L, 1);
    fm_error err = {0};
    char *path;
    void **slot = fm_bind_box(L, free);
    fm_status status = fm_url_canonical_path(&path, text, &err);
    *slot = path;
    return status ? fm_bind_fail(L, &err) : push_owned(L, slot);
}

/* Answers a question about two URLs. */
static int compare(lua_State *L, bool (*question)(const fm_url *, const fm_url *))
{
    fm_error err = {0};
    const char *first = fm_bind_check_text(L, 1), *second = fm_bind_check_text(L, 2);
    const fm_url *a = push_url(L, first, &err);
    const fm_url *b = a ? push_url(L, second, &err) : NULL;
    if (!b)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, question(a, b));
    return 1;
}

static int url_same_origin(lua_State *L)
{
    return compare(L, fm_url_same_origin);
}

static int url_same_site(lua_State *L)
{
    return compare(L, fm_url_same_site);
}

static int url_trusts(lua_State *L)
{
    return compare(L, fm_url_trusts);
}

static int url_is_loopback(lua_State *L)
{
    lua_pushboolean(L, fm_url_is_loopback(luaL_checkstring(L, 1)));
    return 1;
}

static int convert(lua_State *L, fm_status (*conversion)(fm_buf *, const char *, size_t))
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_buf *out = fm_bind_push_buf(L, TEXT_MAX_BYTES);
    if (conversion(out, text, len))
        return luaL_error(L, "the text is too long");
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static int url_encode(lua_State *L)
{
    return convert(L, fm_url_encode);
}

static int url_decode(lua_State *L)
{
    return convert(L, fm_url_decode);
}

/* Appends "&name=value" for the pair whose name is at `name` and whose value is at `name` + 1. [-0, +0, v] */
static void add_pair(lua_State *L, fm_buf *out, int name)
{
    size_t name_len, value_len;
    luaL_argcheck(L, lua_type(L, name) == LUA_TSTRING, 1, "names must be strings");
    if (lua_isboolean(L, name + 1)) {
        lua_pushstring(L, lua_toboolean(L, name + 1) ? "true" : "false");
        lua_replace(L, name + 1);
    }
    luaL_argcheck(L, lua_isstring(L, name + 1), 1, "values must be strings, numbers or booleans");
    const char *name_text = lua_tolstring(L, name, &name_len), *value_text = lua_tolstring(L, name + 1, &value_len);
    if (out->len)
        fm_buf_addc(out, '&');
    fm_url_encode(out, name_text, name_len);
    fm_buf_addc(out, '=');
    fm_url_encode(out, value_text, value_len);
}

/* Pushes the names of the table at 1, sorted. [-0, +1, v] */
static void push_sorted_names(lua_State *L)
{
    lua_newtable(L);
    int names = lua_gettop(L);
    lua_Integer count = 0;
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "names must be strings");
        lua_pushvalue(L, -1);
        lua_rawseti(L, names, ++count);
    }
    /* Insertion sort: a query has a handful of names. */
    for (lua_Integer i = 2; i <= count; i++)
        for (lua_Integer k = i; k > 1; k--) {
            lua_rawgeti(L, names, k - 1);
            lua_rawgeti(L, names, k);
            if (!lua_compare(L, -1, -2, LUA_OPLT)) {
                lua_pop(L, 2);
                break;
            }
            lua_rawseti(L, names, k - 1);
            lua_rawseti(L, names, k);
        }
}

static int url_query(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    fm_buf *out = fm_bind_push_buf(L, TEXT_MAX_BYTES);
    push_sorted_names(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 3);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 3, i);
        lua_pushvalue(L, -1);
        lua_gettable(L, 1);
        add_pair(L, out, lua_gettop(L) - 1);
        lua_pop(L, 2);
    }
    if (out->status)
        return luaL_error(L, "the query is too long");
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static const luaL_Reg url_functions[] = {
    {"canonical_path", url_canonical_path},
    {"decode", url_decode},
    {"encode", url_encode},
    {"is_loopback", url_is_loopback},
    {"parse", url_parse},
    {"query", url_query},
    {"resolve", url_resolve},
    {"same_origin", url_same_origin},
    {"same_site", url_same_site},
    {"trusts", url_trusts},
    {NULL, NULL},
};

int luaopen_fmcal_url(lua_State *L)
{
    luaL_newlib(L, url_functions);
    return 1;
}
