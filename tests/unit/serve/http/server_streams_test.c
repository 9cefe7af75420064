#include "serve/http/server.h"
#include "support/cmocka.h"
#include "support/served.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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

static fm_exchange *begin_stream(int *fd, const char *version)
{
    static const fm_header headers[] = {{"Content-Type", "text/event-stream"}, {NULL, NULL}};
    char text[128];
    snprintf(text, sizeof text, "GET / HTTP/1.%s\r\nHost: x\r\n\r\n", version);
    *fd = served_ask(&at, text);
    fm_exchange *x = served_await(&at, FM_SERVER_HEAD);
    assert_int_equal(fm_exchange_stream(x, 200, headers, NULL), FM_OK);
    return x;
}

static void write_text(fm_exchange *x, const char *text)
{
    assert_int_equal(fm_exchange_write(x, text, strlen(text), NULL), FM_OK);
}

static void test_a_stream(void **state)
{
    (void)state;
    int fd;
    fm_exchange *x = begin_stream(&fd, "1");
    served_read(&at, fd, "\r\nTransfer-Encoding: chunked\r\n");
    write_text(x, "one");
    served_read(&at, fd, "3\r\none\r\n");
    write_text(x, "two");
    write_text(x, "three");
    served_read(&at, fd, "8\r\ntwothree\r\n");
    fm_exchange_finish(x);
    fm_exchange_finish(x);
    served_read(&at, fd, "0\r\n\r\n");
    assert_int_equal(fm_exchange_write(x, "more", 4, NULL), FM_ENETWORK);
    fm_exchange_unref(x);
    served_say(fd, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n", 31);
    served_serve(&at, "next");
    served_read(&at, fd, "\r\n\r\nnext");
    close(fd);
}

static void test_a_stream_for_an_old_client(void **state)
{
    (void)state;
    int fd;
    fm_exchange *x = begin_stream(&fd, "0");
    write_text(x, "one");
    fm_exchange_unref(x);
    const char *text = served_read(&at, fd, NULL);
    assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\none");
    close(fd);
}

static void test_a_reader_that_goes(void **state)
{
    (void)state;
    int fd;
    fm_exchange *x = begin_stream(&fd, "1");
    served_await_nothing(&at);
    close(fd);
    assert_ptr_equal(served_await(&at, FM_SERVER_GONE), x);
    assert_int_equal(fm_exchange_write(x, "x", 1, NULL), FM_ENETWORK);
    fm_exchange_unref(x);
    fm_exchange_unref(x);
}

static void test_a_reader_that_sends_nothing_more(void **state)
{
    (void)state;
    int fd;
    fm_exchange *x = begin_stream(&fd, "1");
    shutdown(fd, SHUT_WR);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    fm_exchange_unref(x);
    close(fd);
}

static void test_a_slow_reader_is_dropped(void **state)
{
    (void)state;
    static char block[8192];
    int fd, small = 4096;
    fm_status status = FM_OK;
    fm_exchange *x = begin_stream(&fd, "1");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 4096 && !status; i++) {
        status = fm_exchange_write(x, block, sizeof block, NULL);
        if (!status && i % 16 == 0)
            served_await_nothing(&at);
    }
    assert_int_equal(status, FM_ELIMIT);
    assert_int_equal(fm_exchange_write(x, "x", 1, NULL), FM_ENETWORK);
    fm_exchange_unref(served_await(&at, FM_SERVER_GONE));
    fm_exchange_unref(x);
    close(fd);
}

static void test_many_blocks_arrive_in_order(void **state)
{
    (void)state;
    int fd;
    char line[32];
    fm_exchange *x = begin_stream(&fd, "0");
    for (int i = 0; i < 5000; i++)
        write_text(x, (snprintf(line, sizeof line, "line %d\n", i), line));
    fm_exchange_finish(x);
    const char *text = strstr(served_read(&at, fd, NULL), "\r\n\r\n") + 4;
    for (int i = 0; i < 5000; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        assert_int_equal(strncmp(text, line, strlen(line)), 0);
        text += strlen(line);
    }
    fm_exchange_unref(x);
    close(fd);
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        SERVED(test_a_stream),
        SERVED(test_a_stream_for_an_old_client),
        SERVED(test_a_reader_that_goes),
        SERVED(test_a_reader_that_sends_nothing_more),
        SERVED(test_a_slow_reader_is_dropped),
        SERVED(test_many_blocks_arrive_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
