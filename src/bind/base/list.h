/**
 * @file list.h
 * Lists in arguments, read once into memory of the stack: no metamethod or finaliser changes them afterwards.
 */
#ifndef FM_BIND_BASE_LIST_H
#define FM_BIND_BASE_LIST_H

#include <lauxlib.h>
#include <lua.h>
#include <stddef.h>

/** Most elements of a list, where the caller has no smaller bound. */
#define FM_BIND_LIST_MAX 10000000

/** The length of the list at `index`, as # gives it; raises where that is none from 0 to `most`. [-0, +0, v] */
size_t fm_bind_check_length(lua_State *L, int index, lua_Integer most);

/**
 * The strings of the list at `index` (absolute), NULL-terminated. What is pushed keeps them. Raises for zero bytes and
 * for whatever is no string.
 * @param what  an element, in messages: "href"
 */
const char **fm_bind_check_strings(lua_State *L, int index, const char *what, lua_Integer most, size_t *count);

/** Pushes a table for fm_bind_keep(). @return its index [-0, +1, m] */
int fm_bind_new_keeper(lua_State *L);
/** Moves the value on top of the stack into a keeper, so that what is borrowed from it lives as long. [-1, +0, m] */
void fm_bind_keep(lua_State *L, int keeper);

#endif
