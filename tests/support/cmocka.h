/**
 * @file cmocka.h
 * cmocka, with the headers it wants before it and does not include.
 */
#ifndef FM_TESTS_SUPPORT_CMOCKA_H
#define FM_TESTS_SUPPORT_CMOCKA_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#endif
