/**
 * @file caldav.h
 * CalDAV (RFC 4791) as a provider. Settings, read from fm_options:
 *
 * | name | meaning |
 * |---|---|
 * | `endpoint` | URL of the server, of an account's home or of one calendar; or a bare domain (RFC 6764) |
 * | `calendar_id` | path of the calendar, the last part of it, its display name, or "primary" (the default) |
 * | `username`, `password` | sign-in; `password` is a secret (a string is accepted) |
 * | `allow_http` | true: clear text also to hosts that are not loopback |
 * | `ca_file`, `proxy` | PEM file of certificate authorities; proxy URL |
 * | `discovery` | what `binding` gave as `discovery` before: saves the discovery requests |
 * | `http2` | false: HTTP/1.1 only |
 * | `timeout_ms` | longest silence of the server, 60,000 by default |
 */
#ifndef FM_PROVIDER_CALDAV_H
#define FM_PROVIDER_CALDAV_H

#include "fmcal/provider.h"
#include "provider/caldav/profile.h"

/** Any CalDAV server. */
extern const fm_provider_class fm_provider_caldav;
/** iCloud: CalDAV with a profile of its own. */
extern const fm_provider_class fm_provider_apple;

#endif
