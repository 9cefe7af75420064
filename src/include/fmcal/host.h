/**
 * @file host.h
 * Embedding: a host is one Lua state with fmcal's modules in it.
 *
 * Several hosts may live in one process; they share nothing. One host is used by one thread at a time;
 * only fm_host_interrupt() may be called from elsewhere. The library never exits, never prints (a
 * script may: it has Lua's `print` and `io`) and keeps no global state. No Lua error leaves these
 * functions: what a script raises comes back as a status, a message and a traceback.
 */
#ifndef FMCAL_HOST_H
#define FMCAL_HOST_H

#include "fmcal/env.h"
#include "fmcal/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lua_State;

/** One Lua state with fmcal's modules. */
typedef struct fm_host fm_host;

/**
 * Makes a host: a Lua state with Lua's libraries, and fmcal's modules ready for `require`.
 * @param host  receives the new host, owned by the caller; NULL on failure
 * @param env   the world it lives in, copied; NULL for fm_env_default(). Where `env->interrupted` is
 *              NULL the host has a flag of its own for fm_host_interrupt()
 * @param err   optional
 * @return FM_OK, FM_ENOMEM
 */
FM_API fm_status fm_host_new(fm_host **host, const fm_env *env, fm_error *err);

/** Closes the Lua state, everything that scripts left open with it, and frees the host. NULL is allowed. */
FM_API void fm_host_free(fm_host *host);

/**
 * The Lua state; borrowed until fm_host_free(). Whoever calls Lua's functions on it directly does so in
 * protected mode and leaves the stack as it was.
 */
FM_API struct lua_State *fm_host_lua(fm_host *host);

/**
 * Runs Lua source text.
 * @param code        the text, borrowed for the call
 * @param chunk_name  what messages call it; Lua's convention holds: "=name" is shown as it is, "@file" as a
 *                    file, anything else as quoted source. NULL: the text itself
 * @return FM_OK; FM_EPARSE where it is not Lua; else what fm_host_run_file() returns
 */
FM_API fm_status fm_host_run_string(fm_host *host, const char *code, const char *chunk_name, fm_error *err);

/**
 * Runs a Lua file. A first line that starts with `#` is skipped.
 * @return FM_OK; FM_ENOTFOUND where the file cannot be read; FM_EPARSE where it is not Lua; FM_ECANCELED
 *         after fm_host_interrupt(); FM_ENOMEM; the status of an error object of fmcal that the script
 *         raised; FM_ESCRIPT for anything else it raised. fm_host_traceback() tells more. `os.exit` ends the run, never
 * the process: FM_OK with status 0, else FM_ESCRIPT; see fm_host_exit_status()
 */
FM_API fm_status fm_host_run_file(fm_host *host, const char *path, fm_error *err);

/**
 * Runs a script: the file `name`, else the script of that name among fmcal's own ("sync.lua").
 * @param args  the script's arguments, ended by NULL, borrowed for the call; NULL for none. The script
 *              gets them as `...` and in the global table `arg`, with its name at index 0
 * @return as fm_host_run_file()
 */
FM_API fm_status fm_host_run_script(fm_host *host, const char *name, const char *const *args, fm_error *err);

/**
 * How the last run ended, as a program would: what it gave to `os.exit`, else 0 where it succeeded and 1 where it
 * did not. fmcal's own scripts end in this way (docs/commands.md lists what the numbers mean).
 */
FM_API int fm_host_exit_status(const fm_host *host);

/**
 * What went wrong in the last run: the whole message, then the traceback. Empty after a run that succeeded.
 * Borrowed until the next run.
 */
FM_API const char *fm_host_traceback(const fm_host *host);

/**
 * Asks a running script to stop: soon an error is raised in it (`code` "canceled"), and an operation that
 * waits ends with FM_ECANCELED. The script may clean up. A request that arrives while nothing runs stops
 * the next run. May be called from a signal handler and from any thread, while the host exists.
 */
FM_API void fm_host_interrupt(fm_host *host);

#ifdef __cplusplus
}
#endif
#endif
