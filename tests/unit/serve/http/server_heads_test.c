#include "serve/http/server.h"
#include "support/cmocka.h"
#include "support/served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

typedef struct text {
    const char *bytes;
    size_t len;
} text;

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static int send_text(const text *t)
{
    int fd = served_connect(&at, 0);
    served_say(fd, t->bytes, t->len);
    return fd;
}

static void test_heads_that_hide_something(void **state)
{
    (void)state;
    static const text heads[] = {
        TEXT("G\0ET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET\0 / HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /?a=\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\0\r\nHost: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\0\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: \0x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost\0: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\nD: e\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\nD: e\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\n\0A: b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\n\0\r\nA: b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\n\0Host: x\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\0\r\n\r\na"),
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        served_expect(&at, send_text(&heads[i]), "HTTP/1.1 400 ");
}

static void test_heads_that_can_be_read_in_two_ways(void **state)
{
    (void)state;
    static const text heads[] = {
        TEXT("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\n\r\n"),
        TEXT("GET / HTTP/1.0\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\n A: b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\nD: e\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"),
        TEXT("GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        TEXT("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        served_expect(&at, send_text(&heads[i]), "HTTP/1.1 400 ");
}

static void test_refusals_are_problems_that_close(void **state)
{
    (void)state;
    fm_server_counts counts;
    static const text head = TEXT("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    int fd = send_text(&head);
    const char *answer = served_read(&at, fd, NULL);
    assert_non_null(strstr(answer, "\r\nContent-Type: application/problem+json\r\n"));
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(answer, "\r\n\r\n{\"type\":\"/docs/errors/malformed-request\","));
    assert_non_null(strstr(answer, "\"status\":400,"));
    assert_null(strstr(strstr(answer, "\r\n\r\n"), "HTTP/1.1"));
    close(fd);
    served_await_nothing(&at);
    fm_server_count(at.server, &counts);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.connections, 0);
}

static void test_heads_that_are_spelled_oddly_are_taken(void **state)
{
    (void)state;
    static const text heads[] = {
        TEXT("GET / HTTP/1.0\r\nHost: x\r\n\r\n"),
        TEXT("GET / HTTP/1.1\nHost: x\n\n"),
        TEXT("GET / HTTP/1.1\r\nHost:x\r\nA:\r\nB: \t c \r\n\r\n"),
        TEXT("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        TEXT("GET http://x/a?b=c&d=%20 HTTP/1.1\r\nHost: x\r\nCookie: a=b; c=d\r\n\r\n"),
        TEXT("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int fd = send_text(&heads[i]);
        served_serve(&at, "taken");
        served_read(&at, fd, "\r\n\r\ntaken");
        close(fd);
    }
}

/* A head of so many bytes. */
static char *head_of(size_t len)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    char *head = malloc(len + 1);
    memset(head, 'a', len);
    memcpy(head, begin, sizeof begin - 1);
    memcpy(head + len - 4, "\r\n\r\n", 5);
    return head;
}

static void test_the_largest_head(void **state)
{
    (void)state;
    char *largest = head_of(FM_SERVER_HEAD_MAX), *larger = head_of(FM_SERVER_HEAD_MAX + 1), *huge = head_of(200000);
    int fd = served_ask(&at, largest);
    served_serve(&at, "taken");
    served_read(&at, fd, "\r\n\r\ntaken");
    close(fd);
    served_expect(&at, served_ask(&at, larger), "HTTP/1.1 431 ");
    fd = served_connect(&at, 0);
    for (size_t i = 0; i < 4; i++) {
        served_say(fd, huge + i * 10000, 10000);
        served_await_nothing(&at);
    }
    served_expect(&at, fd, "HTTP/1.1 431 ");
    free(largest);
    free(larger);
    free(huge);
}

static void test_many_headers(void **state)
{
    (void)state;
    char head[20000] = "GET / HTTP/1.1\r\nHost: x\r\n";
    size_t len = strlen(head);
    for (; len < 16000; len += 5)
        memcpy(head + len, "A:b\r\n", 6);
    memcpy(head + len, "\r\n", 3);
    served_expect(&at, served_ask(&at, head), "HTTP/1.1 431 ");
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        SERVED(test_heads_that_hide_something),
        SERVED(test_heads_that_can_be_read_in_two_ways),
        SERVED(test_refusals_are_problems_that_close),
        SERVED(test_heads_that_are_spelled_oddly_are_taken),
        SERVED(test_the_largest_head),
        SERVED(test_many_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
