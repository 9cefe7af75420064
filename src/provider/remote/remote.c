#include "provider/remote/remote.h"
#include "provider/settings.h"

#include <stdlib.h>
#include <string.h>

fm_status fm_remote_init(fm_remote *p, const char *domain, const fm_options *options, fm_error *err)
{
    fm_settings s = {.options = options, .domain = domain, .err = err};
    p->domain = domain;
    fm_http_config_init(&p->config);
    fm_settings_text(&s, &p->calendar, "calendar_id", "primary");
    fm_settings_text(&s, &p->ca_file, "ca_file", NULL);
    fm_settings_text(&s, &p->proxy, "proxy", NULL);
    fm_settings_text(&s, &p->discovery, "discovery", NULL);
    p->config.ca_file = p->ca_file;
    p->config.proxy = p->proxy;
    p->config.allow_http = fm_options_bool(options, "allow_http", false);
    p->config.http2 = fm_options_bool(options, "http2", true);
    p->config.stall_timeout_ms = fm_options_int(options, "timeout_ms", p->config.stall_timeout_ms);
    p->config.retry_for_ms = fm_options_int(options, "retry_for_ms", p->config.retry_for_ms);
    if (!s.status && p->config.stall_timeout_ms <= 0)
        s.status = fm_error_set(err, FM_EINVAL, domain, "the setting \"timeout_ms\" must be a positive number");
    return s.status;
}

void fm_remote_fini(fm_remote *p)
{
    fm_remote_tokens_clear(p);
    free(p->calendar);
    free(p->ca_file);
    free(p->proxy);
    free(p->discovery);
}

const fm_binding *fm_remote_binding(const fm_provider *provider)
{
    const fm_remote *p = (const fm_remote *)provider;
    return p->opened ? &p->binding : NULL;
}

void fm_remote_bind(fm_remote *p, const fm_binding *place, char *discovery)
{
    free(p->discovery);
    p->discovery = discovery;
    p->binding = *place;
    p->binding.discovery = discovery;
    p->opened = true;
}

fm_status fm_remote_check_writable(const fm_remote *p, const char *who, fm_error *err)
{
    if (p->binding.writable)
        return FM_OK;
    return fm_error_set(
        err, FM_EACCESS, p->domain,
        "the calendar \"%s\" is read-only for %s: choose another, or ask its owner for the right to change events",
        p->binding.name, who);
}
