/**
 * @file edit.h
 * Edits JSON as text: whatever an edit does not mean keeps its order, spelling and white space, byte
 * for byte.
 *
 * - A new member goes last, with the white space of the member before it; an object on one line stays
 *   on one line. A byte order mark and line ends stay as they are.
 * - Of duplicate members the last counts; removing removes all of them.
 * - Setting a value that means the same as what is there changes nothing. Where an object replaces an
 *   object, its members are set and removed one by one, so those that stay keep their place and spelling.
 *
 * Each edit is one splice after the other in the same buffer, never several at positions found before.
 * The document must be valid JSON, nested at most FM_JSON_DEPTH_LIMIT deep, and be held in the buffer
 * as a whole. A path leads from the document's value to the place meant; an empty one is the value
 * itself. After a failure the document is as it was, unless memory ran out: then the buffer has failed.
 */
#ifndef FM_CORE_JSON_EDIT_H
#define FM_CORE_JSON_EDIT_H

#include "core/json/style.h"

/** Finds the value at a path; borrowed from the text. False where there is none. */
bool fm_json_find(fm_json_span *value, const char *text, size_t len, const fm_json_step *path, size_t steps);

/**
 * Sets the value at a path. Objects that are missing, or null, on the way are made; a missing element
 * can be made only right behind the last one.
 * @param value  JSON text, copied; must not lie in the buffer
 * @return FM_EINVAL where something on the way is neither object nor array, or has no such index; FM_EPARSE
 *         where the value is not JSON; FM_ENOMEM, FM_ELIMIT
 */
fm_status fm_json_set(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *value, fm_error *err);

/** Removes the member or element at a path; nothing happens where it is missing. FM_EINVAL for an empty path. */
fm_status fm_json_remove(fm_buf *doc, const fm_json_step *path, size_t steps, fm_error *err);

/**
 * Appends elements to the array at a path, which is made where it is missing or null.
 * @param values  JSON texts, copied; must not lie in the buffer
 * @return FM_EINVAL where something else than an array is there; otherwise as fm_json_set()
 */
fm_status fm_json_append(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *values, size_t count,
                         fm_error *err);

#endif
