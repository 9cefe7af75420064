#include "provider/google/google.h"
#include "provider/event/people.h"
#include "provider/google/event/json.h"
#include "provider/google/place.h"
#include "util/alloc.h"
#include "util/options.h"

#include <stdlib.h>

static const char default_api[] = "https://www.googleapis.com/calendar/v3";
static const char default_token_url[] = "https://oauth2.googleapis.com/token";
static const char default_revoke_url[] = "https://oauth2.googleapis.com/revoke";

/* ------------------------------------------------------------------ settings */

static fm_status read_settings(fm_google *p, const fm_options *options, fm_error *err)
{
    fm_settings s = {
        .options = options, .domain = FM_GOOGLE_DOMAIN, .redact = p->remote.base.context.env->redact, .err = err};
    fm_settings_url(&s, &p->api, "endpoint.api", default_api);
    fm_settings_url(&s, &p->token_url, "endpoint.token", default_token_url);
    fm_settings_url(&s, &p->revoke_url, "endpoint.revoke", default_revoke_url);
    fm_google_credentials_read(&s, &p->credentials);
    p->remote.config.home = p->api;
    p->remote.tokens.klass = &fm_google_tokens;
    p->remote.tokens.url = p->token_url;
    return s.status;
}

static fm_status read_quota(fm_google *p, const fm_options *options, fm_error *err)
{
    const fm_env *env = p->remote.base.context.env;
    int64_t quota = fm_options_int(options, "requests_per_minute", FM_GOOGLE_REQUESTS_PER_MINUTE);
    if (quota <= 0 || quota > 1000000)
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                            "the setting \"requests_per_minute\" must be a number from 1 to 1000000");
    fm_remote_pace_init(&p->remote.pace, quota, env->monotonic_ms(env->data));
    return FM_OK;
}

static fm_status init(fm_provider *provider, const struct fm_options *options, fm_error *err)
{
    fm_google *p = (fm_google *)provider;
    fm_status status = fm_remote_init(&p->remote, FM_GOOGLE_DOMAIN, options, err);
    if (!status)
        status = read_settings(p, options, err);
    return status ? status : read_quota(p, options, err);
}

static void fini(fm_provider *provider)
{
    fm_google *p = (fm_google *)provider;
    fm_remote_fini(&p->remote);
    fm_google_credentials_clear(&p->credentials);
    fm_google_place_clear(&p->place);
    free(p->api);
    free(p->token_url);
    free(p->revoke_url);
}

/* ------------------------------------------------------------------ codec */

static fm_status encode(const fm_provider *provider, const fm_event *event, const char *old, size_t old_len,
                        fm_buf *out, fm_error *err)
{
    const fm_google *p = (const fm_google *)provider;
    return fm_google_encode(event, old, old_len, p->remote.base.zones, p->place.zone, out, err);
}

static fm_status decode(const fm_provider *provider, const char *text, size_t len, fm_event *event, fm_error *err)
{
    const fm_google *p = (const fm_google *)provider;
    fm_strings own = {0};
    fm_status status = fm_google_decode(text, len, p->remote.base.zones, event, err);
    if (status || !event->has_attendees || !p->place.account)
        return status;
    if (fm_people_add(&own, fm_span_of(p->place.account))) {
        fm_event_clear(event);
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    }
    event->has_attendees = !status && fm_people_others(&event->people, &own);
    fm_strings_clear(&own);
    return status;
}

static const fm_credential credentials[] = {
    {"refresh_token", FM_CREDENTIAL_SECRET | FM_CREDENTIAL_MAIN},
    {"client_secret", FM_CREDENTIAL_SECRET},
    {"client_id", FM_CREDENTIAL_PUBLIC},
    {"service_account", FM_CREDENTIAL_SECRET},
    {"service_account_file", FM_CREDENTIAL_PUBLIC | FM_CREDENTIAL_PATH},
    {"access_token", FM_CREDENTIAL_SECRET}, /* of no use, and no less a secret where somebody has it on a board */
    {0},
};

const fm_provider_class fm_provider_google = {
    .abi_version = FM_PROVIDER_ABI,
    .name = "google",
    .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN,
    .instance_size = sizeof(fm_google),
    .endpoint = FM_ENDPOINT_URLS,
    .credentials = credentials,
    .init = init,
    .fini = fini,
    .open = fm_google_open,
    .binding = fm_remote_binding,
    .list = fm_google_list,
    .changes = fm_google_changes,
    .fetch = fm_google_fetch,
    .apply = fm_google_apply,
    .encode = encode,
    .decode = decode,
    .disconnect = fm_google_disconnect,
};
