#include "host/worker/worker.h"
#include "bind/base/bind.h"
#include "bind/base/zones.h"
#include "bind/value/pack.h"
#include "bind/worker.h"
#include "host/worker/lockdown.h"
#include "util/alloc.h"
#include "util/process/worker.h"

#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* After how many VM instructions a call looks at its clock, and how many once its time is over. */
enum { LOOK_EVERY = 100000, LOOK_AT_ONCE = 1 };
/* The address space beyond the memory of rules. */
#define SPARE_BYTES ((size_t)1 << 30)

/* The one worker of this process. */
typedef struct worker {
    size_t used_bytes, max_bytes; /* of the Lua state */
    size_t rule_bytes;            /* what rules may have of it */
    fm_buf frame;                 /* that was read, or is to be sent */
    fm_buf *questions;            /* that were put by, from `next` on */
    size_t room, count, next;
    bool is_late;                /* the last call took too long */
    char place[LUA_IDSIZE + 16]; /* where it was in the rules then: "rules.lua:12: ", or "" */
    bool is_limited;             /* a call runs within its limits */
    int64_t cpu_ms;              /* of a call */
    int64_t cpu_end_us;          /* of this one */
} worker;

static const char worker_key = 0;

static worker *worker_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &worker_key);
    worker *w = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return w;
}

/* The parent is gone, or says what it never says. */
__attribute__((noreturn)) static void quit(int status)
{
    _exit(status);
}

/* ------------------------------------------------------------------ memory */

static void *allocate(void *data, void *block, size_t old_size, size_t new_size)
{
    worker *w = data;
    size_t before = block ? old_size : 0;
    if (new_size == 0) {
        free(block);
        w->used_bytes -= before;
        return NULL;
    }
    if (new_size > before && w->max_bytes && new_size - before > w->max_bytes - w->used_bytes)
        return NULL;
    void *made = realloc(block, new_size);
    if (made)
        w->used_bytes += new_size - before;
    return made;
}

/* ------------------------------------------------------------------ the pipe */

static void begin_frame(worker *w, char kind)
{
    fm_worker_begin_frame(&w->frame);
    fm_buf_addc(&w->frame, kind);
}

static void send_frame(worker *w)
{
    fm_worker_seal(&w->frame);
    if (w->frame.status || fm_worker_write_frame(FM_WORKER_ANSWERS, &w->frame))
        quit(EXIT_FAILURE);
}

static void read_frame(worker *w)
{
    fm_status status = fm_worker_read_frame(FM_WORKER_QUESTIONS, &w->frame);
    if (status)
        quit(status == FM_ENOTFOUND ? EXIT_SUCCESS : EXIT_FAILURE);
    if (w->frame.len == 0)
        quit(EXIT_FAILURE);
}

/* Questions come without being asked for; those that come while a reply is waited for are put by. */
static void put_by(worker *w)
{
    if (fm_grow(&w->questions, &w->room, w->count + 1, sizeof *w->questions))
        quit(EXIT_FAILURE);
    w->questions[w->count++] = w->frame;
    fm_buf_init(&w->frame, FM_WORKER_FRAME_MAX);
}

static void wait_for_reply(worker *w, char kind)
{
    for (read_frame(w); w->frame.data[0] != kind; read_frame(w))
        put_by(w);
}

static void wait_for_question(worker *w)
{
    if (w->next < w->count) {
        fm_buf_free(&w->frame);
        w->frame = w->questions[w->next++];
    } else {
        w->next = w->count = 0;
        read_frame(w);
    }
}

static int push_frame(lua_State *L, worker *w)
{
    int count;
    if (fm_bind_unpack(L, w->frame.data + 1, w->frame.len - 1, &count, NULL))
        quit(EXIT_FAILURE);
    return count;
}

static int channel_question(lua_State *L)
{
    worker *w = worker_of(L);
    wait_for_question(w);
    return push_frame(L, w);
}

/* What cannot be sent is told in its place. */
static void pack_failure(lua_State *L, worker *w)
{
    int first = lua_gettop(L) + 1;
    begin_frame(w, FM_WORKER_VALUES);
    lua_pushliteral(L, "failed");
    lua_pushliteral(L, "the answer is too large");
    fm_bind_pack(L, first, first + 1, &w->frame, NULL);
}

static int channel_send(lua_State *L)
{
    worker *w = worker_of(L);
    begin_frame(w, FM_WORKER_VALUES);
    if (fm_bind_pack(L, 1, lua_gettop(L), &w->frame, NULL) || w->frame.len > FM_WORKER_ANSWER_MAX)
        pack_failure(L, w);
    send_frame(w);
    return 0;
}

static int channel_ask(lua_State *L)
{
    worker *w = worker_of(L);
    channel_send(L);
    wait_for_reply(w, FM_WORKER_REPLY);
    return push_frame(L, w);
}

/* The file of a zone comes over the pipe. */
static fm_status read_zone(void *data, fm_buf *out, const char *name)
{
    worker *w = data;
    begin_frame(w, FM_WORKER_ZONE);
    fm_buf_adds(&w->frame, name);
    send_frame(w);
    wait_for_reply(w, FM_WORKER_ZONE);
    if (w->frame.len == 1)
        return FM_ENOTFOUND;
    return fm_buf_add(out, w->frame.data + 1, w->frame.len - 1);
}

/* ------------------------------------------------------------------ limits */

static int channel_lock(lua_State *L)
{
    worker *w = worker_of(L);
    size_t max_bytes = (size_t)luaL_checkinteger(L, 1);
    w->cpu_ms = luaL_checkinteger(L, 2);
    lua_pushboolean(L, fm_lockdown_finish(max_bytes + SPARE_BYTES));
    w->rule_bytes = max_bytes;
    w->max_bytes = w->used_bytes + max_bytes;
    return 1;
}

static int64_t cpu_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* The innermost line of the rules: only what comes from files has sources with an "@". */
static void note_place(lua_State *L, worker *w)
{
    lua_Debug ar;
    w->place[0] = '\0';
    for (int level = 0; !w->place[0] && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.source[0] == '@' && ar.currentline > 0)
            snprintf(w->place, sizeof w->place, "%s:%d: ", ar.short_src, ar.currentline);
    }
}

/* Pushes an amount as a person writes it: 2, 0.5. */
static void push_amount(lua_State *L, double amount)
{
    char text[32];
    snprintf(text, sizeof text, "%g", amount);
    lua_pushstring(L, text);
}

/* Ends what runs in Lua; a rule that catches that is ended at its next instruction, and so is what called it, which
   says the same. */
static void look_at_clock(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    worker *w = worker_of(L);
    if (cpu_us() < w->cpu_end_us)
        return;
    if (!w->is_late)
        note_place(L, w);
    w->is_late = true;
    lua_sethook(L, look_at_clock, LUA_MASKCOUNT, LOOK_AT_ONCE);
    push_amount(L, (double)w->cpu_ms / 1000);
    lua_pushfstring(L, "%sit takes more than %s seconds of processor time, the limit of syncOptions.ruleLimits",
                    w->place, lua_tostring(L, -1));
    lua_error(L);
}

/* xpcall(f, handler, ...) within the limits. */
static int channel_xpcall(lua_State *L)
{
    worker *w = worker_of(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_insert(L, 1);
    lua_remove(L, 3); /* handler, f, ... */
    bool is_outermost = !w->is_limited;
    if (is_outermost) {
        w->is_limited = true;
        w->is_late = false;
        w->cpu_end_us = cpu_us() + w->cpu_ms * 1000;
        lua_sethook(L, look_at_clock, LUA_MASKCOUNT, LOOK_EVERY);
    }
    int outcome = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1);
    if (is_outermost) {
        w->is_limited = false;
        lua_sethook(L, NULL, 0, 0);
    }
    if (outcome == LUA_ERRMEM) {
        push_amount(L, (double)w->rule_bytes / (1 << 20));
        lua_pushfstring(L, "it needs more than %s MiB of memory, the limit of syncOptions.ruleLimits",
                        lua_tostring(L, -1));
        lua_replace(L, -3);
        lua_pop(L, 1);
    }
    lua_pushboolean(L, outcome == LUA_OK);
    lua_replace(L, 1);
    return lua_gettop(L);
}

/* Whether the last call took too long. */
static int channel_is_late(lua_State *L)
{
    lua_pushboolean(L, worker_of(L)->is_late);
    return 1;
}

static const luaL_Reg channel[] = {{"is_late", channel_is_late},
                                   {"ask", channel_ask},
                                   {"lock", channel_lock},
                                   {"question", channel_question},
                                   {"send", channel_send},
                                   {"xpcall", channel_xpcall},
                                   {NULL, NULL}};

/* ------------------------------------------------------------------ the state */

static int run(lua_State *L)
{
    worker *w = lua_touserdata(L, 1);
    luaL_openlibs(L);
    lua_pushlightuserdata(L, w);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &worker_key);
    fm_bind_setup(L, NULL);
    fm_bind_preload(L);
    fm_zones_read_with(fm_bind_zones(L), read_zone, w);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal.rules.worker");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "run");
    luaL_newlib(L, channel);
    lua_call(L, 1, 0);
    return 0;
}

int fm_worker_main(void)
{
    static worker the_worker;
    fm_lockdown_begin();
    fm_buf_init(&the_worker.frame, FM_WORKER_FRAME_MAX);
    lua_State *L = lua_newstate(allocate, &the_worker);
    if (!L)
        return EXIT_FAILURE;
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &the_worker);
    lua_pcall(L, 1, 0, 0);
    quit(EXIT_FAILURE);
}
