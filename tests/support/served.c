#include "support/served.h"
#include "support/cmocka.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Long enough for a loaded machine; nothing that should happen takes as long. */
#define PATIENCE_MS 60000
#define STEP_MS     2
#define TEXT_MAX    (1 << 20)

static fm_env env;

static int64_t now_ms(void)
{
    return env.monotonic_ms(env.data);
}

void served_init(served *s)
{
    static const char *const anywhere[] = {"127.0.0.1:0", NULL};
    fm_env_default(&env);
    *s = (served){.config = {.addresses = anywhere}};
    fm_server_limits_init(&s->config.limits);
}

void served_open(served *s)
{
    fm_error err = {0};
    if (fm_server_open(&s->server, &s->config, &env, &err))
        fail_msg("%s", err.message);
}

void served_close(served *s)
{
    fm_server_free(s->server);
    s->server = NULL;
}

static void step(const served *s)
{
    fm_error err = {0};
    if (fm_server_step(s->server, STEP_MS, &err))
        fail_msg("%s", err.message);
}

int served_connect(const served *s, size_t n)
{
    fm_server_address address;
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    assert_true(fm_server_address_at(s->server, n, &address));
    bool is_unix = strncmp(address.text, "unix:", 5) == 0;
    int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (is_unix) {
        snprintf(local.sun_path, sizeof local.sun_path, "%s", address.text + 5);
        assert_int_equal(connect(fd, (struct sockaddr *)&local, sizeof local), 0);
        return fd;
    }
    v4.sin_port = htons((uint16_t)strtol(strrchr(address.text, ':') + 1, NULL, 10));
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&v4, sizeof v4), 0);
    return fd;
}

void served_say(int fd, const char *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

int served_ask(const served *s, const char *text)
{
    int fd = served_connect(s, 0);
    served_say(fd, text, strlen(text));
    return fd;
}

fm_exchange *served_await(served *s, fm_server_event_kind kind)
{
    fm_server_event event;
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    while (!fm_server_next(s->server, &event)) {
        assert_true(now_ms() < deadline_ms);
        step(s);
    }
    assert_int_equal(event.kind, kind);
    return event.exchange;
}

void served_await_nothing(served *s)
{
    fm_server_event event;
    for (int i = 0; i < 20; i++) {
        step(s);
        assert_false(fm_server_next(s->server, &event));
    }
}

const char *served_read(served *s, int fd, const char *until)
{
    static char text[TEXT_MAX];
    size_t len = 0;
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    text[0] = '\0';
    while (!until || !strstr(text, until)) {
        ssize_t n = recv(fd, text + len, sizeof text - 1 - len, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            break;
        len += n > 0 ? (size_t)n : 0;
        text[len] = '\0';
        assert_true(now_ms() < deadline_ms);
        if (n < 0)
            step(s);
    }
    return text;
}

void served_expect(served *s, int fd, const char *beginning)
{
    const char *text = served_read(s, fd, NULL);
    if (strncmp(text, beginning, strlen(beginning)) != 0)
        fail_msg("'%.200s' does not begin with '%s'", text, beginning);
    close(fd);
}

void served_answer(fm_exchange *x, const char *text)
{
    static const fm_header headers[] = {{"Content-Type", "text/plain"}, {NULL, NULL}};
    fm_error err = {0};
    if (fm_exchange_respond(x, 200, headers, text, strlen(text), &err))
        fail_msg("%s", err.message);
    fm_exchange_unref(x);
}

void served_serve(served *s, const char *text)
{
    served_answer(served_await(s, FM_SERVER_HEAD), text);
}
