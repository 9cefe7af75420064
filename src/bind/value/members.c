#include "bind/value/members.h"
#include "bind/base/bind.h"
#include "fmcal/provider.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_BYTES 256

/* Members that are no settings of any provider. */
static const struct {
    const char *name, *kind;
} others[] = {
    {"command", "source"}, {"env", "source"},        {"systemd", "source"}, {"keyring", "source"},
    {"encrypted", "note"}, {"lastVerified", "note"}, {"expiresAt", "note"}, {"timeout", "note"},
};

void fm_bind_add_snake_case(fm_buf *out, const char *name)
{
    for (const char *c = name; *c; c++) {
        if (isupper((unsigned char)*c))
            fm_buf_addc(out, '_');
        fm_buf_addc(out, (char)tolower((unsigned char)*c));
    }
}

void fm_bind_push_camel_case(lua_State *L, const char *name)
{
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (const char *c = name; *c; c++) {
        bool upper = *c == '_' && c[1];
        c += upper;
        luaL_addchar(&out, upper ? (char)toupper((unsigned char)*c) : *c);
    }
    luaL_pushresult(&out);
}

bool fm_bind_is_secret_setting(const char *name)
{
    const char *dot = strrchr(name, '.');
    return fm_provider_credential(dot ? dot + 1 : name) & FM_CREDENTIAL_SECRET;
}

bool fm_bind_is_public_member(const char *name)
{
    fm_buf snake;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i].name) == 0)
            return true;
    fm_buf_init(&snake, NAME_MAX_BYTES);
    fm_bind_add_snake_case(&snake, name);
    bool found = !snake.status && fm_provider_credential(snake.data) & FM_CREDENTIAL_PUBLIC;
    fm_buf_free(&snake);
    return found;
}

static const char *kind_of(unsigned flags)
{
    if (flags & FM_CREDENTIAL_PATH)
        return "path";
    return flags & FM_CREDENTIAL_SECRET ? "secret" : "public";
}

void fm_bind_push_members(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        lua_pushstring(L, others[i].kind);
        lua_setfield(L, -2, others[i].name);
    }
    for (const fm_provider_class *const *klass = fm_provider_classes(); *klass; klass++)
        for (const fm_credential *c = (*klass)->credentials; c && c->name; c++) {
            fm_bind_push_camel_case(L, c->name);
            lua_pushstring(L, kind_of(c->flags));
            lua_settable(L, -3);
        }
}
