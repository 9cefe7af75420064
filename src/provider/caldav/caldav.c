#include "core/ical/ical.h"
#include "core/url.h"
#include "provider/caldav/caldav_impl.h"
#include "provider/caldav/place.h"
#include "provider/event/people.h"
#include "provider/ics/codec.h"
#include "provider/settings.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ settings */

/* The URL that an endpoint means: itself, or https to a bare host (http where that is this machine). */
static fm_status read_home(fm_caldav *p, fm_error *err)
{
    fm_url url;
    fm_buf text;
    if (!p->endpoint)
        return fm_error_set(err, FM_EINVAL, FM_CALDAV_DOMAIN,
                            "the setting \"endpoint\" is missing: give the URL of the server");
    fm_buf_init(&text, 65536);
    if (!strstr(p->endpoint, "://")) {
        char host[256] = "";
        snprintf(host, sizeof host, "%.*s", (int)strcspn(p->endpoint, ":/"), p->endpoint);
        fm_buf_adds(&text, fm_url_is_loopback(host) ? "http://" : "https://");
    }
    fm_buf_adds(&text, p->endpoint);
    fm_status status = text.status ? fm_error_no_memory(err, FM_CALDAV_DOMAIN) : fm_url_parse(&url, text.data, err);
    if (!status) {
        p->home = url.canonical;
        url.canonical = NULL;
        fm_url_clear(&url);
    } else if (status == FM_EINVAL) {
        fm_error_prefix(err, "the setting \"endpoint\" cannot be used");
    }
    fm_buf_free(&text);
    return status;
}

static fm_status read_settings(fm_caldav *p, const fm_options *options, fm_error *err)
{
    fm_http_config *config = &p->remote.config;
    fm_settings s = {
        .options = options, .domain = FM_CALDAV_DOMAIN, .redact = p->remote.base.context.env->redact, .err = err};
    fm_settings_text(&s, &p->endpoint, "endpoint", p->profile->default_endpoint);
    fm_settings_text(&s, &p->username, "username", NULL);
    fm_settings_secret(&s, &config->password, "password");
    if (!s.status)
        s.status = read_home(p, err);
    config->home = p->home;
    config->username = p->username;
    if (p->profile->refused_wait_ms)
        config->refused_wait_ms = p->profile->refused_wait_ms;
    return s.status;
}

static fm_status init_profile(fm_provider *provider, const fm_caldav_profile *profile, const struct fm_options *options,
                              fm_error *err)
{
    fm_caldav *p = (fm_caldav *)provider;
    const fm_env *env = provider->context.env;
    uint64_t seed = 0;
    p->profile = profile;
    if (env->random(env->data, &seed, sizeof seed))
        return fm_error_set(err, FM_EIO, FM_CALDAV_DOMAIN, "no random numbers");
    fm_hrefs_init(&p->hrefs, seed);
    fm_status status = fm_remote_init(&p->remote, FM_CALDAV_DOMAIN, options, err);
    return status ? status : read_settings(p, options, err);
}

static fm_status init_caldav(fm_provider *p, const struct fm_options *options, fm_error *err)
{
    return init_profile(p, &fm_caldav_generic, options, err);
}

static fm_status init_apple(fm_provider *p, const struct fm_options *options, fm_error *err)
{
    return init_profile(p, &fm_caldav_apple, options, err);
}

static void fini(fm_provider *provider)
{
    fm_caldav *p = (fm_caldav *)provider;
    fm_remote_fini(&p->remote);
    fm_caldav_place_clear(&p->place);
    fm_hrefs_free(&p->hrefs);
    fm_secret_unref(p->remote.config.password);
    free(p->endpoint);
    free(p->home);
    free(p->username);
}

/* ------------------------------------------------------------------ codec */

/* A new object has the line ends with which it will be read back. */
static fm_status encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len, fm_buf *out,
                        fm_error *err)
{
    if (old)
        return fm_ics_encode(event, old, old_len, p->context.env, p->zones, out, err);
    fm_buf text;
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    fm_status status = fm_ics_encode(event, NULL, 0, p->context.env, p->zones, &text, err);
    if (!status && fm_ical_lf(out, text.data, text.len))
        status = fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    fm_buf_free(&text);
    return status;
}

static fm_status decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    const fm_caldav *caldav = (const fm_caldav *)p;
    fm_strings own = {0};
    fm_status status = fm_ics_decode(text, len, p->zones, event, err);
    if (status || !event->has_attendees)
        return status;
    if (caldav->username && fm_people_add(&own, fm_span_of(caldav->username)))
        status = fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    for (size_t i = 0; i < caldav->place.addresses.count && !status; i++)
        if (fm_people_add(&own, fm_span_of(caldav->place.addresses.items[i])))
            status = fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    event->has_attendees = fm_people_others(&event->people, &own);
    fm_strings_clear(&own);
    if (status)
        fm_event_clear(event);
    return status;
}

static const fm_credential credentials[] = {
    {"password", FM_CREDENTIAL_SECRET | FM_CREDENTIAL_MAIN},
    {"app_password", FM_CREDENTIAL_SECRET}, /* what boards call it */
    {"username", FM_CREDENTIAL_PUBLIC},
    {0},
};

/* What every provider that is CalDAV has in common. */
#define CALDAV_SLOTS                                                                                                   \
    .abi_version = FM_PROVIDER_ABI, .credentials = credentials, .instance_size = sizeof(fm_caldav), .fini = fini,      \
    .open = fm_caldav_open, .binding = fm_remote_binding, .list = fm_caldav_list, .changes = fm_caldav_changes,        \
    .fetch = fm_caldav_fetch, .apply = fm_caldav_apply, .encode = encode, .decode = decode

const fm_provider_class fm_provider_caldav = {
    .name = "caldav", .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN, .init = init_caldav, CALDAV_SLOTS};

const fm_provider_class fm_provider_apple = {.name = "apple",
                                             .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN | FM_CAP_ONE_UID_PER_ACCOUNT,
                                             .init = init_apple,
                                             CALDAV_SLOTS};
