#include "core/http/sockets.h"
#include "util/alloc.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that does not fit in the list works as well, only without its acknowledgements. */
static void add(fm_http_sockets *sockets, curl_socket_t socket)
{
    if (fm_grow(&sockets->items, &sockets->capacity, sockets->count + 1, sizeof *sockets->items) == FM_OK)
        sockets->items[sockets->count++] = socket;
}

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    curl_socket_t made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made != CURL_SOCKET_BAD)
        add(data, made);
    return made;
}

static int close_socket(void *data, curl_socket_t socket)
{
    fm_http_sockets *sockets = data;
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->items[i] == socket) {
            sockets->items[i] = sockets->items[--sockets->count];
            break;
        }
    return close(socket);
}

CURLcode fm_http_sockets_attach(fm_http_sockets *sockets, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sockets);
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
    return code;
}

void fm_http_sockets_acknowledge(const fm_http_sockets *sockets)
{
    int on = 1;
    for (size_t i = 0; i < sockets->count; i++)
        (void)setsockopt(sockets->items[i], IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void fm_http_sockets_free(fm_http_sockets *sockets)
{
    free(sockets->items);
    *sockets = (fm_http_sockets){0};
}
