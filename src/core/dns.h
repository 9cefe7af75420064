/**
 * @file dns.h
 * The two DNS records that name a domain's calendar server (RFC 6764 section 3): SRV (RFC 2782), and the TXT record
 * beside it whose "path=" says where to begin.
 */
#ifndef FM_CORE_DNS_H
#define FM_CORE_DNS_H

#include "fmcal/error.h"
#include <stddef.h>
#include <stdint.h>

/** Longest host name, with its zero. */
#define FM_DNS_NAME_MAX 256
/** Longest path of a TXT record, with its zero. */
#define FM_DNS_PATH_MAX 256

/** A service's address. */
typedef struct fm_dns_service {
    char host[FM_DNS_NAME_MAX]; /**< without a dot at its end */
    uint16_t port;
    char path[FM_DNS_PATH_MAX]; /**< of the TXT record; empty where there is none */
} fm_dns_service;

/**
 * Asks the system's resolver, waiting a few seconds at most. Of several servers the one with the lowest priority
 * counts, of those the one with the greatest weight: the same each time.
 * @param name  "_caldavs._tcp.example.com"
 * @return FM_OK; FM_ENOTFOUND: no such service, or no answer
 */
fm_status fm_dns_find_service(fm_dns_service *out, const char *name);

/** Reads an answer to an SRV question. FM_OK, FM_ENOTFOUND (none, or "." for "not here"), FM_EPARSE. */
fm_status fm_dns_read_srv(fm_dns_service *out, const unsigned char *message, size_t len);
/** Reads an answer to a TXT question. FM_OK, FM_ENOTFOUND (no "path=/…"), FM_EPARSE. */
fm_status fm_dns_read_path(fm_dns_service *out, const unsigned char *message, size_t len);

#endif
