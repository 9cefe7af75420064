/**
 * @file run.h
 * How the host runs things in protected mode: shared by the embedding API and by fmcal-lua.
 */
#ifndef FM_HOST_RUN_H
#define FM_HOST_RUN_H

#include "fmcal/host.h"
#include <lua.h>

enum {
    FM_HOST_IGNORE_VARIABLES = 1, /**< LUA_PATH, LUA_CPATH and FMCAL_LUA_PATH have no effect (`fmcal-lua -E`) */
    FM_HOST_MAY_EXIT = 2,         /**< os.exit ends the process, as in `lua` */
    /** Only a signal handler of the thread that runs the host calls fm_host_interrupt(): no hook need stand for it. */
    FM_HOST_INTERRUPTED_BY_HANDLER = 4
};

/** fm_host_new(), with FM_HOST_ flags. */
fm_status fm_host_create(fm_host **host, const fm_env *env, unsigned flags, fm_error *err);

/** Work done in protected mode; it may raise. Whatever it leaves on the stack is dropped. */
typedef void (*fm_host_body)(lua_State *L, void *data);

/**
 * Runs `body`; an error raised in it is recorded with its traceback and returned as fm_host_run_file() says.
 * Runs may be nested. `data` is borrowed for the call.
 */
fm_status fm_host_run(fm_host *host, fm_host_body body, void *data, fm_error *err);

/** Pushes the chunk of a script: the file `name`, else fmcal's own script of that name; raises. [-0, +1, e] */
void fm_host_load_script(lua_State *L, const char *name);
/** Pushes the chunk in a file, NULL for standard input; raises. [-0, +1, e] */
void fm_host_load_file(lua_State *L, const char *path);
/** Pushes the chunk in a text; raises. [-0, +1, e] */
void fm_host_load_string(lua_State *L, const char *code, const char *chunk_name);

/**
 * Sees an error where it was raised: the error lies at index 1 and nothing else on the stack, whose frames are all
 * still there. It may put another value in its place, and must not raise.
 */
typedef void (*fm_host_witness)(lua_State *L, void *data);

/** Shows `witness` every error that ends a run from now on; NULL: nobody. `data` is borrowed while the host lives. */
void fm_host_on_error(fm_host *host, fm_host_witness witness, void *data);

/** Forgets a request to stop that nothing has noticed (the prompt does, before each line). */
void fm_host_forget_interrupt(fm_host *host);

#endif
