/* Sign-out: the refresh token is revoked (RFC 7009). */
#include "core/url.h"
#include "provider/google/google_impl.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define FORM_MAX 65536

typedef struct revocation {
    fm_google_op op;
    fm_http_call *http;
    char *form;
} revocation;

static void on_done(void *data, const fm_http_reply *reply)
{
    revocation *r = data;
    fm_error err = {0};
    r->http = NULL;
    /* A token that Google does not know any more needs no revoking. */
    if (reply->status == FM_OK && (reply->code == 200 || reply->code == 400))
        fm_google_op_end(&r->op, FM_OK);
    else if (fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, "revoking the sign-in", &err))
        fm_google_op_fail(&r->op, &err);
    else
        fm_google_op_end(&r->op, FM_OK);
}

static fm_status send(revocation *r, fm_error *err)
{
    static const fm_http_header header = {"Content-Type", "application/x-www-form-urlencoded"};
    fm_google *p = r->op.p;
    fm_buf form;
    size_t len;
    fm_buf_init(&form, FORM_MAX);
    fm_buf_adds(&form, "token=");
    const char *token = fm_secret_bytes(p->credentials.refresh_token, &len);
    fm_url_encode(&form, token, len);
    len = form.len;
    r->form = fm_buf_take(&form, NULL);
    if (!r->form)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    fm_http_request request = {.config = &p->config,
                               .method = "POST",
                               .url = p->revoke_url,
                               .headers = &header,
                               .header_count = 1,
                               .body = r->form,
                               .body_len = len,
                               .retry = FM_HTTP_RETRY_ALL,
                               .secret_body = true,
                               .done = on_done,
                               .data = r};
    return fm_http_submit(p->base.context.http, &request, &r->http, err);
}

static void destroy(fm_op *op)
{
    revocation *r = (revocation *)op;
    fm_http_cancel(r->http);
    free(r->form);
    free(r);
}

fm_status fm_google_disconnect(fm_provider *provider, fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_google_op_step, .destroy = destroy};
    fm_status status = fm_google_credentials_check(&((fm_google *)provider)->credentials, err);
    if (status)
        return status;
    revocation *r = calloc(1, sizeof *r);
    if (!r)
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    r->op.op.klass = &klass;
    r->op.p = (fm_google *)provider;
    /* The key of a service account is not ours to revoke. */
    if (r->op.p->credentials.service_key)
        fm_google_op_end(&r->op, FM_OK);
    else
        status = send(r, err);
    if (status) {
        destroy(&r->op.op);
        return status;
    }
    *op = &r->op.op;
    return FM_OK;
}
