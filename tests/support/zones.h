/**
 * @file zones.h
 * The time zones of a test program: `cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown)`.
 */
#ifndef FM_TESTS_SUPPORT_ZONES_H
#define FM_TESTS_SUPPORT_ZONES_H

#include "core/zone/zone.h"

/** The system's zones, between set-up and tear-down. */
extern fm_zones *zones;

int test_zones_setup(void **state);
int test_zones_teardown(void **state);

#endif
