#include "serve/http/refusal.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MAX 512
#define TEXT_MAX 1024

typedef struct refusal {
    int status;
    const char *type, *title, *sentence;
} refusal;

static const refusal refusals[] = {
    {400, "malformed-request", "Bad Request", "The request cannot be read: it is not HTTP as RFC 9112 has it."},
    {408, "too-slow", "Request Timeout", "The request did not arrive in time: send it again."},
    {413, "body-too-large", "Content Too Large", "The body of the request is too large: send less at once."},
    {431, "head-too-large", "Request Header Fields Too Large", "The head of the request is larger than 16 KiB."},
    {500, "internal-error", "Internal Server Error", "The request was not answered: look at the server's log."},
    {503, "busy", "Service Unavailable", "The server has too many connections: try again in a moment."},
};

static const refusal *find(int status)
{
    const refusal *found = refusals;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].status == status)
            found = &refusals[i];
    return found;
}

static int spell_body(char out[BODY_MAX], const refusal *r)
{
    return snprintf(out, BODY_MAX,
                    "{\"type\":\"/docs/errors/%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"success\":false,"
                    "\"error\":\"%s\"}",
                    r->type, r->title, r->status, r->sentence, r->sentence);
}

/* Name and value in turn; those behind the first NULL are for 503 alone. */
static const char *const headers[][2] = {{"Content-Type", "application/problem+json"},
                                         {"Cache-Control", "no-store"},
                                         {"X-Content-Type-Options", "nosniff"},
                                         {"Connection", "close"},
                                         {"Retry-After", "1"}};

static size_t header_count(const refusal *r)
{
    return sizeof headers / sizeof *headers - (r->status == 503 ? 0 : 1);
}

enum MHD_Result fm_refusal_queue(struct MHD_Connection *connection, int status)
{
    char body[BODY_MAX];
    const refusal *r = find(status);
    int len = spell_body(body, r);
    struct MHD_Response *response = fm_mhd.create_response_from_buffer((size_t)len, body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < header_count(r); i++)
        fm_mhd.add_response_header(response, headers[i][0], headers[i][1]);
    enum MHD_Result result = fm_mhd.queue_response(connection, (unsigned)r->status, response);
    fm_mhd.destroy_response(response);
    return result;
}

void fm_refusal_send(int fd, int status)
{
    char body[BODY_MAX], text[TEXT_MAX];
    const refusal *r = find(status);
    int body_len = spell_body(body, r);
    int len = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", r->status, r->title, body_len);
    for (size_t i = 0; i < header_count(r); i++)
        len += snprintf(text + len, sizeof text - (size_t)len, "%s: %s\r\n", headers[i][0], headers[i][1]);
    len += snprintf(text + len, sizeof text - (size_t)len, "\r\n%s", body);
    /* What does not go at once does not go: nobody waits for a client that was refused. */
    (void)!send(fd, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
}
