#include "provider/google/token.h"
#include "core/json/value.h"
#include "core/url.h"
#include "provider/google/google_impl.h"
#include "provider/google/object.h"
#include "util/alloc.h"
#include "util/redact.h"

#include <stdlib.h>
#include <string.h>

/* A token is renewed so long before its end, or a quarter of its life where it is short. */
#define EARLY_MS 60000
/* Life of a token whose answer does not say (RFC 6749 section 5.1 only recommends it). */
#define DEFAULT_LIFE_S 300
#define FORM_MAX       65536
#define ANSWER_MAX     65536
#define MAX_LIFE_S     INT64_C(1000000)

fm_status fm_google_credentials_check(const fm_google_credentials *credentials, fm_error *err)
{
    const char *missing = credentials->service_key      ? NULL
                          : !credentials->refresh_token ? "refresh_token"
                          : !credentials->client_secret ? "client_secret"
                          : !credentials->client_id     ? "client_id"
                                                        : NULL;
    if (!missing)
        return FM_OK;
    return fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                        "the board is not connected with this calendar (the setting \"%s\" is missing): "
                        "sign in with connect.lua google",
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

static int64_t now_ms(const fm_google *p)
{
    const fm_env *env = p->base.context.env;
    return env->monotonic_ms(env->data);
}

/* ------------------------------------------------------------------ who waits */

void fm_google_token_forget(fm_google *p, fm_google_waiter *w)
{
    if (!w->waiting)
        return;
    *(w->prev ? &w->prev->next : &p->tokens.first) = w->next;
    *(w->next ? &w->next->prev : &p->tokens.last) = w->prev;
    w->prev = w->next = NULL;
    w->waiting = false;
}

static void add_waiter(fm_google *p, fm_google_waiter *w)
{
    w->prev = p->tokens.last;
    w->next = NULL;
    *(w->prev ? &w->prev->next : &p->tokens.first) = w;
    p->tokens.last = w;
    w->waiting = true;
}

/* Those that come to wait while others are told are told by the refresh that they start. */
static void tell_waiters(fm_google *p, const fm_error *failed)
{
    fm_google_waiter *last = p->tokens.last, *w;
    bool more = last != NULL;
    while (more && (w = p->tokens.first)) {
        more = w != last && p->tokens.last != NULL;
        fm_google_token_forget(p, w);
        w->fn(w->data, failed);
    }
}

/* ------------------------------------------------------------------ the answer */

static void end_refresh(fm_google *p)
{
    p->tokens.refresh = NULL;
    free(p->tokens.form);
    p->tokens.form = NULL;
}

static fm_status keep_token(fm_google *p, const fm_json_span *answer, fm_error *err)
{
    fm_google_tokens *t = &p->tokens;
    fm_json_span life;
    char *text = NULL;
    double life_s = DEFAULT_LIFE_S;
    if (fm_google_string(&text, answer, "access_token"))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    if (!text || !*text) {
        free(text);
        return fm_error_set(err, FM_ENETWORK, FM_GOOGLE_DOMAIN, "the answer to the sign-in holds no access token");
    }
    if (!fm_http_is_credential(text, strlen(text))) {
        free(text);
        return fm_error_set(err, FM_ENETWORK, FM_GOOGLE_DOMAIN,
                            "the access token that the sign-in gives holds a control character");
    }
    if (fm_google_member(&life, answer, "expires_in"))
        life_s = strtod(life.at, NULL);
    if (!(life_s > 0 && life_s <= (double)MAX_LIFE_S))
        life_s = DEFAULT_LIFE_S;
    fm_secret *access = fm_secret_new(text, strlen(text));
    free(text);
    if (!access)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_redact_add(p->base.context.env->redact, access);
    fm_secret_unref(t->access);
    t->access = access;
    t->generation++;
    int64_t life_ms = (int64_t)(life_s * 1000), early_ms = life_ms / 4 < EARLY_MS ? life_ms / 4 : EARLY_MS;
    t->expires_ms = now_ms(p) + life_ms;
    t->renew_ms = t->expires_ms - early_ms;
    return FM_OK;
}

/* What RFC 6749 section 5.2 calls `error`, in words for a person. */
static void describe_refusal(fm_google *p, const fm_http_reply *reply, const fm_json_span *answer, fm_error *err)
{
    if (fm_google_is(answer, "error", "invalid_grant"))
        fm_error_set(err, FM_EAUTH, FM_GOOGLE_DOMAIN,
                     p->credentials.service_key
                         ? "Google does not accept the key of the service account (invalid_grant): it was deleted, or "
                           "the clock of this machine is wrong"
                         : "Google does not accept the sign-in any more (invalid_grant): it was revoked, or not used "
                           "for 6 months, or the OAuth project is in \"Testing\", where a sign-in ends after 7 days. "
                           "Connect again; publish the app (\"In production\") so that it lasts");
    else if (fm_google_is(answer, "error", "invalid_client") || fm_google_is(answer, "error", "unauthorized_client"))
        fm_error_set(err, FM_EAUTH, FM_GOOGLE_DOMAIN,
                     "Google does not know the OAuth client: check the client id and the client secret");
    else
        fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, "signing in", err);
    if (err->status != FM_OK)
        err->http_status = reply->code;
}

static fm_status read_answer(fm_google *p, const fm_http_reply *reply, fm_error *err)
{
    fm_json_span answer = {reply->body, reply->body_len};
    if (reply->status)
        return fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, "signing in", err);
    bool valid = fm_json_check(answer.at, answer.len, 0, NULL) == FM_OK;
    if (reply->code != 200) {
        describe_refusal(p, reply, valid ? &answer : &(fm_json_span){"{}", 2}, err);
        return err->status;
    }
    if (!valid)
        return fm_error_set(err, FM_ENETWORK, FM_GOOGLE_DOMAIN, "the answer to the sign-in is no JSON");
    return keep_token(p, &answer, err);
}

static void on_answer(void *data, const fm_http_reply *reply)
{
    fm_google *p = data;
    fm_error err = {0};
    end_refresh(p);
    fm_status status = read_answer(p, reply, &err);
    if (status == FM_EAUTH)
        p->tokens.ended = err;
    tell_waiters(p, status ? &err : NULL);
}

/* ------------------------------------------------------------------ the request */

static void add_field(fm_buf *form, const char *name, const char *value, size_t len)
{
    fm_buf_addf(form, "%s%s=", form->len ? "&" : "", name);
    fm_url_encode(form, value, len);
}

static fm_status refresh_form(fm_google *p, fm_buf *form, fm_error *err)
{
    const fm_google_credentials *c = &p->credentials;
    const fm_env *env = p->base.context.env;
    size_t len;
    if (c->service_key)
        return fm_google_jwt_form(form, c->service_key, p->token_url, env->now_us(env->data) / 1000000, err);
    fm_buf_adds(form, "grant_type=refresh_token");
    add_field(form, "client_id", c->client_id, strlen(c->client_id));
    const char *text = fm_secret_bytes(c->client_secret, &len);
    add_field(form, "client_secret", text, len);
    text = fm_secret_bytes(c->refresh_token, &len);
    add_field(form, "refresh_token", text, len);
    return form->status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
}

static fm_status start_refresh(fm_google *p, fm_error *err)
{
    static const fm_http_header header = {"Content-Type", "application/x-www-form-urlencoded"};
    fm_buf form;
    fm_buf_init(&form, FORM_MAX);
    fm_status status = refresh_form(p, &form, err);
    size_t len = form.len;
    if (!status && !(p->tokens.form = fm_buf_take(&form, NULL)))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_buf_free(&form);
    if (status)
        return status;
    fm_http_request request = {
        .config = &p->config,
        .method = "POST",
        .url = p->token_url,
        .headers = &header,
        .header_count = 1,
        .body = p->tokens.form,
        .body_len = len,
        .retry = FM_HTTP_RETRY_ALL,
        .secret_body = true,
        .max_body_bytes = ANSWER_MAX,
        .allow_in_dry_run = true,
        .done = on_answer,
        .data = p,
    };
    status = fm_http_submit(p->base.context.http, &request, &p->tokens.refresh, err);
    if (status)
        end_refresh(p);
    return status;
}

fm_secret *fm_google_token(fm_google *p)
{
    return p->tokens.access && now_ms(p) < p->tokens.renew_ms ? p->tokens.access : NULL;
}

fm_status fm_google_token_wait(fm_google *p, fm_google_waiter *waiter, fm_error *err)
{
    if (p->tokens.ended.status) {
        if (err)
            *err = p->tokens.ended;
        return p->tokens.ended.status;
    }
    fm_status status = p->tokens.refresh ? FM_OK : start_refresh(p, err);
    if (!status)
        add_waiter(p, waiter);
    return status;
}

bool fm_google_token_refused(fm_google *p, unsigned generation)
{
    fm_google_tokens *t = &p->tokens;
    bool expected = generation != t->generation || now_ms(p) >= t->expires_ms;
    if (generation == t->generation)
        t->renew_ms = 0;
    return expected;
}

void fm_google_tokens_clear(fm_google *p)
{
    fm_http_cancel(p->tokens.refresh);
    end_refresh(p);
    fm_secret_unref(p->tokens.access);
    p->tokens.access = NULL;
}
