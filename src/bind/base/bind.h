/**
 * @file bind.h
 * What every binding shares: the context of the Lua state, and errors. Only files in src/bind and
 * src/host include lua.h.
 */
#ifndef FM_BIND_BASE_BIND_H
#define FM_BIND_BASE_BIND_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "fmcal/provider.h"
#include <lauxlib.h>
#include <lua.h>

/** Name of the metatable of error objects. */
#define FM_BIND_ERROR "fmcal.error"

/** The world of one Lua state: lives in its registry, freed with the state. */
typedef struct fm_bind_context {
    fm_env env;                       /**< copied from the host */
    struct fm_http *http;             /**< owned; made at the first need by fm_bind_http() */
    struct fm_redact *redact;         /**< owned; what env.redact points to unless the host gave a set of its own */
    struct fm_secret *master_key;     /**< owned; CALENDAR_ENCRYPTION_KEY once it was found, else NULL */
    struct fm_secret *old_master_key; /**< owned; CALENDAR_ENCRYPTION_KEY_OLD */
    bool has_master_keys;             /**< the two were looked for */
    char *const *worker;              /**< borrowed; see bind/worker.h; NULL: the installed program */
} fm_bind_context;

/**
 * Sets the state's context up with a copy of `env` (NULL: fm_env_default()). Called once, before any
 * fmcal module is opened; luaopen_fmcal calls it for a stock lua5.4. [-0, +0, m]
 */
void fm_bind_setup(lua_State *L, const fm_env *env);
/** The state's context; borrowed; raises where fm_bind_setup() was not called. [-0, +0, v] */
fm_bind_context *fm_bind_get(lua_State *L);
/** The state's HTTP client, made at first use; raises when memory runs out. [-0, +0, m] */
struct fm_http *fm_bind_http(lua_State *L);

/**
 * Whether somebody asked the script to stop; whoever is told reports it, so the request is forgotten. [-0, +0, v]
 */
int fm_bind_take_interrupt(lua_State *L);

/**
 * Pushes an error object: a table with `code`, `domain`, `message`, and where known `status`,
 * `retry_after_s`, `line`, `column`; tostring gives the message. The one place that makes them: a secret that
 * found its way into a message is masked here. [-0, +1, m]
 */
void fm_bind_push_error(lua_State *L, const fm_error *err);
/** Pushes nil and the error object and returns 2: `return fm_bind_fail(L, &err);` [-0, +2, m] */
int fm_bind_fail(lua_State *L, const fm_error *err);

/** Raises that memory ran out. Its type is for `return fm_bind_no_memory(L);` [-0, +0, e] */
__attribute__((noreturn)) int fm_bind_no_memory(lua_State *L);

/** Registers every module of fmcal, C and Lua, in package.preload. [-0, +0, m] */
void fm_bind_preload(lua_State *L);

#endif
