/*
 * A C program with fmcal inside: it makes a host, gives Lua a function of its own, runs a script, and shows what
 * an error looks like. Build it against an installed fmcal:
 *
 *   cmake -S examples/embed -B build/embed && cmake --build build/embed && build/embed/embed
 *   or: cc embed.c $(pkg-config --cflags --libs fmcal lua5.4) -o embed
 */
#include <fmcal/host.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

/* Log lines arrive whole and without secrets. */
static void log_line(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)level;
    fprintf(data, "log: %s: %s\n", domain, line);
}

/* A function for scripts: announce(text) */
static int announce(lua_State *L)
{
    printf("announced: %s\n", luaL_checkstring(L, 1));
    return 0;
}

static const char script[] =
    "local event = require('fmcal.event')\n"
    "local log = require('fmcal.log')\n"
    "local item = { id = 'XACA-0040', title = 'File initial motion', dueDate = '2026-02-15' }\n"
    "log.info('embed', 'mapping %s', item.id)\n"
    "local mapped = event.from_kanban_item(item)\n"
    "announce(mapped.title .. ' on ' .. mapped.dueDate)\n";

int main(void)
{
    fm_env env;
    fm_env_default(&env);
    env.data = stdout;
    env.log = log_line;
    env.log_level = FM_LOG_INFO;

    fm_error err;
    fm_host *host;
    if (fm_host_new(&host, &env, &err) != FM_OK) {
        fprintf(stderr, "embed: %s\n", err.message);
        return EXIT_FAILURE;
    }
    lua_register(fm_host_lua(host), "announce", announce);

    int status = EXIT_SUCCESS;
    if (fm_host_run_string(host, script, "=embed", &err) != FM_OK) {
        fprintf(stderr, "embed: %s\n", fm_host_traceback(host));
        status = EXIT_FAILURE;
    }
    if (fm_host_run_string(host, "error('as an example')", "=embed", &err) != FM_OK)
        printf("status \"%s\": %s\n", fm_status_name(err.status), err.message);
    fm_host_free(host);
    return status;
}
