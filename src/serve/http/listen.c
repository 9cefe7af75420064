#include "serve/http/listen.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char domain[] = "server";

#define BACKLOG          511
#define UNIX_PREFIX      "unix:"
#define UNIX_PREFIX_LEN  (sizeof UNIX_PREFIX - 1)
#define UNIX_SOCKET_MODE 0660

typedef union socket_name {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
} socket_name;

/* ------------------------------------------------------------------ names */

/* The number behind the last colon; false where there is none. */
static bool parse_port(const char *text, in_port_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    *port = htons((uint16_t)number);
    return *text >= '0' && *text <= '9' && !*end && number <= 65535;
}

static bool parse_ip(const char *address, socket_name *name, socklen_t *size)
{
    char host[FM_PEER_TEXT_MAX];
    const char *colon = strrchr(address, ':');
    bool bracketed = *address == '[';
    size_t len = colon ? (size_t)(colon - address) : 0;
    in_port_t port;
    if (bracketed && (len < 2 || address[len - 1] != ']'))
        return false;
    if (bracketed)
        address++, len -= 2;
    if (len == 0 || len >= sizeof host || !parse_port(colon + 1, &port))
        return false;
    memcpy(host, address, len);
    host[len] = '\0';
    if (!bracketed && inet_pton(AF_INET, host, &name->v4.sin_addr) == 1) {
        name->v4.sin_family = AF_INET;
        name->v4.sin_port = port;
        *size = sizeof name->v4;
        return true;
    }
    name->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
    *size = sizeof name->v6;
    return bracketed && inet_pton(AF_INET6, host, &name->v6.sin6_addr) == 1;
}

static bool parse_unix(const char *path, socket_name *name, socklen_t *size)
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof name->local.sun_path)
        return false;
    name->local.sun_family = AF_UNIX;
    memcpy(name->local.sun_path, path, len + 1);
    *size = sizeof name->local;
    return true;
}

/* What a socket listens on, as a text owned by the caller. */
static char *spell(const socket_name *name)
{
    char text[sizeof name->local.sun_path + FM_PEER_TEXT_MAX + 16], host[FM_PEER_TEXT_MAX];
    fm_peer peer = fm_peer_of(&name->any);
    fm_peer_text(&peer, host);
    if (name->any.sa_family == AF_UNIX)
        snprintf(text, sizeof text, UNIX_PREFIX "%.*s", (int)sizeof name->local.sun_path, name->local.sun_path);
    else
        snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
                 ntohs(name->any.sa_family == AF_INET ? name->v4.sin_port : name->v6.sin6_port));
    return strdup(text);
}

/* ------------------------------------------------------------------ sockets */

/* Removes a socket that nobody listens on any more. */
static void remove_leftover(const socket_name *name, socklen_t size)
{
    struct stat facts;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (lstat(name->local.sun_path, &facts) == 0 && S_ISSOCK(facts.st_mode) && connect(fd, &name->any, size) != 0 &&
        errno == ECONNREFUSED)
        unlink(name->local.sun_path);
    close(fd);
}

/* Binds with the mode from the beginning: nobody else gets in between. */
static int bind_unix(int fd, const socket_name *name, socklen_t size)
{
    remove_leftover(name, size);
    mode_t before = umask(0777 & ~UNIX_SOCKET_MODE);
    int result = bind(fd, &name->any, size);
    umask(before);
    return result;
}

static int bind_ip(int fd, const socket_name *name, socklen_t size)
{
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return -1;
    if (name->any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return -1;
    return bind(fd, &name->any, size);
}

/* Notes what a socket is that listens. */
static fm_status describe(fm_listener *listener, fm_error *err)
{
    socket_name name = {.storage = {0}};
    socklen_t size = sizeof name;
    if (getsockname(listener->fd, &name.any, &size) != 0)
        return fm_system_error(err, errno, domain, "descriptor %d is no socket", listener->fd);
    listener->host = fm_peer_of(&name.any);
    if (listener->host.known)
        fm_peer_text(&listener->host, listener->host_text);
    listener->text = spell(&name);
    return listener->text ? FM_OK : fm_error_no_memory(err, domain);
}

static fm_status open_socket(fm_listener *listener, const socket_name *name, socklen_t size, const char *address,
                             fm_error *err)
{
    bool is_unix = name->any.sa_family == AF_UNIX;
    listener->fd = socket(name->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd < 0 || (is_unix ? bind_unix(listener->fd, name, size) : bind_ip(listener->fd, name, size)) != 0)
        return fm_system_error(err, errno, domain, "cannot listen on %s", address);
    if (is_unix && !(listener->path = strdup(name->local.sun_path)))
        return fm_error_no_memory(err, domain);
    if (listen(listener->fd, BACKLOG) != 0)
        return fm_system_error(err, errno, domain, "cannot listen on %s", address);
    return describe(listener, err);
}

fm_status fm_listener_open(fm_listener *listener, const char *address, fm_error *err)
{
    socket_name name = {.storage = {0}};
    socklen_t size;
    *listener = (fm_listener){.fd = -1};
    bool is_unix = strncmp(address, UNIX_PREFIX, UNIX_PREFIX_LEN) == 0;
    if (is_unix ? !parse_unix(address + UNIX_PREFIX_LEN, &name, &size) : !parse_ip(address, &name, &size))
        return fm_error_set(err, FM_EINVAL, domain,
                            "'%s' is no address to listen on: 127.0.0.1:8470, [::1]:8470 or unix:PATH is expected",
                            address);
    fm_status status = open_socket(listener, &name, size, address, err);
    if (status)
        fm_listener_close(listener);
    return status;
}

fm_status fm_listener_inherit(fm_listener *listener, int fd, fm_error *err)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    *listener = (fm_listener){.fd = fd};
    fm_status status = FM_OK;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        status = fm_error_set(err, FM_EINVAL, domain, "descriptor %d is no socket that listens", fd);
    else if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
        status = fm_system_error(err, errno, domain, "descriptor %d cannot be used", fd);
    else
        status = describe(listener, err);
    if (status)
        fm_listener_close(listener);
    return status;
}

void fm_listener_close(fm_listener *listener)
{
    if (listener->fd >= 0)
        close(listener->fd);
    if (listener->path)
        unlink(listener->path);
    free(listener->path);
    free(listener->text);
    *listener = (fm_listener){.fd = -1};
}
