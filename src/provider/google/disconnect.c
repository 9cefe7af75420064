/* Sign-out: the refresh token is revoked (RFC 7009). */
#include "provider/google/google_impl.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define FORM_MAX 65536

typedef struct revocation {
    fm_remote_op op;
    fm_http_call *http;
    fm_buf form; /* what is sent */
} revocation;

static void on_done(void *data, const fm_http_reply *reply)
{
    revocation *r = data;
    fm_error err = {0};
    r->http = NULL;
    /* A token that Google does not know any more needs no revoking. */
    if (reply->status == FM_OK && (reply->code == 200 || reply->code == 400))
        fm_remote_op_end(&r->op, FM_OK);
    else if (fm_http_reply_error(reply, FM_GOOGLE_DOMAIN, "revoking the sign-in", &err))
        fm_remote_op_fail(&r->op, &err);
    else
        fm_remote_op_end(&r->op, FM_OK);
}

static fm_status send(revocation *r, fm_error *err)
{
    static const fm_http_header header = {"Content-Type", "application/x-www-form-urlencoded"};
    fm_google *p = fm_google_of(&r->op);
    size_t len;
    const char *token = fm_secret_bytes(p->credentials.refresh_token, &len);
    fm_buf_init(&r->form, FORM_MAX);
    fm_remote_form_add(&r->form, "token", token, len);
    fm_http_request request = {.config = &p->remote.config,
                               .method = "POST",
                               .url = p->revoke_url,
                               .headers = &header,
                               .header_count = 1,
                               .body = r->form.data,
                               .body_len = r->form.len,
                               .retry = FM_HTTP_RETRY_ALL,
                               .secret_body = true,
                               .done = on_done,
                               .data = r};
    return r->form.status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN)
                          : fm_http_submit(p->remote.base.context.http, &request, &r->http, err);
}

static void destroy(fm_op *op)
{
    revocation *r = (revocation *)op;
    fm_http_cancel(r->http);
    fm_remote_form_free(&r->form);
    free(r);
}

fm_status fm_google_disconnect(fm_provider *provider, fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    fm_status status = fm_google_credentials_check(&((fm_google *)provider)->credentials, err);
    if (status)
        return status;
    revocation *r = fm_remote_op_new(sizeof *r, &klass, provider, err);
    if (!r)
        return FM_ENOMEM;
    /* The key of a service account is not ours to revoke. */
    if (fm_google_of(&r->op)->credentials.service_key)
        fm_remote_op_end(&r->op, FM_OK);
    else
        status = send(r, err);
    if (status) {
        destroy(&r->op.op);
        return status;
    }
    *op = &r->op.op;
    return FM_OK;
}
