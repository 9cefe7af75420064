/**
 * @file warnings.h
 * Lua's warnings, as `lua` shows them: on standard error, once somebody has asked for them.
 */
#ifndef FM_HOST_PROGRAM_WARNINGS_H
#define FM_HOST_PROGRAM_WARNINGS_H

#include <lua.h>
#include <stdbool.h>

typedef struct fm_warnings {
    bool on;
    bool unfinished; /**< more of the last one is to come */
} fm_warnings;

/** Makes the state's warnings known to `warnings`, which begins as zeros and outlives the state. */
void fm_warnings_install(lua_State *L, fm_warnings *warnings);

#endif
