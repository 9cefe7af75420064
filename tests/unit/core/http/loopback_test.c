#include "core/http/loopback.h"
#include "support/cmocka.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Long enough for a loaded machine; a wait that should end never takes as long. */
#define PATIENCE_MS 60000

static fm_env real;
static fm_loopback *listener;

static int open_listener(void **state)
{
    (void)state;
    fm_env_default(&real);
    return fm_loopback_open(&listener, 0, NULL);
}

static int close_listener(void **state)
{
    (void)state;
    fm_loopback_free(listener);
    return 0;
}

static int browse(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(fm_loopback_port(listener)),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

/* Sends a request with a right Host header behind its first line. */
static int ask(const char *request_line)
{
    char head[512];
    int fd = browse();
    snprintf(head, sizeof head, "%s\r\nAccept: */*\r\nhost:  127.0.0.1:%u \r\n\r\n", request_line,
             fm_loopback_port(listener));
    say(fd, head, strlen(head));
    return fd;
}

/* The whole answer. */
static const char *answer_of(int fd)
{
    static char text[4096];
    size_t len = 0;
    ssize_t n;
    while ((n = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0)
        len += (size_t)n;
    text[len] = '\0';
    close(fd);
    return text;
}

static void await(const char *path, const char *query)
{
    fm_loopback_event event;
    fm_error err = {0};
    if (fm_loopback_wait(listener, &event, -1, PATIENCE_MS, &real, &err))
        fail_msg("%s", err.message);
    assert_false(event.input);
    assert_string_equal(event.path, path);
    assert_string_equal(event.query, query);
}

/* What was sent on `fd` is refused, and the next request is served all the same. */
static void assert_refused(int fd)
{
    int next = ask("GET /next HTTP/1.1");
    await("/next", "");
    assert_int_equal(fm_loopback_reply(listener, 404, "", 0, NULL), FM_OK);
    assert_int_equal(strncmp(answer_of(next), "HTTP/1.1 404 ", 13), 0);
    assert_int_equal(strncmp(answer_of(fd), "HTTP/1.1 400 ", 13), 0);
}

static void test_a_request_and_its_answer(void **state)
{
    (void)state;
    int fd = ask("GET /?code=4%2Fx&state=a HTTP/1.1");
    await("/", "code=4%2Fx&state=a");
    assert_int_equal(fm_loopback_reply(listener, 200, "<p>ok", 5, NULL), FM_OK);
    const char *answer = answer_of(fd);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17), 0);
    assert_non_null(strstr(answer, "\r\nCache-Control: no-store\r\n"));
    assert_non_null(strstr(answer, "\r\nReferrer-Policy: no-referrer\r\n"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n<p>ok");
    assert_int_equal(fm_loopback_reply(listener, 200, "", 0, NULL), FM_EINVAL);
}

static void test_a_request_in_pieces(void **state)
{
    (void)state;
    char head[64];
    fm_loopback_event event;
    int fd = browse();
    say(fd, "GET /a", 6);
    assert_int_equal(fm_loopback_wait(listener, &event, -1, 1, &real, NULL), FM_ETIMEOUT);
    snprintf(head, sizeof head, " HTTP/1.0\r\nHost: LOCALHOST:%u\r\n\r\n", fm_loopback_port(listener));
    say(fd, head, strlen(head));
    await("/a", "");
    assert_int_equal(fm_loopback_wait(listener, &event, -1, 1, &real, NULL), FM_EINVAL);
    assert_int_equal(fm_loopback_reply(listener, 200, "", 0, NULL), FM_OK);
    assert_int_equal(strncmp(answer_of(fd), "HTTP/1.1 200 ", 13), 0);
}

static void test_what_is_no_such_request_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "POST / HTTP/1.1",
        "GET http://127.0.0.1/ HTTP/1.1",
        "GET / HTTP/2.0",
        "GET /",
        "GET /HTTP/1.1",
        "get / HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET /\x01 HTTP/1.1",
        "GET /\xC3 HTTP/1.1",
        "",
        "GET / HTTP/1.1\r\nHost: a",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_refused(ask(lines[i]));
}

static void test_another_host_is_refused(void **state)
{
    (void)state;
    char head[256];
    static const char *const hosts[] = {"",
                                        "Host: evil.example\r\n",
                                        "Host: 127.0.0.1\r\n",
                                        "Host: 127.0.0.1:1\r\n",
                                        "Host: 127.0.0.1.evil.example:%u\r\n",
                                        "XHost: 127.0.0.1:%u\r\n"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char host[96];
        int fd = browse();
        const char *mark = strstr(hosts[i], "%u");
        snprintf(host, sizeof host, "%.*s", (int)(mark ? mark - hosts[i] : (long)strlen(hosts[i])), hosts[i]);
        snprintf(head, sizeof head, "GET / HTTP/1.1\r\n%s", host);
        say(fd, head, strlen(head));
        if (mark) {
            snprintf(head, sizeof head, "%u\r\n", fm_loopback_port(listener));
            say(fd, head, strlen(head));
        }
        say(fd, "\r\n", 2);
        assert_refused(fd);
    }
}

static void test_a_head_that_does_not_end(void **state)
{
    (void)state;
    static char endless[FM_LOOPBACK_HEAD_MAX];
    int fd = browse();
    memset(endless, 'x', sizeof endless);
    memcpy(endless, "GET /", 5);
    say(fd, endless, sizeof endless);
    assert_refused(fd);
    fd = browse();
    say(fd, "GET /\0", 6);
    assert_refused(fd);
}

static void test_silent_connections_hold_nobody_up(void **state)
{
    (void)state;
    int silent[40];
    fm_loopback_event event;
    for (size_t i = 0; i < 40; i++) {
        silent[i] = browse();
        assert_int_equal(fm_loopback_wait(listener, &event, -1, 1, &real, NULL), FM_ETIMEOUT);
    }
    int fd = ask("GET / HTTP/1.1");
    await("/", "");
    assert_int_equal(fm_loopback_reply(listener, 200, "", 0, NULL), FM_OK);
    assert_int_equal(strncmp(answer_of(fd), "HTTP/1.1 200 ", 13), 0);
    for (size_t i = 0; i < 40; i++)
        close(silent[i]);
}

static void test_a_browser_that_goes(void **state)
{
    (void)state;
    static char page[60000];
    close(browse());
    int fd = ask("GET / HTTP/1.1");
    await("/", "");
    struct linger reset = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    memset(page, 'x', sizeof page);
    assert_int_equal(fm_loopback_reply(listener, 200, page, sizeof page, NULL), FM_OK);
    fd = ask("GET /again HTTP/1.1");
    await("/again", "");
    assert_int_equal(fm_loopback_reply(listener, 200, "", 0, NULL), FM_OK);
    close(fd);
}

static void test_other_input_ends_the_wait(void **state)
{
    (void)state;
    int ends[2];
    fm_loopback_event event;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(fm_loopback_wait(listener, &event, ends[0], PATIENCE_MS, &real, NULL), FM_OK);
    assert_true(event.input);
    close(ends[0]);
    close(ends[1]);
}

static void test_an_interrupt_ends_the_wait(void **state)
{
    (void)state;
    volatile int interrupted = 1;
    fm_env env = real;
    fm_loopback_event event;
    env.interrupted = &interrupted;
    assert_int_equal(fm_loopback_wait(listener, &event, -1, PATIENCE_MS, &env, NULL), FM_ECANCELED);
}

static void test_a_taken_port(void **state)
{
    (void)state;
    fm_loopback *second;
    fm_error err = {0};
    assert_int_equal(fm_loopback_open(&second, fm_loopback_port(listener), &err), FM_EIO);
    assert_null(second);
    assert_non_null(strstr(err.message, "cannot listen on 127.0.0.1, port "));
}

int main(void)
{
#define LISTENING(test) cmocka_unit_test_setup_teardown(test, open_listener, close_listener)
    const struct CMUnitTest tests[] = {
        LISTENING(test_a_request_and_its_answer),
        LISTENING(test_a_request_in_pieces),
        LISTENING(test_what_is_no_such_request_is_refused),
        LISTENING(test_another_host_is_refused),
        LISTENING(test_a_head_that_does_not_end),
        LISTENING(test_silent_connections_hold_nobody_up),
        LISTENING(test_a_browser_that_goes),
        LISTENING(test_other_input_ends_the_wait),
        LISTENING(test_an_interrupt_ends_the_wait),
        LISTENING(test_a_taken_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
