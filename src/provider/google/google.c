#include "core/url.h"
#include "provider/classes.h"
#include "provider/event/people.h"
#include "provider/google/event/json.h"
#include "provider/google/place.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/options.h"
#include "util/redact.h"

#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MAX 65536

static const char default_api[] = "https://www.googleapis.com/calendar/v3";
static const char default_token_url[] = "https://oauth2.googleapis.com/token";
static const char default_revoke_url[] = "https://oauth2.googleapis.com/revoke";

static const fm_binding *binding(const fm_provider *provider)
{
    const fm_google *p = (const fm_google *)provider;
    return p->opened ? &p->binding : NULL;
}

/* ------------------------------------------------------------------ settings */

/* Copies a string setting; an absent one stays NULL, as does an empty one. */
static fm_status copy_option(char **out, const fm_options *options, const char *name, const char *fallback,
                             fm_error *err)
{
    const char *value = fm_options_string(options, name, NULL);
    if (!value || !*value)
        value = fallback;
    *out = value ? strdup(value) : NULL;
    return *out || !value ? FM_OK : fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
}

static fm_status copy_url(char **out, const fm_options *options, const char *name, const char *fallback, fm_error *err)
{
    fm_url url = {0};
    fm_status status = copy_option(out, options, name, fallback, err);
    if (!status)
        status = fm_url_parse(&url, *out, err);
    if (status == FM_EINVAL)
        fm_error_prefix(err, "the setting \"%s\" cannot be used", name);
    fm_url_clear(&url);
    return status;
}

/* Keeps bytes as a secret that logs do not show. */
static fm_status keep_secret(const fm_google *p, fm_secret **out, const char *bytes, size_t len, fm_error *err)
{
    *out = fm_secret_new(bytes, len);
    if (!*out)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_redact_add(p->base.context.env->redact, *out);
    return FM_OK;
}

static fm_status read_secret(const fm_google *p, fm_secret **out, const fm_options *options, const char *name,
                             fm_error *err)
{
    const char *text = fm_options_string(options, name, NULL);
    *out = fm_secret_ref(fm_options_secret(options, name));
    return *out || !text ? FM_OK : keep_secret(p, out, text, strlen(text), err);
}

static fm_status read_key_file(fm_google *p, const char *path, fm_error *err)
{
    fm_buf content;
    fm_buf_init(&content, KEY_FILE_MAX);
    fm_status status = fm_file_read(&content, NULL, path, err);
    if (!status)
        status = keep_secret(p, &p->credentials.service_key, content.data, content.len, err);
    else if (status != FM_ENOMEM)
        status = fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                              "the key of the service account (\"service_account_file\") cannot be read: %s", path);
    explicit_bzero(content.data, content.cap);
    fm_buf_free(&content);
    return status;
}

static fm_status read_credentials(fm_google *p, const fm_options *options, fm_error *err)
{
    fm_google_credentials *c = &p->credentials;
    const char *key_file = fm_options_string(options, "service_account_file", NULL);
    fm_status status = read_secret(p, &c->service_key, options, "service_account", err);
    if (!status && !c->service_key && key_file)
        status = read_key_file(p, key_file, err);
    if (status || c->service_key)
        return status;
    status = read_secret(p, &c->refresh_token, options, "refresh_token", err);
    if (!status)
        status = read_secret(p, &c->client_secret, options, "client_secret", err);
    return status ? status : copy_option(&c->client_id, options, "client_id", NULL, err);
}

static fm_status read_settings(fm_google *p, const fm_options *options, fm_error *err)
{
    fm_status status = copy_url(&p->api, options, "endpoint.api", default_api, err);
    if (!status)
        status = copy_url(&p->token_url, options, "endpoint.token", default_token_url, err);
    if (!status)
        status = copy_url(&p->revoke_url, options, "endpoint.revoke", default_revoke_url, err);
    if (!status)
        status = copy_option(&p->calendar, options, "calendar_id", "primary", err);
    if (!status)
        status = copy_option(&p->ca_file, options, "ca_file", NULL, err);
    if (!status)
        status = copy_option(&p->proxy, options, "proxy", NULL, err);
    if (!status)
        status = copy_option(&p->discovery, options, "discovery", NULL, err);
    return status ? status : read_credentials(p, options, err);
}

static fm_status read_numbers(fm_google *p, const fm_options *options, fm_error *err)
{
    const fm_env *env = p->base.context.env;
    int64_t quota = fm_options_int(options, "requests_per_minute", FM_GOOGLE_REQUESTS_PER_MINUTE);
    p->config.stall_timeout_ms = fm_options_int(options, "timeout_ms", p->config.stall_timeout_ms);
    p->config.retry_for_ms = fm_options_int(options, "retry_for_ms", p->config.retry_for_ms);
    if (p->config.stall_timeout_ms <= 0)
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN, "the setting \"timeout_ms\" must be a positive number");
    if (quota <= 0 || quota > 1000000)
        return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                            "the setting \"requests_per_minute\" must be a number from 1 to 1000000");
    fm_google_pace_init(&p->pace, quota, env->monotonic_ms(env->data));
    return FM_OK;
}

static fm_status init(fm_provider *provider, const struct fm_options *options, fm_error *err)
{
    fm_google *p = (fm_google *)provider;
    fm_http_config_init(&p->config);
    p->zones = fm_zones_new(NULL);
    if (!p->zones)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_status status = read_settings(p, options, err);
    if (!status)
        status = read_numbers(p, options, err);
    p->config.ca_file = p->ca_file;
    p->config.proxy = p->proxy;
    p->config.allow_http = fm_options_bool(options, "allow_http", false);
    p->config.http2 = fm_options_bool(options, "http2", true);
    return status;
}

static void fini(fm_provider *provider)
{
    fm_google *p = (fm_google *)provider;
    fm_google_tokens_clear(p);
    fm_google_credentials_clear(&p->credentials);
    fm_google_place_clear(&p->place);
    fm_zones_free(p->zones);
    free(p->api);
    free(p->token_url);
    free(p->revoke_url);
    free(p->calendar);
    free(p->ca_file);
    free(p->proxy);
    free(p->discovery);
}

/* ------------------------------------------------------------------ codec */

static fm_status encode(const fm_provider *provider, const fm_event *event, const char *old, size_t old_len,
                        fm_buf *out, fm_error *err)
{
    const fm_google *p = (const fm_google *)provider;
    return fm_google_encode(event, old, old_len, p->zones, p->place.zone, out, err);
}

static fm_status decode(const fm_provider *provider, const char *text, size_t len, fm_event *event, fm_error *err)
{
    const fm_google *p = (const fm_google *)provider;
    fm_strings own = {0};
    fm_status status = fm_google_decode(text, len, p->zones, event, err);
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

const fm_provider_class fm_provider_google = {
    .abi_version = FM_PROVIDER_ABI,
    .name = "google",
    .capabilities = FM_CAP_REMOTE | FM_CAP_TOKEN,
    .instance_size = sizeof(fm_google),
    .init = init,
    .fini = fini,
    .open = fm_google_open,
    .binding = binding,
    .list = fm_google_list,
    .changes = fm_google_changes,
    .fetch = fm_google_fetch,
    .apply = fm_google_apply,
    .encode = encode,
    .decode = decode,
    .disconnect = fm_google_disconnect,
};
