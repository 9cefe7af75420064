/**
 * @file calendar.h
 * A provider on a test server (CalDAV or Google), with a clock that moves only when something waits, and what it
 * reports written down as text.
 */
#ifndef FM_TESTS_SUPPORT_CALENDAR_H
#define FM_TESTS_SUPPORT_CALENDAR_H

#include "core/http/http.h"
#include "fmcal/provider.h"
#include "support/server.h"
#include "util/buf.h"
#include "util/options.h"
#include "util/strmap.h"

typedef struct test_calendar {
    test_server *server; /**< borrowed */
    fm_env real, env;
    int64_t waited_ms; /**< in waits, by the fake clock */
    fm_http *http;
    const fm_provider_class *klass;
    fm_options *options;
    fm_provider *provider; /**< NULL before test_calendar_new() */

    fm_buf log; /**< what the sink was told: "changed NAME ETAG", "seen NAME", "deleted NAME", "unread NAME: WHY", "page
                   TOKEN complete" */
    fm_strmap known; /**< ETags the sink claims to know, by href; filled from what it was told */
    char *token;     /**< of the last page */
    size_t changed, seen, deleted, pages, complete; /**< since the last call */
    fm_error error;                                 /**< of the last call */
} test_calendar;

/** Settings for the server's address and user, not opened yet; further ones may be set in `options`. */
void test_calendar_init(test_calendar *c, test_server *server);
/** The same for a scripted Google account and its primary calendar. */
void test_calendar_init_google(test_calendar *c, test_server *server);
void test_calendar_free(test_calendar *c);
/** Makes the provider from the settings; replaces an earlier one. */
fm_status test_calendar_new(test_calendar *c);
/** Makes and opens it. Fails the test where that fails. */
void test_calendar_open(test_calendar *c);
/** Makes it and tries to open it. */
fm_status test_calendar_try_open(test_calendar *c);
/** Runs `changes` from `token`; the token of the last page is kept. */
fm_status test_calendar_changes(test_calendar *c, const char *token);
/** Runs `fetch`. */
fm_status test_calendar_fetch(test_calendar *c, const char *const *hrefs, size_t count);
/** Runs `apply`. */
fm_status test_calendar_apply(test_calendar *c, fm_write *writes, size_t count);

/** The text of an event, owned by the caller. */
char *test_event(const char *uid, const char *title);
/** A create of an event; its text is borrowed from `text`. */
fm_write test_create(const char *uid, const char *text);

#endif
