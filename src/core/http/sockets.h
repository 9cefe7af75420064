/**
 * @file sockets.h
 * The sockets a client has open: made close-on-exec, and told to acknowledge at once what has arrived of an answer
 * that is not whole yet. A server with Nagle's algorithm on holds the last part back until then, and the kernel
 * would wait up to 40 ms for something to send along (Cyrus).
 */
#ifndef FM_CORE_HTTP_SOCKETS_H
#define FM_CORE_HTTP_SOCKETS_H

#include <curl/curl.h>
#include <stddef.h>

typedef struct fm_http_sockets {
    curl_socket_t *items; /**< owned array of sockets that belong to libcurl */
    size_t count, capacity;
} fm_http_sockets;

/** Makes a handle open its connections so. `sockets` outlives them. */
CURLcode fm_http_sockets_attach(fm_http_sockets *sockets, CURL *easy);
/** Acknowledges what has arrived on every socket. */
void fm_http_sockets_acknowledge(const fm_http_sockets *sockets);
/** Frees the list, when all connections are closed. */
void fm_http_sockets_free(fm_http_sockets *sockets);

#endif
