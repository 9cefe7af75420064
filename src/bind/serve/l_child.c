/*
 * Lua module fmcal.child: child processes that are asked and answer in lines.
 *   fmcal.child          owns an fm_child; NULL = closed
 *   fmcal.child.parent   owns an fm_parent, in the child
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/credentials.h"
#include "serve/child.h"
#include "serve/parent.h"
#include "util/alloc.h"

#include <signal.h>
#include <string.h>

int luaopen_fmcal_child(lua_State *L);

/* Most arguments of a child, and most variables that it gets. */
#define ARGUMENTS_MAX 1000
#define VARIABLES_MAX 100

static void release_child(void *child)
{
    fm_child_free(child);
}

static int descriptor_of(const void *child)
{
    return fm_child_descriptor(child);
}

static void release_parent(void *parent)
{
    fm_parent_free(parent);
}

static const fm_bind_type child_type = {"fmcal.child", "child", release_child, .descriptor = descriptor_of};
static const fm_bind_type parent_type = {"fmcal.child.parent", "parent", release_parent};

/* ------------------------------------------------------------------ start */

/* Variables that tell a service of its supervisor, which are no business of its children. */
static const char *const of_a_supervisor[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                              "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
enum { OF_A_SUPERVISOR = sizeof of_a_supervisor / sizeof of_a_supervisor[0], HIDDEN_MAX = OF_A_SUPERVISOR + 8 };

static void fill_hidden(const char *hidden[HIDDEN_MAX])
{
    size_t count = 0;
    for (const char *const *name = fm_bind_master_key_names; *name && count < 8; name++)
        hidden[count++] = *name;
    for (size_t i = 0; i < OF_A_SUPERVISOR && count < HIDDEN_MAX - 1; i++)
        hidden[count++] = of_a_supervisor[i];
    hidden[count] = NULL;
}

/* What a child gets beside our environment: the master keys where it is to have them. Borrowed from what it pushes.
 * [-0, +3, v] */
static const char *const *push_added(lua_State *L, int options)
{
    static const char *const none[] = {NULL};
    if (fm_bind_row_boolean(L, options, "master_keys", false))
        return fm_bind_push_master_environment(L);
    lua_settop(L, lua_gettop(L) + 3);
    return none;
}

/* child.start(argv, options) */
static int child_start(lua_State *L)
{
    size_t count;
    const char *hidden[HIDDEN_MAX];
    fm_error err = {0};
    fm_child *started;
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_Integer memory_bytes = fm_bind_row_integer(L, 2, "memory_bytes", 0);
    lua_Integer line_bytes = fm_bind_row_integer(L, 2, "max_line_bytes", 0);
    luaL_argcheck(L, memory_bytes >= 0, 2, "member 'memory_bytes' must not be negative");
    luaL_argcheck(L, line_bytes >= 0, 2, "member 'max_line_bytes' must not be negative");
    void **slot = fm_bind_new_handle(L, &child_type);
    int made = lua_gettop(L);
    char **argv = (char **)fm_bind_check_strings(L, 1, "argument", ARGUMENTS_MAX, &count);
    luaL_argcheck(L, count > 0, 1, "a program and its arguments are needed");
    fill_hidden(hidden);
    fm_child_options given = {.hide = hidden,
                              .add = push_added(L, 2),
                              .memory_bytes = (uint64_t)memory_bytes,
                              .max_line_bytes = (size_t)line_bytes};
    if (fm_child_start(&started, argv, &given, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = started;
    lua_pushvalue(L, made);
    return 1;
}

/* ------------------------------------------------------------------ a child */

static int child_send(lua_State *L)
{
    size_t len;
    fm_error err = {0};
    const char *line = luaL_checklstring(L, 2, &len);
    fm_child *child = fm_bind_open(L, 1, &child_type);
    if (fm_child_send(child, line, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int child_lines(lua_State *L)
{
    const char *line;
    size_t len;
    fm_child *child = fm_bind_hold(L, 1, &child_type);
    fm_child_step(child);
    lua_newtable(L);
    for (lua_Integer i = 1; fm_child_next_line(child, &line, &len); i++) {
        lua_pushlstring(L, line, len);
        lua_rawseti(L, -2, i);
    }
    if (!fm_child_ended(child))
        return 1;
    lua_pushliteral(L, "ended");
    lua_pushinteger(L, fm_child_status(child));
    return 3;
}

static int child_pid(lua_State *L)
{
    lua_pushinteger(L, fm_child_pid(fm_bind_open(L, 1, &child_type)));
    return 1;
}

static int child_interrupt(lua_State *L)
{
    fm_child_signal(fm_bind_open(L, 1, &child_type), SIGINT);
    return 0;
}

static int child_kill(lua_State *L)
{
    fm_child_signal(fm_bind_open(L, 1, &child_type), SIGKILL);
    return 0;
}

static int child_close(lua_State *L)
{
    return fm_bind_close(L, &child_type);
}

static int child_tostring(lua_State *L)
{
    const fm_child *child = fm_bind_look(L, 1, &child_type);
    const char *state = !child ? "closed" : fm_child_ended(child) ? "ended" : "running";
    lua_pushfstring(L, "%s (%s)", child_type.name, state);
    return 1;
}

/* ------------------------------------------------------------------ its side */

static int child_parent(lua_State *L)
{
    fm_error err = {0};
    fm_parent *opened;
    void **slot = fm_bind_new_handle(L, &parent_type);
    if (fm_parent_open(&opened, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = opened;
    return 1;
}

static int parent_receive(lua_State *L)
{
    const char *line;
    size_t len;
    fm_error err = {0};
    fm_parent *parent = fm_bind_hold(L, 1, &parent_type);
    fm_status status = fm_parent_receive(parent, &line, &len, &fm_bind_get(L)->env, &err);
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L);
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, line, len);
    return 1;
}

static int parent_send(lua_State *L)
{
    size_t len;
    fm_error err = {0};
    const char *line = luaL_checklstring(L, 2, &len);
    if (fm_parent_send(fm_bind_open(L, 1, &parent_type), line, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int parent_close(lua_State *L)
{
    return fm_bind_close(L, &parent_type);
}

/* ------------------------------------------------------------------ registration */

static const luaL_Reg child_methods[] = {
    {"close", child_close}, {"interrupt", child_interrupt}, {"kill", child_kill}, {"lines", child_lines},
    {"pid", child_pid},     {"send", child_send},           {NULL, NULL}};

static const luaL_Reg parent_methods[] = {
    {"close", parent_close}, {"receive", parent_receive}, {"send", parent_send}, {NULL, NULL}};

static const luaL_Reg child_meta[] = {{"__tostring", child_tostring}, {NULL, NULL}};
static const luaL_Reg parent_meta[] = {{NULL, NULL}};

static const luaL_Reg child_functions[] = {{"parent", child_parent}, {"start", child_start}, {NULL, NULL}};

int luaopen_fmcal_child(lua_State *L)
{
    fm_bind_make_handle_type(L, &child_type, child_methods, child_meta);
    fm_bind_make_handle_type(L, &parent_type, parent_methods, parent_meta);
    luaL_newlib(L, child_functions);
    return 1;
}
