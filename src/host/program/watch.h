/**
 * @file watch.h
 * How the debugger, which is Lua (lua/fmcal/prompt/debugger), follows what coroutines do.
 */
#ifndef FM_HOST_PROGRAM_WATCH_H
#define FM_HOST_PROGRAM_WATCH_H

#include <lua.h>

/** Lua: follow(f): f("line", line) and f("call") get the events of the coroutines that are watched. */
int fm_watch_follow(lua_State *L);

/**
 * Lua: watch(coroutine, what): "lines", "calls" (and lines; calls of C functions alone), "nothing". Lines of fmcal's
 * own modules are not told: they are passed over as C functions are.
 */
int fm_watch_watch(lua_State *L);

#endif
