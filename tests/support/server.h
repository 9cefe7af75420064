/**
 * @file server.h
 * Servers for tests: started as child processes that end when their standard input does, so that none
 * outlives the test, however it ends.
 */
#ifndef FM_TESTS_SUPPORT_SERVER_H
#define FM_TESTS_SUPPORT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct test_server {
    pid_t pid;
    int input;       /**< our end of its standard input */
    char line[1024]; /**< what it printed */
    char url[256];   /**< "http://127.0.0.1:N/" */
    char cal[256];   /**< URL of the calendar "kanban"; of the scripted server too */
    char user[64], password[64];
} test_server;

/** Starts the scripted server (dav_server.py) with further arguments, NULL-terminated; may be NULL. Fails the test. */
void test_server_start_scripted(test_server *server, const char *const *args);
/** Starts the scripted Google account (google_server.py). Fails the test. */
void test_server_start_google(test_server *server);
/** What the server printed after "name=". Empty where it did not. */
void test_server_word(const test_server *server, const char *name, char *out, size_t size);
/** Starts radicale, xandikos or cyrus. False where it is not installed. */
bool test_server_start_real(test_server *server, const char *name);
/** Ends it and waits for that. */
void test_server_stop(test_server *server);

/** Sends a control request to the scripted server; @return the answer's body, owned by the caller. */
char *test_server_control(const test_server *server, const char *method, const char *path, const char *body);
/** Orders a fault: JSON as in dav_faults.py. */
void test_server_fault(const test_server *server, const char *json);
/** Sets options: JSON as in dav_server.py. */
void test_server_options(const test_server *server, const char *json);
/** Requests with that method since the log was cleared; NULL counts all. */
int test_server_count(const test_server *server, const char *method);
/** Empties log, faults and calendars, once the scripted CalDAV server is through with what earlier clients left there.
 */
void test_server_clear(const test_server *server);

#endif
