/**
 * @file utf8.h
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef FM_UTIL_UTF8_H
#define FM_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Length in bytes of the character at `at`, of which `left` bytes may be read; 0 where it is none. */
size_t fm_utf8_character(const char *at, size_t left);

/** Whether all of it is UTF-8. */
bool fm_utf8_valid(const char *bytes, size_t len);

/** Writes a character (at most 0x10FFFF, no surrogate) and returns its length in bytes. */
size_t fm_utf8_put(char out[4], uint32_t character);

#endif
