/**
 * @file settings.h
 * Settings read one after the other into what a provider owns. An empty text counts as absent, whatever the setting.
 * After a failure the further calls do nothing, so that `status` is looked at once, at the end.
 */
#ifndef FM_PROVIDER_SETTINGS_H
#define FM_PROVIDER_SETTINGS_H

#include "util/options.h"
#include "util/redact.h"

typedef struct fm_settings {
    const fm_options *options;
    const char *domain; /**< of errors */
    fm_redact *redact;  /**< where secrets are noted that came as texts; may be NULL */
    fm_error *err;
    fm_status status; /**< FM_OK; the first failure, described in `err` */
} fm_settings;

/** Copies a text, owned by the caller; NULL where neither it nor the fallback (may be NULL) is there. */
void fm_settings_text(fm_settings *s, char **out, const char *name, const char *fallback);
/** The same for a URL, which is checked: FM_EINVAL names the setting. */
void fm_settings_url(fm_settings *s, char **out, const char *name, const char *fallback);
/** A secret, or a text kept as one that logs do not show; owned by the caller, NULL where neither is there. */
void fm_settings_secret(fm_settings *s, fm_secret **out, const char *name);
/** Keeps bytes as such a secret. */
void fm_settings_keep_secret(fm_settings *s, fm_secret **out, const char *bytes, size_t len);

#endif
