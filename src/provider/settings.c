#include "provider/settings.h"
#include "core/url.h"
#include "util/alloc.h"

#include <string.h>

static void no_memory(fm_settings *s)
{
    s->status = fm_error_no_memory(s->err, s->domain);
}

void fm_settings_text(fm_settings *s, char **out, const char *name, const char *fallback)
{
    if (s->status)
        return;
    const char *value = fm_options_string(s->options, name, NULL);
    if (!value || !*value)
        value = fallback;
    if (fm_text_set_filled(out, value))
        no_memory(s);
}

void fm_settings_url(fm_settings *s, char **out, const char *name, const char *fallback)
{
    fm_url url = {0};
    fm_settings_text(s, out, name, fallback);
    if (s->status || !*out)
        return;
    s->status = fm_url_parse(&url, *out, s->err);
    if (s->status == FM_EINVAL)
        fm_error_prefix(s->err, "the setting \"%s\" cannot be used", name);
    fm_url_clear(&url);
}

void fm_settings_keep_secret(fm_settings *s, fm_secret **out, const char *bytes, size_t len)
{
    if (s->status)
        return;
    *out = fm_secret_new(bytes, len);
    if (*out)
        fm_redact_add(s->redact, *out);
    else
        no_memory(s);
}

void fm_settings_secret(fm_settings *s, fm_secret **out, const char *name)
{
    const char *text = fm_options_string(s->options, name, NULL);
    if (s->status)
        return;
    *out = fm_secret_ref(fm_options_secret(s->options, name));
    if (!*out && text)
        fm_settings_keep_secret(s, out, text, strlen(text));
}
