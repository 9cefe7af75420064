/*
 * A multistatus body with calendar data, from its bytes to Lua tables, as a run reads it: in pieces of 16 KiB, each
 * event decoded and pushed; and the same body again where the state holds every text already. After a build without
 * sanitizers:
 *   cc -O2 -D_GNU_SOURCE -Isrc -Isrc/include tests/bench/multistatus.c BUILD/libfmcal.a -o multistatus \
 *     $(pkg-config --cflags --libs lua5.4 libcurl libcjson openssl expat sqlite3 libpsl libedit) -lm
 *   ./multistatus tables|unchanged day|zone [EVENTS [RUNS [STATE_FILE]]]
 */
#include "provider/caldav/multistatus.h"
#include "bind/value/event.h"
#include "core/ical/ical.h"
#include "core/xml.h"
#include "fmcal/env.h"
#include "provider/ics/codec.h"
#include "state/state.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PIECE = 16384, MAX_RUNS = 99 };

typedef struct bench {
    fm_env env;
    fm_zones *zones;
    lua_State *L;
    fm_state *state;
    fm_target *target;
    fm_object_sink sink;
    bool tables;
    size_t events;
    double spent_s; /* making the body, which is no part of reading it, is left out */
} bench;

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ------------------------------------------------------------------ the body */

static fm_status add_response(fm_buf *out, bench *b, size_t number, bool timed)
{
    fm_event event = {0};
    fm_buf text;
    char uid[64], title[96];
    snprintf(uid, sizeof uid, "X-%05zu@fleetmonitor", number);
    snprintf(title, sizeof title, "File initial motion, part %zu", number);
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    fm_event_set(&event.uid, uid);
    fm_event_set(&event.kanban_id, uid);
    fm_event_set(&event.title, title);
    fm_event_set(&event.description, "Prepare the motion; collect exhibits, have them signed.\nSecond line.");
    fm_event_set(&event.footer, "Status: in-progress\nPriority: high\nTags: legal, filing");
    fm_event_set(&event.due_date, timed ? "2026-02-15T10:00:00" : "2026-02-15");
    fm_event_set(&event.time_zone, timed ? "America/Los_Angeles" : NULL);
    fm_event_set(&event.priority, "high");
    fm_event_set(&event.team, "academy");
    fm_strings_add(&event.tags, "legal");
    fm_strings_add(&event.reminders, "-P1D");
    fm_status status = fm_ics_encode(&event, NULL, 0, &b->env, b->zones, &text, NULL);
    fm_buf_addf(out,
                "<D:response><D:href>/cal/%05zu.ics</D:href><D:propstat><D:prop><D:getetag>\"%zu\"</D:getetag>"
                "<C:calendar-data>",
                number, number);
    if (!status)
        status = fm_xml_escape(out, text.data);
    fm_buf_adds(out, "</C:calendar-data></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n");
    fm_buf_free(&text);
    fm_event_clear(&event);
    return status ? status : out->status;
}

/* ------------------------------------------------------------------ reading */

static fm_status push_table(bench *b, const char *text, size_t len, fm_error *err)
{
    fm_event event = {0};
    fm_status status = fm_ics_decode(text, len, b->zones, &event, err);
    if (!status) {
        fm_bind_push_event(b->L, &event);
        lua_pop(b->L, 1);
    }
    fm_event_clear(&event);
    return status;
}

static fm_status store(bench *b, const fm_dav_response *response, fm_error *err)
{
    const fm_dav_props *props = &response->props;
    char *uid;
    if (fm_ical_uid(props->text[FM_DAV_DATA], props->data_len, &uid))
        return FM_ENOMEM;
    fm_object object = {.kind = FM_OBJECT_CHANGED,
                        .href = response->href,
                        .uid = uid,
                        .etag = props->text[FM_DAV_ETAG],
                        .text = props->text[FM_DAV_DATA],
                        .text_len = props->data_len};
    fm_status status = b->sink.object(b->sink.data, &object, err);
    free(uid);
    return status;
}

static fm_status on_response(void *data, const fm_dav_response *response, fm_error *err)
{
    bench *b = data;
    b->events++;
    return b->tables ? push_table(b, response->props.text[FM_DAV_DATA], response->props.data_len, err)
                     : store(b, response, err);
}

static fm_status feed(bench *b, fm_multistatus *m, const fm_buf *bytes, fm_error *err)
{
    fm_status status = FM_OK;
    double start = cpu_s();
    for (size_t at = 0; at < bytes->len && !status; at += PIECE)
        status = fm_multistatus_feed(m, bytes->data + at, bytes->len - at < PIECE ? bytes->len - at : PIECE, err);
    b->spent_s += cpu_s() - start;
    return status;
}

/* The body is made a piece at a time, as it would arrive: it is never there as a whole. */
static fm_status read_body(bench *b, size_t count, bool timed, fm_error *err)
{
    fm_multistatus *m = NULL;
    fm_buf piece;
    fm_buf_init(&piece, 64 * PIECE);
    fm_status status = fm_multistatus_new(&m, on_response, b, err);
    fm_buf_adds(&piece,
                "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">");
    for (size_t i = 0; i < count && !status; i++) {
        status = add_response(&piece, b, i, timed);
        if (!status && piece.len >= PIECE) {
            status = feed(b, m, &piece, err);
            fm_buf_reset(&piece);
        }
    }
    fm_buf_adds(&piece, "</D:multistatus>");
    if (!status)
        status = feed(b, m, &piece, err);
    if (!status)
        status = fm_multistatus_finish(m, err);
    fm_multistatus_free(m);
    fm_buf_free(&piece);
    return status;
}

/* Reads it into the state's rows, in a transaction of its own. */
static fm_status read_into_state(bench *b, size_t count, bool timed, fm_error *err)
{
    fm_remote_sink *sink = NULL;
    fm_status status = fm_remote_sink_new(&sink, b->target, FM_SINK_CHANGES, err);
    if (status)
        return status;
    b->sink = fm_remote_sink_callbacks(sink);
    status = read_body(b, count, timed, err);
    double start = cpu_s();
    if (!status)
        status = b->sink.page(b->sink.data, "token", true, err);
    b->spent_s += cpu_s() - start;
    fm_remote_sink_free(sink);
    return status;
}

static fm_status one_run(double *seconds, bench *b, size_t count, bool timed, fm_error *err)
{
    b->spent_s = 0;
    b->events = 0;
    fm_status status = b->tables ? read_body(b, count, timed, err) : read_into_state(b, count, timed, err);
    *seconds = b->spent_s;
    return status ? status : b->events == count ? FM_OK : FM_EPARSE;
}

/* The time stands still: an object says when it was made, and is to be the same one in every run. */
static int64_t fixed_us(void *data)
{
    (void)data;
    return 1767225600000000;
}

static fm_status open_bench(bench *b, const char *path, fm_error *err)
{
    fm_env_default(&b->env);
    b->env.now_us = fixed_us;
    b->zones = fm_zones_new(NULL);
    b->L = luaL_newstate();
    if (!b->zones || !b->L)
        return FM_ENOMEM;
    fm_status status = fm_state_open(&b->state, path, &b->env, NULL, err);
    return status ? status : fm_state_target(&b->target, b->state, "bench", err);
}

static fm_status measure(bench *b, const char *label, size_t count, bool timed, int runs, fm_error *err)
{
    double times[MAX_RUNS], first, before = peak_mib();
    fm_status status = one_run(&first, b, count, timed, err); /* fills the state */
    for (int i = 0; i < runs && !status; i++)
        status = one_run(&times[i], b, count, timed, err);
    if (status)
        return status;
    qsort(times, (size_t)runs, sizeof times[0], by_value);
    printf("%-28s %8.0f events/s  peak %5.1f MiB", label, (double)count / times[runs / 2], peak_mib());
    printf("  (%.1f MiB before)\n", before);
    return FM_OK;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    bench b = {.tables = strcmp(argv[1], "tables") == 0};
    bool timed = strcmp(argv[2], "zone") == 0;
    size_t count = argc > 3 ? strtoul(argv[3], NULL, 10) : 10000;
    int runs = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 5;
    fm_error err = {0};
    char label[64];
    snprintf(label, sizeof label, "%s, %s", b.tables ? "to Lua tables" : "unchanged",
             timed ? "with VTIMEZONE" : "all-day");
    fm_status status = runs < 1 || runs > MAX_RUNS ? FM_EINVAL : open_bench(&b, argc > 5 ? argv[5] : ":memory:", &err);
    if (!status)
        status = measure(&b, label, count, timed, runs, &err);
    if (status)
        fprintf(stderr, "multistatus: %s\n", err.message);
    fm_state_close(b.state);
    fm_zones_free(b.zones);
    if (b.L)
        lua_close(b.L);
    return status != FM_OK;
}
