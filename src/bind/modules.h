/**
 * @file modules.h
 * The table of C modules. A new binding adds its luaopen_ function here and in modules_table.c.
 */
#ifndef FM_BIND_MODULES_H
#define FM_BIND_MODULES_H

#include <lauxlib.h>

/** Module name and opener, ended by a NULL name. */
extern const luaL_Reg fm_bind_modules[];

#endif
