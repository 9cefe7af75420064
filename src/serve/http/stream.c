#include "serve/http/server_impl.h"
#include "util/alloc.h"

#include <string.h>
#include <sys/socket.h>

static const char domain[] = FM_SERVER_DOMAIN;

/* What libmicrohttpd asks for at once, and what the system may keep of a stream: what is unsent shall show here. */
#define BLOCK_BYTES  2048
#define SOCKET_BYTES 65536

static size_t unsent(const fm_exchange *x)
{
    return x->bytes.len - x->sent;
}

/* libmicrohttpd asks for what comes next. Where there is nothing, it is not to ask until there is. */
static ssize_t read_stream(void *exchange, uint64_t position, char *out, size_t max)
{
    fm_exchange *x = exchange;
    size_t len = unsent(x) < max ? unsent(x) : max;
    (void)position;
    if (x->connection->gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!len && x->phase == FM_PHASE_FINISHED)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!len) {
        fm_exchange_suspend(x);
        return 0;
    }
    memcpy(out, x->bytes.data + x->sent, len);
    x->sent += len;
    if (!unsent(x)) {
        fm_buf_reset(&x->bytes);
        x->sent = 0;
    }
    return (ssize_t)len;
}

fm_status fm_exchange_stream(fm_exchange *x, int status, const fm_header *headers, fm_error *err)
{
    int bytes = SOCKET_BYTES;
    fm_status result = fm_exchange_check(x, err);
    if (result)
        return result;
    fm_connection *c = x->connection;
    struct MHD_Response *response =
        fm_mhd.create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, x, NULL);
    if (!response)
        return fm_error_no_memory(err, domain);
    if ((result = fm_exchange_queue(x, status, headers, response, err)))
        return result;
    setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    x->phase = FM_PHASE_STREAMING;
    fm_buf_free(&x->bytes);
    fm_buf_init(&x->bytes, 2 * c->server->limits.stream_bytes);
    c->gone = c->half_closed;
    fm_exchange_resume(x);
    return FM_OK;
}

static void forget_sent(fm_exchange *x)
{
    fm_buf_splice(&x->bytes, 0, x->sent, "", 0);
    x->sent = 0;
}

fm_status fm_exchange_write(fm_exchange *x, const char *bytes, size_t len, fm_error *err)
{
    if (!x->connection || x->connection->gone)
        return fm_error_set(err, FM_ENETWORK, domain, "the client has gone");
    if (x->phase != FM_PHASE_STREAMING)
        return fm_error_set(err, FM_EINVAL, domain, "this is no stream, or it has ended");
    fm_status result;
    size_t most = x->connection->server->limits.stream_bytes;
    if (len > most || unsent(x) > most - len) {
        shutdown(x->connection->fd, SHUT_RDWR); /* libmicrohttpd waits until it can send */
        fm_exchange_hang_up(x);
        result = fm_error_set(err, FM_ELIMIT, domain, "the client reads too slowly, and was dropped");
    } else {
        forget_sent(x);
        fm_buf_add(&x->bytes, bytes, len);
        result = x->bytes.status ? fm_error_no_memory(err, domain) : FM_OK;
    }
    fm_exchange_resume(x);
    return result;
}

void fm_exchange_finish(fm_exchange *x)
{
    if (!x->connection || x->phase != FM_PHASE_STREAMING)
        return;
    x->phase = FM_PHASE_FINISHED;
    fm_connection_await(x->connection, FM_AWAIT_SEND);
    fm_exchange_resume(x);
}
