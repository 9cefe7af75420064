/**
 * @file remote.h
 * What providers that speak HTTP have in common: an instance with the settings that each of them has. A provider's own
 * instance begins with it. Only src/provider includes it.
 *
 * | setting | meaning |
 * |---|---|
 * | `calendar_id` | which calendar, "primary" by default |
 * | `discovery` | what `binding` gave as `discovery` before: saves requests |
 * | `allow_http` | true: clear text also to hosts that are not loopback |
 * | `ca_file`, `proxy` | PEM file of certificate authorities; proxy URL |
 * | `http2` | false: HTTP/1.1 only |
 * | `timeout_ms` | longest silence of the server, 60,000 by default |
 * | `retry_for_ms` | how long a refused request is repeated |
 */
#ifndef FM_PROVIDER_REMOTE_REMOTE_H
#define FM_PROVIDER_REMOTE_REMOTE_H

#include "core/http/http.h"
#include "fmcal/provider.h"
#include "provider/remote/pace.h"
#include "provider/remote/token.h"

typedef struct fm_remote {
    fm_provider base;
    const char *domain;    /**< name of the provider's module in errors, a literal */
    fm_http_config config; /**< its strings and secrets are owned by the instance */
    char *calendar;        /**< `calendar_id` as given, "primary" where it was not */
    char *ca_file, *proxy;
    char *discovery;         /**< as given, or as made by open */
    fm_remote_pace pace;     /**< quota of requests; none unless the provider sets one */
    fm_remote_tokens tokens; /**< of a provider that signs in with them; `klass` NULL: `config` has the credentials */
    bool opened;
    fm_binding binding; /**< `discovery` is the one above; the other strings are owned by the provider's place */
} fm_remote;

/** Reads the settings of all. For `init`, before the provider's own. FM_EINVAL names the setting, FM_ENOMEM. */
fm_status fm_remote_init(fm_remote *p, const char *domain, const struct fm_options *options, fm_error *err);
/** Frees what all have. Also after an init that failed half-way. */
void fm_remote_fini(fm_remote *p);

/** The slot `binding`. */
const fm_binding *fm_remote_binding(const fm_provider *p);
/** The calendar is open: `place` (its strings borrowed from the provider) is what `binding` answers; `discovery` is
 * consumed. */
void fm_remote_bind(fm_remote *p, const fm_binding *place, char *discovery);
/** FM_EACCESS where the opened calendar takes no writes. @param who  signed in, for the sentence */
fm_status fm_remote_check_writable(const fm_remote *p, const char *who, fm_error *err);

#endif
