/*
 * Lua module fmcal.worker: the process in which a team's rules run.
 * Userdata fmcal.worker owns a peer: an fm_worker and the frame that is sent next.
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "bind/base/zones.h"
#include "bind/value/answer.h"
#include "bind/value/pack.h"
#include "bind/worker.h"
#include "util/process/worker.h"

#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_worker(lua_State *L);

static const char domain[] = "worker";

typedef struct peer {
    fm_worker *worker;
    fm_buf question;
} peer;

static void release_peer(void *object)
{
    peer *p = object;
    fm_worker_free(p->worker);
    fm_buf_free(&p->question);
    free(p);
}

static const fm_bind_type worker_type = {"fmcal.worker", "worker", release_peer};

/* ------------------------------------------------------------------ start */

/* The program and its arguments: what the environment says, what the host is, or what is installed. */
static char *const *program_of(lua_State *L, char *named[2])
{
    static char installed[] = FMCAL_WORKER_PATH;
    const fm_bind_context *context = fm_bind_get(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    char *variable = lua_toboolean(L, -1) ? NULL : getenv("FMCAL_WORKER");
    lua_pop(L, 1);
    named[1] = NULL;
    named[0] = variable && *variable ? variable : installed;
    return named[0] == installed && context->worker ? context->worker : named;
}

void fm_bind_set_worker(lua_State *L, char *const *argv)
{
    fm_bind_get(L)->worker = argv;
}

static int worker_start(lua_State *L)
{
    char *named[2];
    fm_error err = {0};
    void **slot = fm_bind_new_handle(L, &worker_type);
    peer *made = calloc(1, sizeof *made);
    if (!made)
        return fm_bind_no_memory(L);
    *slot = made;
    fm_buf_init(&made->question, FM_WORKER_FRAME_MAX);
    char *const *program = program_of(L, named);
    fm_status status = fm_worker_start(&made->worker, program, &err);
    if (status == FM_ENOTFOUND || status == FM_EACCESS)
        fm_error_set(&err, status, domain,
                     "the program that runs rules, %s, %s: install fmcal, or name the program in %s", program[0],
                     status == FM_EACCESS ? "cannot be executed" : "is not there", "FMCAL_WORKER");
    return status ? fm_bind_fail(L, &err) : 1;
}

/* ------------------------------------------------------------------ questions */

static int worker_begin(lua_State *L)
{
    fm_worker_limits limits = {.cpu_ms = luaL_checkinteger(L, 2), .wall_ms = luaL_checkinteger(L, 3)};
    luaL_argcheck(L, limits.cpu_ms > 0, 2, "milliseconds must be greater than 0");
    luaL_argcheck(L, limits.wall_ms > 0, 3, "milliseconds must be greater than 0");
    const peer *p = fm_bind_open(L, 1, &worker_type);
    fm_worker_begin(p->worker, &limits);
    return 0;
}

static void begin_frame(peer *p, char kind)
{
    fm_worker_begin_frame(&p->question);
    fm_buf_addc(&p->question, kind);
}

static fm_status send_frame(peer *p, fm_error *err)
{
    if (p->question.status)
        return fm_error_set(err, p->question.status, domain, "the question is too large");
    fm_worker_seal(&p->question);
    return fm_worker_send(p->worker, &p->question, err);
}

/* Sends the values from index 2 on. */
static int send_values(lua_State *L, char kind)
{
    int last = lua_gettop(L);
    fm_error err = {0};
    peer *p = fm_bind_hold(L, 1, &worker_type);
    begin_frame(p, kind);
    fm_status status = fm_bind_pack(L, 2, last, &p->question, &err);
    if (!status)
        status = send_frame(p, &err);
    return fm_bind_done(L, status, &err);
}

static int worker_send(lua_State *L)
{
    return send_values(L, FM_WORKER_VALUES);
}

static int worker_reply(lua_State *L)
{
    return send_values(L, FM_WORKER_REPLY);
}

/* Sends the file of a zone that the worker wants; nothing where there is none. */
static fm_status send_zone(lua_State *L, peer *p, const char *bytes, size_t len, fm_error *err)
{
    fm_buf name, file;
    fm_zones *zones = fm_bind_zones(L);
    fm_buf_init(&name, len);
    fm_buf_init(&file, FM_WORKER_FRAME_MAX);
    fm_buf_add(&name, bytes, len);
    begin_frame(p, FM_WORKER_ZONE);
    if (fm_zones_read(zones, &file, name.data) == FM_OK)
        fm_buf_add(&p->question, file.data, file.len);
    fm_buf_free(&name);
    fm_buf_free(&file);
    return send_frame(p, err);
}

/* The next values that the worker sends; what it wants to know of zones is answered here. */
static fm_status receive(lua_State *L, peer *p, const char **bytes, size_t *len, fm_error *err)
{
    const fm_env *env = &fm_bind_get(L)->env;
    for (;;) {
        fm_status status = fm_worker_receive(p->worker, bytes, len, FM_WORKER_ANSWER_MAX, env, err);
        if (status == FM_ECANCELED)
            fm_bind_take_interrupt(L); /* the caller reports it */
        if (status || *len == 0 || **bytes != FM_WORKER_ZONE)
            return status;
        if ((status = send_zone(L, p, *bytes + 1, *len - 1, err)))
            return status;
    }
}

static int worker_receive(lua_State *L)
{
    fm_error err = {0};
    const char *bytes;
    size_t len;
    int count = 0;
    peer *p = fm_bind_hold(L, 1, &worker_type);
    fm_status status = receive(L, p, &bytes, &len, &err);
    if (!status && (len == 0 || *bytes != FM_WORKER_VALUES))
        status = fm_error_set(&err, FM_EPARSE, domain, "its answer is damaged");
    if (!status)
        status = fm_bind_unpack(L, bytes + 1, len - 1, &count, &err);
    return status ? fm_bind_fail(L, &err) : count;
}

static int worker_close(lua_State *L)
{
    return fm_bind_close(L, &worker_type);
}

static int worker_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", worker_type.name, fm_bind_look(L, 1, &worker_type) ? "open" : "closed");
    return 1;
}

static const luaL_Reg worker_methods[] = {{"begin", worker_begin}, {"close", worker_close}, {"receive", worker_receive},
                                          {"reply", worker_reply}, {"send", worker_send},   {NULL, NULL}};

static const luaL_Reg worker_meta[] = {{"__tostring", worker_tostring}, {NULL, NULL}};

static const luaL_Reg worker_functions[] = {{"start", worker_start}, {NULL, NULL}};

int luaopen_fmcal_worker(lua_State *L)
{
    fm_bind_make_handle_type(L, &worker_type, worker_methods, worker_meta);
    luaL_newlib(L, worker_functions);
    return 1;
}
