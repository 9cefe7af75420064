#include "core/url.h"
#include "provider/caldav/caldav_impl.h"
#include "provider/caldav/place.h"
#include "provider/event/people.h"
#include "provider/ics/codec.h"
#include "util/alloc.h"
#include "util/options.h"
#include "util/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const fm_binding *binding(const fm_provider *provider)
{
    const fm_caldav *p = (const fm_caldav *)provider;
    return p->opened ? &p->binding : NULL;
}

/* ------------------------------------------------------------------ settings */

/* Copies a string setting; an absent one stays NULL, as does an empty one. */
static fm_status copy_option(char **out, const fm_options *options, const char *name, const char *fallback,
                             fm_error *err)
{
    const char *value = fm_options_string(options, name, fallback);
    if (!value || !*value)
        return FM_OK;
    *out = strdup(value);
    return *out ? FM_OK : fm_error_no_memory(err, FM_CALDAV_DOMAIN);
}

static fm_status read_password(fm_caldav *p, const fm_options *options, fm_error *err)
{
    const char *text = fm_options_string(options, "password", NULL);
    p->config.password = fm_secret_ref(fm_options_secret(options, "password"));
    if (p->config.password || !text)
        return FM_OK;
    p->config.password = fm_secret_new(text, strlen(text));
    if (!p->config.password)
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    fm_redact_add(p->base.context.env->redact, p->config.password);
    return FM_OK;
}

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
    fm_status status = copy_option(&p->endpoint, options, "endpoint", p->profile->default_endpoint, err);
    if (!status)
        status = copy_option(&p->calendar, options, "calendar_id", "primary", err);
    if (!status && !p->calendar)
        status = fm_text_set(&p->calendar, "primary");
    if (!status)
        status = copy_option(&p->username, options, "username", NULL, err);
    if (!status)
        status = copy_option(&p->ca_file, options, "ca_file", NULL, err);
    if (!status)
        status = copy_option(&p->proxy, options, "proxy", NULL, err);
    if (!status)
        status = copy_option(&p->discovery, options, "discovery", NULL, err);
    if (!status)
        status = read_password(p, options, err);
    return status ? status : read_home(p, err);
}

static fm_status init_profile(fm_provider *provider, const fm_caldav_profile *profile, const struct fm_options *options,
                              fm_error *err)
{
    fm_caldav *p = (fm_caldav *)provider;
    const fm_env *env = provider->context.env;
    uint64_t seed = 0;
    p->profile = profile;
    fm_http_config_init(&p->config);
    if (env->random(env->data, &seed, sizeof seed))
        return fm_error_set(err, FM_EIO, FM_CALDAV_DOMAIN, "no random numbers");
    fm_hrefs_init(&p->hrefs, seed);
    p->zones = fm_zones_new(NULL);
    if (!p->zones)
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    fm_status status = read_settings(p, options, err);
    if (status)
        return status;
    p->config.home = p->home;
    p->config.username = p->username;
    p->config.ca_file = p->ca_file;
    p->config.proxy = p->proxy;
    if (profile->refused_wait_ms)
        p->config.refused_wait_ms = profile->refused_wait_ms;
    p->config.allow_http = fm_options_bool(options, "allow_http", false);
    p->config.http2 = fm_options_bool(options, "http2", true);
    p->config.stall_timeout_ms = fm_options_int(options, "timeout_ms", p->config.stall_timeout_ms);
    p->config.retry_for_ms = fm_options_int(options, "retry_for_ms", p->config.retry_for_ms);
    if (p->config.stall_timeout_ms <= 0)
        return fm_error_set(err, FM_EINVAL, FM_CALDAV_DOMAIN, "the setting \"timeout_ms\" must be a positive number");
    return FM_OK;
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
    fm_caldav_place_clear(&p->place);
    fm_hrefs_free(&p->hrefs);
    fm_zones_free(p->zones);
    fm_secret_unref(p->config.password);
    free(p->endpoint);
    free(p->home);
    free(p->calendar);
    free(p->username);
    free(p->ca_file);
    free(p->proxy);
    free(p->discovery);
}

/* ------------------------------------------------------------------ codec */

static fm_status encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len, fm_buf *out,
                        fm_error *err)
{
    return fm_ics_encode(event, old, old_len, p->context.env, ((const fm_caldav *)p)->zones, out, err);
}

static fm_status decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    const fm_caldav *caldav = (const fm_caldav *)p;
    fm_strings own = {0};
    fm_status status = fm_ics_decode(text, len, caldav->zones, event, err);
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

/* What every provider that is CalDAV has in common. */
#define CALDAV_SLOTS                                                                                                   \
    .abi_version = FM_PROVIDER_ABI, .instance_size = sizeof(fm_caldav), .fini = fini, .open = fm_caldav_open,          \
    .binding = binding, .list = fm_caldav_list, .changes = fm_caldav_changes, .fetch = fm_caldav_fetch,                \
    .apply = fm_caldav_apply, .encode = encode, .decode = decode

const fm_provider_class fm_provider_caldav = {
    .name = "caldav", .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN, .init = init_caldav, CALDAV_SLOTS};

const fm_provider_class fm_provider_apple = {.name = "apple",
                                             .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN | FM_CAP_ONE_UID_PER_ACCOUNT,
                                             .init = init_apple,
                                             CALDAV_SLOTS};
