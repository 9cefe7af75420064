/**
 * @file worker.h
 * What the module fmcal.worker and the program at its other end (host/worker/) agree on, and which program that is.
 */
#ifndef FM_BIND_WORKER_H
#define FM_BIND_WORKER_H

#include <lua.h>

/** What a frame holds, its first byte. Values are packed (bind/value/pack.h). */
enum {
    FM_WORKER_VALUES = 'v', /**< values: to the worker a question, from it an answer or what it wants to know itself */
    FM_WORKER_REPLY = 'r',  /**< to the worker: values that it wanted to know */
    FM_WORKER_ZONE = 'z',   /**< from the worker: the name of a zone; to it: its file, or nothing */
};

/** Most bytes of an answer. Small: a cycle in one is as long as this allows, and the tables made of it are larger. */
#define FM_WORKER_ANSWER_MAX ((size_t)8 << 20)

/**
 * Names the worker's program and its arguments, ended by NULL; borrowed for as long as the state lives. Without it the
 * program is the installed one. The variable FMCAL_WORKER goes before both. [-0, +0, v]
 */
void fm_bind_set_worker(lua_State *L, char *const *argv);

#endif
