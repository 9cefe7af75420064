#include "bind/bind.h"
#include "util/log.h"

#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

static void log_to_stderr(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)data;
    fprintf(stderr, "%s: %s: %s\n", fm_log_level_name(level), domain, line);
}

/* The real world, with log lines on standard error as FMCAL_LOG asks. */
static void prepare_env(fm_env *env)
{
    fm_env_default(env);
    env->log = log_to_stderr;
    const char *level = getenv("FMCAL_LOG");
    if (level && *level && fm_log_level_parse(&env->log_level, level) != FM_OK)
        fprintf(stderr, "fmcal-lua: FMCAL_LOG is \"%s\": use error, warn, info, debug or trace\n", level);
}

int main(int argc, char **argv)
{
    fm_env env;
    prepare_env(&env);
    lua_State *L = luaL_newstate();
    if (!L)
        return 1;
    luaL_openlibs(L);
    fm_bind_setup(L, &env);
    fm_bind_preload(L);
    int status = argc > 1 ? luaL_dofile(L, argv[1]) : LUA_OK;
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status != LUA_OK;
}
