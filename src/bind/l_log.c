/* Lua module fmcal.log: lines into env->log through util/log.h. No userdata. */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "util/log.h"
#include "util/redact.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_log(lua_State *L);

static const char *const level_names[] = {"error", "warn", "info", "debug", "trace", NULL};

/* Whether the first of several arguments is a domain: one bare word, which is no format. */
static int has_domain(lua_State *L)
{
    if (lua_gettop(L) < 2 || lua_type(L, 1) != LUA_TSTRING || lua_type(L, 2) != LUA_TSTRING)
        return 0;
    const char *word = lua_tostring(L, 1);
    return *word && !strpbrk(word, "% \t\n");
}

/* Upvalues: the level, string.format. The line is made only where the level is on. */
static int write_line(lua_State *L)
{
    fm_log_level level = (fm_log_level)lua_tointeger(L, lua_upvalueindex(1));
    const fm_env *env = &fm_bind_get(L)->env;
    const char *domain = "lua";
    int format = 1;
    if (has_domain(L)) {
        domain = lua_tostring(L, 1);
        format = 2;
    }
    luaL_checkstring(L, format);
    if (!fm_log_on(env, level))
        return 0;
    if (lua_gettop(L) > format) {
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_insert(L, format);
        lua_call(L, lua_gettop(L) - format, 1);
    }
    size_t len;
    const char *text = lua_tolstring(L, format, &len);
    fm_log_text(env, level, domain, text, len);
    return 0;
}

static int log_enabled(lua_State *L)
{
    fm_log_level level = (fm_log_level)luaL_checkoption(L, 1, NULL, level_names);
    lua_pushboolean(L, fm_log_on(&fm_bind_get(L)->env, level));
    return 1;
}

static int log_level(lua_State *L)
{
    fm_bind_context *context = fm_bind_get(L);
    lua_pushstring(L, fm_log_level_name(context->env.log_level));
    if (!lua_isnoneornil(L, 1))
        context->env.log_level = (fm_log_level)luaL_checkoption(L, 1, NULL, level_names);
    return 1;
}

/* Most bytes of a text that is masked, and of what it becomes: an escape is four times as long as what it stands for.
 */
#define MASKED_MAX ((size_t)16 << 20)

static int log_masked(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_buf out;
    fm_buf_init(&out, MASKED_MAX);
    void **slot = fm_bind_box(L, free);
    fm_status status = fm_redact_text(fm_bind_get(L)->env.redact, &out, text, len);
    *slot = status ? NULL : fm_buf_take(&out, &len);
    fm_buf_free(&out);
    if (!*slot)
        return luaL_error(L, "memory ran out while a text was masked");
    lua_pushlstring(L, *slot, len);
    return 1;
}

static const luaL_Reg log_functions[] = {
    {"enabled", log_enabled},
    {"level", log_level},
    {"masked", log_masked},
    {NULL, NULL},
};

int luaopen_fmcal_log(lua_State *L)
{
    luaL_newlib(L, log_functions);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, LUA_STRLIBNAME);
    if (lua_isnil(L, -1))
        return luaL_error(L, "fmcal.log needs the string library");
    lua_getfield(L, -1, "format");
    for (int i = 0; level_names[i]; i++) {
        lua_pushinteger(L, i);
        lua_pushvalue(L, -2);
        lua_pushcclosure(L, write_line, 2);
        lua_setfield(L, -5, level_names[i]);
    }
    lua_pop(L, 3);
    return 1;
}
