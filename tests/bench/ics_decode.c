/*
 * Calendar objects to fm_event, without Lua. After a build without sanitizers:
 *   cc -O2 -D_GNU_SOURCE -Isrc -Isrc/include tests/bench/ics_decode.c BUILD/libfmcal.a -o ics_decode \
 *     $(pkg-config --libs lua5.4 libcurl libcjson openssl expat sqlite3 libpsl libedit) -lm
 *   ./ics_decode [EVENTS [RUNS]]
 */
#include "provider/ics/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static fm_status make_object(fm_buf *out, fm_zones *zones, const char *due, const char *zone)
{
    fm_env env;
    fm_event event = {0};
    fm_env_default(&env);
    fm_event_set(&event.uid, "X-00001@fleetmonitor");
    fm_event_set(&event.kanban_id, "X-00001");
    fm_event_set(&event.title, "File initial motion");
    fm_event_set(&event.description, "Prepare the motion; collect exhibits, have them signed.\nSecond line.");
    fm_event_set(&event.footer, "Status: in-progress\nPriority: high\nTags: legal, filing");
    fm_event_set(&event.due_date, due);
    fm_event_set(&event.time_zone, zone);
    fm_event_set(&event.priority, "high");
    fm_event_set(&event.team, "academy");
    fm_strings_add(&event.tags, "legal");
    fm_strings_add(&event.reminders, "-P1D");
    fm_status status = fm_ics_encode(&event, NULL, 0, &env, zones, out, NULL);
    fm_event_clear(&event);
    return status;
}

/* Decodes one object `count` times; the CPU time it took. */
static double decode_all(const fm_buf *text, fm_zones *zones, int count)
{
    double start = cpu_s();
    for (int i = 0; i < count; i++) {
        fm_event event = {0};
        if (fm_ics_decode(text->data, text->len, zones, &event, NULL))
            return -1;
        fm_event_clear(&event);
    }
    return cpu_s() - start;
}

static int measure(const char *name, const char *due, const char *zone, int count, int runs)
{
    enum { MAX_RUNS = 99 };
    double times[MAX_RUNS];
    fm_zones *zones = fm_zones_new(NULL);
    fm_buf text;
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    if (!zones || runs < 1 || runs > MAX_RUNS || make_object(&text, zones, due, zone))
        return 1;
    for (int i = 0; i < runs; i++)
        times[i] = decode_all(&text, zones, count);
    qsort(times, (size_t)runs, sizeof times[0], by_value);
    printf("%-14s %5zu bytes  %8.0f events/s\n", name, text.len, count / times[runs / 2]);
    fm_buf_free(&text);
    fm_zones_free(zones);
    return times[0] < 0;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 20000;
    int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 9;
    return measure("all-day", "2026-02-15", NULL, count, runs) ||
           measure("with VTIMEZONE", "2026-02-15T10:00:00", "America/Los_Angeles", count, runs);
}
