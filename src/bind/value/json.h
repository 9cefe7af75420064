/**
 * @file json.h
 * JSON text to Lua values and back, for every binding that deals in JSON.
 *
 * null is the light userdata NULL (`json.null`). Arrays carry a metatable that marks them, so that an
 * empty one stays an array. Whole numbers that fit 64 bits are integers, all others floats.
 */
#ifndef FM_BIND_VALUE_JSON_H
#define FM_BIND_VALUE_JSON_H

#include "bind/base/bind.h"
#include "core/json/style.h"

/** Name of the metatable of arrays; what getmetatable() gives for one. */
#define FM_BIND_JSON_ARRAY "fmcal.json.array"

/** How a text is read. All zero bytes are the defaults. */
typedef struct fm_bind_json_reading {
    unsigned max_depth; /**< nesting allowed, 0: FM_JSON_DEPTH */
    /** Strings in members of these names, at any depth, become secret userdata; NULL-terminated; NULL: none do. */
    const char *const *secret_members;
    bool (*is_public)(const char *name); /**< names below it whose strings stay strings; NULL: none */
} fm_bind_json_reading;

/**
 * Pushes what a JSON text means; on failure pushes nothing. A byte order mark is skipped.
 * @param text     borrowed; must stay where it is while Lua runs, even if the collector does
 * @param reading  NULL: the defaults
 * @return FM_EPARSE or FM_ELIMIT with line and column. [-0, +1, m]
 */
fm_status fm_bind_push_json(lua_State *L, const char *text, size_t len, const fm_bind_json_reading *reading,
                            fm_error *err);

/** Pushes the list of the names of an object's members as they stand there; empty where it is none. [-0, +1, m] */
void fm_bind_push_member_names(lua_State *L, const fm_json_span *object);

/** How a value is written. All zero bytes are the defaults. */
typedef struct fm_bind_json_writing {
    unsigned max_depth; /**< nesting allowed, 0: FM_JSON_DEPTH; also what ends a cycle */
    bool sort;          /**< members in the order of their names' bytes, else in no order */
} fm_bind_json_writing;

/**
 * Appends the JSON text of the value at `index`, without white space. Metamethods are not called.
 * @return FM_EINVAL for NaN, infinity, functions and other userdata, strings that are not UTF-8, tables with
 *         keys that are neither strings nor 1 to n; FM_ELIMIT for deep or cyclic tables; buffer failures. The
 *         message names the place by its members. [-0, +0, m]
 */
fm_status fm_bind_add_json(lua_State *L, int index, fm_buf *out, const fm_bind_json_writing *writing, fm_error *err);

/** Marks the table on top of the stack as an array. [-0, +0, m] */
void fm_bind_mark_array(lua_State *L);

/**
 * Reads a path, a table of names and 1-based indexes, at `index` (absolute). Raises for anything else.
 * The steps are on the stack as a userdata, which keeps their names. [-0, +1, v]
 */
fm_json_step *fm_bind_check_path(lua_State *L, int index, size_t *steps);

#endif
