/* No module of its own. Userdata: fmcal.secret owns one reference to a util/secret.h secret. */
#include "bind/value/secret.h"
#include "bind/base/type.h"
#include "util/redact.h"

typedef struct l_secret {
    fm_secret *secret; /* NULL while it is being made */
} l_secret;

static int secret_gc(lua_State *L)
{
    l_secret *box = luaL_checkudata(L, 1, FM_BIND_SECRET);
    fm_secret_unref(box->secret);
    box->secret = NULL;
    return 0;
}

static int secret_tostring(lua_State *L)
{
    luaL_checkudata(L, 1, FM_BIND_SECRET);
    lua_pushliteral(L, FM_REDACT_MASK);
    return 1;
}

static const luaL_Reg secret_meta[] = {
    {"__gc", secret_gc}, /* and nothing else: a call that has its bytes may be under way */
    {"__tostring", secret_tostring},
    {NULL, NULL},
};

void fm_bind_push_secret(lua_State *L, fm_secret *s)
{
    l_secret *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->secret = NULL;
    fm_bind_set_type(L, FM_BIND_SECRET, secret_meta);
    fm_bind_context *context = fm_bind_get(L);
    box->secret = fm_secret_ref(s);
    fm_redact_add(context->env.redact, s);
}

fm_secret *fm_bind_to_secret(lua_State *L, int index)
{
    l_secret *box = luaL_testudata(L, index, FM_BIND_SECRET);
    return box ? box->secret : NULL;
}

const char *fm_bind_check_bytes(lua_State *L, int index, size_t *len)
{
    fm_secret *s = fm_bind_to_secret(L, index);
    if (s)
        return fm_secret_bytes(s, len);
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_typeerror(L, index, "string or secret");
    return lua_tolstring(L, index, len);
}
