#include "serve/http/server.h"
#include "support/cmocka.h"
#include "support/folder.h"
#include "support/served.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static served at;

static int open_it(void **state)
{
    (void)state;
    served_init(&at);
    served_open(&at);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    served_close(&at);
    return 0;
}

static void test_a_request_and_its_answer(void **state)
{
    (void)state;
    fm_exchange_head head;
    int fd = served_ask(&at, "GET /a%2Fb?c=%20d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_look(x, &head, NULL), FM_OK);
    assert_string_equal(head.method, "GET");
    assert_string_equal(head.target, "/a%2Fb?c=%20d");
    assert_string_equal(head.peer, "127.0.0.1");
    assert_string_equal(head.local, "127.0.0.1");
    assert_int_equal(strncmp(head.listener, "127.0.0.1:", 10), 0);
    assert_false(head.body);
    assert_false(head.trusted);
    served_answer(x, "hello");
    const char *text = served_read(&at, fd, NULL);
    assert_int_equal(strncmp(text, "HTTP/1.1 200 OK\r\n", 17), 0);
    assert_non_null(strstr(text, "\r\nContent-Type: text/plain\r\n"));
    assert_non_null(strstr(text, "\r\nContent-Length: 5\r\n"));
    assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\nhello");
    close(fd);
}

#define HEADERS_TEXT_MAX 256

static bool collect(void *data, const char *name, const char *value)
{
    char *out = data;
    size_t len = strlen(out);
    snprintf(out + len, HEADERS_TEXT_MAX - len, "%s=%s|", name, value);
    return true;
}

static void test_headers_in_order(void **state)
{
    (void)state;
    char text[HEADERS_TEXT_MAX] = "";
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost:x\r\nA:  1 \r\nb: \r\nA: 2\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    fm_exchange_headers(x, collect, text);
    assert_string_equal(text, "Host=x|A=1 |b=|A=2|");
    fm_exchange_unref(x);
    close(fd);
}

static void test_a_body_comes_for_those_who_may(void **state)
{
    (void)state;
    size_t len;
    int fd = served_ask(&at, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nab");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 6, NULL), FM_PENDING);
    assert_int_equal(fm_exchange_receive(x, 6, NULL), FM_EINVAL);
    assert_int_equal(fm_exchange_respond(x, 200, &(fm_header){0}, "", 0, NULL), FM_EINVAL);
    served_await_nothing(&at);
    served_say(fd, "cdef", 4);
    assert_ptr_equal(served_await(&at, FM_SERVER_REQUEST), x);
    assert_memory_equal(fm_exchange_body(x, &len), "abcdef", 6);
    assert_int_equal(len, 6);
    fm_exchange_unref(x);
    served_answer(x, "one");
    served_read(&at, fd, "\r\n\r\none");
    served_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 0, NULL), FM_OK);
    served_answer(x, "two");
    served_read(&at, fd, "\r\n\r\ntwo");
    close(fd);
}

static void test_a_chunked_body_is_the_last_of_its_connection(void **state)
{
    (void)state;
    size_t len;
    int fd = served_ask(
        &at, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 5, NULL), FM_PENDING);
    fm_exchange_unref(served_await(&at, FM_SERVER_REQUEST));
    assert_memory_equal(fm_exchange_body(x, &len), "abcde", 5);
    served_answer(x, "done");
    assert_non_null(strstr(served_read(&at, fd, NULL), "\r\nConnection: close\r\n"));
    close(fd);
}

static void test_a_refused_body_is_not_read(void **state)
{
    (void)state;
    static char body[300000];
    memset(body, 'x', sizeof body);
    int fd = served_ask(&at, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n");
    served_serve(&at, "no");
    for (int i = 0; i < 2; i++)
        for (size_t sent = 0; sent < sizeof body;) {
            ssize_t n = send(fd, body + sent, sizeof body - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            sent += n > 0 ? (size_t)n : 0;
            if (n < 0)
                served_await_nothing(&at);
        }
    served_expect(&at, fd, "HTTP/1.1 200 OK\r\n");
}

static void test_a_body_that_nobody_wants_to_wait_for(void **state)
{
    (void)state;
    int fd = served_ask(&at, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 6, NULL), FM_ELIMIT);
    served_answer(x, "too large");
    served_expect(&at, fd, "HTTP/1.1 200 OK\r\n");
}

static void test_continue_is_said_when_the_body_is_wanted(void **state)
{
    (void)state;
    char byte;
    int fd = served_ask(&at, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    served_await_nothing(&at);
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(fm_exchange_receive(x, 1, NULL), FM_PENDING);
    served_read(&at, fd, "HTTP/1.1 100 Continue\r\n\r\n");
    served_say(fd, "x", 1);
    fm_exchange_unref(served_await(&at, FM_SERVER_REQUEST));
    served_answer(x, "");
    served_read(&at, fd, "HTTP/1.1 200 OK\r\n");
    close(fd);
}

static void test_requests_one_behind_the_other(void **state)
{
    (void)state;
    int fd = served_ask(&at, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    served_await_nothing(&at);
    served_answer(x, "first");
    served_serve(&at, "second");
    served_read(&at, fd, "\r\n\r\nsecond");
    close(fd);
}

static void test_heads_and_answers_without_a_body(void **state)
{
    (void)state;
    static const fm_header tag[] = {{"ETag", "\"1\""}, {NULL, NULL}};
    int fd = served_ask(&at, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    served_serve(&at, "hello");
    assert_non_null(strstr(served_read(&at, fd, "\r\n\r\n"), "Content-Length: 5\r\n"));
    served_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_respond(x, 304, tag, "hello", 5, NULL), FM_OK);
    fm_exchange_unref(x);
    served_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    served_serve(&at, "next");
    const char *text = served_read(&at, fd, "next");
    assert_int_equal(strncmp(text, "HTTP/1.1 304 ", 13), 0);
    assert_non_null(strstr(text, "Content-Length: 5\r\n"));
    assert_non_null(strstr(text, "\r\n\r\nHTTP/1.1 200 "));
    close(fd);
}

static void test_a_client_that_goes_while_it_is_answered(void **state)
{
    (void)state;
    struct linger reset = {.l_onoff = 1};
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    assert_ptr_equal(served_await(&at, FM_SERVER_GONE), x);
    assert_int_equal(fm_exchange_respond(x, 200, &(fm_header){0}, "", 0, NULL), FM_ENETWORK);
    assert_int_equal(fm_exchange_receive(x, 1, NULL), FM_ENETWORK);
    fm_exchange_unref(x);
    fm_exchange_unref(x);
}

static void test_a_client_that_only_listens_gets_its_answer(void **state)
{
    (void)state;
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    shutdown(fd, SHUT_WR);
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    served_await_nothing(&at);
    served_answer(x, "here");
    served_expect(&at, fd, "HTTP/1.1 200 OK\r\n");
}

static void test_what_nobody_answers_is_answered(void **state)
{
    (void)state;
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange_unref(served_await(&at, FM_SERVER_HEAD));
    served_expect(&at, fd, "HTTP/1.1 500 ");
}

/* Whoever waits for the descriptor is told that an answer is to be sent. */
static void test_an_answer_wakes_whoever_waits(void **state)
{
    (void)state;
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    served_await_nothing(&at);
    struct pollfd waits = {.fd = fm_server_descriptor(at.server), .events = POLLIN};
    assert_int_equal(poll(&waits, 1, 0), 0);
    served_answer(x, "here");
    assert_int_equal(poll(&waits, 1, 1000), 1);
    served_read(&at, fd, "here");
    close(fd);
}

static void test_an_answer_that_is_none(void **state)
{
    (void)state;
    static const fm_header broken[] = {{"A", "b\r\nSet-Cookie: c"}, {NULL, NULL}};
    int fd = served_ask(&at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_respond(x, 200, broken, "", 0, NULL), FM_EINVAL);
    served_answer(x, "right");
    served_read(&at, fd, "\r\n\r\nright");
    close(fd);
}

static void test_the_end_in_the_midst_of_everything(void **state)
{
    (void)state;
    int fds[4];
    fm_error err = {0};
    fds[0] = served_ask(&at, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    fds[1] = served_ask(&at, "GET /s HTTP/1.1\r\nHost: x\r\n\r\n");
    fm_exchange *s = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_stream(s, 200, &(fm_header){0}, &err), FM_OK);
    fds[2] = served_ask(&at, "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na");
    fm_exchange *b = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(b, 5, NULL), FM_PENDING);
    fds[3] = served_ask(&at, "GET /half");
    served_await_nothing(&at);
    served_close(&at);
    assert_int_equal(fm_exchange_respond(x, 200, &(fm_header){0}, "", 0, NULL), FM_ENETWORK);
    assert_int_equal(fm_exchange_write(s, "x", 1, NULL), FM_ENETWORK);
    fm_exchange_unref(x);
    fm_exchange_unref(s);
    fm_exchange_unref(b);
    for (size_t i = 0; i < 4; i++)
        close(fds[i]);
}

static void test_several_addresses(void **state)
{
    char text[160];
    struct stat facts;
    fm_exchange_head head;
    const char *path = folder_path(state, "socket");
    snprintf(text, sizeof text, "unix:%s", path);
    const char *addresses[] = {"127.0.0.1:0", text, NULL};
    served both;
    served_init(&both);
    both.config.addresses = addresses;
    served_open(&both);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0660);
    int fd = served_connect(&both, 1);
    served_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    fm_exchange *x = served_await(&both, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_look(x, &head, NULL), FM_OK);
    assert_string_equal(head.peer, "unix");
    assert_string_equal(head.listener, text);
    served_answer(x, "local");
    served_read(&both, fd, "\r\n\r\nlocal");
    close(fd);
    fd = served_connect(&both, 0);
    served_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    served_serve(&both, "far");
    served_read(&both, fd, "\r\n\r\nfar");
    close(fd);
    served_close(&both);
    assert_int_equal(stat(path, &facts), -1);
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        SERVED(test_a_request_and_its_answer),
        SERVED(test_headers_in_order),
        SERVED(test_a_body_comes_for_those_who_may),
        SERVED(test_a_chunked_body_is_the_last_of_its_connection),
        SERVED(test_a_refused_body_is_not_read),
        SERVED(test_a_body_that_nobody_wants_to_wait_for),
        SERVED(test_continue_is_said_when_the_body_is_wanted),
        SERVED(test_requests_one_behind_the_other),
        SERVED(test_heads_and_answers_without_a_body),
        SERVED(test_a_client_that_goes_while_it_is_answered),
        SERVED(test_a_client_that_only_listens_gets_its_answer),
        SERVED(test_what_nobody_answers_is_answered),
        SERVED(test_an_answer_wakes_whoever_waits),
        SERVED(test_an_answer_that_is_none),
        SERVED(test_the_end_in_the_midst_of_everything),
        cmocka_unit_test_setup_teardown(test_several_addresses, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
