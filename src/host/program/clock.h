/**
 * @file clock.h
 * The clock of deadlines, which stands still while somebody looks around in a program that is held: what was under way
 * has not run late when it goes on.
 */
#ifndef FM_HOST_PROGRAM_CLOCK_H
#define FM_HOST_PROGRAM_CLOCK_H

#include "fmcal/env.h"

/** Gives `env` this clock as its monotonic one. */
void fm_clock_install(fm_env *env);
/** Stops the clock; where it stands already, nothing happens. */
void fm_clock_stop(void);
/** Lets it go on from where it was stopped. */
void fm_clock_go_on(void);

#endif
