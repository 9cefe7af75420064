#include "core/http/window.h"

enum {
    START = 4,          /* first window */
    ROUND_MIN = 16,     /* fewest answers that make a rate worth believing */
    PROBE_ROUNDS = 8,   /* full rounds after which a settled window tries to grow again */
    FORGET_ROUNDS = 32, /* full rounds without a refusal after which the ceiling rises by one */
};
/* A growth that does not win this much is noise. */
static const double GAIN = 1.15;

static unsigned at_most(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void begin_round(fm_http_window *w, int64_t now_ms)
{
    w->finished = 0;
    w->round_started_ms = now_ms;
}

void fm_http_window_init(fm_http_window *w, unsigned max)
{
    *w = (fm_http_window){.max = max ? max : 1};
    w->ceiling = w->max;
    w->limit = w->best_limit = at_most(START, w->max);
}

void fm_http_window_cap(fm_http_window *w, unsigned max)
{
    w->max = at_most(w->max, max);
    w->ceiling = at_most(w->ceiling, max);
    w->limit = at_most(w->limit, max);
    w->best_limit = at_most(w->best_limit, max);
}

static void grow(fm_http_window *w)
{
    unsigned most = at_most(w->max, w->ceiling);
    w->limit = at_most(w->limit * 2, most);
}

/* A round has ended with the window in full use: did its size pay? */
static void judge(fm_http_window *w, double rate)
{
    w->rounds++;
    w->quiet++;
    if (w->ceiling < w->max && w->quiet % FORGET_ROUNDS == 0)
        w->ceiling++;
    if (w->settled && w->rounds % PROBE_ROUNDS != 0)
        return;
    if (w->settled) {
        w->settled = false;
        w->best_rate = rate;
        w->best_limit = w->limit;
        grow(w);
    } else if (rate > w->best_rate * GAIN) {
        w->best_rate = rate;
        w->best_limit = w->limit;
        grow(w);
    } else {
        w->limit = w->best_limit;
        w->settled = true;
        w->rounds = 0;
    }
}

void fm_http_window_answered(fm_http_window *w, int64_t now_ms, bool full)
{
    if (!full || w->finished == 0) {
        begin_round(w, now_ms);
        w->finished = full;
        return;
    }
    unsigned round = w->limit > ROUND_MIN ? w->limit : ROUND_MIN;
    if (++w->finished <= round)
        return;
    int64_t elapsed_ms = now_ms - w->round_started_ms;
    judge(w, (double)round / (double)(elapsed_ms > 0 ? elapsed_ms : 1));
    begin_round(w, now_ms);
}

void fm_http_window_refused(fm_http_window *w, int64_t now_ms, unsigned epoch)
{
    if (epoch != w->epoch)
        return;
    w->epoch++;
    w->ceiling = w->limit > 1 ? w->limit - 1 : 1;
    w->limit = w->limit > 1 ? w->limit / 2 : 1;
    w->best_limit = w->limit;
    w->best_rate = 0;
    w->settled = true;
    w->rounds = w->quiet = 0;
    begin_round(w, now_ms);
}
