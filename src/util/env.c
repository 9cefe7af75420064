#include "fmcal/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t real_now_us(void *data)
{
    (void)data;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t real_monotonic_ms(void *data)
{
    (void)data;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static fm_status real_random(void *data, void *bytes, size_t len)
{
    (void)data;
    unsigned char *at = bytes;
    while (len) {
        ssize_t n = getrandom(at, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FM_EIO;
        at += n;
        len -= (size_t)n;
    }
    return FM_OK;
}

static void real_sleep_ms(void *data, int64_t ms)
{
    (void)data;
    if (ms <= 0)
        return;
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

static void log_nowhere(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)data;
    (void)level;
    (void)domain;
    (void)line;
}

void fm_env_default(fm_env *env)
{
    *env = (fm_env){
        .now_us = real_now_us,
        .monotonic_ms = real_monotonic_ms,
        .random = real_random,
        .sleep_ms = real_sleep_ms,
        .log = log_nowhere,
        .log_level = FM_LOG_WARN,
    };
}
