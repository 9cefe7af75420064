/**
 * @file scripted.h
 * What tests of CalDAV against the scripted server begin and end with: one server for all of them, a calendar on it for
 * each. Their `state` is a test_scripted.
 */
#ifndef FM_TESTS_SUPPORT_SCRIPTED_H
#define FM_TESTS_SUPPORT_SCRIPTED_H

#include "support/calendar.h"

typedef struct test_scripted {
    test_server server;
    test_calendar calendar; /**< for the test that runs */
} test_scripted;

/** Set-up and tear-down of the group: the server. */
int test_scripted_start(void **state);
int test_scripted_stop(void **state);
/** Set-up of a test: an empty server with these options (JSON), a calendar that is not opened yet. */
test_scripted *test_scripted_begin(void **state, const char *options);
/** Tear-down of a test. */
int test_scripted_end(void **state);

#endif
