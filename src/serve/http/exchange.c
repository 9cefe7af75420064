#include "serve/http/refusal.h"
#include "serve/http/server_impl.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = FM_SERVER_DOMAIN;

/* ------------------------------------------------------------------ references */

fm_exchange *fm_exchange_ref(fm_exchange *x)
{
    x->references++;
    return x;
}

static void free_bytes(fm_exchange *x)
{
    if (x->bytes.cap)
        explicit_bzero(x->bytes.data, x->bytes.cap); /* a password may be in it */
    fm_buf_free(&x->bytes);
    if (x->connection)
        x->connection->server->bodies_bytes -= x->reserved;
    x->reserved = 0;
}

static bool is_owed_an_answer(const fm_exchange *x)
{
    return x->connection && x->suspended && x->told && x->phase < FM_PHASE_ANSWERED;
}

static enum MHD_Result refuse(fm_exchange *x, int status)
{
    x->connection->server->counts.refused++;
    x->connection->owes_goodbye = true;
    x->phase = FM_PHASE_ANSWERED;
    fm_connection_await(x->connection, FM_AWAIT_SEND);
    return fm_refusal_queue(x->mhd, status);
}

void fm_exchange_unref(fm_exchange *x)
{
    if (!x)
        return;
    if (x->references == 2 && is_owed_an_answer(x)) { /* the other is the connection's: nobody is left who could */
        refuse(x, 500);
        fm_exchange_resume(x);
    }
    if (x->references == 2)
        fm_exchange_finish(x);
    if (--x->references > 0)
        return;
    free_bytes(x);
    free(x->target);
    free(x);
}

/* ------------------------------------------------------------------ suspension */

void fm_exchange_suspend(fm_exchange *x)
{
    fm_mhd.suspend_connection(x->mhd);
    x->suspended = true;
}

void fm_exchange_resume(fm_exchange *x)
{
    if (!x->suspended)
        return;
    x->suspended = false;
    fm_mhd.resume_connection(x->mhd);
    fm_server_wake(x->connection->server);
}

void fm_exchange_hang_up(fm_exchange *x)
{
    x->connection->gone = true;
    fm_exchange_resume(x);
}

static void tell(fm_exchange *x, fm_server_event_kind kind)
{
    x->told = true;
    fm_connection_await(x->connection, FM_AWAIT_NOTHING);
    fm_exchange_suspend(x);
    fm_server_tell(x->connection->server, kind, x);
}

/* ------------------------------------------------------------------ what libmicrohttpd calls */

static fm_connection *connection_of(struct MHD_Connection *mhd)
{
    return fm_mhd.get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void *fm_exchange_begin(void *server, const char *target, struct MHD_Connection *mhd)
{
    fm_server *s = server;
    fm_exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->references = 1;
    x->connection = connection_of(mhd);
    x->mhd = mhd;
    x->line.target = target;
    fm_buf_init(&x->bytes, s->limits.bodies_bytes);
    x->target = strdup(target ? target : "");
    x->connection->exchange = x;
    if (x->connection->await == FM_AWAIT_NEXT) /* it came together with the one before */
        fm_connection_await(x->connection, FM_AWAIT_HEAD);
    return x;
}

static enum MHD_Result begin(fm_exchange *x, const char *method, const char *version)
{
    x->line.method = method;
    x->line.version = version;
    x->line.spelled = x->target;
    int status = fm_head_judge(x->mhd, &x->line, &x->says);
    if (status)
        return refuse(x, status);
    if (x->says.chunked || x->says.length) {
        x->phase = FM_PHASE_HEAD;
        tell(x, FM_SERVER_HEAD);
    } else {
        x->phase = FM_PHASE_WHOLE; /* answered here, it would cost the connection */
    }
    return MHD_YES;
}

static enum MHD_Result take_bytes(fm_exchange *x, const char *bytes, size_t *len)
{
    if (!x->too_large && fm_buf_add(&x->bytes, bytes, *len) == FM_ENOMEM)
        return MHD_NO;
    x->too_large = x->too_large || x->bytes.status == FM_ELIMIT;
    *len = 0;
    return MHD_YES;
}

enum MHD_Result fm_exchange_handle(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
                                   const char *version, const char *bytes, size_t *len, void **context)
{
    fm_exchange *x = *context;
    (void)server;
    (void)mhd;
    (void)url;
    if (!x || !x->target || x->connection->gone)
        return MHD_NO;
    switch (x->phase) {
    case FM_PHASE_LINE:
        return begin(x, method, version);
    case FM_PHASE_WHOLE:
        x->phase = FM_PHASE_HEAD;
        tell(x, FM_SERVER_HEAD);
        return MHD_YES;
    case FM_PHASE_RECEIVE:
        x->phase = FM_PHASE_BODY;
        return MHD_YES;
    case FM_PHASE_BODY:
        if (*len)
            return take_bytes(x, bytes, len);
        if (x->too_large)
            return refuse(x, 413);
        x->phase = FM_PHASE_REQUEST;
        tell(x, FM_SERVER_REQUEST);
        return MHD_YES;
    default:
        return MHD_YES; /* the answer is queued */
    }
}

void fm_exchange_complete(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code)
{
    fm_exchange *x = *context;
    (void)server;
    (void)mhd;
    *context = NULL;
    if (!x)
        return;
    fm_connection *c = x->connection;
    bool taken = code == MHD_REQUEST_TERMINATED_COMPLETED_OK && x->phase >= FM_PHASE_ANSWERED && !x->too_large;
    bool told = x->told;
    free_bytes(x);
    x->connection = NULL;
    x->mhd = NULL;
    x->suspended = false;
    c->exchange = NULL;
    fm_connection_await(c, FM_AWAIT_NEXT);
    if (told && !taken)
        fm_server_tell(c->server, FM_SERVER_GONE, x);
    fm_exchange_unref(x);
}

/* ------------------------------------------------------------------ requests */

static fm_status check_here(const fm_exchange *x, fm_error *err)
{
    if (!x->connection || x->connection->gone)
        return fm_error_set(err, FM_ENETWORK, domain, "the client has gone");
    return FM_OK;
}

fm_status fm_exchange_check(const fm_exchange *x, fm_error *err)
{
    fm_status status = check_here(x, err);
    if (!status && !is_owed_an_answer(x))
        status = fm_error_set(err, FM_EINVAL, domain, "it is not the time for an answer, or it was answered");
    return status;
}

fm_status fm_exchange_look(const fm_exchange *x, fm_exchange_head *head, fm_error *err)
{
    fm_status status = check_here(x, err);
    if (status)
        return status;
    const fm_connection *c = x->connection;
    *head = (fm_exchange_head){.method = x->line.method,
                               .target = x->target,
                               .peer = c->peer_text,
                               .listener = c->listener->text,
                               .local = c->local_text,
                               .trusted = c->trusted,
                               .body = x->says.chunked || x->says.length};
    return FM_OK;
}

typedef struct header_walk {
    bool (*each)(void *data, const char *name, const char *value);
    void *data;
} header_walk;

static enum MHD_Result pass_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    const header_walk *walk = data;
    (void)kind;
    return walk->each(walk->data, name, value ? value : "") ? MHD_YES : MHD_NO;
}

void fm_exchange_headers(const fm_exchange *x, bool (*each)(void *data, const char *name, const char *value),
                         void *data)
{
    header_walk walk = {each, data};
    if (x->connection)
        fm_mhd.get_connection_values(x->mhd, MHD_HEADER_KIND, pass_header, &walk);
}

fm_status fm_exchange_receive(fm_exchange *x, size_t max_bytes, fm_error *err)
{
    fm_status status = check_here(x, err);
    if (status)
        return status;
    fm_server *s = x->connection->server;
    size_t wanted = x->says.chunked ? max_bytes : (size_t)x->says.length;
    if (x->phase != FM_PHASE_HEAD)
        return fm_error_set(err, FM_EINVAL, domain, "the body was asked for already");
    if (x->says.length > max_bytes)
        return fm_error_set(err, FM_ELIMIT, domain, "the body has more than %zu bytes", max_bytes);
    if (wanted > s->limits.bodies_bytes - s->bodies_bytes)
        return fm_error_set(err, FM_ETHROTTLED, domain, "too many bodies are on their way at once");
    if (!wanted) {
        x->phase = FM_PHASE_REQUEST;
        return FM_OK;
    }
    fm_buf_init(&x->bytes, max_bytes);
    x->reserved = wanted;
    s->bodies_bytes += wanted;
    x->phase = FM_PHASE_RECEIVE;
    fm_connection_await(x->connection, FM_AWAIT_BODY);
    fm_exchange_resume(x);
    return FM_PENDING;
}

const char *fm_exchange_body(const fm_exchange *x, size_t *len)
{
    *len = x->phase == FM_PHASE_REQUEST ? x->bytes.len : 0;
    return *len ? x->bytes.data : "";
}

/* ------------------------------------------------------------------ answers */

fm_status fm_exchange_queue(fm_exchange *x, int status, const fm_header *headers, struct MHD_Response *response,
                            fm_error *err)
{
    fm_status result = FM_OK;
    fm_connection *c = x->connection;
    bool unread = x->phase == FM_PHASE_HEAD && (x->says.chunked || x->says.length);
    for (; !result && headers->name; headers++)
        if (fm_mhd.add_response_header(response, headers->name, headers->value) != MHD_YES)
            result = fm_error_set(err, FM_EINVAL, domain, "'%s' cannot be a header with this value", headers->name);
    /* What follows a chunked body is where two readers most easily disagree. */
    if (!result && x->says.chunked)
        fm_mhd.add_response_header(response, "Connection", "close");
    if (!result && fm_mhd.queue_response(x->mhd, (unsigned)status, response) != MHD_YES)
        result = fm_error_set(err, FM_EINVAL, domain, "an answer with status %d cannot be given", status);
    fm_mhd.destroy_response(response);
    if (result)
        return result;
    c->owes_goodbye = c->owes_goodbye || unread;
    return FM_OK;
}

fm_status fm_exchange_respond(fm_exchange *x, int status, const fm_header *headers, const char *body, size_t len,
                              fm_error *err)
{
    fm_status result = fm_exchange_check(x, err);
    if (result)
        return result;
    struct MHD_Response *response = fm_mhd.create_response_from_buffer(len, (void *)body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return fm_error_no_memory(err, domain);
    if ((result = fm_exchange_queue(x, status, headers, response, err)))
        return result;
    x->phase = FM_PHASE_ANSWERED;
    free_bytes(x);
    fm_connection_await(x->connection, FM_AWAIT_SEND);
    fm_exchange_resume(x);
    return FM_OK;
}
