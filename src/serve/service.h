/**
 * @file service.h
 * What a process that serves and those who run it tell each other: sockets that it inherits from systemd, how it is,
 * and signals. Without systemd the first two are silent.
 */
#ifndef FM_SERVE_SERVICE_H
#define FM_SERVE_SERVICE_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The first of the descriptors that are inherited. */
#define FM_SERVICE_FIRST_SOCKET 3

/**
 * How many sockets this process has inherited (LISTEN_FDS), from FM_SERVICE_FIRST_SOCKET on. They are its own from now
 * on: children inherit none, and a second call finds none.
 */
size_t fm_service_sockets(void);

/** Tells NOTIFY_SOCKET: "READY=1", "STOPPING=1", "WATCHDOG=1". @return whether there is somebody who is told */
bool fm_service_notify(const char *state);

/** How often WATCHDOG=1 is expected at least, in milliseconds; 0: nobody expects it. */
int64_t fm_service_watchdog_ms(void);

typedef struct fm_signals fm_signals;

/** What signals ask for. */
typedef enum fm_signal {
    FM_SIGNAL_NONE,
    FM_SIGNAL_REREAD, /**< SIGHUP */
    FM_SIGNAL_STOP    /**< SIGINT, SIGTERM */
} fm_signal;

/** From now on SIGHUP, SIGINT and SIGTERM do nothing but show here. @return FM_OK, FM_EIO, FM_ENOMEM */
fm_status fm_signals_open(fm_signals **out, fm_error *err);
/** Signals do again what they did before. NULL is allowed. */
void fm_signals_free(fm_signals *s);
/** Readable where one has come. */
int fm_signals_descriptor(const fm_signals *s);
/** The next one that has come. */
fm_signal fm_signals_take(fm_signals *s);

#endif
