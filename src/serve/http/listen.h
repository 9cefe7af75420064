/**
 * @file listen.h
 * Sockets that listen: made from addresses, or inherited.
 */
#ifndef FM_SERVE_HTTP_LISTEN_H
#define FM_SERVE_HTTP_LISTEN_H

#include "fmcal/error.h"
#include "serve/http/peer.h"

typedef struct fm_listener {
    int fd;                           /**< -1: none */
    char *text;                       /**< owned; "127.0.0.1:8470", "unix:PATH" */
    char *path;                       /**< owned; of a Unix socket that goes when this is closed; NULL: none */
    fm_peer host;                     /**< not known for a Unix socket */
    char host_text[FM_PEER_TEXT_MAX]; /**< "" for a Unix socket */
} fm_listener;

/** Listens on "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:PATH". FM_EINVAL, FM_EACCESS, FM_EIO, FM_ENOMEM */
fm_status fm_listener_open(fm_listener *listener, const char *address, fm_error *err);
/** Takes a descriptor that listens already; it is closed with the listener, or where this fails. FM_EINVAL, FM_ENOMEM
 */
fm_status fm_listener_inherit(fm_listener *listener, int fd, fm_error *err);
/** Closes it. One that was never opened must be {.fd = -1}. */
void fm_listener_close(fm_listener *listener);

#endif
