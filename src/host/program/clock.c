#include "host/program/clock.h"

/* The one clock of this process. */
static struct {
    int64_t (*real_ms)(void *data);
    int64_t behind_ms;  /* how much longer the real one has run */
    int64_t stopped_ms; /* where the real one stood when this one was stopped */
    bool stands;
} the_clock;

static int64_t monotonic_ms(void *data)
{
    return (the_clock.stands ? the_clock.stopped_ms : the_clock.real_ms(data)) - the_clock.behind_ms;
}

void fm_clock_install(fm_env *env)
{
    the_clock.real_ms = env->monotonic_ms;
    env->monotonic_ms = monotonic_ms;
}

void fm_clock_stop(void)
{
    if (!the_clock.stands)
        the_clock.stopped_ms = the_clock.real_ms(NULL);
    the_clock.stands = true;
}

void fm_clock_go_on(void)
{
    if (the_clock.stands)
        the_clock.behind_ms += the_clock.real_ms(NULL) - the_clock.stopped_ms;
    the_clock.stands = false;
}
