/**
 * @file credentials.h
 * The master keys of a Lua state.
 */
#ifndef FM_BIND_CREDENTIALS_H
#define FM_BIND_CREDENTIALS_H

#include <lua.h>

/**
 * For a program, right after fm_bind_setup() and before it starts threads: takes CALENDAR_ENCRYPTION_KEY and
 * CALENDAR_ENCRYPTION_KEY_OLD out of the environment, for this state alone. A state without it reads them
 * from the environment when credentials are first opened, and leaves them there. [-0, +0, m]
 */
void fm_bind_take_master_keys(lua_State *L);

/** Names of the variables, ended by NULL: what a child process must not inherit. */
extern const char *const fm_bind_master_key_names[];
/**
 * "NAME=value" of the master keys that this state knows, ended by NULL, for a child that is to have them.
 * Borrowed from what it pushes. [-0, +3, m]
 */
const char *const *fm_bind_push_master_environment(lua_State *L);

#endif
