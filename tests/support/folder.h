/**
 * @file folder.h
 * A folder for the length of one cmocka test, with what tests do to the files in it.
 *
 *     cmocka_unit_test_setup_teardown(test_x, folder_make, folder_remove)
 */
#ifndef FM_TESTS_FOLDER_H
#define FM_TESTS_FOLDER_H

#include <stddef.h>

/** Makes an empty folder; `*state` is its name. */
int folder_make(void **state);
/** Removes it with everything in it. */
int folder_remove(void **state);

/** The path of a name in the folder; valid until the eighth call after. */
const char *folder_path(void **state, const char *name);
/** Writes a file in the folder. @return its path, as folder_path() */
const char *folder_write(void **state, const char *name, const char *content);
/** The content of a file, zero-terminated, freed with free(); NULL where there is none. */
char *folder_read(const char *path, size_t *len);
/** Number of entries in the folder, hidden ones too. */
size_t folder_count(void **state);

#endif
