/**
 * @file handle.h
 * Userdata that own one C object, and how long a call may use it.
 *
 * Whatever a binding does between taking a pointer and its last use of it may run Lua code: a metamethod of an
 * argument, a callback, and at any allocation a finaliser. That code must not free or change the object. So a handle
 * serves one call at a time: what such code calls on it meanwhile raises, closing included. Where calls may be nested,
 * closing alone does.
 */
#ifndef FM_BIND_BASE_HANDLE_H
#define FM_BIND_BASE_HANDLE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

/** A kind of handle. */
typedef struct fm_bind_type {
    const char *name;              /**< of its metatable, and what tostring begins with: "fmcal.board" */
    const char *what;              /**< in messages: "board" */
    void (*release)(void *object); /**< frees an object; not called with NULL */
    bool nests;                    /**< a call may begin while another is under way */
    int (*descriptor)(
        const void *object); /**< readable when a call has something to do; NULL: a loop cannot wait for it */
} fm_bind_type;

/**
 * Makes the metatable: `methods` behind __index, `meta` beside __gc and __close, which close the handle.
 * [-0, +0, m]
 */
void fm_bind_make_handle_type(lua_State *L, const fm_bind_type *type, const luaL_Reg *methods, const luaL_Reg *meta);

/** User value of a handle for a Lua value that its object borrows from. */
#define FM_BIND_LENDER 2

/** Pushes a closed handle. @return where to put its object, which it owns from then on [-0, +1, m] */
void **fm_bind_new_handle(lua_State *L, const fm_bind_type *type);

/** The object of the handle at `index`, NULL where it is closed. For __tostring, and for what a callback may ask.
 * [-0, +0, v] */
void *fm_bind_look(lua_State *L, int index, const fm_bind_type *type);

/**
 * The object of the open handle at `index`, for callers that run no Lua code before they are through with it;
 * raises where it is closed, or in use and not of a kind that nests. [-0, +0, v]
 */
void *fm_bind_open(lua_State *L, int index, const fm_bind_type *type);

/**
 * As fm_bind_open(), and the handle is in use until the running C function returns or raises. What keeps it so lies
 * on the stack: bring optional arguments to their places (lua_settop) before, and leave the slot alone. [-0, +1, v]
 */
void *fm_bind_hold(lua_State *L, int index, const fm_bind_type *type);

/**
 * The descriptor of the open handle at `index`, whatever its kind; raises where a loop cannot wait for it. [-0, +0, v]
 */
int fm_bind_descriptor(lua_State *L, int index);

/** Closes the handle at index 1, twice is allowed; raises where it is in use. @return 0, as a lua_CFunction does
 * [-0, +0, v] */
int fm_bind_close(lua_State *L, const fm_bind_type *type);

#endif
