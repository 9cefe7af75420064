#include "core/secret/terminal.h"
#include "support/cmocka.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PROMPT      "Password: "
#define PATIENCE_MS 60000
#define TEXT_MAX    8192

/* How the child that asks treats signals. */
typedef enum signals { SIGNALS_DEFAULT, SIGNALS_HANDLED, SIGNALS_IGNORED } signals;

/* A child whose controlling terminal we hold the other end of. */
typedef struct person {
    pid_t pid;
    int terminal;           /* the other end */
    int report;             /* what the child says of its end */
    char shown[TEXT_MAX];   /* on the screen so far */
    char outcome[TEXT_MAX]; /* "STATUS echo|silent LEFT TEXT" */
} person;

static volatile int interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static void set_signals(signals how)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = how == SIGNALS_HANDLED   ? on_signal
                                             : how == SIGNALS_IGNORED ? SIG_IGN
                                                                      : SIG_DFL};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

static bool echoes(int terminal)
{
    struct termios mode;
    return tcgetattr(terminal, &mode) == 0 && (mode.c_lflag & ECHO);
}

/* In the child: asks and reports. */
static void ask(int report, signals how)
{
    fm_env env;
    fm_secret *s;
    fm_error err = {0};
    int left = 0;
    fm_env_default(&env);
    env.interrupted = &interrupted;
    set_signals(how);
    fm_status status = fm_secret_from_terminal(&s, PROMPT, &env, &err);
    ioctl(STDIN_FILENO, FIONREAD, &left);
    dprintf(report, "%s %s %d %s", fm_status_name(status), echoes(STDIN_FILENO) ? "echo" : "silent", left,
            s ? fm_secret_bytes(s, NULL) : err.message);
    fm_secret_unref(s);
    _exit(0);
}

static void start(person *p, signals how)
{
    int ends[2];
    *p = (person){0};
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    p->pid = forkpty(&p->terminal, NULL, NULL, NULL);
    assert_true(p->pid >= 0);
    if (p->pid == 0)
        ask(ends[1], how);
    close(ends[1]);
    p->report = ends[0];
}

/* Adds what the screen shows within `ms`. */
static void look(person *p, int ms)
{
    struct pollfd fd = {.fd = p->terminal, .events = POLLIN};
    size_t len = strlen(p->shown);
    if (poll(&fd, 1, ms) <= 0 || !(fd.revents & POLLIN))
        return;
    ssize_t n = read(p->terminal, p->shown + len, sizeof p->shown - 1 - len);
    if (n > 0)
        p->shown[len + (size_t)n] = '\0';
}

/* Waits until the prompt stands there so many times and the terminal is silent: earlier input is thrown away. */
static void await_questions(person *p, int count)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        int seen = 0;
        for (const char *at = p->shown; (at = strstr(at, PROMPT)); at++)
            seen++;
        if (seen == count && !echoes(p->terminal))
            return;
        look(p, 1);
    }
    fail_msg("not asked %d times: %s", count, p->shown);
}

static void await_question(person *p)
{
    await_questions(p, 1);
}

static void type(person *p, const char *text)
{
    for (size_t len = strlen(text); len;) {
        ssize_t n = write(p->terminal, text, len);
        assert_true(n > 0);
        text += n;
        len -= (size_t)n;
    }
}

/* Waits for the child's end. @return its wait status */
static int finish(person *p)
{
    int status;
    size_t len = 0;
    ssize_t n;
    while ((n = read(p->report, p->outcome + len, sizeof p->outcome - 1 - len)) > 0)
        len += (size_t)n;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    if (p->terminal >= 0)
        look(p, 0);
    close(p->report);
    return status;
}

/* The child answered; the terminal is as it was. */
static void assert_outcome(person *p, const char *expected)
{
    assert_int_equal(finish(p), 0);
    assert_string_equal(p->outcome, expected);
    close(p->terminal);
}

static void assert_killed(person *p, int number)
{
    int status = finish(p);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), number);
    assert_true(echoes(p->terminal));
    close(p->terminal);
}

static void test_a_line_is_read_and_not_shown(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    type(&p, "s\xc3\xa9"
             "cret \n");
    assert_outcome(&p, "ok echo 0 s\xc3\xa9"
                       "cret ");
    assert_string_equal(p.shown, PROMPT "\r\n");
}

/* What is pasted behind the line must not reach the shell. */
static void test_further_lines_are_thrown_away(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    type(&p, "secret\nrm -r x\n");
    assert_outcome(&p, "ok echo 0 secret");
}

static void test_nothing_typed(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    type(&p, "\n");
    assert_outcome(&p, "invalid echo 0 nothing was typed");
}

static void test_end_of_input(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    type(&p, "\004");
    assert_outcome(&p, "canceled echo 0 interrupted");
}

/* The terminal cuts a line that is too long: half a password is none. */
static void test_a_line_that_is_too_long(void **state)
{
    (void)state;
    person p;
    static char line[5002];
    memset(line, 'x', sizeof line - 2);
    line[sizeof line - 2] = '\n';
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    type(&p, line);
    assert_outcome(&p, "limit echo 0 what was typed is too long for a password: more than 4094 bytes");
}

static void test_ctrl_c_is_an_interrupt(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_HANDLED);
    await_question(&p);
    type(&p, "secr\003");
    assert_outcome(&p, "canceled echo 0 interrupted");
    assert_null(strstr(p.shown, "secr"));
}

static void test_signals_that_kill_find_the_echo_on(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGQUIT, SIGALRM};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        person p;
        start(&p, SIGNALS_DEFAULT);
        await_question(&p);
        kill(p.pid, numbers[i]);
        assert_killed(&p, numbers[i]);
    }
}

/* Signals that are nobody's business do not end the question. */
static void test_after_an_ignored_signal_it_goes_on(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_IGNORED);
    await_question(&p);
    kill(p.pid, SIGTERM);
    await_questions(&p, 2);
    type(&p, "secret\n");
    assert_outcome(&p, "ok echo 0 secret");
}

static void test_stopped_and_continued_it_goes_on(void **state)
{
    (void)state;
    person p;
    int status;
    start(&p, SIGNALS_DEFAULT);
    await_question(&p);
    kill(p.pid, SIGSTOP); /* as SIGTSTP, which a process group without a shell ignores */
    assert_int_equal(waitpid(p.pid, &status, WUNTRACED), p.pid);
    kill(p.pid, SIGCONT);
    type(&p, "secret\n");
    assert_outcome(&p, "ok echo 0 secret");
}

/* The window is closed. */
static void test_a_terminal_that_goes_away(void **state)
{
    (void)state;
    person p;
    start(&p, SIGNALS_IGNORED);
    await_question(&p);
    close(p.terminal);
    p.terminal = -1;
    assert_int_equal(finish(&p), 0);
    assert_true(strncmp(p.outcome, "io ", 3) == 0 || strncmp(p.outcome, "canceled ", 9) == 0);
}

static void test_without_a_terminal(void **state)
{
    (void)state;
    int ends[2], status;
    char outcome[TEXT_MAX] = "";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        ask(ends[1], SIGNALS_DEFAULT);
    }
    close(ends[1]);
    assert_true(read(ends[0], outcome, sizeof outcome - 1) > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_non_null(strstr(outcome, "there is no terminal to ask for the password"));
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_is_read_and_not_shown),
        cmocka_unit_test(test_further_lines_are_thrown_away),
        cmocka_unit_test(test_nothing_typed),
        cmocka_unit_test(test_end_of_input),
        cmocka_unit_test(test_a_line_that_is_too_long),
        cmocka_unit_test(test_ctrl_c_is_an_interrupt),
        cmocka_unit_test(test_signals_that_kill_find_the_echo_on),
        cmocka_unit_test(test_after_an_ignored_signal_it_goes_on),
        cmocka_unit_test(test_stopped_and_continued_it_goes_on),
        cmocka_unit_test(test_a_terminal_that_goes_away),
        cmocka_unit_test(test_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
