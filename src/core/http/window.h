/**
 * @file window.h
 * How many requests one server gets at a time. The window starts small and doubles for as long as more
 * requests in flight make more answers per second; it halves when the server pushes back (429, 503, a reset
 * connection) and then stays below where that happened until a long quiet time has passed.
 * Arithmetic only: the clock is handed in.
 */
#ifndef FM_CORE_HTTP_WINDOW_H
#define FM_CORE_HTTP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

typedef struct fm_http_window {
    unsigned limit;    /**< requests allowed in flight now */
    unsigned max;      /**< never more than this */
    unsigned ceiling;  /**< never more than this for now: below where the server pushed back */
    unsigned epoch;    /**< grows at each shrink; a request remembers the one it was started in */
    bool settled;      /**< the last growth did not help */
    unsigned finished; /**< answers in this round */
    unsigned rounds;   /**< full rounds since settling */
    unsigned quiet;    /**< full rounds since the server pushed back */
    int64_t round_started_ms;
    unsigned best_limit; /**< the window with the best rate so far, and that rate */
    double best_rate;
} fm_http_window;

/** Starts small, at 4 or `max`. */
void fm_http_window_init(fm_http_window *w, unsigned max);
/** Lowers the maximum for good: a server that closes each connection bears few at a time. */
void fm_http_window_cap(fm_http_window *w, unsigned max);
/** An answer came. `full`: the window was all in use, so that its rate says something about the window. */
void fm_http_window_answered(fm_http_window *w, int64_t now_ms, bool full);
/** The server pushed back on a request that was started in `epoch`. One burst of refusals shrinks the window once. */
void fm_http_window_refused(fm_http_window *w, int64_t now_ms, unsigned epoch);

#endif
