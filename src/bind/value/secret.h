/**
 * @file secret.h
 * Secrets in Lua: opaque userdata "fmcal.secret". Lua can hand them on, compare them by identity and
 * see "[secret]"; there is no way to read the bytes from Lua.
 */
#ifndef FM_BIND_VALUE_SECRET_H
#define FM_BIND_VALUE_SECRET_H

#include "bind/base/bind.h"
#include "util/secret.h"

/** Name of the metatable. */
#define FM_BIND_SECRET "fmcal.secret"

/** Pushes a userdata that holds a reference of its own, and adds the secret to the state's redaction set. [-0, +1, m]
 */
void fm_bind_push_secret(lua_State *L, fm_secret *s);
/** The secret at `index`, borrowed from the userdata; NULL where there is another value or a closed secret. [-0, +0, m]
 */
fm_secret *fm_bind_to_secret(lua_State *L, int index);
/**
 * The bytes of a string or of a secret at `index`, borrowed from it. Raises an argument error for
 * anything else. For keys and passwords: never hand such bytes back to Lua. [-0, +0, v]
 */
const char *fm_bind_check_bytes(lua_State *L, int index, size_t *len);

#endif
