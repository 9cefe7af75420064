#include "support/cmocka.h"
#include "util/process/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static fm_env real;
static const fm_worker_limits generous = {60000, 60000};

static int use_real_env(void **state)
{
    (void)state;
    fm_env_default(&real);
    return 0;
}

static fm_worker *start(char *const argv[])
{
    fm_worker *w;
    fm_error err = {0};
    if (fm_worker_start(&w, argv, &err) != FM_OK)
        fail_msg("%s", err.message);
    fm_worker_begin(w, &generous);
    return w;
}

/* What it is sent comes back. */
static fm_worker *start_echo(void)
{
    return start((char *[]){"/bin/cat", NULL});
}

static fm_worker *start_shell(char *script)
{
    return start((char *[]){"/bin/sh", "-c", script, NULL});
}

static void send_text(fm_worker *w, const char *text, size_t len)
{
    fm_buf frame;
    fm_buf_init(&frame, FM_WORKER_FRAME_MAX);
    fm_worker_begin_frame(&frame);
    fm_buf_add(&frame, text, len);
    fm_worker_seal(&frame);
    assert_int_equal(fm_worker_send(w, &frame, NULL), FM_OK);
    fm_buf_free(&frame);
}

static fm_status receive(fm_worker *w)
{
    const char *bytes;
    size_t len;
    return fm_worker_receive(w, &bytes, &len, 100, &real, NULL);
}

static void assert_answer(fm_worker *w, const char *expected, size_t expected_len)
{
    const char *bytes;
    size_t len;
    fm_error err = {0};
    if (fm_worker_receive(w, &bytes, &len, FM_WORKER_FRAME_MAX, &real, &err) != FM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(len, expected_len);
    assert_memory_equal(bytes, expected, len);
}

/* Whatever became of a worker, it is dead and was waited for. */
static void assert_none_left(fm_worker *w)
{
    assert_int_equal(receive(w), FM_EIO);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    fm_worker_free(w);
}

static void test_questions_are_answered_in_turn(void **state)
{
    (void)state;
    fm_worker *w = start_echo();
    send_text(w, "first", 5);
    send_text(w, "", 0);
    send_text(w, "a\0b", 3);
    assert_answer(w, "first", 5);
    assert_answer(w, "", 0);
    assert_answer(w, "a\0b", 3);
    fm_worker_free(w);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* More than both pipes hold is on its way at once. */
static void test_frames_larger_than_pipes(void **state)
{
    (void)state;
    enum { SIZE = 5 << 20, COUNT = 3 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    fm_worker *w = start_echo();
    for (int i = 0; i < COUNT; i++) {
        memset(text, 'a' + i, SIZE);
        send_text(w, text, SIZE);
    }
    for (int i = 0; i < COUNT; i++) {
        memset(text, 'a' + i, SIZE);
        assert_answer(w, text, SIZE);
    }
    fm_worker_free(w);
    free(text);
}

static void test_one_that_ends(void **state)
{
    (void)state;
    fm_worker *w = start((char *[]){"/bin/true", NULL});
    usleep(20000);           /* mostly it has ended by now */
    send_text(w, "text", 4); /* no signal ends this program */
    assert_int_equal(receive(w), FM_EIO);
    send_text(w, "more", 4);
    assert_none_left(w);
}

static void test_the_limit_of_its_processor_time(void **state)
{
    (void)state;
    fm_worker *w = start_shell("while :; do :; done");
    fm_worker_begin(w, &(fm_worker_limits){.cpu_ms = 30, .wall_ms = 60000});
    assert_int_equal(receive(w), FM_ETIMEOUT);
    assert_none_left(w);
}

static void test_the_limit_of_time(void **state)
{
    (void)state;
    fm_worker *w = start((char *[]){"/bin/sleep", "1000", NULL});
    fm_worker_begin(w, &(fm_worker_limits){.cpu_ms = 60000, .wall_ms = 30});
    assert_int_equal(receive(w), FM_ETIMEOUT);
    assert_none_left(w);
}

static void test_an_interrupt(void **state)
{
    (void)state;
    volatile int interrupted = 1;
    fm_worker *w = start((char *[]){"/bin/sleep", "1000", NULL});
    real.interrupted = &interrupted;
    assert_int_equal(receive(w), FM_ECANCELED);
    real.interrupted = NULL;
    assert_none_left(w);
}

static void test_an_answer_that_is_too_large(void **state)
{
    (void)state;
    char text[101] = "";
    fm_worker *w = start_echo();
    send_text(w, text, sizeof text);
    assert_int_equal(receive(w), FM_ELIMIT);
    assert_none_left(w);
}

/* A length that nobody means makes no room. */
static void test_noise(void **state)
{
    (void)state;
    fm_worker *w = start_shell("printf 'not a frame'; exec sleep 1000");
    assert_int_equal(receive(w), FM_ELIMIT);
    assert_none_left(w);
}

static void test_it_inherits_no_descriptor_and_no_secret(void **state)
{
    (void)state;
    int fd = fcntl(STDERR_FILENO, F_DUPFD, 77); /* stays open over exec */
    assert_int_equal(fd, 77);
    setenv("FMCAL_SECRET_OF_A_TEST", "hush", 1);
    fm_worker *w = start_shell("test -e /proc/$$/fd/77; set -- $? \"$FMCAL_SECRET_OF_A_TEST\"; "
                               "printf '\\003\\000\\000\\000%s/%s/' \"$1\" \"$2\"");
    assert_answer(w, "1//", 3);
    unsetenv("FMCAL_SECRET_OF_A_TEST");
    close(fd);
    fm_worker_free(w);
}

static void test_a_program_that_is_not_there(void **state)
{
    (void)state;
    fm_worker *w;
    fm_error err = {0};
    assert_int_equal(fm_worker_start(&w, (char *[]){"/no/such/program", NULL}, &err), FM_ENOTFOUND);
    assert_null(w);
    assert_non_null(strstr(err.message, "/no/such/program"));
    fm_worker_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_are_answered_in_turn),
        cmocka_unit_test(test_frames_larger_than_pipes),
        cmocka_unit_test(test_one_that_ends),
        cmocka_unit_test(test_the_limit_of_its_processor_time),
        cmocka_unit_test(test_the_limit_of_time),
        cmocka_unit_test(test_an_interrupt),
        cmocka_unit_test(test_an_answer_that_is_too_large),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_it_inherits_no_descriptor_and_no_secret),
        cmocka_unit_test(test_a_program_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, use_real_env, NULL);
}
