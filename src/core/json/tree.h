/**
 * @file tree.h
 * Small JSON bodies as a tree of cJSON: answers to a sign-in, errors, keys. What is large, or has to come back byte by
 * byte, is read in place instead (core/json/scan.h).
 */
#ifndef FM_CORE_JSON_TREE_H
#define FM_CORE_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * The tree of a text, owned by the caller. It takes what the scanner takes, no less and no more than that.
 * NULL: no JSON, or memory ran out. In what follows NULL is a tree without members.
 */
cJSON *fm_json_tree(const char *text, size_t len);
/** Frees it; the strings in it are wiped first. NULL is allowed. */
void fm_json_tree_wipe(cJSON *tree);

/** The member at a path ("error.message"); NULL where it is absent or null. */
const cJSON *fm_json_tree_at(const cJSON *tree, const char *path);
/** The string there, borrowed; NULL where there is none. Zero characters in it are U+FFFD. */
const char *fm_json_tree_text(const cJSON *tree, const char *path);
/** Whether the string there is this one. */
bool fm_json_tree_is(const cJSON *tree, const char *path, const char *text);
/** The number there; the fallback where there is none. */
double fm_json_tree_number(const cJSON *tree, const char *path, double fallback);

#endif
