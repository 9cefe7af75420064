/*
 * Lua module fmcal.credentials.core: blobs (core/secret/blob.h) and where secrets come from (core/secret/source.h,
 * core/secret/desktop_keyring.h). Userdata fmcal.keyring owns an fm_keyring; secrets are bind/value/secret.h.
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/credentials.h"
#include "bind/value/members.h"
#include "bind/value/secret.h"
#include "core/secret/blob.h"
#include "core/secret/credentials.h"
#include "core/secret/desktop_keyring.h"
#include "core/secret/source.h"
#include "core/secret/terminal.h"
#include "util/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_credentials_core(lua_State *L);

#define DEFAULT_TIMEOUT_S 60
#define MAX_ATTRIBUTES    16
#define MAX_ARGUMENTS     256

static void release_keyring(void *keyring)
{
    fm_keyring_free(keyring);
}

static const fm_bind_type keyring_type = {"fmcal.keyring", "keyring", release_keyring};

/* The state's own keyring, in the registry once it has been asked for. */
static const char own_keyring_key = 0;

static fm_keyring *hold_keyring(lua_State *L)
{
    return fm_bind_hold(L, 1, &keyring_type);
}

static void release_secret(void *s)
{
    fm_secret_unref(s);
}

static void release_options(void *o)
{
    fm_options_free(o);
}

/* Pushes the secret in a box slot, or nil and the error. */
static int push_result(lua_State *L, fm_status status, fm_secret *s, const fm_error *err)
{
    if (status != FM_OK)
        return fm_bind_fail(L, err);
    fm_bind_push_secret(L, s);
    return 1;
}

/* ------------------------------------------------------------------ constructor */

/* Pushes a keyring made of these keys, or nil and the error; returns the number of values. */
static int push_keyring(lua_State *L, fm_secret *current, fm_secret *old)
{
    fm_error err = {0};
    void **slot = fm_bind_new_handle(L, &keyring_type);
    fm_keyring *keys;
    if (fm_keyring_new(&keys, current, old, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = keys;
    return 1;
}

const char *const fm_bind_master_key_names[] = {"CALENDAR_ENCRYPTION_KEY", "CALENDAR_ENCRYPTION_KEY_OLD", NULL};

void fm_bind_take_master_keys(lua_State *L)
{
    fm_bind_context *context = fm_bind_get(L);
    fm_secret_unref(context->master_key);
    fm_secret_unref(context->old_master_key);
    context->master_key = fm_secret_take_environment(fm_bind_master_key_names[0]);
    context->old_master_key = fm_secret_take_environment(fm_bind_master_key_names[1]);
    fm_redact_add(context->env.redact, context->master_key);
    fm_redact_add(context->env.redact, context->old_master_key);
    context->has_master_keys = true;
}

/* Pushes a box with the secret text NAME=value. */
static const char *push_assignment(lua_State *L, const char *name, const fm_secret *value)
{
    size_t len, prefix = strlen(name) + 1;
    const char *bytes = fm_secret_bytes(value, &len);
    unsigned char *text;
    void **slot = fm_bind_box(L, release_secret);
    *slot = fm_secret_alloc(&text, prefix + len);
    if (!*slot)
        fm_bind_no_memory(L);
    snprintf((char *)text, prefix + len + 1, "%s=%s", name, bytes);
    return (const char *)text;
}

const char *const *fm_bind_push_master_environment(lua_State *L)
{
    const fm_bind_context *context = fm_bind_get(L);
    const fm_secret *keys[] = {context->master_key, context->old_master_key};
    const char **list = lua_newuserdatauv(L, 3 * sizeof *list, 0);
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        if (keys[i])
            list[count++] = push_assignment(L, fm_bind_master_key_names[i], keys[i]);
        else
            lua_pushnil(L);
    }
    list[count] = NULL;
    return list;
}

/* A master key that nobody took out of the environment. NULL where it is not set. */
static fm_secret *read_master_key(lua_State *L, const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value)
        return NULL;
    fm_secret *s = fm_secret_new(value, strlen(value));
    if (!s)
        fm_bind_no_memory(L);
    fm_redact_add(fm_bind_get(L)->env.redact, s);
    return s;
}

/* Takes a master key from a file where the environment did not hold it. */
static fm_status read_key_file(lua_State *L, fm_secret **key, const char *name, fm_error *err)
{
    if (*key)
        return FM_OK;
    fm_status status = fm_secret_from_named_file(key, name, err);
    fm_redact_add(fm_bind_get(L)->env.redact, *key);
    return status;
}

/* Pushes the keyring of the state's own keys, made once. */
static int push_own_keyring(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &own_keyring_key) == LUA_TUSERDATA)
        return 1;
    lua_pop(L, 1);
    fm_bind_context *context = fm_bind_get(L);
    if (!context->has_master_keys) {
        context->master_key = read_master_key(L, fm_bind_master_key_names[0]);
        context->has_master_keys = true;
        context->old_master_key = read_master_key(L, fm_bind_master_key_names[1]);
    }
    fm_error err = {0};
    if (read_key_file(L, &context->master_key, fm_bind_master_key_names[0], &err) ||
        read_key_file(L, &context->old_master_key, fm_bind_master_key_names[1], &err))
        return fm_bind_fail(L, &err);
    int count = push_keyring(L, context->master_key, context->old_master_key);
    if (count == 1) {
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &own_keyring_key);
    }
    return count;
}

/* A member of the table at index 1 as a new secret in a box; nil where it is absent. Pushes the box. */
static fm_secret *check_key_member(lua_State *L, const char *name)
{
    void **slot = fm_bind_box(L, release_secret);
    lua_getfield(L, 1, name);
    fm_secret *s = fm_bind_to_secret(L, -1);
    if (s) {
        *slot = fm_secret_ref(s);
    } else if (!lua_isnil(L, -1)) {
        size_t len;
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "member '%s' must be a string or a secret", name);
        const char *text = lua_tolstring(L, -1, &len);
        *slot = fm_secret_new(text, len);
        if (!*slot)
            fm_bind_no_memory(L);
    }
    lua_pop(L, 1);
    return *slot;
}

static int core_keyring(lua_State *L)
{
    if (lua_isnoneornil(L, 1))
        return push_own_keyring(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    fm_secret *current = check_key_member(L, "key");
    fm_secret *old = check_key_member(L, "old");
    return push_keyring(L, current, old);
}

/* ------------------------------------------------------------------ keyring methods */

/* Members that are no secrets once they are open. */

static void push_members(lua_State *L, const fm_options *members)
{
    const char *name;
    lua_newtable(L);
    for (size_t i = 0; (name = fm_options_name(members, i)) != NULL; i++) {
        size_t len;
        fm_secret *s = fm_options_secret(members, name);
        const char *bytes = fm_secret_bytes(s, &len);
        if (fm_bind_is_public_member(name))
            lua_pushlstring(L, bytes, len);
        else
            fm_bind_push_secret(L, s);
        lua_setfield(L, -2, name);
    }
}

static int keyring_open(lua_State *L)
{
    size_t len;
    fm_error err = {0};
    fm_keyring *keys = hold_keyring(L);
    const char *text = luaL_checklstring(L, 2, &len);
    const char *team = fm_bind_check_text(L, 3), *provider = fm_bind_check_text(L, 4);
    void **plain = fm_bind_box(L, release_secret), **members = fm_bind_box(L, release_options);
    fm_secret *opened;
    fm_status status = fm_blob_open(&opened, keys, team, provider, text, len, &err);
    *plain = opened;
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    *members = fm_options_new();
    if (!*members)
        return fm_bind_no_memory(L);
    if (fm_credentials_unpack(*members, opened, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    push_members(L, *members);
    return 1;
}

/* Adds the pair at the top of the stack (key, value) to the members. */
static void add_member(lua_State *L, fm_options *members)
{
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "credentials have named members only");
    const char *name = lua_tostring(L, -2);
    fm_secret *given = fm_bind_to_secret(L, -1);
    if (given && fm_bind_is_public_member(name))
        luaL_error(L, "member '%s' of the credentials is kept as text: a secret would be readable again", name);
    if (!given && lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "member '%s' of the credentials must be a string or a secret, not a %s", name,
                   luaL_typename(L, -1));
    size_t len = 0;
    const char *text = given ? NULL : lua_tolstring(L, -1, &len);
    fm_secret *s = given ? fm_secret_ref(given) : fm_secret_new(text, len);
    fm_status status = s ? fm_options_set_secret(members, name, s) : FM_ENOMEM;
    fm_secret_unref(s);
    if (status != FM_OK)
        fm_bind_no_memory(L);
}

static int keyring_seal(lua_State *L)
{
    fm_error err = {0};
    fm_keyring *keys = hold_keyring(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    const char *team = fm_bind_check_text(L, 3), *provider = fm_bind_check_text(L, 4);
    const fm_env *env = &fm_bind_get(L)->env;
    void **members = fm_bind_box(L, release_options), **packed = fm_bind_box(L, release_secret);
    *members = fm_options_new();
    if (!*members)
        return fm_bind_no_memory(L);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
        add_member(L, *members);
    fm_secret *plain;
    if (fm_credentials_pack(&plain, *members, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *packed = plain;
    char *copy = lua_newuserdatauv(L, FM_BLOB_TEXT_MAX, 0);
    fm_buf text;
    fm_buf_init(&text, FM_BLOB_TEXT_MAX);
    fm_status status = fm_blob_seal(&text, keys, env, team, provider, plain, &err);
    size_t len = text.len;
    memcpy(copy, text.data, len);
    fm_buf_free(&text); /* before anything that may raise */
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, copy, len);
    return 1;
}

static int keyring_is_current(lua_State *L)
{
    size_t len;
    bool current;
    fm_error err = {0};
    fm_keyring *keys = hold_keyring(L);
    const char *text = luaL_checklstring(L, 2, &len);
    if (fm_blob_is_current(&current, keys, fm_bind_check_text(L, 3), text, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, current);
    return 1;
}

static int keyring_can_seal(lua_State *L)
{
    lua_pushboolean(L, fm_keyring_can_seal(fm_bind_open(L, 1, &keyring_type)));
    return 1;
}

static int keyring_close(lua_State *L)
{
    return fm_bind_close(L, &keyring_type);
}

static int keyring_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s%s", keyring_type.name, fm_bind_look(L, 1, &keyring_type) ? "" : " (closed)");
    return 1;
}

/* ------------------------------------------------------------------ sources */

static int core_secret(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    void **slot = fm_bind_box(L, release_secret);
    *slot = fm_secret_new(text, len);
    if (!*slot)
        return fm_bind_no_memory(L);
    fm_bind_push_secret(L, *slot);
    return 1;
}

static int core_is_secret(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, luaL_testudata(L, 1, FM_BIND_SECRET) != NULL);
    return 1;
}

static int core_from_environment(lua_State *L)
{
    fm_error err = {0};
    const char *name = fm_bind_check_text(L, 1);
    void **slot = fm_bind_box(L, release_secret);
    fm_secret *s;
    fm_status status = fm_secret_from_environment(&s, name, &err);
    *slot = s;
    return push_result(L, status, s, &err);
}

static int core_from_file(lua_State *L)
{
    fm_error err = {0};
    const char *path = fm_bind_check_text(L, 1);
    void **slot = fm_bind_box(L, release_secret);
    fm_secret *s;
    fm_status status = fm_secret_from_file(&s, path, &err);
    *slot = s;
    return push_result(L, status, s, &err);
}

/* Pushes the secret as a string where the caller asked for that at `index`, else as push_result does. */
static int push_typed(lua_State *L, int index, fm_status status, fm_secret *s, const fm_error *err)
{
    size_t len;
    if (status != FM_OK || !lua_toboolean(L, index))
        return push_result(L, status, s, err);
    fm_bind_push_secret(L, s); /* so that logs do not show it */
    const char *bytes = fm_secret_bytes(s, &len);
    lua_pushlstring(L, bytes, len);
    return 1;
}

static int core_from_terminal(lua_State *L)
{
    fm_error err = {0};
    const char *prompt = fm_bind_check_text(L, 1);
    lua_settop(L, 2);
    void **slot = fm_bind_box(L, release_secret);
    fm_secret *s;
    fm_status status = fm_secret_from_terminal(&s, prompt, &fm_bind_get(L)->env, &err);
    *slot = s;
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L);
    return push_typed(L, 2, status, s, &err);
}

static int core_from_input(lua_State *L)
{
    fm_error err = {0};
    lua_settop(L, 1);
    void **slot = fm_bind_box(L, release_secret);
    fm_secret *s;
    fm_status status = fm_secret_from_input(&s, &err);
    *slot = s;
    return push_typed(L, 1, status, s, &err);
}

/* The list at index 1 as an argv. [-0, +1, v] */
static const char *const *check_argv(lua_State *L)
{
    size_t count;
    const char *const *argv = fm_bind_check_strings(L, 1, "word", MAX_ARGUMENTS, &count);
    luaL_argcheck(L, count > 0, 1, "a list of 1 to 256 words is expected");
    return argv;
}

static int core_from_command(lua_State *L)
{
    fm_error err = {0};
    lua_Number timeout_s = luaL_optnumber(L, 2, DEFAULT_TIMEOUT_S);
    luaL_argcheck(L, timeout_s > 0 && timeout_s <= 86400, 2, "seconds out of range");
    const char *const *argv = check_argv(L);
    void **slot = fm_bind_box(L, release_secret);
    fm_secret *s;
    fm_status status = fm_secret_from_command(&s, argv, (int64_t)(timeout_s * 1000), &fm_bind_get(L)->env, &err);
    *slot = s;
    return push_result(L, status, s, &err);
}

static int core_from_desktop(lua_State *L)
{
    fm_error err = {0};
    fm_keyring_attribute attributes[MAX_ATTRIBUTES];
    size_t count = 0;
    luaL_checktype(L, 1, LUA_TTABLE);
    void **slot = fm_bind_box(L, release_secret);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) { /* no Lua code runs until they are used */
        luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING && count < MAX_ATTRIBUTES, 1,
                      "a few attributes with text are expected");
        attributes[count++] = (fm_keyring_attribute){.name = fm_bind_text(L, -2), .value = fm_bind_text(L, -1)};
    }
    fm_secret *s;
    fm_status status = fm_secret_from_desktop(&s, attributes, count, &err);
    *slot = s;
    return push_result(L, status, s, &err);
}

/* ------------------------------------------------------------------ module */

static int core_members(lua_State *L)
{
    fm_bind_push_members(L);
    return 1;
}

static const luaL_Reg keyring_methods[] = {
    {"can_seal", keyring_can_seal}, {"close", keyring_close}, {"is_current", keyring_is_current},
    {"open", keyring_open},         {"seal", keyring_seal},   {NULL, NULL},
};

static const luaL_Reg keyring_meta[] = {
    {"__tostring", keyring_tostring},
    {NULL, NULL},
};

static const luaL_Reg core_functions[] = {
    {"from_command", core_from_command},
    {"from_desktop", core_from_desktop},
    {"from_environment", core_from_environment},
    {"from_file", core_from_file},
    {"from_input", core_from_input},
    {"from_terminal", core_from_terminal},
    {"is_secret", core_is_secret},
    {"keyring", core_keyring},
    {"members", core_members},
    {"secret", core_secret},
    {NULL, NULL},
};

int luaopen_fmcal_credentials_core(lua_State *L)
{
    fm_bind_make_handle_type(L, &keyring_type, keyring_methods, keyring_meta);
    luaL_newlib(L, core_functions);
    return 1;
}
