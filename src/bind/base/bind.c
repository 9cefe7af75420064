#include "bind/base/bind.h"
#include "core/http/http.h"
#include "util/redact.h"

#include <string.h>

static const char context_key = 0;
static int context_gc(lua_State *L)
{
    fm_bind_context *context = lua_touserdata(L, 1);
    fm_http_free(context->http);
    context->http = NULL;
    fm_secret_unref(context->master_key);
    fm_secret_unref(context->old_master_key);
    context->master_key = context->old_master_key = NULL;
    fm_redact_free(context->redact);
    if (context->env.redact == context->redact)
        context->env.redact = NULL;
    context->redact = NULL;
    return 0;
}

void fm_bind_setup(lua_State *L, const fm_env *env)
{
    fm_bind_context *context = lua_newuserdatauv(L, sizeof *context, 0);
    memset(context, 0, sizeof *context);
    fm_env_default(&context->env);
    if (env) {
        fm_env given = *env;
        if (!given.now_us)
            given.now_us = context->env.now_us;
        if (!given.monotonic_ms)
            given.monotonic_ms = context->env.monotonic_ms;
        if (!given.random)
            given.random = context->env.random;
        if (!given.sleep_ms)
            given.sleep_ms = context->env.sleep_ms;
        if (!given.log)
            given.log = context->env.log;
        context->env = given;
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, context_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);
    if (context->env.redact)
        return;
    context->env.redact = context->redact = fm_redact_new();
    if (!context->redact)
        fm_bind_no_memory(L);
}

fm_bind_context *fm_bind_get(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
    fm_bind_context *context = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (!context)
        luaL_error(L, "fmcal is not set up in this Lua state: require \"fmcal\" first");
    return context;
}

int fm_bind_no_memory(lua_State *L)
{
    for (;;) /* luaL_error never returns, but is not declared so */
        luaL_error(L, "memory ran out");
}

struct fm_http *fm_bind_http(lua_State *L)
{
    fm_bind_context *context = fm_bind_get(L);
    if (!context->http && fm_http_new(&context->http, &context->env, NULL))
        fm_bind_no_memory(L);
    return context->http;
}

static int error_tostring(lua_State *L)
{
    lua_getfield(L, 1, "message");
    return 1;
}

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
    if (!value)
        return;
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

int fm_bind_take_interrupt(lua_State *L)
{
    volatile int *flag = fm_bind_get(L)->env.interrupted;
    if (!flag || !*flag)
        return 0;
    *flag = 0;
    return 1;
}

/* An escape is at most four times as long as what it stands for, a mask at most twice. */
#define SHOWN_MAX (4 * FM_ERROR_MESSAGE_MAX)

/* Pushes a message as a log line would show it: should it hold a secret after all, that is masked. */
static void push_message(lua_State *L, const char *message)
{
    char shown[SHOWN_MAX];
    fm_buf out;
    fm_buf_init(&out, sizeof shown - 1);
    fm_status status = fm_redact_text(fm_bind_get(L)->env.redact, &out, message, strlen(message));
    size_t len = out.len;
    memcpy(shown, out.data, len);
    fm_buf_free(&out); /* before anything that may raise */
    if (status == FM_OK)
        lua_pushlstring(L, shown, len);
    else
        lua_pushliteral(L, "memory ran out while an error was described");
}

void fm_bind_push_error(lua_State *L, const fm_error *err)
{
    lua_createtable(L, 0, 8);
    lua_pushstring(L, fm_status_name(err->status));
    lua_setfield(L, -2, "code");
    lua_pushboolean(L, fm_status_is_transient(err->status));
    lua_setfield(L, -2, "transient");
    lua_pushstring(L, err->domain);
    lua_setfield(L, -2, "domain");
    push_message(L, err->message);
    lua_setfield(L, -2, "message");
    set_integer(L, "status", err->http_status);
    set_integer(L, "line", err->line);
    set_integer(L, "column", err->column);
    if (err->retry_after_ms) {
        lua_pushnumber(L, (lua_Number)err->retry_after_ms / 1000.0);
        lua_setfield(L, -2, "retry_after_s");
    }
    if (luaL_newmetatable(L, FM_BIND_ERROR)) {
        lua_pushcfunction(L, error_tostring);
        lua_setfield(L, -2, "__tostring");
    }
    lua_setmetatable(L, -2);
}

int fm_bind_fail(lua_State *L, const fm_error *err)
{
    lua_pushnil(L);
    fm_bind_push_error(L, err);
    return 2;
}
