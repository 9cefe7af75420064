#include "fmcal/host.h"
#include "support/cmocka.h"

#include <lauxlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_host(void **state)
{
    return fm_host_new((fm_host **)state, NULL, NULL) == FM_OK ? 0 : -1;
}

static int free_host(void **state)
{
    fm_host_free(*state);
    return 0;
}

/* The global `name` as a string; borrowed until it changes. */
static const char *global(fm_host *host, const char *name)
{
    lua_State *L = fm_host_lua(host);
    lua_getglobal(L, name);
    const char *value = lua_tostring(L, -1);
    lua_pop(L, 1);
    return value;
}

static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_run_string_runs_code(void **state)
{
    fm_error err;
    assert_int_equal(fm_host_run_string(*state, "answer = 6 * 7", "=test", &err), FM_OK);
    assert_string_equal(global(*state, "answer"), "42");
    assert_string_equal(fm_host_traceback(*state), "");
    assert_int_equal(lua_gettop(fm_host_lua(*state)), 0);
}

static void test_modules_are_there(void **state)
{
    assert_int_equal(fm_host_run_string(*state, "version = require('fmcal')._VERSION", NULL, NULL), FM_OK);
    assert_string_equal(global(*state, "version"), "fmcal " FMCAL_VERSION);
}

static void test_an_error_has_message_and_traceback(void **state)
{
    fm_error err;
    const char *code = "local function inner() error('broken') end\nfunction outer() inner() end\nouter()";
    assert_int_equal(fm_host_run_string(*state, code, "=code", &err), FM_ESCRIPT);
    assert_int_equal(err.status, FM_ESCRIPT);
    assert_string_equal(err.message, "code:1: broken");
    assert_non_null(strstr(fm_host_traceback(*state), "stack traceback:"));
    assert_non_null(strstr(fm_host_traceback(*state), "in function 'outer'"));
    assert_int_equal(lua_gettop(fm_host_lua(*state)), 0);
    assert_int_equal(fm_host_run_string(*state, "x = 1", NULL, &err), FM_OK);
    assert_string_equal(fm_host_traceback(*state), "");
    assert_int_equal(err.status, FM_OK);
}

static void test_only_the_first_line_is_in_the_record(void **state)
{
    fm_error err;
    assert_int_equal(fm_host_run_string(*state, "error('one\\ntwo', 0)", NULL, &err), FM_ESCRIPT);
    assert_string_equal(err.message, "one");
    assert_non_null(strstr(fm_host_traceback(*state), "one\ntwo\nstack traceback:"));
}

static void test_error_values_that_are_no_strings(void **state)
{
    fm_error err;
    fm_host_run_string(*state, "error(setmetatable({}, {__tostring = function() return 'told' end}))", NULL, &err);
    assert_string_equal(err.message, "told");
    fm_host_run_string(*state, "error({})", NULL, &err);
    assert_string_equal(err.message, "(error object is a table value)");
    fm_host_run_string(*state, "error()", NULL, &err);
    assert_string_equal(err.message, "(error object is a nil value)");
    assert_int_equal(fm_host_run_string(*state, "error({code = 'auth'})", NULL, &err), FM_EAUTH);
    assert_int_equal(fm_host_run_string(*state, "error({code = 'no such code'})", NULL, &err), FM_ESCRIPT);
    assert_int_equal(fm_host_run_string(*state, "error({code = {}})", NULL, &err), FM_ESCRIPT);
}

static void test_an_error_in_tostring_is_reported(void **state)
{
    fm_error err;
    const char *code = "error(setmetatable({}, {__tostring = function() error('again') end}))";
    assert_int_equal(fm_host_run_string(*state, code, NULL, &err), FM_ESCRIPT);
    assert_true(strlen(err.message) > 0);
    assert_int_equal(fm_host_run_string(*state, "x = 1", NULL, &err), FM_OK);
}

static void test_runaway_recursion_is_an_error(void **state)
{
    fm_error err;
    assert_int_equal(fm_host_run_string(*state, "local function f() return 1 + f() end f()", NULL, &err), FM_ESCRIPT);
    assert_non_null(strstr(err.message, "stack overflow"));
}

static void test_text_that_is_not_lua(void **state)
{
    fm_error err;
    assert_int_equal(fm_host_run_string(*state, "x = = 1", "=code", &err), FM_EPARSE);
    assert_non_null(strstr(err.message, "code:1: unexpected symbol"));
    assert_null(strstr(fm_host_traceback(*state), "stack traceback"));
    assert_int_equal(fm_host_run_string(*state, "\033Lua", "=code", &err), FM_EPARSE);
    /* The next error is a script's own again. */
    assert_int_equal(fm_host_run_string(*state, "error('x')", "=code", &err), FM_ESCRIPT);
    /* A script that loads bad text itself raises an error of its own. */
    assert_int_equal(fm_host_run_string(*state, "assert(load('x = = 1'))", "=code", &err), FM_ESCRIPT);
}

static void test_run_file(void **state)
{
    fm_error err;
    char path[] = "/tmp/fmcal-host-XXXXXX";
    write_file(path, "#!/usr/bin/env fmcal-lua\nran = 'file'\n");
    assert_int_equal(fm_host_run_file(*state, path, &err), FM_OK);
    unlink(path);
    assert_string_equal(global(*state, "ran"), "file");
    assert_int_equal(fm_host_run_file(*state, path, &err), FM_ENOTFOUND);
    assert_non_null(strstr(err.message, path));
}

static void test_run_script_has_arguments(void **state)
{
    fm_error err;
    char path[] = "/tmp/fmcal-host-XXXXXX";
    write_file(path, "got = table.concat({...}, ',') .. '/' .. arg[2] .. '/' .. #arg .. '/' .. arg[0]");
    const char *const args[] = {"one", "two", NULL};
    assert_int_equal(fm_host_run_script(*state, path, args, &err), FM_OK);
    unlink(path);
    char expected[64];
    snprintf(expected, sizeof expected, "one,two/two/2/%s", path);
    assert_string_equal(global(*state, "got"), expected);
    assert_int_equal(fm_host_run_script(*state, "no such script.lua", NULL, &err), FM_ENOTFOUND);
}

static void assert_ends(void *host, const char *code, int exit_status)
{
    fm_error err;
    assert_int_equal(fm_host_run_string(host, code, "=test", &err), exit_status ? FM_ESCRIPT : FM_OK);
    assert_int_equal(fm_host_exit_status(host), exit_status);
}

static void test_exit_ends_the_run_alone(void **state)
{
    fm_error err;
    assert_ends(*state, "os.exit()", 0);
    assert_ends(*state, "os.exit(true, true)", 0);
    assert_ends(*state, "os.exit(false)", 1);
    assert_ends(*state, "local function f() os.exit(4, true) end f() reached = true", 4);
    assert_null(global(*state, "reached"));
    assert_string_equal(fm_host_traceback(*state), "the script ended with exit status 4");
    assert_ends(*state, "x = 1", 0);
    assert_ends(*state, "error('no')", 1);
    assert_int_equal(fm_host_run_string(*state, "(", NULL, &err), FM_EPARSE);
    assert_int_equal(fm_host_exit_status(*state), 1);
}

/* Scripts of fmcal's own, as docs/embedding.md shows them. */
static void test_own_scripts_return(void **state)
{
    fm_error err;
    const char *const help[] = {"--help", NULL}, *const missing[] = {"/no/such/board.json", "--json", NULL};
    assert_int_equal(fm_host_run_script(*state, "sync.lua", help, &err), FM_OK);
    assert_int_equal(fm_host_exit_status(*state), 0);
    assert_int_equal(fm_host_run_script(*state, "sync.lua", missing, &err), FM_ESCRIPT);
    assert_int_equal(fm_host_exit_status(*state), 3);
    assert_int_equal(fm_host_run_script(*state, "status.lua", missing, &err), FM_ESCRIPT);
    assert_int_equal(fm_host_exit_status(*state), 3);
}

static void test_two_hosts_share_nothing(void **state)
{
    fm_host *other;
    assert_int_equal(fm_host_new(&other, NULL, NULL), FM_OK);
    assert_int_equal(fm_host_run_string(*state, "x = 'first' string.rep = nil", NULL, NULL), FM_OK);
    assert_int_equal(fm_host_run_string(other, "x = x or 'none'; y = ('a'):rep(2)", NULL, NULL), FM_OK);
    assert_string_equal(global(other, "x"), "none");
    assert_string_equal(global(other, "y"), "aa");
    assert_int_equal(fm_host_run_string(other, "error('mine')", NULL, NULL), FM_ESCRIPT);
    assert_string_equal(fm_host_traceback(*state), "");
    fm_host_free(other);
}

typedef struct interrupter {
    fm_host *host;
    atomic_int busy; /* set by the script when its loop begins */
} interrupter;

static int tell_busy(lua_State *L)
{
    atomic_store((atomic_int *)lua_touserdata(L, lua_upvalueindex(1)), 1);
    return 0;
}

static void *interrupt_when_busy(void *data)
{
    interrupter *i = data;
    while (!atomic_load(&i->busy))
        usleep(1000);
    fm_host_interrupt(i->host);
    return NULL;
}

static fm_status run_interrupted(fm_host *host, const char *code, fm_error *err)
{
    interrupter i = {.host = host};
    lua_State *L = fm_host_lua(host);
    lua_pushlightuserdata(L, &i.busy);
    lua_pushcclosure(L, tell_busy, 1);
    lua_setglobal(L, "busy");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_when_busy, &i), 0);
    fm_status status = fm_host_run_string(host, code, "=busy", err);
    pthread_join(thread, NULL);
    return status;
}

static void test_interrupt_stops_a_busy_script(void **state)
{
    fm_error err;
    assert_int_equal(run_interrupted(*state, "busy() while true do end", &err), FM_ECANCELED);
    assert_string_equal(err.message, "interrupted");
    assert_int_equal(fm_host_run_string(*state, "for i = 1, 1e6 do end", NULL, &err), FM_OK);
}

static void test_interrupt_stops_a_busy_coroutine(void **state)
{
    fm_error err;
    const char *code = "coroutine.wrap(function() coroutine.wrap(function() busy() while true do end end)() end)()";
    assert_int_equal(run_interrupted(*state, code, &err), FM_ECANCELED);
}

static void test_an_interrupted_script_may_clean_up(void **state)
{
    fm_error err;
    const char *code = "local ok, e = pcall(function() busy() while true do end end)\n"
                       "for i = 1, 1e6 do end\n"
                       "cleaned = tostring(ok) .. ' ' .. e.code";
    assert_int_equal(run_interrupted(*state, code, &err), FM_OK);
    assert_string_equal(global(*state, "cleaned"), "false canceled");
}

static void test_interrupt_before_a_run_stops_it(void **state)
{
    fm_error err;
    fm_host_interrupt(*state);
    assert_int_equal(fm_host_run_string(*state, "for i = 1, 1e7 do end", NULL, &err), FM_ECANCELED);
    assert_int_equal(fm_host_run_string(*state, "for i = 1, 1e6 do end", NULL, &err), FM_OK);
}

static void test_the_flag_of_the_embedder_counts(void **state)
{
    (void)state;
    volatile int flag = 0;
    fm_env env;
    fm_env_default(&env);
    env.interrupted = &flag;
    fm_host *host;
    assert_int_equal(fm_host_new(&host, &env, NULL), FM_OK);
    flag = 1;
    assert_int_equal(fm_host_run_string(host, "while true do end", NULL, NULL), FM_ECANCELED);
    assert_int_equal(flag, 0);
    fm_host_interrupt(host);
    assert_int_equal(flag, 1);
    fm_host_free(host);
}

static void test_free_closes_what_scripts_left_open(void **state)
{
    (void)state;
    fm_host *host;
    char path[] = "/tmp/fmcal-host-XXXXXX", code[128];
    write_file(path, "");
    assert_int_equal(fm_host_new(&host, NULL, NULL), FM_OK);
    snprintf(code, sizeof code, "keep = io.open('%s', 'w') keep:write('flushed')", path);
    assert_int_equal(fm_host_run_string(host, code, NULL, NULL), FM_OK);
    fm_host_free(host);
    FILE *file = fopen(path, "r");
    char text[16] = "";
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    unlink(path);
    assert_string_equal(text, "flushed");
    fm_host_free(NULL);
}

typedef struct budget {
    lua_Alloc alloc;
    void *data;
    size_t left;
} budget;

/* An allocator that refuses once its budget is spent. */
static void *limited_alloc(void *data, void *block, size_t old_size, size_t new_size)
{
    budget *b = data;
    if (new_size && b->left == 0)
        return NULL;
    b->left -= new_size > 0;
    return b->alloc(b->data, block, old_size, new_size);
}

static void test_any_allocation_may_fail(void **state)
{
    (void)state;
    fm_status status = FM_ENOMEM;
    size_t failures = 0;
    for (size_t allocations = 0; status != FM_OK; allocations++) {
        fm_host *host;
        assert_int_equal(fm_host_new(&host, NULL, NULL), FM_OK);
        lua_State *L = fm_host_lua(host);
        budget b = {.left = allocations};
        b.alloc = lua_getallocf(L, &b.data);
        lua_setallocf(L, limited_alloc, &b);
        fm_error err;
        status = fm_host_run_string(host, "local t = {} for i = 1, 20 do t[i] = {i .. 'x'} end", "=code", &err);
        failures += status != FM_OK;
        if (status != FM_OK)
            assert_int_equal(status, FM_ENOMEM);
        lua_setallocf(L, b.alloc, b.data);
        fm_host_free(host);
    }
    assert_true(failures > 10);
}

#define HOST_TEST(f) cmocka_unit_test_setup_teardown(f, make_host, free_host)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOST_TEST(test_run_string_runs_code),
        HOST_TEST(test_modules_are_there),
        HOST_TEST(test_an_error_has_message_and_traceback),
        HOST_TEST(test_only_the_first_line_is_in_the_record),
        HOST_TEST(test_error_values_that_are_no_strings),
        HOST_TEST(test_an_error_in_tostring_is_reported),
        HOST_TEST(test_runaway_recursion_is_an_error),
        HOST_TEST(test_text_that_is_not_lua),
        HOST_TEST(test_run_file),
        HOST_TEST(test_run_script_has_arguments),
        HOST_TEST(test_exit_ends_the_run_alone),
        HOST_TEST(test_own_scripts_return),
        HOST_TEST(test_two_hosts_share_nothing),
        HOST_TEST(test_interrupt_stops_a_busy_script),
        HOST_TEST(test_interrupt_stops_a_busy_coroutine),
        HOST_TEST(test_an_interrupted_script_may_clean_up),
        HOST_TEST(test_interrupt_before_a_run_stops_it),
        cmocka_unit_test(test_the_flag_of_the_embedder_counts),
        cmocka_unit_test(test_free_closes_what_scripts_left_open),
        cmocka_unit_test(test_any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
