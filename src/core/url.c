#include "core/url.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest URL looked at; servers refuse far shorter ones. */
#define URL_MAX 65536

static const char domain[] = "url";

/* Refuses what could end a request line or hide in a log: controls and, unless encoded later, spaces. */
static fm_status check_bytes(const char *text, bool allow_space, fm_error *err)
{
    if (strlen(text) > URL_MAX)
        return fm_error_set(err, FM_EINVAL, domain, "the URL is longer than %d bytes", URL_MAX);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7F || (*at == ' ' && !allow_space))
            return fm_error_set(err, FM_EINVAL, domain, "the URL holds a space or a control character");
    return FM_OK;
}

/* ------------------------------------------------------------------ URLs that need no care */

static bool is_unreserved(unsigned char c)
{
    return (c < 0x80 && isalnum(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 pchar without percent-escapes, and the slash between segments. */
static bool is_path_byte(unsigned char c)
{
    return is_unreserved(c) || (c && strchr("/!$&'()*+,;=:@", c));
}

/* A path that says nothing in two ways: no escapes, no query, no dot segments, no empty segment at its start. */
static bool is_plain_path(const char *path, size_t len)
{
    if (len > 1 && path[0] == '/' && path[1] == '/')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_path_byte((unsigned char)path[i]) || path[i] == ':')
            return false;
        if (path[i] == '.' && (i == 0 || path[i - 1] == '/'))
            return false;
    }
    return true;
}

/* A host and port in the one spelling that they have: a name in lower case or four decimal numbers. */
static bool is_plain_authority(const char *text, size_t len)
{
    size_t host = strcspn(text, ":/");
    if (host > len || host >= INET6_ADDRSTRLEN)
        return false;
    char address[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in_addr)];
    memcpy(address, text, host);
    address[host] = '\0';
    bool is_name = strspn(address, "abcdefghijklmnopqrstuvwxyz0123456789.-") == host &&
                   strpbrk(address, "ghijklmnopqrstuvwyz"); /* no number in disguise */
    if (!is_name && inet_pton(AF_INET, address, bytes) != 1)
        return false;
    if (host == len)
        return true;
    size_t digits = strspn(text + host + 1, "0123456789");
    return host + 1 + digits == len && digits > 0 && digits < 6 && text[host + 1] != '0';
}

/* Finds the authority and the path of a URL that can be read in one way alone. False for all others. */
static bool find_plain(const char *url, size_t *authority, size_t *path)
{
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : 7;
    if (scheme == 7 && strncmp(url, "http://", 7) != 0)
        return false;
    *authority = scheme;
    *path = scheme + strcspn(url + scheme, "/");
    return url[*path] && is_plain_authority(url + scheme, *path - scheme) &&
           is_plain_path(url + *path, strlen(url + *path));
}

/* Takes such a URL apart, as nearly all requests have it. False where more care is needed, or memory ran out. */
static bool parse_plain(fm_url *out, const char *text)
{
    size_t authority, path;
    if (!find_plain(text, &authority, &path))
        return false;
    size_t host = strcspn(text + authority, ":/");
    bool has_port = text[authority + host] == ':', is_https = authority == 8;
    unsigned long port = has_port ? strtoul(text + authority + host + 1, NULL, 10) : is_https ? 443 : 80;
    if (port > UINT16_MAX)
        return false;
    *out = (fm_url){.scheme = strdup(is_https ? "https" : "http"),
                    .host = strndup(text + authority, host),
                    .port = (uint16_t)port,
                    .path = strdup(text + path),
                    .canonical = strdup(text)};
    if (out->scheme && out->host && out->path && out->canonical)
        return true;
    fm_url_clear(out);
    return false;
}

/* ------------------------------------------------------------------ URLs */

static fm_status curl_failure(CURLUcode code, const char *text, fm_error *err)
{
    if (code == CURLUE_OUT_OF_MEMORY)
        return fm_error_no_memory(err, domain);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return fm_error_set(err, FM_EINVAL, domain, "the URL holds a user name: give it as a credential instead");
    return fm_error_set(err, FM_EINVAL, domain, "\"%.200s\" is not a usable URL: %s", text, curl_url_strerror(code));
}

/* A part as an owned string; NULL where the URL has none. */
static CURLUcode get_part(CURLU *handle, CURLUPart part, unsigned flags, char **out)
{
    char *value = NULL;
    CURLUcode code = curl_url_get(handle, part, &value, flags);
    if (code == CURLUE_NO_QUERY)
        return CURLUE_OK;
    if (code)
        return code;
    *out = strdup(value);
    curl_free(value);
    return *out ? CURLUE_OK : CURLUE_OUT_OF_MEMORY;
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

static void strip_brackets(char *host)
{
    size_t len = strlen(host);
    if (len < 2 || host[0] != '[' || host[len - 1] != ']')
        return;
    memmove(host, host + 1, len - 2);
    host[len - 2] = '\0';
}

static CURLUcode read_parts(CURLU *handle, fm_url *out)
{
    char *port = NULL;
    CURLUcode code = get_part(handle, CURLUPART_SCHEME, 0, &out->scheme);
    if (!code)
        code = get_part(handle, CURLUPART_HOST, 0, &out->host);
    if (!code)
        code = get_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port);
    if (!code)
        code = get_part(handle, CURLUPART_PATH, 0, &out->path);
    if (!code)
        code = get_part(handle, CURLUPART_QUERY, 0, &out->query);
    if (!code)
        code = curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    if (!code)
        code = get_part(handle, CURLUPART_URL, 0, &out->canonical);
    if (!code) {
        out->port = (uint16_t)strtoul(port, NULL, 10);
        lower(out->host);
        strip_brackets(out->host);
    }
    free(port);
    return code;
}

static bool is_http(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

fm_status fm_url_parse(fm_url *out, const char *text, fm_error *err)
{
    *out = (fm_url){0};
    fm_status status = check_bytes(text, false, err);
    if (status || parse_plain(out, text))
        return status;
    if (!is_http(text))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.200s\" does not start with https:// or http://", text);
    CURLU *handle = curl_url();
    if (!handle)
        return fm_error_no_memory(err, domain);
    CURLUcode code = curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER);
    if (!code)
        code = read_parts(handle, out);
    curl_url_cleanup(handle);
    if (!code && strchr(out->host, '%'))
        code = CURLUE_BAD_HOSTNAME; /* encoded twice: whoever parses `canonical` would find another host */
    if (!code)
        return FM_OK;
    fm_url_clear(out);
    return curl_failure(code, text, err);
}

void fm_url_clear(fm_url *url)
{
    free(url->scheme);
    free(url->host);
    free(url->path);
    free(url->query);
    free(url->canonical);
    *url = (fm_url){0};
}

static void add_escape(fm_buf *out, unsigned char c)
{
    fm_buf_addf(out, "%%%02X", c);
}

/* A file name with a colon, such as "a:b.ics", would read as a scheme. */
static bool needs_dot(const char *reference)
{
    size_t plain = strcspn(reference, ":/?#");
    return reference[plain] == ':' && !is_http(reference);
}

static fm_status encode_reference(fm_buf *out, const char *reference, fm_error *err)
{
    fm_status status = check_bytes(reference, true, err);
    if (status)
        return status;
    if (needs_dot(reference))
        fm_buf_adds(out, "./");
    for (const unsigned char *at = (const unsigned char *)reference; *at; at++) {
        if (*at == ' ' || *at > 0x7E)
            add_escape(out, *at);
        else
            fm_buf_addc(out, (char)*at);
    }
    return out->status ? fm_error_no_memory(err, domain) : FM_OK;
}

/*
 * Resolves what needs no care, which is nearly every href of a calendar: a plain path, or a name below a plain
 * collection. @return the URL, owned by the caller; NULL where more care is needed, or memory ran out
 */
static char *resolve_plain(const char *base, const char *reference)
{
    size_t len = strlen(reference), authority, start;
    if (!len || len > URL_MAX || !is_plain_path(reference, len) || !find_plain(base, &authority, &start))
        return NULL;
    size_t kept = reference[0] == '/' ? start : (size_t)(strrchr(base, '/') + 1 - base);
    char *url = malloc(kept + len + 1);
    if (url) {
        memcpy(url, base, kept);
        memcpy(url + kept, reference, len + 1);
    }
    return url;
}

fm_status fm_url_resolve(char **out, const char *base, const char *reference, fm_error *err)
{
    *out = resolve_plain(base, reference);
    if (*out)
        return FM_OK;
    CURLU *handle = NULL;
    CURLUcode code = CURLUE_OUT_OF_MEMORY;
    fm_buf encoded;
    fm_buf_init(&encoded, 4 * URL_MAX);
    fm_status status = check_bytes(base, false, err);
    if (!status)
        status = encode_reference(&encoded, reference, err);
    if (status)
        goto out;
    handle = curl_url();
    if (handle)
        code = curl_url_set(handle, CURLUPART_URL, base, CURLU_DISALLOW_USER);
    if (!code && encoded.len)
        code = curl_url_set(handle, CURLUPART_URL, encoded.data, CURLU_DISALLOW_USER);
    if (!code)
        code = curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    if (!code)
        code = get_part(handle, CURLUPART_URL, 0, out);
    if (code)
        status = curl_failure(code, reference, err);
    else if (!is_http(*out))
        status = fm_error_set(err, FM_EINVAL, domain, "\"%.200s\" does not lead to an http or https URL", reference);
out:
    if (status) {
        free(*out);
        *out = NULL;
    }
    curl_url_cleanup(handle);
    fm_buf_free(&encoded);
    return status;
}

/* The byte that an escape at `at` stands for, -1 where there is no whole escape. */
static int escaped_byte(const char *at, size_t left)
{
    if (left < 3 || at[0] != '%')
        return -1;
    int high = fm_encoding_hex_digit(at[1]), low = fm_encoding_hex_digit(at[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* The path of an absolute URL or of a path with query: where it starts and how long it is. */
static const char *path_span(const char *url, size_t *len)
{
    const char *path = url;
    if (is_http(url)) {
        path = strstr(url, "://") + 3;
        path += strcspn(path, "/?#");
        if (*path != '/') {
            *len = 1;
            return "/";
        }
    }
    *len = strcspn(path, "?#");
    return *path == '/' ? path : NULL;
}

fm_status fm_url_canonical_path(char **out, const char *url, fm_error *err)
{
    *out = NULL;
    fm_status status = check_bytes(url, true, err);
    if (status)
        return status;
    size_t len;
    const char *path = path_span(url, &len);
    if (!path)
        return fm_error_set(err, FM_EINVAL, domain, "\"%.200s\" is neither a URL nor an absolute path", url);
    fm_buf text;
    fm_buf_init(&text, 4 * URL_MAX);
    for (size_t i = 0; i < len; i++) {
        int escaped = escaped_byte(path + i, len - i);
        if (escaped == 0) {
            fm_buf_free(&text);
            return fm_error_set(err, FM_EINVAL, domain, "the path holds an encoded zero byte");
        }
        unsigned char c = escaped > 0 ? (unsigned char)escaped : (unsigned char)path[i];
        if (escaped > 0)
            i += 2;
        if (is_path_byte(c) && !(escaped > 0 && c == '/'))
            fm_buf_addc(&text, (char)c);
        else
            add_escape(&text, c);
    }
    *out = fm_buf_take(&text, NULL);
    return *out ? FM_OK : fm_error_no_memory(err, domain);
}

bool fm_url_same_origin(const fm_url *a, const fm_url *b)
{
    return strcmp(a->scheme, b->scheme) == 0 && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static bool is_address(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || strchr(host, ':');
}

bool fm_url_same_site(const fm_url *a, const fm_url *b)
{
    if (strcmp(a->host, b->host) == 0)
        return true;
    if (is_address(a->host) || is_address(b->host))
        return false;
    const psl_ctx_t *list = psl_builtin();
    const char *site_a = list ? psl_registrable_domain(list, a->host) : NULL;
    const char *site_b = list ? psl_registrable_domain(list, b->host) : NULL;
    return site_a && site_b && strcmp(site_a, site_b) == 0;
}

bool fm_url_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    size_t len = strlen(host), tail = strlen(".localhost");
    return strcasecmp(host, "localhost") == 0 || (len > tail && strcasecmp(host + len - tail, ".localhost") == 0);
}

bool fm_url_trusts(const fm_url *home, const fm_url *target)
{
    bool home_secure = strcmp(home->scheme, "https") == 0, target_secure = strcmp(target->scheme, "https") == 0;
    if (fm_url_same_origin(home, target))
        return true;
    if (home_secure && !target_secure)
        return false;
    if (fm_url_is_loopback(home->host))
        return fm_url_is_loopback(target->host);
    return target_secure && fm_url_same_site(home, target);
}

static bool may_follow(const fm_url *from, const fm_url *target)
{
    return fm_url_same_origin(from, target) || (strcmp(target->scheme, "https") == 0 && fm_url_same_site(from, target));
}

/* Asks a question about two URLs as text; about what is none the answer is no. */
static bool ask_about(bool (*question)(const fm_url *, const fm_url *), const char *one, const char *other)
{
    fm_url a = {0}, b = {0};
    bool answer = !fm_url_parse(&a, one, NULL) && !fm_url_parse(&b, other, NULL) && question(&a, &b);
    fm_url_clear(&a);
    fm_url_clear(&b);
    return answer;
}

bool fm_url_text_trusts(const char *home, const char *target)
{
    return ask_about(fm_url_trusts, home, target);
}

bool fm_url_text_may_follow(const char *from, const char *target)
{
    return ask_about(may_follow, from, target);
}

fm_status fm_url_encode(fm_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (is_unreserved((unsigned char)text[i]))
            fm_buf_addc(out, text[i]);
        else
            add_escape(out, (unsigned char)text[i]);
    }
    return out->status;
}

fm_status fm_url_decode(fm_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int escaped = escaped_byte(text + i, len - i);
        fm_buf_addc(out, escaped >= 0 ? (char)escaped : text[i]);
        if (escaped >= 0)
            i += 2;
    }
    return out->status;
}
