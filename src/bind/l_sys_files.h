/**
 * @file l_sys_files.h
 * The functions of fmcal.sys that are about files, which have a file of their own.
 */
#ifndef FM_BIND_L_SYS_FILES_H
#define FM_BIND_L_SYS_FILES_H

#include <lauxlib.h>

extern const luaL_Reg fm_bind_sys_file_functions[];

#endif
