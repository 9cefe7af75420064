/**
 * @file peer.h
 * Addresses of the other side, as numbers: to compare, to count by, and to be of a network.
 */
#ifndef FM_SERVE_HTTP_PEER_H
#define FM_SERVE_HTTP_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/** An IP address as IPv6 writes it (IPv4 mapped); a Unix socket has none. */
typedef struct fm_peer {
    bool known;
    uint8_t bytes[16];
} fm_peer;

/** Most bytes of an address as text, with the zero. */
#define FM_PEER_TEXT_MAX INET6_ADDRSTRLEN

/** The address in a socket's name; not known for a Unix socket. */
fm_peer fm_peer_of(const struct sockaddr *name);
/** The address that a text spells, without port or brackets. */
fm_peer fm_peer_parse(const char *text);
/** "127.0.0.1", "::1"; "unix" for what is not known. */
void fm_peer_text(const fm_peer *peer, char out[FM_PEER_TEXT_MAX]);
/** Whether two count as one client: the same IPv4 address, the same /64 of IPv6. */
bool fm_peer_alike(const fm_peer *a, const fm_peer *b);
bool fm_peer_is_loopback(const fm_peer *peer);
bool fm_peer_is_wildcard(const fm_peer *peer);

/** A network: an address and how many bits of it count. */
typedef struct fm_network {
    fm_peer base;
    unsigned bits;
} fm_network;

/** Reads "10.0.0.0/8", "fd00::/8", or an address alone. False: it is none. */
bool fm_network_parse(fm_network *network, const char *text);
bool fm_network_has(const fm_network *network, const fm_peer *peer);

#endif
