/**
 * @file library.h
 * Shared libraries that few runs need. They are opened when they are first used, so that a start does not pay for them
 * and for all that they bring with them.
 */
#ifndef FM_UTIL_LIBRARY_H
#define FM_UTIL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/** A function to be found: its name, and the address of the pointer that takes it. */
typedef struct fm_symbol {
    const char *name;
    void *pointer;
} fm_symbol;

/**
 * Finds functions in a library, or in those it depends on. The library stays in the process until its end.
 * @param soname  as the dynamic linker knows it: "libical.so.3"
 * @return false where there is no such library, or it lacks one of them
 */
bool fm_library_find(const char *soname, const fm_symbol *symbols, size_t count);

#endif
