/*
 * The program that runs simulations: fmcal in a world of its own. The clock stands still until a script moves it,
 * waiting takes no time, random numbers come from a seed, and one request is on its way at a time: the same seed twice
 * is the same history.
 *
 *     sim_host SCRIPT [ARGUMENT…]
 *
 * Scripts have the module "sim":
 *     sim.seed(n)         random numbers from n on; the clock is put back to its start
 *     sim.advance(s)      moves the clock
 *     sim.touch(path)     the file was changed now
 *     sim.make_folder(path)   sim.remove_tree(path)
 */
#include "core/http/http.h"
#include "fmcal/host.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Late enough that no file is younger, and before the dates that simulated people set: 2029-06-01. */
#define START_US ((int64_t)1874966400 * 1000000)

static struct world {
    bool began;
    int64_t now_us;
    int64_t slept_ms;
    uint64_t random;
} world = {.now_us = START_US, .random = 1};

/* ------------------------------------------------------------------ the world */

static int64_t now_us(void *data)
{
    (void)data;
    return world.now_us;
}

/* What waits for a server waits in earnest. */
static int64_t monotonic_ms(void *data)
{
    (void)data;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + world.slept_ms;
}

/* Until a history begins there are servers to wait for. */
static void sleep_ms(void *data, int64_t ms)
{
    (void)data;
    if (world.began)
        world.slept_ms += ms;
    else
        nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* xorshift64* */
static uint64_t next_random(void)
{
    world.random ^= world.random >> 12;
    world.random ^= world.random << 25;
    world.random ^= world.random >> 27;
    return world.random * UINT64_C(2685821657736338717);
}

static fm_status fill_random(void *data, void *bytes, size_t len)
{
    (void)data;
    unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        at[i] = (unsigned char)(next_random() >> 56);
    return FM_OK;
}

/* Requests that are on their way together arrive in any order. */
void __real_fm_http_config_init(fm_http_config *config);
void __wrap_fm_http_config_init(fm_http_config *config);
void __wrap_fm_http_config_init(fm_http_config *config)
{
    __real_fm_http_config_init(config);
    config->max_in_flight = 1;
}

/* ------------------------------------------------------------------ the module */

static int sim_seed(lua_State *L)
{
    world.random = (uint64_t)luaL_checkinteger(L, 1) * 2 + 1;
    world.now_us = START_US;
    world.began = true;
    return 0;
}

static int sim_advance(lua_State *L)
{
    world.now_us += luaL_checkinteger(L, 1) * 1000000;
    return 0;
}

static int answer(lua_State *L, int failed, const char *path)
{
    return failed ? luaL_error(L, "%s: %s", path, strerror(errno)) : 0;
}

static int sim_touch(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct timespec now = {.tv_sec = world.now_us / 1000000};
    return answer(L, utimensat(AT_FDCWD, path, (struct timespec[]){now, now}, 0), path);
}

static int sim_make_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    return answer(L, mkdir(path, 0700), path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int sim_remove_tree(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    return answer(L, nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT, path);
}

static const luaL_Reg functions[] = {
    {"advance", sim_advance},
    {"make_folder", sim_make_folder},
    {"remove_tree", sim_remove_tree},
    {"seed", sim_seed},
    {"touch", sim_touch},
    {NULL, NULL},
};

static int open_sim(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

int main(int argc, char **argv)
{
    fm_env env;
    fm_env_default(&env);
    env.now_us = now_us;
    env.monotonic_ms = monotonic_ms;
    env.sleep_ms = sleep_ms;
    env.random = fill_random;
    fm_host *host;
    fm_error err;
    if (argc < 2 || fm_host_new(&host, &env, &err))
        return 2;
    luaL_requiref(fm_host_lua(host), "sim", open_sim, 0);
    lua_pop(fm_host_lua(host), 1);
    fm_status status = fm_host_run_script(host, argv[1], (const char *const *)argv + 2, &err);
    if (status)
        fprintf(stderr, "%s\n", *fm_host_traceback(host) ? fm_host_traceback(host) : err.message);
    fm_host_free(host);
    return status ? 1 : 0;
}
