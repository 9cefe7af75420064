/**
 * @file pace.h
 * A token bucket: how many requests may be sent now, so that a quota per minute is kept. It holds one
 * minute's worth, so that a small run never waits. Arithmetic only: the clock is handed in.
 */
#ifndef FM_PROVIDER_REMOTE_PACE_H
#define FM_PROVIDER_REMOTE_PACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct fm_remote_pace {
    int64_t per_minute;
    double left; /**< requests that may be sent at `at_ms` */
    int64_t at_ms;
} fm_remote_pace;

/** A full bucket. `per_minute` is at least 1. */
void fm_remote_pace_init(fm_remote_pace *pace, int64_t per_minute, int64_t now_ms);
/** Takes one request out of the bucket. False where it is empty. */
bool fm_remote_pace_take(fm_remote_pace *pace, int64_t now_ms);
/** How long until the next request may be sent, in milliseconds; 0: now. */
int64_t fm_remote_pace_wait_ms(const fm_remote_pace *pace, int64_t now_ms);

#endif
