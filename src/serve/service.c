#include "serve/service.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char domain[] = "service";

/* ------------------------------------------------------------------ systemd */

/* A number in the environment; -1 where there is none. */
static long long number_of(const char *name)
{
    const char *text = getenv(name);
    char *end;
    if (!text || !*text)
        return -1;
    long long number = strtoll(text, &end, 10);
    return *end ? -1 : number;
}

size_t fm_service_sockets(void)
{
    long long count = number_of("LISTEN_PID") == getpid() ? number_of("LISTEN_FDS") : 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count < 0 || count > INT_MAX - FM_SERVICE_FIRST_SOCKET)
        return 0;
    for (int fd = FM_SERVICE_FIRST_SOCKET; fd < FM_SERVICE_FIRST_SOCKET + (int)count; fd++)
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return (size_t)(fd - FM_SERVICE_FIRST_SOCKET);
    return (size_t)count;
}

bool fm_service_notify(const char *state)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;
    if (len < 2 || len >= sizeof name.sun_path || (path[0] != '/' && path[0] != '@'))
        return false;
    memcpy(name.sun_path, path, len);
    if (path[0] == '@') /* an abstract name begins with a zero byte */
        name.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                          (const struct sockaddr *)(const void *)&name, size);
    close(fd);
    return sent >= 0;
}

int64_t fm_service_watchdog_ms(void)
{
    long long pid = number_of("WATCHDOG_PID"), us = number_of("WATCHDOG_USEC");
    return us > 0 && (pid < 0 || pid == getpid()) ? us / 1000 : 0;
}

/* ------------------------------------------------------------------ signals */

struct fm_signals {
    int fd;
    sigset_t before;
};

fm_status fm_signals_open(fm_signals **out, fm_error *err)
{
    sigset_t mask;
    fm_signals *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return fm_error_no_memory(err, domain);
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, &s->before);
    s->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->fd < 0) {
        fm_status status = fm_system_error(err, errno, domain, "cannot wait for signals");
        fm_signals_free(s);
        return status;
    }
    *out = s;
    return FM_OK;
}

void fm_signals_free(fm_signals *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
    free(s);
}

int fm_signals_descriptor(const fm_signals *s)
{
    return s->fd;
}

fm_signal fm_signals_take(fm_signals *s)
{
    struct signalfd_siginfo info;
    if (read(s->fd, &info, sizeof info) != (ssize_t)sizeof info)
        return FM_SIGNAL_NONE;
    return info.ssi_signo == SIGHUP ? FM_SIGNAL_REREAD : FM_SIGNAL_STOP;
}
