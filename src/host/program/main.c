/* fmcal-lua: runs scripts as `lua` does, with fmcal's modules; without one, on a terminal, the prompt. */
#include "bind/credentials.h"
#include "bind/worker.h"
#include "host/program/clock.h"
#include "host/program/options.h"
#include "host/program/prompt.h"
#include "host/program/stderr_log.h"
#include "host/program/warnings.h"
#include "host/run.h"
#include "host/worker/worker.h"
#include "util/secret.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct program {
    fm_host *host;
    const char *name; /* argv[0] */
    int argc;
    char **argv;
    fm_command_line line;
    fm_warnings warnings;
    fm_prompt prompt;
} program;

/* For the signal handler: the one host of this process. */
static fm_host *the_host;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    fm_host_interrupt(the_host);
}

/* Ctrl-C and SIGTERM ask the script to stop; the next one ends the process, unless the prompt has armed this again. */
static void arm_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void say(const program *p, const char *text)
{
    fprintf(stderr, "%s: %s\n", p->name, text);
}

/* Runs a body; what goes wrong is told on standard error. */
static bool run(program *p, fm_host_body body, void *data)
{
    fm_error err = {0};
    if (fm_host_run(p->host, body, data, &err) == FM_OK)
        return true;
    if (p->prompt.stays) /* a person ended it */
        return false;
    const char *traceback = fm_host_traceback(p->host);
    say(p, *traceback ? traceback : err.message);
    return false;
}

/* The table `arg`: the script at 0, its arguments behind, the program and its options before. */
static void set_arg_table(lua_State *L, void *data)
{
    const program *p = data;
    int script = p->line.script < p->argc ? p->line.script : 0;
    lua_createtable(L, p->argc - script, script + 1);
    for (int i = 0; i < p->argc; i++) {
        lua_pushstring(L, p->argv[i]);
        lua_rawseti(L, -2, i - script);
    }
    lua_setglobal(L, "arg");
}

/* The global `fmcal`, for code typed by hand. */
static void set_fmcal_global(lua_State *L, void *data)
{
    (void)data;
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal");
    lua_call(L, 1, 1);
    lua_setglobal(L, "fmcal");
}

/* LUA_INIT_5_4, else LUA_INIT: code, or a file after `@`. */
static void run_init(lua_State *L, void *data)
{
    (void)data;
    const char *name = "LUA_INIT_5_4";
    const char *value = getenv(name);
    if (!value)
        value = getenv(name = "LUA_INIT");
    if (!value)
        return;
    if (value[0] == '@')
        fm_host_load_file(L, value + 1);
    else
        fm_host_load_string(L, value, lua_pushfstring(L, "=%s", name));
    lua_call(L, 0, 0);
}

static void run_code(lua_State *L, void *data)
{
    fm_host_load_string(L, data, "=(command line)");
    lua_call(L, 0, 0);
}

/* "module" or "global=module" */
static void require_module(lua_State *L, void *data)
{
    const char *argument = data;
    const char *sign = strchr(argument, '=');
    lua_getglobal(L, "require");
    lua_pushstring(L, sign ? sign + 1 : argument);
    lua_call(L, 1, 1);
    lua_pushlstring(L, argument, sign ? (size_t)(sign - argument) : strlen(argument));
    lua_insert(L, -2);
    lua_pushglobaltable(L);
    lua_insert(L, -3);
    lua_settable(L, -3);
}

static bool run_options(program *p)
{
    const char *argument;
    char option;
    for (int at = 1; (option = fm_command_line_next(&p->line, p->argv, &at, &argument));) {
        if (option == 'W')
            lua_warning(fm_host_lua(p->host), "@on", 0);
        else if (!run(p, option == 'e' ? run_code : require_module, (void *)argument))
            return false;
    }
    return true;
}

static void run_script(lua_State *L, void *data)
{
    const program *p = data;
    const char *name = p->argv[p->line.script];
    bool after_dashes = strcmp(p->argv[p->line.script - 1], "--") == 0;
    if (strcmp(name, "-") == 0 && !after_dashes)
        fm_host_load_file(L, NULL);
    else
        fm_host_load_script(L, name);
    /* The arguments are what the table says now: -e and -l may have changed it, as in lua. */
    lua_getglobal(L, "arg");
    luaL_checktype(L, -1, LUA_TTABLE);
    int count = (int)luaL_len(L, -1);
    luaL_checkstack(L, count + 3, "too many arguments to script");
    int table = lua_gettop(L);
    for (int i = 1; i <= count; i++)
        lua_rawgeti(L, table, i);
    lua_remove(L, table);
    lua_call(L, count, 0);
}

static void run_standard_input(lua_State *L, void *data)
{
    (void)data;
    fm_host_load_file(L, NULL);
    lua_call(L, 0, 0);
}

static void rearm(void *data)
{
    fm_host_forget_interrupt(data);
    arm_interrupt();
}

/* Pushes a function of fmcal.prompt. */
static void push_of_prompt(lua_State *L, const char *name)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal.prompt");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, name);
}

static void run_prompt(lua_State *L, void *data)
{
    (void)data;
    push_of_prompt(L, "run");
    lua_call(L, 0, 0);
}

static void start_debugging(lua_State *L, void *data)
{
    (void)data;
    push_of_prompt(L, "debug");
    lua_call(L, 0, 0);
}

/* Shows the debugger an error that ends the run: prompt.raised(error, level) -> error */
static void show_error(lua_State *L, void *data)
{
    (void)data;
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal.util.witness");
    if (lua_pcall(L, 1, 1, 0) == LUA_OK) {
        lua_getfield(L, -1, "raised");
        lua_pushvalue(L, 1);
        lua_pushinteger(L, 2); /* what was called before record_error() */
        if (lua_pcall(L, 2, 1, 0) == LUA_OK)
            lua_replace(L, 1);
    }
    lua_settop(L, 1);
}

static void make_prompt_known(lua_State *L, void *data)
{
    fm_prompt_preload(L, &((program *)data)->prompt);
}

static void print_version(void)
{
    printf("fmcal %s  %s\n", FMCAL_VERSION, LUA_COPYRIGHT);
    fflush(stdout);
}

static void take_master_keys(lua_State *L, void *data)
{
    (void)data;
    fm_bind_take_master_keys(L);
}

/* What `lua` does with such a command line, in its order. */
static bool run_program(program *p)
{
    const fm_command_line *line = &p->line;
    bool has_script = line->script < p->argc;
    bool terminal = isatty(STDIN_FILENO);
    bool prompt = line->interactive || (!has_script && !line->runs_code && !line->version && terminal);
    if (line->version || prompt)
        print_version();
    if (!run(p, set_arg_table, p) || !run(p, make_prompt_known, p))
        return false;
    if ((line->runs_code || prompt) && !run(p, set_fmcal_global, NULL))
        return false;
    if (!line->ignore_variables && !run(p, run_init, NULL))
        return false;
    if (line->debug && !run(p, start_debugging, NULL))
        return false;
    bool ok = run_options(p) && (!has_script || run(p, run_script, p));
    prompt = p->prompt.stays || (ok && prompt);
    p->prompt.stays = false;
    if (prompt)
        return run(p, run_prompt, NULL);
    if (!ok)
        return false;
    if (!has_script && !line->runs_code && !line->version)
        return run(p, run_standard_input, NULL);
    return true;
}

/* What could not be written was not done; that nobody reads any more is no failure. */
static bool flushed(const program *p)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
        return true;
    say(p, "cannot write to standard output");
    return false;
}

/* What this program is started with to run a team's rules (host/worker/); the kernel knows where it lies. */
static char *const worker_arguments[] = {"/proc/self/exe", "--worker", NULL};

static bool is_worker(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], worker_arguments[1]) == 0;
}

static void set_worker(lua_State *L, void *data)
{
    (void)data;
    fm_bind_set_worker(L, worker_arguments);
}

int main(int argc, char **argv)
{
    if (is_worker(argc, argv))
        return fm_worker_main();
    program p = {.name = argc > 0 && argv[0][0] ? argv[0] : "fmcal-lua", .argc = argc, .argv = argv};
    if (!fm_command_line_read(&p.line, argc, argv)) {
        fprintf(stderr, p.line.lacks_argument ? "%s: '%s' needs argument\n" : "%s: unrecognized option '%s'\n", p.name,
                p.line.culprit);
        fm_command_line_usage(stderr, p.name);
        return EXIT_FAILURE;
    }
    if (p.line.help) {
        fm_command_line_usage(stdout, p.name);
        return flushed(&p) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    fm_env env;
    fm_env_default(&env);
    fm_stderr_log_install(&env);
    fm_clock_install(&env);
    fm_secret_harden_process();
    signal(SIGPIPE, SIG_IGN);
    fm_error err = {0};
    unsigned flags = FM_HOST_MAY_EXIT | FM_HOST_INTERRUPTED_BY_HANDLER;
    if (p.line.ignore_variables)
        flags |= FM_HOST_IGNORE_VARIABLES;
    if (fm_host_create(&p.host, &env, flags, &err) != FM_OK) {
        say(&p, err.message);
        return EXIT_FAILURE;
    }
    fm_warnings_install(fm_host_lua(p.host), &p.warnings);
    the_host = p.host;
    p.prompt = (fm_prompt){.rearm = rearm, .data = p.host};
    if (p.line.debug)
        fm_host_on_error(p.host, show_error, NULL);
    arm_interrupt();
    bool ok = run(&p, take_master_keys, NULL) && run(&p, set_worker, NULL) && run_program(&p);
    fm_host_free(p.host);
    ok = flushed(&p) && ok;
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
