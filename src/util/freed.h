/**
 * @file freed.h
 * Whether freed memory is wiped: by fmcal-lua (host/program/freed.c) and by the pool of a Lua state (host/pool.h).
 * Where the library is a part of another program, that program's allocator decides about the rest.
 */
#ifndef FM_UTIL_FREED_H
#define FM_UTIL_FREED_H

#include <stdbool.h>

/** Set in a process that works for one after the other, before it learns anything of the first. */
extern bool fm_freed_is_wiped;

#endif
