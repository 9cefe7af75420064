#include "serve/http/server.h"
#include "support/cmocka.h"
#include "support/served.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As good as never, and at once: no test waits for more than a moment, and none can be too slow. */
#define NEVER_MS  600000
#define MOMENT_MS 30

static served at;

static int prepare(void **state)
{
    (void)state;
    served_init(&at);
    fm_server_limits *limits = &at.config.limits;
    limits->head_ms = limits->body_ms = limits->send_ms = limits->idle_ms = NEVER_MS;
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    served_close(&at);
    return 0;
}

#define GET         "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
#define POST(len)   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " #len "\r\n\r\n"
#define POST_CHUNKS "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

static void test_a_head_that_trickles(void **state)
{
    (void)state;
    at.config.limits.head_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_ask(&at, "G");
    for (const char *byte = "ET / HTTP/1.1\r\nHost: "; *byte; byte++) {
        send(fd, byte, 1, MSG_NOSIGNAL);
        served_await_nothing(&at);
    }
    served_expect(&at, fd, "HTTP/1.1 408 ");
    served_expect(&at, served_connect(&at, 0), "HTTP/1.1 408 ");
}

static void test_a_head_that_trickles_on_a_kept_connection(void **state)
{
    (void)state;
    at.config.limits.head_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_ask(&at, GET);
    served_serve(&at, "one");
    served_read(&at, fd, "\r\n\r\none");
    served_say(fd, "GET", 3);
    served_expect(&at, fd, "HTTP/1.1 408 ");
}

static void test_a_body_that_trickles(void **state)
{
    (void)state;
    at.config.limits.body_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_ask(&at, POST(100));
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 100, NULL), FM_PENDING);
    served_say(fd, "a", 1);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    fm_exchange_unref(x);
    served_expect(&at, fd, "HTTP/1.1 408 ");
}

static void test_a_connection_that_is_kept_for_nothing(void **state)
{
    (void)state;
    at.config.limits.idle_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_ask(&at, GET);
    served_serve(&at, "one");
    served_expect(&at, fd, "HTTP/1.1 200 ");
}

static void test_an_answer_that_nobody_takes(void **state)
{
    (void)state;
    static char large[8 << 20];
    int small = 4096;
    at.config.limits.send_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_connect(&at, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    served_say(fd, GET, strlen(GET));
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_respond(x, 200, &(fm_header){0}, large, sizeof large, NULL), FM_OK);
    fm_exchange_unref(x);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    close(fd);
}

static void test_waiting_for_an_answer_has_no_end(void **state)
{
    (void)state;
    fm_server_limits *limits = &at.config.limits;
    limits->head_ms = limits->body_ms = limits->send_ms = limits->idle_ms = MOMENT_MS;
    served_open(&at);
    int fd = served_ask(&at, GET);
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    served_await_nothing(&at);
    served_await_nothing(&at);
    served_answer(x, "late");
    served_read(&at, fd, "\r\n\r\nlate");
    close(fd);
}

static void test_too_many_connections(void **state)
{
    (void)state;
    at.config.limits.connections = 2;
    served_open(&at);
    int first = served_ask(&at, GET), second = served_connect(&at, 0);
    served_serve(&at, "first");
    served_read(&at, first, "\r\n\r\nfirst");
    int third = served_ask(&at, GET);
    const char *text = served_read(&at, third, NULL);
    assert_int_equal(strncmp(text, "HTTP/1.1 503 ", 13), 0);
    assert_non_null(strstr(text, "\r\nRetry-After: 1\r\n"));
    close(third);
    close(second);
    served_await_nothing(&at);
    third = served_ask(&at, GET);
    served_serve(&at, "third");
    served_read(&at, third, "\r\n\r\nthird");
    close(third);
    close(first);
}

static void test_too_many_connections_of_one_address(void **state)
{
    (void)state;
    static const char *const loopback[] = {"127.0.0.0/8", NULL};
    at.config.limits.per_address = 1;
    served_open(&at);
    int first = served_connect(&at, 0);
    served_expect(&at, served_ask(&at, GET), "HTTP/1.1 503 ");
    close(first);
    served_close(&at);
    at.config.proxies = loopback;
    served_open(&at);
    first = served_connect(&at, 0);
    int second = served_ask(&at, GET);
    served_serve(&at, "trusted");
    served_read(&at, second, "\r\n\r\ntrusted");
    close(first);
    close(second);
}

static void test_too_many_bodies(void **state)
{
    (void)state;
    at.config.limits.bodies_bytes = 10;
    served_open(&at);
    int first = served_ask(&at, POST(6)), second = served_ask(&at, POST(6)), third = served_ask(&at, POST_CHUNKS);
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD), *y = served_await(&at, FM_SERVER_HEAD),
                *z = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 6, NULL), FM_PENDING);
    assert_int_equal(fm_exchange_receive(y, 6, NULL), FM_ETHROTTLED);
    assert_int_equal(fm_exchange_receive(z, 6, NULL), FM_ETHROTTLED);
    served_say(first, "abcdef", 6);
    fm_exchange_unref(served_await(&at, FM_SERVER_REQUEST));
    served_answer(x, "one");
    assert_int_equal(fm_exchange_receive(y, 6, NULL), FM_PENDING);
    close(second);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    fm_exchange_unref(y);
    assert_int_equal(fm_exchange_receive(z, 10, NULL), FM_PENDING);
    fm_exchange_unref(z);
    close(first);
    close(third);
}

static void test_a_chunked_body_that_is_too_large(void **state)
{
    (void)state;
    served_open(&at);
    int fd = served_ask(&at, POST_CHUNKS "8\r\nabcdefgh\r\n");
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_receive(x, 10, NULL), FM_PENDING);
    served_say(fd, "8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n", 31);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    fm_exchange_unref(x);
    served_expect(&at, fd, "HTTP/1.1 413 ");
}

static void test_many_clients_at_once(void **state)
{
    (void)state;
    enum { CLIENTS = 200 };
    int fds[CLIENTS];
    at.config.limits.per_address = CLIENTS;
    served_open(&at);
    for (size_t i = 0; i < CLIENTS; i++)
        fds[i] = served_ask(&at, GET);
    for (size_t i = 0; i < CLIENTS; i++)
        served_serve(&at, "many");
    for (size_t i = 0; i < CLIENTS; i++) {
        served_read(&at, fds[i], "\r\n\r\nmany");
        close(fds[i]);
    }
}

int main(void)
{
#define LIMITED(test) cmocka_unit_test_setup_teardown(test, prepare, close_it)
    const struct CMUnitTest tests[] = {
        LIMITED(test_a_head_that_trickles),
        LIMITED(test_a_head_that_trickles_on_a_kept_connection),
        LIMITED(test_a_body_that_trickles),
        LIMITED(test_a_connection_that_is_kept_for_nothing),
        LIMITED(test_an_answer_that_nobody_takes),
        LIMITED(test_waiting_for_an_answer_has_no_end),
        LIMITED(test_too_many_connections),
        LIMITED(test_too_many_connections_of_one_address),
        LIMITED(test_too_many_bodies),
        LIMITED(test_a_chunked_body_that_is_too_large),
        LIMITED(test_many_clients_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
