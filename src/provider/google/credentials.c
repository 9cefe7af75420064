#include "provider/google/credentials.h"
#include "provider/google/google_impl.h"
#include "util/alloc.h"
#include "util/file.h"

#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MAX 65536

/* ------------------------------------------------------------------ settings */

static void read_key_file(fm_settings *s, fm_secret **out, const char *path)
{
    fm_buf content;
    if (s->status || !path)
        return;
    fm_buf_init(&content, KEY_FILE_MAX);
    s->status = fm_file_read(&content, NULL, path, s->err);
    if (!s->status)
        fm_settings_keep_secret(s, out, content.data, content.len);
    else if (s->status != FM_ENOMEM)
        s->status = fm_error_set(s->err, FM_EINVAL, s->domain,
                                 "the key of the service account (\"service_account_file\") cannot be read: %s", path);
    explicit_bzero(content.data, content.cap);
    fm_buf_free(&content);
}

void fm_google_credentials_read(fm_settings *s, fm_google_credentials *c)
{
    fm_settings_secret(s, &c->service_key, "service_account");
    if (!c->service_key)
        read_key_file(s, &c->service_key, fm_options_string(s->options, "service_account_file", NULL));
    if (c->service_key)
        return;
    fm_settings_secret(s, &c->refresh_token, "refresh_token");
    fm_settings_secret(s, &c->client_secret, "client_secret");
    fm_settings_text(s, &c->client_id, "client_id", NULL);
}

fm_status fm_google_credentials_check(const fm_google_credentials *c, fm_error *err)
{
    const char *missing = c->service_key      ? NULL
                          : !c->refresh_token ? "refresh_token"
                          : !c->client_secret ? "client_secret"
                          : !c->client_id     ? "client_id"
                                              : NULL;
    if (!missing)
        return FM_OK;
    return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN, "nobody can sign in to Google: the setting \"%s\" is missing",
                        missing);
}

void fm_google_credentials_clear(fm_google_credentials *c)
{
    fm_secret_unref(c->refresh_token);
    fm_secret_unref(c->client_secret);
    fm_secret_unref(c->service_key);
    free(c->client_id);
    *c = (fm_google_credentials){0};
}

/* ------------------------------------------------------------------ tokens */

static void add_secret(fm_buf *form, const char *name, const fm_secret *secret)
{
    size_t len;
    const char *text = fm_secret_bytes(secret, &len);
    fm_remote_form_add(form, name, text, len);
}

static fm_status form(const fm_remote *remote, fm_buf *out, fm_error *err)
{
    const fm_google *p = (const fm_google *)remote;
    const fm_google_credentials *c = &p->credentials;
    const fm_env *env = remote->base.context.env;
    if (c->service_key)
        return fm_google_jwt_form(out, c->service_key, p->token_url, env->now_us(env->data) / 1000000, err);
    fm_buf_adds(out, "grant_type=refresh_token");
    fm_remote_form_add(out, "client_id", c->client_id, strlen(c->client_id));
    add_secret(out, "client_secret", c->client_secret);
    add_secret(out, "refresh_token", c->refresh_token);
    return out->status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
}

/* What RFC 6749 section 5.2 calls `error`, in words for a person. */
static bool explain(const fm_remote *remote, const char *code, fm_error *err)
{
    const char *text = NULL;
    if (strcmp(code, "invalid_grant") == 0)
        text = ((const fm_google *)remote)->credentials.service_key
                   ? "Google does not accept the key of the service account (invalid_grant): it was deleted, or "
                     "the clock of this machine is wrong"
                   : "Google does not accept the sign-in any more (invalid_grant): it was revoked, or not used "
                     "for 6 months, or the OAuth project is in \"Testing\", where a sign-in ends after 7 days. "
                     "Connect again; publish the app (\"In production\") so that it lasts";
    else if (strcmp(code, "invalid_client") == 0 || strcmp(code, "unauthorized_client") == 0)
        text = "Google does not know the OAuth client: check the client id and the client secret";
    if (text)
        fm_error_set(err, FM_EAUTH, FM_GOOGLE_DOMAIN, "%s", text);
    return text != NULL;
}

const fm_remote_token_class fm_google_tokens = {.form = form, .explain = explain};
