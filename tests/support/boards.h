/**
 * @file boards.h
 * What tests of a board need: a board from a text, edits in one line, its text.
 */
#ifndef FM_TESTS_BOARDS_H
#define FM_TESTS_BOARDS_H

#include "board/patch.h"

/** A real environment that stays the same. */
fm_env *boards_env(void);
/** A board from a text; fails the test where it is none. */
fm_board *boards_parse(const char *text);
/** Opens a board file; fails the test where it cannot. */
fm_board *boards_open(const char *path);
/**
 * Does an edit: "KEY/member/1" (a key and a path; without a key "/member"), and a JSON value. Digits
 * are indexes from 1.
 */
fm_status boards_set(fm_board *b, const char *place, const char *value, fm_error *err);
fm_status boards_remove(fm_board *b, const char *place, fm_error *err);
fm_status boards_append(fm_board *b, const char *place, const char *value, fm_error *err);
/** Fails the test where the board's text is another one. */
void boards_assert_text(fm_board *b, const char *expected);
/** The fingerprint of an entry in a context; fails the test where there is no such entry. */
void boards_fingerprint(unsigned char *out, fm_board *b, const char *key, const char *context);

#endif
