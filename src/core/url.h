/**
 * @file url.h
 * Absolute http and https URLs, references between them, and how far credentials may travel.
 *
 * Parsing is libcurl's, so that what was checked here is what is requested later; only a URL that can be read in one
 * way alone (a name in lower case, a path without escapes and dots) is taken apart without it. A URL with a control
 * character, a space or a user name in it is refused: the first two let a server smuggle header lines,
 * the last hides who is being talked to. A percent-encoded host is decoded once, and refused where it still is one.
 */
#ifndef FM_CORE_URL_H
#define FM_CORE_URL_H

#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stdint.h>

/** The parts of one absolute URL. Strings are owned; start from all zero bytes. */
typedef struct fm_url {
    char *scheme;    /**< "http" or "https" */
    char *host;      /**< lower-case name or address; IPv6 without its brackets */
    uint16_t port;   /**< the scheme's own where the URL names none */
    char *path;      /**< as spelled, starts with "/" */
    char *query;     /**< after "?", as spelled; NULL for none */
    char *canonical; /**< the whole URL as libcurl would request it, without fragment */
} fm_url;

/**
 * Takes an absolute http or https URL apart.
 * @param out  all zero bytes or cleared; left cleared after a failure
 * @return FM_OK, FM_EINVAL (not such a URL; has a user name, a space or a control character), FM_ENOMEM
 */
fm_status fm_url_parse(fm_url *out, const char *text, fm_error *err);
/** Frees the parts and makes it all zero bytes. */
void fm_url_clear(fm_url *url);

/**
 * Resolves a reference against an absolute URL (RFC 3986 section 5). Only "http://" and "https://" begin
 * an absolute reference: "a:b.ics" is a file name, as calendar servers send it. Spaces and bytes
 * above 0x7E in the reference are percent-encoded; everything else keeps its spelling.
 * @param out  the absolute URL, owned by the caller
 * @return FM_OK, FM_EINVAL, FM_ENOMEM
 */
fm_status fm_url_resolve(char **out, const char *base, const char *reference, fm_error *err);

/**
 * The one spelling of a URL's path, for comparing hrefs: percent-decoded, then every byte encoded
 * except "/" and what RFC 3986 allows in a path segment (unreserved, sub-delims, ":" and "@"). An encoded
 * slash stays encoded. Query and fragment are left out.
 * @param url  an absolute URL, or a path that starts with "/"
 * @param out  the path, owned by the caller
 * @return FM_OK, FM_EINVAL (neither; a control character, also an encoded NUL), FM_ENOMEM
 */
fm_status fm_url_canonical_path(char **out, const char *url, fm_error *err);

/** Whether scheme, host and port agree. */
bool fm_url_same_origin(const fm_url *a, const fm_url *b);
/** Whether both hosts lie in one registrable domain (libpsl's list). An address is only in a domain with itself. */
bool fm_url_same_site(const fm_url *a, const fm_url *b);
/** Whether a host is this machine: localhost, a name below it, 127.0.0.0/8, ::1. */
bool fm_url_is_loopback(const char *host);
/**
 * Whether credentials that belong to `home` may be sent to `target`: the same origin; https to https within
 * one registrable domain; or both loopback, whatever their names and ports. Never from https to http.
 */
bool fm_url_trusts(const fm_url *home, const fm_url *target);

/** The same for URLs as text; what is no URL is not trusted. */
bool fm_url_text_trusts(const char *home, const char *target);
/**
 * Whether credentials that were sent to `from` follow its redirect to `target`: the same origin, or over https within
 * one registrable domain. Narrower than fm_url_trusts(): on one machine, whoever has another port may be anybody.
 */
bool fm_url_text_may_follow(const char *from, const char *target);

/** Appends text percent-encoded for one path segment or one query value: only unreserved characters stay. */
fm_status fm_url_encode(fm_buf *out, const char *text, size_t len);
/** Appends text with its percent-escapes resolved; a "%" without two hexadecimal digits stays. */
fm_status fm_url_decode(fm_buf *out, const char *text, size_t len);

#endif
