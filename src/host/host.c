#include "fmcal/host.h"
#include "bind/base/bind.h"
#include "bind/embedded.h"
#include "host/interrupt.h"
#include "host/pool.h"
#include "host/run.h"

#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fm_host {
    lua_State *L;
    fm_pool pool;          /* its memory */
    volatile int own_flag; /* the interrupt flag where the embedder gave none */
    fm_interrupt interrupt;
    int depth;                /* runs on the stack */
    int exit_status;          /* of the last run */
    fm_status load_status;    /* set just before a failed load raises */
    fm_error error;           /* of the last run */
    char *traceback;          /* owned; message and traceback of the last run, NULL where it succeeded */
    fm_host_witness on_error; /* NULL where nobody wants to see errors */
    void *on_error_data;      /* borrowed */
};

static const char host_key = 0;

/* What os.exit raises in a host. */
static const char end_key = 0;

/* The host of a Lua state. Allocates nothing and raises nothing. */
static fm_host *host_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &host_key);
    fm_host *host = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return host;
}

/* os.exit in a host: ends the run, never the process. */
static int end_run(lua_State *L)
{
    int status = lua_isboolean(L, 1) ? !lua_toboolean(L, 1) : (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    host_of(L)->exit_status = status;
    lua_pushlightuserdata(L, (void *)&end_key);
    return lua_error(L);
}

static bool is_end(lua_State *L, int index)
{
    return lua_touserdata(L, index) == &end_key;
}

static void keep_process(lua_State *L)
{
    lua_getglobal(L, "os");
    lua_pushcfunction(L, end_run);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}

typedef struct setup_request {
    fm_host *host;
    const fm_env *env;
    unsigned flags;
} setup_request;

static int setup(lua_State *L)
{
    const setup_request *request = lua_touserdata(L, 1);
    if (request->flags & FM_HOST_IGNORE_VARIABLES) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV"); /* read by Lua's package library */
    }
    luaL_openlibs(L);
    lua_pushlightuserdata(L, request->host);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &host_key);
    fm_bind_setup(L, request->env);
    fm_bind_preload(L);
    if (!(request->flags & FM_HOST_MAY_EXIT))
        keep_process(L);
    fm_interrupt_setup(L, &request->host->interrupt, request->flags & FM_HOST_INTERRUPTED_BY_HANDLER);
    return 0;
}

fm_status fm_host_create(fm_host **host, const fm_env *env, unsigned flags, fm_error *err)
{
    *host = NULL;
    fm_host *made = calloc(1, sizeof *made);
    if (!made || !(made->L = lua_newstate(fm_pool_alloc, &made->pool))) {
        if (made)
            fm_pool_free(&made->pool);
        free(made);
        return fm_error_set(err, FM_ENOMEM, "host", "no memory for a Lua state");
    }
    fm_env world;
    fm_env_default(&world);
    if (env)
        world = *env;
    if (!world.interrupted)
        world.interrupted = &made->own_flag;
    made->interrupt.flag = world.interrupted;
    setup_request request = {made, &world, flags};
    lua_pushcfunction(made->L, setup);
    lua_pushlightuserdata(made->L, &request);
    if (lua_pcall(made->L, 1, 0, 0) != LUA_OK) {
        const char *message = lua_tostring(made->L, -1);
        fm_error_set(err, FM_ENOMEM, "host", "cannot set up a Lua state: %s", message ? message : "no memory");
        fm_host_free(made);
        return FM_ENOMEM;
    }
    *host = made;
    return FM_OK;
}

fm_status fm_host_new(fm_host **host, const fm_env *env, fm_error *err)
{
    return fm_host_create(host, env, 0, err);
}

void fm_host_free(fm_host *host)
{
    if (!host)
        return;
    lua_close(host->L);
    fm_pool_free(&host->pool);
    free(host->traceback);
    free(host);
}

struct lua_State *fm_host_lua(fm_host *host)
{
    return host->L;
}

const char *fm_host_traceback(const fm_host *host)
{
    return host->traceback ? host->traceback : "";
}

int fm_host_exit_status(const fm_host *host)
{
    return host->exit_status;
}

void fm_host_interrupt(fm_host *host)
{
    fm_interrupt_request(&host->interrupt);
}

void fm_host_on_error(fm_host *host, fm_host_witness witness, void *data)
{
    host->on_error = witness;
    host->on_error_data = data;
}

void fm_host_forget_interrupt(fm_host *host)
{
    *host->interrupt.flag = 0;
}

static fm_status status_named(const char *code)
{
    for (int status = FM_ENOMEM; status >= FM_ESCRIPT; status--)
        if (strcmp(fm_status_name((fm_status)status), code) == 0)
            return (fm_status)status;
    return FM_ESCRIPT;
}

/* The status of an error object of fmcal (a table with a `code`), FM_ESCRIPT for any other value. */
static fm_status status_of(lua_State *L, int index)
{
    if (!lua_istable(L, index))
        return FM_ESCRIPT;
    lua_pushliteral(L, "code");
    lua_rawget(L, index);
    fm_status status = lua_type(L, -1) == LUA_TSTRING ? status_named(lua_tostring(L, -1)) : FM_ESCRIPT;
    lua_pop(L, 1);
    return status;
}

/* Pushes the message of an error value: its text, or what it is. [-0, +1, e] */
static void push_message(lua_State *L, int index)
{
    if (lua_isstring(L, index) || luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_settop(L, index);
        luaL_tolstring(L, index, NULL);
    } else {
        lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, index));
    }
}

static void forget_error(fm_host *host)
{
    fm_error_clear(&host->error);
    free(host->traceback);
    host->traceback = NULL;
}

static void record(fm_host *host, fm_status status, const char *message, const char *traceback)
{
    forget_error(host);
    fm_error_set(&host->error, status, "host", "%.*s", (int)strcspn(message, "\n"), message);
    host->traceback = strdup(traceback);
}

/* Message handler: records what was raised while the stack that raised it is still there. */
static int record_error(lua_State *L)
{
    fm_host *host = host_of(L);
    lua_settop(L, 1);
    if (is_end(L, 1))
        return 1;
    if (host->on_error)
        host->on_error(L, host->on_error_data);
    fm_status load_status = host->load_status;
    host->load_status = FM_OK;
    push_message(L, 1);
    const char *message = lua_tostring(L, -1);
    if (load_status == FM_OK)
        luaL_traceback(L, L, message, 1);
    record(host, load_status ? load_status : status_of(L, 1), message, lua_tostring(L, -1));
    lua_settop(L, 1);
    return 1;
}

typedef struct run_request {
    fm_host_body body;
    void *data;
} run_request;

static int run_body(lua_State *L)
{
    const run_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    request->body(L, request->data);
    return 0;
}

/* Records what is not recorded yet of how a run ended. False: it failed. */
static bool record_outcome(fm_host *host, int outcome, bool ended)
{
    char message[64];
    if (outcome == LUA_OK || !ended)
        host->exit_status = outcome == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    if (host->exit_status == EXIT_SUCCESS)
        return true;
    if (outcome == LUA_ERRMEM)
        record(host, FM_ENOMEM, "memory ran out", "memory ran out");
    else if (outcome == LUA_ERRERR)
        record(host, FM_ESCRIPT, "an error in handling an error", "an error in handling an error");
    if (ended) {
        snprintf(message, sizeof message, "the script ended with exit status %d", host->exit_status);
        record(host, FM_ESCRIPT, message, message);
    }
    return false;
}

fm_status fm_host_run(fm_host *host, fm_host_body body, void *data, fm_error *err)
{
    lua_State *L = host->L;
    fm_error_clear(err);
    forget_error(host);
    host->load_status = FM_OK;
    host->exit_status = EXIT_FAILURE;
    if (!lua_checkstack(L, 4))
        return fm_error_set(err, FM_ENOMEM, "host", "no memory for a script");
    run_request request = {body, data};
    host->depth++;
    lua_pushcfunction(L, record_error);
    lua_pushcfunction(L, run_body);
    lua_pushlightuserdata(L, &request);
    int outcome = lua_pcall(L, 1, 0, -3);
    bool ok = record_outcome(host, outcome, is_end(L, -1));
    lua_pop(L, outcome == LUA_OK ? 1 : 2);
    if (--host->depth == 0)
        *host->interrupt.flag = 0;
    if (ok) {
        forget_error(host); /* of a run within this one */
        return FM_OK;
    }
    if (err)
        *err = host->error;
    return host->error.status;
}

/* Raises the message of a failed load. */
static void check_load(lua_State *L, int outcome)
{
    if (outcome == LUA_OK)
        return;
    host_of(L)->load_status = outcome == LUA_ERRSYNTAX ? FM_EPARSE : outcome == LUA_ERRFILE ? FM_ENOTFOUND : FM_ENOMEM;
    lua_error(L);
}

void fm_host_load_string(lua_State *L, const char *code, const char *chunk_name)
{
    check_load(L, luaL_loadbufferx(L, code, strlen(code), chunk_name ? chunk_name : code, "t"));
}

void fm_host_load_file(lua_State *L, const char *path)
{
    check_load(L, luaL_loadfilex(L, path, NULL));
}

void fm_host_load_script(lua_State *L, const char *name)
{
    const fm_embedded *own = strchr(name, '/') ? NULL : fm_embedded_script(name);
    if (own)
        check_load(L, luaL_loadbufferx(L, (const char *)own->code, own->len, own->name, "b"));
    else
        fm_host_load_file(L, name);
}

static void run_string(lua_State *L, void *data)
{
    const char *const *request = data;
    fm_host_load_string(L, request[0], request[1]);
    lua_call(L, 0, 0);
}

fm_status fm_host_run_string(fm_host *host, const char *code, const char *chunk_name, fm_error *err)
{
    const char *request[] = {code, chunk_name};
    return fm_host_run(host, run_string, request, err);
}

static void run_file(lua_State *L, void *data)
{
    fm_host_load_file(L, data);
    lua_call(L, 0, 0);
}

fm_status fm_host_run_file(fm_host *host, const char *path, fm_error *err)
{
    return fm_host_run(host, run_file, (void *)path, err);
}

typedef struct script_request {
    const char *name;
    const char *const *args;
} script_request;

static void run_script(lua_State *L, void *data)
{
    const script_request *request = data;
    int count = 0;
    while (request->args && request->args[count])
        count++;
    lua_createtable(L, count, 1);
    lua_pushstring(L, request->name);
    lua_rawseti(L, -2, 0);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, request->args[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
    fm_host_load_script(L, request->name);
    luaL_checkstack(L, count, "too many arguments to script");
    for (int i = 0; i < count; i++)
        lua_pushstring(L, request->args[i]);
    lua_call(L, count, 0);
}

fm_status fm_host_run_script(fm_host *host, const char *name, const char *const *args, fm_error *err)
{
    script_request request = {name, args};
    return fm_host_run(host, run_script, &request, err);
}
