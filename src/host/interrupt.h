/**
 * @file interrupt.h
 * How a running script is asked to stop: a flag, and the hook of Lua that looks at it. A debugger shares the hook;
 * nothing else in a host sets one.
 *
 * A hook that stands costs every instruction a call, but may be asked by any thread. Where only a signal handler of the
 * host's own thread asks, the handler sets the hook, and nothing is paid before. Coroutines have one that stands in
 * either case, for a handler cannot know which of them runs.
 */
#ifndef FM_HOST_INTERRUPT_H
#define FM_HOST_INTERRUPT_H

#include <lua.h>
#include <stdbool.h>

typedef struct fm_interrupt {
    volatile int *flag;          /**< borrowed; set: a script is to stop */
    lua_State *volatile handled; /**< whose hook a handler sets; NULL: the hook stands, or the state is closed */
    lua_Hook other;              /**< what it replaces, a debugger's for example */
    int other_mask, other_count;
    lua_Hook shared; /**< see fm_interrupt_share() */
} fm_interrupt;

/**
 * Makes the scripts of a Lua state stoppable, once Lua's libraries are there. Raises. [-0, +0, m]
 * @param interrupt   with its flag, borrowed until the state is closed
 * @param by_handler  only a signal handler of the thread that runs the state will ask
 */
void fm_interrupt_setup(lua_State *L, fm_interrupt *interrupt, bool by_handler);

/**
 * Lets `hook` have events of this coroutine (LUA_MASKCALL, LUA_MASKLINE; 0: none) beside the looks at the flag.
 * Coroutines that it makes from now on inherit it. All coroutines share one `hook`. [-0, +0, -]
 */
void fm_interrupt_share(lua_State *L, lua_Hook hook, int mask);

/** Asks the running script to stop. From any thread; `by_handler`: from a signal handler of the thread that runs it. */
void fm_interrupt_request(fm_interrupt *interrupt);

#endif
