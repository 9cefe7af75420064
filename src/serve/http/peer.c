#include "serve/http/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bits before an IPv4 address in its mapped form, and of a network of one client in IPv6. */
#define MAPPED_BITS 96
#define CLIENT_BITS 64

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static bool is_v4(const fm_peer *peer)
{
    return memcmp(peer->bytes, mapped, sizeof mapped) == 0;
}

static fm_peer of_v4(const struct in_addr *address)
{
    fm_peer peer = {.known = true};
    memcpy(peer.bytes, mapped, sizeof mapped);
    memcpy(peer.bytes + sizeof mapped, address, sizeof *address);
    return peer;
}

static fm_peer of_v6(const struct in6_addr *address)
{
    fm_peer peer = {.known = true};
    memcpy(peer.bytes, address, sizeof *address);
    return peer;
}

fm_peer fm_peer_of(const struct sockaddr *name)
{
    if (name->sa_family == AF_INET)
        return of_v4(&((const struct sockaddr_in *)(const void *)name)->sin_addr);
    if (name->sa_family == AF_INET6)
        return of_v6(&((const struct sockaddr_in6 *)(const void *)name)->sin6_addr);
    return (fm_peer){.known = false};
}

fm_peer fm_peer_parse(const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, text, &v4) == 1)
        return of_v4(&v4);
    if (inet_pton(AF_INET6, text, &v6) == 1)
        return of_v6(&v6);
    return (fm_peer){.known = false};
}

void fm_peer_text(const fm_peer *peer, char out[FM_PEER_TEXT_MAX])
{
    if (!peer->known)
        snprintf(out, FM_PEER_TEXT_MAX, "unix");
    else if (is_v4(peer))
        inet_ntop(AF_INET, peer->bytes + sizeof mapped, out, FM_PEER_TEXT_MAX);
    else
        inet_ntop(AF_INET6, peer->bytes, out, FM_PEER_TEXT_MAX);
}

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

bool fm_peer_alike(const fm_peer *a, const fm_peer *b)
{
    return a->known && b->known && same_bits(a->bytes, b->bytes, is_v4(a) ? 128 : CLIENT_BITS);
}

bool fm_peer_is_loopback(const fm_peer *peer)
{
    static const uint8_t one[16] = {[15] = 1};
    return peer->known && (is_v4(peer) ? peer->bytes[12] == 127 : memcmp(peer->bytes, one, sizeof one) == 0);
}

bool fm_peer_is_wildcard(const fm_peer *peer)
{
    static const uint8_t zero[16] = {0};
    return peer->known && memcmp(peer->bytes + 12, zero, 4) == 0 &&
           (is_v4(peer) || memcmp(peer->bytes, zero, sizeof zero) == 0);
}

bool fm_network_parse(fm_network *network, const char *text)
{
    char address[FM_PEER_TEXT_MAX], *end = NULL;
    size_t len = strcspn(text, "/");
    if (len >= sizeof address)
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    network->base = fm_peer_parse(address);
    if (!network->base.known)
        return false;
    unsigned before = is_v4(&network->base) ? MAPPED_BITS : 0;
    network->bits = 128;
    if (!text[len])
        return true;
    unsigned long bits = strtoul(text + len + 1, &end, 10);
    network->bits = before + (unsigned)bits;
    return text[len + 1] >= '0' && text[len + 1] <= '9' && !*end && bits <= 128 - before;
}

bool fm_network_has(const fm_network *network, const fm_peer *peer)
{
    return peer->known && same_bits(network->base.bytes, peer->bytes, network->bits);
}
