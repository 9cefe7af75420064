/**
 * @file google.h
 * Google Calendar (API v3) as a provider. Settings, read from fm_options:
 *
 * | name | meaning |
 * |---|---|
 * | `endpoint.api`, `.token`, `.revoke` | URLs instead of Google's own |
 * | `calendar_id` | id or name of the calendar, or "primary" (the default) |
 * | `refresh_token`, `client_secret`, `client_id` | sign-in of a person; the first two are secrets (strings are
 *   accepted) |
 * | `service_account` | instead of these: the JSON key of a service account, a secret or a string |
 * | `service_account_file` | or the file that holds it |
 * | `requests_per_minute` | the quota to stay within, 600 by default |
 * | `allow_http`, `ca_file`, `proxy`, `http2`, `timeout_ms`, `discovery` | as for CalDAV (provider/caldav/caldav.h) |
 *
 * An object's text is Google's event as JSON, its href Google's id. The id of an event of ours is derived from its UID
 * (object.h). An event is ours where its private property `uid` and its id agree; copies and single
 * occurrences of a series carry the property, but another id: their UID is `iCalUID`, as that of foreign events.
 */
#ifndef FM_PROVIDER_GOOGLE_H
#define FM_PROVIDER_GOOGLE_H

#include "fmcal/provider.h"

extern const fm_provider_class fm_provider_google;

/** Requests per minute and user that Google grants a project by default. */
#define FM_GOOGLE_REQUESTS_PER_MINUTE 600

#endif
