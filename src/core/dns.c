#include "core/dns.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>

#define MESSAGE_MAX 8192
#define WAIT_S      3
#define SRV_FIXED   6 /* bytes of priority, weight and port in front of the name */

/* Fits: `out` has room for the longest name the library writes. */
static bool read_target(char *out, const unsigned char *message, size_t len, const unsigned char *data)
{
    if (ns_name_uncompress(message, message + len, data, out, FM_DNS_NAME_MAX) < 0)
        return false;
    size_t end = strlen(out);
    if (end && out[end - 1] == '.')
        out[end - 1] = '\0';
    return out[0] != '\0';
}

fm_status fm_dns_read_srv(fm_dns_service *out, const unsigned char *message, size_t len)
{
    ns_msg answer;
    ns_rr record;
    unsigned best_priority = UINT16_MAX + 1u, best_weight = 0;
    if (len > MESSAGE_MAX || ns_initparse(message, (int)len, &answer))
        return FM_EPARSE;
    for (int i = 0; i < ns_msg_count(answer, ns_s_an); i++) {
        char host[FM_DNS_NAME_MAX];
        if (ns_parserr(&answer, ns_s_an, i, &record))
            return FM_EPARSE;
        const unsigned char *data = ns_rr_rdata(record);
        if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= SRV_FIXED)
            continue;
        unsigned priority = ns_get16(data), weight = ns_get16(data + 2);
        bool better = priority < best_priority || (priority == best_priority && weight > best_weight);
        if (!better || !read_target(host, message, len, data + SRV_FIXED))
            continue;
        memcpy(out->host, host, sizeof host);
        out->port = (uint16_t)ns_get16(data + 4);
        best_priority = priority;
        best_weight = weight;
    }
    return best_priority <= UINT16_MAX ? FM_OK : FM_ENOTFOUND;
}

/* "path=/dav" among the strings of a TXT record, each with its length in front. */
static bool read_strings(char *out, const unsigned char *data, size_t len)
{
    static const char key[] = "path=";
    const size_t key_len = sizeof key - 1;
    for (size_t at = 0; at < len;) {
        size_t size = data[at++];
        if (size > len - at)
            return false;
        const char *text = (const char *)data + at;
        at += size;
        if (size <= key_len || strncmp(text, key, key_len) != 0 || text[key_len] != '/' || memchr(text, '\0', size))
            continue;
        memcpy(out, text + key_len, size - key_len);
        out[size - key_len] = '\0';
        return true;
    }
    return false;
}

fm_status fm_dns_read_path(fm_dns_service *out, const unsigned char *message, size_t len)
{
    ns_msg answer;
    ns_rr record;
    if (len > MESSAGE_MAX || ns_initparse(message, (int)len, &answer))
        return FM_EPARSE;
    for (int i = 0; i < ns_msg_count(answer, ns_s_an); i++) {
        if (ns_parserr(&answer, ns_s_an, i, &record))
            return FM_EPARSE;
        if (ns_rr_type(record) == ns_t_txt && read_strings(out->path, ns_rr_rdata(record), ns_rr_rdlen(record)))
            return FM_OK;
    }
    return FM_ENOTFOUND;
}

typedef fm_status (*reader)(fm_dns_service *out, const unsigned char *message, size_t len);

static fm_status ask(res_state state, const char *name, int type, reader read, fm_dns_service *out)
{
    unsigned char message[MESSAGE_MAX];
    int len = res_nquery(state, name, ns_c_in, type, message, sizeof message);
    return len > 0 && len <= MESSAGE_MAX ? read(out, message, (size_t)len) : FM_ENOTFOUND;
}

fm_status fm_dns_find_service(fm_dns_service *out, const char *name)
{
    struct __res_state state;
    memset(&state, 0, sizeof state);
    *out = (fm_dns_service){0};
    if (res_ninit(&state))
        return FM_ENOTFOUND;
    state.retrans = WAIT_S;
    state.retry = 1;
    fm_status status = ask(&state, name, ns_t_srv, fm_dns_read_srv, out);
    if (!status)
        (void)ask(&state, name, ns_t_txt, fm_dns_read_path, out);
    res_nclose(&state);
    return status;
}
