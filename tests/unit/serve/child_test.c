#include "serve/child.h"
#include "serve/loop.h"
#include "support/cmocka.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static fm_env env;
static fm_loop *loop;

static int set_up(void **state)
{
    (void)state;
    fm_env_default(&env);
    return fm_loop_new(&loop, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    fm_loop_free(loop);
    return 0;
}

static fm_child *start(char *script, const fm_child_options *options)
{
    static const fm_child_options none;
    fm_child *c;
    fm_error err = {0};
    char *const argv[] = {"/bin/sh", "-c", script, NULL};
    if (fm_child_start(&c, argv, options ? options : &none, &err))
        fail_msg("%s", err.message);
    assert_int_equal(fm_loop_add(loop, fm_child_descriptor(c), NULL), FM_OK);
    return c;
}

static void step(fm_child *c)
{
    int ready[FM_LOOP_READY_MAX];
    size_t count;
    assert_int_equal(fm_loop_wait(loop, ready, &count, 20000, &env, NULL), FM_OK);
    assert_int_equal(count, 1);
    fm_child_step(c);
}

/* The next line, waited for; NULL at the end. */
static const char *line_of(fm_child *c, size_t *len)
{
    const char *line;
    while (!fm_child_next_line(c, &line, len)) {
        if (fm_child_ended(c))
            return NULL;
        step(c);
    }
    return line;
}

static void assert_line(fm_child *c, const char *expected)
{
    size_t len;
    const char *line = line_of(c, &len);
    assert_non_null(line);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(line, expected, len);
}

static void assert_end(fm_child *c, int status)
{
    size_t len;
    assert_null(line_of(c, &len));
    assert_int_equal(fm_child_status(c), status);
    assert_int_equal(fm_child_pid(c), 0);
    assert_int_equal(fm_child_send(c, "more", 4, NULL), FM_OK);
    fm_child_signal(c, SIGKILL);
    fm_child_step(c);
    fm_child_free(c);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

#define ECHO "while read -r line <&3; do echo \"$line\" >&4; done"

static void test_lines_come_back(void **state)
{
    (void)state;
    fm_child *c = start(ECHO, NULL);
    assert_int_equal(fm_child_send(c, "one", 3, NULL), FM_OK);
    assert_int_equal(fm_child_send(c, "", 0, NULL), FM_OK);
    assert_int_equal(fm_child_send(c, "two", 3, NULL), FM_OK);
    assert_line(c, "one");
    assert_line(c, "");
    assert_line(c, "two");
    assert_int_equal(fm_child_send(c, "a\nb", 3, NULL), FM_EINVAL);
    fm_child_free(c);
}

/* More than both pipes hold goes out while answers come in. */
static void test_lines_larger_than_pipes(void **state)
{
    (void)state;
    enum { SIZE = 5 << 20, COUNT = 3 };
    char *text = malloc(SIZE);
    fm_child *c = start("cat <&3 >&4", NULL);
    assert_non_null(text);
    for (int i = 0; i < COUNT; i++) {
        memset(text, 'a' + i, SIZE);
        assert_int_equal(fm_child_send(c, text, SIZE, NULL), FM_OK);
    }
    for (int i = 0; i < COUNT; i++) {
        size_t len;
        memset(text, 'a' + i, SIZE);
        const char *line = line_of(c, &len);
        assert_int_equal(len, SIZE);
        assert_memory_equal(line, text, len);
    }
    free(text);
    fm_child_free(c);
}

static void test_its_end(void **state)
{
    (void)state;
    fm_child *c = start("echo last >&4; printf 'no end' >&4; exit 7", NULL);
    assert_line(c, "last");
    assert_end(c, 7);
    c = start("echo first >&4; exec sleep 1000 3<&- 4>&-", NULL); /* one that shuts its ears and goes on */
    assert_line(c, "first");
    assert_end(c, 128 + SIGKILL);
}

static void test_signals(void **state)
{
    (void)state;
    fm_child *c = start("trap 'echo asked >&4; exit 1' INT; echo ready >&4; while :; do sleep 0.01; done", NULL);
    assert_line(c, "ready");
    fm_child_signal(c, SIGINT);
    assert_line(c, "asked");
    assert_end(c, 1);
    c = start("sleep 1000 & echo ready >&4; wait", NULL);
    assert_line(c, "ready");
    fm_child_signal(c, SIGKILL); /* the other process of its group, which has the pipe too, ends with it */
    assert_end(c, 128 + SIGKILL);
}

static void test_its_surroundings(void **state)
{
    (void)state;
    const char *const hide[] = {"CHILD_HIDDEN", NULL}, *const add[] = {"CHILD_ADDED=new", NULL};
    setenv("CHILD_HIDDEN", "1", 1);
    fm_child_options options = {.hide = hide, .add = add};
    fm_child *c =
        start("echo \"${CHILD_HIDDEN-hidden} $CHILD_ADDED\" >&4; read -r line || echo nothing >&4; echo lost; "
              "ls /proc/$$/fd | tr '\\n' ' ' | cut -c 1-10 >&4",
              &options);
    assert_line(c, "hidden new");
    assert_line(c, "nothing");
    assert_line(c, "0 1 2 3 4 ");
    assert_end(c, 0);
}

static void test_limits(void **state)
{
    (void)state;
    fm_child *c = start("head -c 2000000 /dev/zero >&4; sleep 1000", &(fm_child_options){.max_line_bytes = 1000000});
    assert_end(c, 128 + SIGKILL);
#ifndef __SANITIZE_ADDRESS__
    c = start("read -r go <&3; ulimit -v >&4", &(fm_child_options){.memory_bytes = 1 << 30});
    assert_int_equal(fm_child_send(c, "go", 2, NULL), FM_OK);
    assert_line(c, "1048576");
    assert_end(c, 0);
#endif
}

static void test_one_that_is_not_there(void **state)
{
    (void)state;
    fm_child *c;
    fm_error err = {0};
    const fm_child_options none = {0};
    assert_int_equal(fm_child_start(&c, (char *[]){"/no/such", NULL}, &none, &err), FM_ENOTFOUND);
    assert_null(c);
    assert_non_null(strstr(err.message, "/no/such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_larger_than_pipes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_signals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_its_surroundings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_that_is_not_there, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
