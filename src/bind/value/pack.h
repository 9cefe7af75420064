/**
 * @file pack.h
 * Lua values as bytes, for a process on the other end of a pipe. Nothing is lost on the way that data can have: whole
 * numbers and others, any bytes in a string, nil within a list, lists that know they are lists (fmcal.json.array), and
 * json.null. A function or a userdata arrives as a function that does nothing: whoever checks types sees that it is
 * none that data can have. Metamethods are not called. Reading trusts nothing: the other end may be hostile.
 */
#ifndef FM_BIND_VALUE_PACK_H
#define FM_BIND_VALUE_PACK_H

#include "fmcal/error.h"
#include "util/buf.h"
#include <lua.h>

/**
 * Appends the values from `first` to `last`, indexes of the stack.
 * @return FM_OK; FM_ELIMIT where they are nested too deeply or, as a cycle is, without end; FM_ENOMEM. [-0, +0, m]
 */
fm_status fm_bind_pack(lua_State *L, int first, int last, fm_buf *out, fm_error *err);

/**
 * Pushes all values of some bytes; on failure pushes nothing.
 * @param bytes  borrowed; must stay where they are while Lua runs
 * @param count  receives how many
 * @return FM_OK; FM_EPARSE. [-0, +count, m]
 */
fm_status fm_bind_unpack(lua_State *L, const char *bytes, size_t len, int *count, fm_error *err);

#endif
