/**
 * @file bind.h
 * What every binding shares: the context of the Lua state, errors, boxes. Only files in src/bind and
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

/**
 * Temporary C memory owned by the stack: pushes a to-be-collected box that frees `*slot` with `release`
 * even when Lua raises. Returns the slot, NULL at first. [-0, +1, m]
 */
void **fm_bind_box(lua_State *L, void (*release)(void *));

/** Raises that memory ran out. @return never [-0, +0, e] */
int fm_bind_no_memory(lua_State *L);

/** The string at `index` as C sees it; raises where a zero byte would cut it short. [-0, +0, v] */
const char *fm_bind_text(lua_State *L, int index);
/** Reads an optional member of the table at `index` (absolute). Wrong types raise, naming the member. [-0, +0, v] */
lua_Integer fm_bind_opt_integer(lua_State *L, int index, const char *name, lua_Integer fallback);
int fm_bind_opt_boolean(lua_State *L, int index, const char *name, int fallback);

/** Registers every module of fmcal, C and Lua, in package.preload. [-0, +0, m] */
void fm_bind_preload(lua_State *L);

#endif
