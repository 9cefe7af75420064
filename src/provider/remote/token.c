#include "provider/remote/token.h"
#include "core/json/tree.h"
#include "core/url.h"
#include "provider/remote/remote.h"
#include "util/alloc.h"
#include "util/redact.h"

#include <string.h>

/* A token is renewed so long before its end, or a quarter of its life where it is short. */
#define EARLY_MS 60000
/* Life of a token whose answer does not say (RFC 6749 section 5.1 only recommends it). */
#define DEFAULT_LIFE_S 300
#define MAX_LIFE_S     1000000
#define FORM_MAX       65536
#define ANSWER_MAX     65536

static int64_t now_ms(const fm_remote *p)
{
    const fm_env *env = p->base.context.env;
    return env->monotonic_ms(env->data);
}

static fm_status no_memory(const fm_remote *p, fm_error *err)
{
    return fm_error_no_memory(err, p->domain);
}

/* ------------------------------------------------------------------ who waits */

void fm_remote_token_forget(fm_remote *p, fm_remote_waiter *w)
{
    if (!w->waiting)
        return;
    *(w->prev ? &w->prev->next : &p->tokens.first) = w->next;
    *(w->next ? &w->next->prev : &p->tokens.last) = w->prev;
    w->prev = w->next = NULL;
    w->waiting = false;
}

static void add_waiter(fm_remote *p, fm_remote_waiter *w)
{
    w->prev = p->tokens.last;
    w->next = NULL;
    *(w->prev ? &w->prev->next : &p->tokens.first) = w;
    p->tokens.last = w;
    w->waiting = true;
}

/* Those that come to wait while others are told are told by the refresh that they start. */
static void tell_waiters(fm_remote *p, const fm_error *failed)
{
    fm_remote_waiter *last = p->tokens.last, *w;
    bool more = last != NULL;
    while (more && (w = p->tokens.first)) {
        more = w != last && p->tokens.last != NULL;
        fm_remote_token_forget(p, w);
        w->fn(w->data, failed);
    }
}

/* ------------------------------------------------------------------ the answer */

/* How long a token lives, in seconds. */
static double life_of(const cJSON *answer)
{
    double life_s = fm_json_tree_number(answer, "expires_in", DEFAULT_LIFE_S);
    return life_s > 0 && life_s <= MAX_LIFE_S ? life_s : DEFAULT_LIFE_S;
}

static fm_status keep_token(fm_remote *p, const cJSON *answer, fm_error *err)
{
    fm_remote_tokens *t = &p->tokens;
    const char *text = fm_json_tree_text(answer, "access_token");
    if (!text || !*text)
        return fm_error_set(err, FM_ENETWORK, p->domain, "the answer to the sign-in holds no access token");
    if (!fm_http_is_credential(text, strlen(text)))
        return fm_error_set(err, FM_ENETWORK, p->domain,
                            "the access token that the sign-in gives holds a control character");
    fm_secret *access = fm_secret_new(text, strlen(text));
    if (!access)
        return no_memory(p, err);
    fm_redact_add(p->base.context.env->redact, access);
    fm_secret_unref(t->access);
    t->access = access;
    t->generation++;
    int64_t life_ms = (int64_t)(life_of(answer) * 1000), early_ms = life_ms / 4 < EARLY_MS ? life_ms / 4 : EARLY_MS;
    t->expires_ms = now_ms(p) + life_ms;
    t->renew_ms = t->expires_ms - early_ms;
    return FM_OK;
}

static fm_status describe_refusal(const fm_remote *p, const fm_http_reply *reply, const cJSON *answer, fm_error *err)
{
    const char *code = fm_json_tree_text(answer, "error");
    if (!code || !p->tokens.klass->explain(p, code, err))
        return fm_http_reply_error(reply, p->domain, "signing in", err);
    err->http_status = reply->code;
    return err->status;
}

static fm_status read_answer(fm_remote *p, const fm_http_reply *reply, fm_error *err)
{
    cJSON *answer = reply->status ? NULL : fm_json_tree(reply->body, reply->body_len);
    fm_status status;
    if (reply->status || reply->code < 200 || reply->code > 299)
        status = describe_refusal(p, reply, answer, err);
    else if (!answer)
        status = fm_error_set(err, FM_ENETWORK, p->domain, "the answer to the sign-in is no JSON");
    else
        status = keep_token(p, answer, err);
    fm_json_tree_wipe(answer);
    return status;
}

static void on_answer(void *data, const fm_http_reply *reply)
{
    fm_remote *p = data;
    fm_error err = {0};
    p->tokens.refresh = NULL;
    fm_remote_form_free(&p->tokens.form);
    fm_status status = read_answer(p, reply, &err);
    if (status == FM_EAUTH)
        p->tokens.ended = err;
    tell_waiters(p, status ? &err : NULL);
}

/* ------------------------------------------------------------------ the request */

void fm_remote_form_add(fm_buf *form, const char *name, const char *value, size_t len)
{
    fm_buf_addf(form, "%s%s=", form->len ? "&" : "", name);
    fm_url_encode(form, value, len);
}

void fm_remote_form_free(fm_buf *form)
{
    explicit_bzero(form->data, form->cap);
    fm_buf_free(form);
}

static fm_status submit(fm_remote *p, fm_error *err)
{
    static const fm_http_header header = {"Content-Type", "application/x-www-form-urlencoded"};
    fm_http_request request = {
        .config = &p->config,
        .method = "POST",
        .url = p->tokens.url,
        .headers = &header,
        .header_count = 1,
        .body = p->tokens.form.data,
        .body_len = p->tokens.form.len,
        .retry = FM_HTTP_RETRY_ALL,
        .secret_body = true,
        .max_body_bytes = ANSWER_MAX,
        .allow_in_dry_run = true,
        .done = on_answer,
        .data = p,
    };
    return fm_http_submit(p->base.context.http, &request, &p->tokens.refresh, err);
}

static fm_status start_refresh(fm_remote *p, fm_error *err)
{
    fm_buf *form = &p->tokens.form;
    fm_buf_init(form, FORM_MAX);
    fm_status status = p->tokens.klass->form(p, form, err);
    if (!status)
        status = submit(p, err);
    if (status)
        fm_remote_form_free(form);
    return status;
}

fm_secret *fm_remote_token(fm_remote *p)
{
    return p->tokens.access && now_ms(p) < p->tokens.renew_ms ? p->tokens.access : NULL;
}

fm_status fm_remote_token_wait(fm_remote *p, fm_remote_waiter *waiter, fm_error *err)
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

bool fm_remote_token_refused(fm_remote *p, unsigned generation)
{
    fm_remote_tokens *t = &p->tokens;
    bool expected = generation != t->generation || now_ms(p) >= t->expires_ms;
    if (generation == t->generation)
        t->renew_ms = 0;
    return expected;
}

void fm_remote_tokens_clear(fm_remote *p)
{
    if (p->tokens.refresh) {
        fm_http_cancel(p->tokens.refresh);
        fm_remote_form_free(&p->tokens.form);
    }
    p->tokens.refresh = NULL;
    fm_secret_unref(p->tokens.access);
    p->tokens.access = NULL;
}
