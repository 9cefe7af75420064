/**
 * @file embedded.h
 * The Lua modules and scripts compiled into the library, as bytecode with debug information.
 */
#ifndef FM_BIND_EMBEDDED_H
#define FM_BIND_EMBEDDED_H

#include <stddef.h>

typedef struct fm_embedded {
    const char *kind; /**< "module" or "script"; NULL ends the table */
    const char *name; /**< "fmcal.sync.decide.plan" or "sync.lua" */
    const unsigned char *code;
    size_t len;
} fm_embedded;

/** Generated from lua/ and scripts/ by src/host/embed.lua. */
extern const fm_embedded fm_embedded_files[];

/** One of fmcal's own scripts by name, with or without ".lua"; NULL if there is none. */
const fm_embedded *fm_embedded_script(const char *name);

#endif
