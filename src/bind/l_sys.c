/*
 * Lua module fmcal.sys: what commands need of the system beside Lua's own libraries: files, terminals,
 * widths of text, child processes.
 *   fmcal.sys.columns   owns an fm_columns; upvalue of the functions that measure text
 *   fmcal.sys.process   owns an fm_process; NULL = closed
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/base/type.h"
#include "bind/credentials.h"
#include "bind/l_sys_files.h"
#include "bind/value/json.h"
#include "util/columns.h"
#include "util/process/process.h"
#include "util/utf8.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int luaopen_fmcal_sys(lua_State *L);

#define COLUMNS_NAME "fmcal.sys.columns"
#define MAX_OUTPUT   ((size_t)256 << 20)

static void release_process(void *process)
{
    fm_process_free(process);
}

static const fm_bind_type process_type = {"fmcal.sys.process", "process", release_process};

static fm_process *open_process(lua_State *L, int index)
{
    return fm_bind_open(L, index, &process_type);
}

/* ---------------------------------------------------------------- users */

/* sys.who() -> "user@host" */
static int sys_who(lua_State *L)
{
    char host[256] = "", space[16384];
    struct passwd entry, *found = NULL;
    const char *there = gethostname(host, sizeof host - 1) == 0 && host[0] ? host : "localhost";
    if (getpwuid_r(geteuid(), &entry, space, sizeof space, &found) == 0 && found)
        lua_pushfstring(L, "%s@%s", found->pw_name, there);
    else
        lua_pushfstring(L, "%d@%s", (int)geteuid(), there);
    return 1;
}

static int sys_processors(lua_State *L)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    lua_pushinteger(L, count > 0 ? count : 1);
    return 1;
}

/* ---------------------------------------------------------------- terminals */

static int check_stream(lua_State *L, int index)
{
    static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
    return luaL_checkoption(L, index, NULL, names);
}

static int sys_is_terminal(lua_State *L)
{
    lua_pushboolean(L, isatty(check_stream(L, 1)));
    return 1;
}

static int sys_columns(lua_State *L)
{
    struct winsize size;
    if (ioctl(check_stream(L, 1), TIOCGWINSZ, &size) || size.ws_col == 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, size.ws_col);
    return 1;
}

/* ---------------------------------------------------------------- widths of text */

static const fm_columns *measure(lua_State *L)
{
    return *(fm_columns **)lua_touserdata(L, lua_upvalueindex(1));
}

static int sys_width(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, (lua_Integer)fm_columns_of(measure(L), text, len));
    return 1;
}

static int sys_fit(lua_State *L)
{
    size_t len, used;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_Integer columns = luaL_checkinteger(L, 2);
    len = fm_columns_fit(measure(L), text, len, columns > 0 ? (size_t)columns : 0, &used);
    lua_pushlstring(L, text, len);
    lua_pushinteger(L, (lua_Integer)used);
    return 2;
}

#define EVERY_BYTE 0x0101010101010101u

/* Whether any of the eight bytes at `at` is below 0x20 or 0x7F. */
static bool may_hold_control(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t delete = word ^ (EVERY_BYTE * 0x7F);
    return ((((word - EVERY_BYTE * 0x20) & ~word) | ((delete - EVERY_BYTE) & ~delete)) & (EVERY_BYTE * 0x80)) != 0;
}

/* A pattern of Lua's takes a hundred times as long, and every text of a board and of a calendar is looked at. */
static int sys_has_controls(lua_State *L)
{
    size_t len, i = 0;
    const char *text = luaL_checklstring(L, 1, &len);
    bool found = false;
    while (i < len && !found) {
        if (len - i >= sizeof(uint64_t) && !may_hold_control(text + i)) {
            i += sizeof(uint64_t);
            continue;
        }
        unsigned char c = (unsigned char)text[i++];
        found = (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
    }
    lua_pushboolean(L, found);
    return 1;
}

static int sys_is_utf8(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_pushboolean(L, fm_utf8_valid(text, len));
    return 1;
}

static int columns_gc(lua_State *L)
{
    fm_columns **slot = luaL_checkudata(L, 1, COLUMNS_NAME);
    fm_columns_free(*slot);
    *slot = NULL;
    return 0;
}

/* ---------------------------------------------------------------- child processes */

/* Most arguments of a child, and most processes that are waited for at once. */
#define ARGUMENTS_MAX 9999

/* The list at index 1 as an argv. [-0, +2, v] */
static char **push_argv(lua_State *L)
{
    size_t count;
    char **argv = (char **)fm_bind_check_strings(L, 1, "argument", ARGUMENTS_MAX, &count);
    luaL_argcheck(L, count > 0, 1, "a program and its arguments are needed");
    return argv;
}

static int sys_start(lua_State *L)
{
    lua_settop(L, 2);
    int with_keys = lua_istable(L, 2) && fm_bind_row_boolean(L, 2, "master_keys", false);
    lua_settop(L, 1);
    void **slot = fm_bind_new_handle(L, &process_type);
    char **argv = push_argv(L);
    fm_process_options options = {.hide = fm_bind_master_key_names};
    if (with_keys)
        options.add = fm_bind_push_master_environment(L);
    fm_error err = {0};
    fm_process *started;
    if (fm_process_start(&started, argv, MAX_OUTPUT, &options, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = started;
    lua_pushvalue(L, 2);
    return 1;
}

/* Most names in the option `hide`. */
#define HIDE_MAX 16

/* The names of variables that a child does not get: the master keys, and those in the list at `index`; in memory of the
 * stack. [-0, +2, v] */
static const char *const *push_hidden(lua_State *L, int index)
{
    size_t given = 0, count = 0;
    const char **more =
        lua_istable(L, index) ? fm_bind_check_strings(L, index, "name to hide", HIDE_MAX, &given) : NULL;
    const char **names = lua_newuserdatauv(L, (HIDE_MAX + 3) * sizeof *names, 0);
    for (; fm_bind_master_key_names[count]; count++)
        names[count] = fm_bind_master_key_names[count];
    for (size_t i = 0; i < given; i++)
        names[count++] = more[i];
    names[count] = NULL;
    return names;
}

static int sys_detach(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        lua_pushnil(L);
    else
        lua_getfield(L, 2, "hide");
    fm_process_options options = {.hide = push_hidden(L, 3)};
    fm_error err = {0};
    if (fm_process_detach(push_argv(L), &options, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int sys_wait_any(lua_State *L)
{
    size_t count = fm_bind_check_length(L, 1, ARGUMENTS_MAX), index;
    luaL_argcheck(L, count > 0, 1, "a list of processes is needed");
    fm_process **list = lua_newuserdatauv(L, count * sizeof *list, 0);
    int keeper = fm_bind_new_keeper(L);
    for (size_t i = 0; i < count; i++) {
        lua_geti(L, 1, (lua_Integer)i + 1);
        if (!luaL_testudata(L, -1, process_type.name) || !fm_bind_look(L, -1, &process_type))
            luaL_argerror(L, 1, "a list of open processes is needed");
        fm_bind_keep(L, keeper);
    }
    for (size_t i = 0; i < count; i++) { /* no Lua code runs from here on */
        lua_rawgeti(L, keeper, (lua_Integer)i + 1);
        list[i] = open_process(L, lua_gettop(L));
        lua_pop(L, 1);
    }
    fm_error err = {0};
    if (fm_process_wait_any(list, count, &index, -1, &fm_bind_get(L)->env, &err) != FM_OK) {
        if (err.status == FM_ECANCELED)
            fm_bind_take_interrupt(L);
        return fm_bind_fail(L, &err);
    }
    lua_pushinteger(L, (lua_Integer)index + 1);
    return 1;
}

static int process_output(lua_State *L)
{
    size_t len;
    const char *output = fm_process_output(open_process(L, 1), &len);
    lua_pushlstring(L, output, len);
    return 1;
}

static int process_status(lua_State *L)
{
    const fm_process *p = open_process(L, 1);
    if (fm_process_ended(p))
        lua_pushinteger(L, fm_process_status(p));
    else
        lua_pushnil(L);
    return 1;
}

static int process_close(lua_State *L)
{
    return fm_bind_close(L, &process_type);
}

static int process_tostring(lua_State *L)
{
    const fm_process *p = fm_bind_look(L, 1, &process_type);
    const char *state = !p ? "closed" : fm_process_ended(p) ? "ended" : "running";
    lua_pushfstring(L, "%s (%s)", process_type.name, state);
    return 1;
}

/* sys.refuse_writes(): a dry run, for the rest of the state's life. */
static int sys_refuse_writes(lua_State *L)
{
    fm_bind_get(L)->env.read_only = true;
    return 0;
}

/* ---------------------------------------------------------------- registration */

static int sys_is_transient(lua_State *L)
{
    lua_pushboolean(L, fm_status_is_transient(fm_status_of_name(luaL_checkstring(L, 1))));
    return 1;
}

static const luaL_Reg process_methods[] = {
    {"output", process_output}, {"status", process_status}, {"close", process_close}, {NULL, NULL}};

static const luaL_Reg process_meta[] = {{"__tostring", process_tostring}, {NULL, NULL}};

static const luaL_Reg sys_functions[] = {
    {"is_terminal", sys_is_terminal},
    {"is_transient", sys_is_transient},
    {"columns", sys_columns},
    {"has_controls", sys_has_controls},
    {"is_utf8", sys_is_utf8},
    {"start", sys_start},
    {"detach", sys_detach},
    {"wait_any", sys_wait_any},
    {"who", sys_who},
    {"processors", sys_processors},
    {"refuse_writes", sys_refuse_writes},
    {NULL, NULL},
};

static const luaL_Reg measuring_functions[] = {{"width", sys_width}, {"fit", sys_fit}, {NULL, NULL}};

static const luaL_Reg columns_meta[] = {{"__gc", columns_gc}, {NULL, NULL}};

static void push_measure(lua_State *L)
{
    fm_columns **slot = lua_newuserdatauv(L, sizeof(fm_columns *), 0);
    *slot = NULL;
    fm_bind_set_type(L, COLUMNS_NAME, columns_meta);
    *slot = fm_columns_new();
    if (!*slot)
        fm_bind_no_memory(L);
}

int luaopen_fmcal_sys(lua_State *L)
{
    fm_bind_make_handle_type(L, &process_type, process_methods, process_meta);
    luaL_newlib(L, sys_functions);
    luaL_setfuncs(L, fm_bind_sys_file_functions, 0);
    push_measure(L);
    luaL_setfuncs(L, measuring_functions, 1);
    return 1;
}
