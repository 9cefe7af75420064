/**
 * @file served.h
 * An HTTP server and its clients in one thread: whoever waits for bytes lets the server work meanwhile.
 */
#ifndef FM_TESTS_SUPPORT_SERVED_H
#define FM_TESTS_SUPPORT_SERVED_H

#include "serve/http/server.h"

typedef struct served {
    fm_server *server;
    fm_server_config config;
} served;

/** Usual bounds, a free port of 127.0.0.1; change `config` before served_open(). */
void served_init(served *s);
/** Fails the test where it cannot be opened. */
void served_open(served *s);
void served_close(served *s);

/** A client's end of a connection to the n-th address. */
int served_connect(const served *s, size_t n);
/** Sends all of it. */
void served_say(int fd, const char *bytes, size_t len);
/** Connects, and sends a text. */
int served_ask(const served *s, const char *text);

/** The exchange of the next event, which must be of that kind; a reference. */
fm_exchange *served_await(served *s, fm_server_event_kind kind);
/** Nothing happens that somebody is told, although the server works for a moment. */
void served_await_nothing(served *s);
/** Reads until the text has `until`, or, with NULL, until the end. The text is valid until the next call. */
const char *served_read(served *s, int fd, const char *until);
/** Reads the rest, closes, and compares the beginning of it. */
void served_expect(served *s, int fd, const char *beginning);
/** Answers with 200 and a text, and lets go. */
void served_answer(fm_exchange *x, const char *text);
/** Awaits a head, answers with a text, and lets go. */
void served_serve(served *s, const char *text);

#endif
