#include "provider/caldav/hrefs.h"
#include "core/crypto.h"
#include "core/url.h"
#include "util/alloc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* File systems behind servers take 255 bytes; some add a suffix of their own. */
#define NAME_MAX_BYTES 200

void fm_hrefs_init(fm_hrefs *h, uint64_t seed)
{
    *h = (fm_hrefs){0};
    fm_strmap_init(&h->spellings, seed);
}

void fm_hrefs_free(fm_hrefs *h)
{
    fm_strmap_free(&h->spellings);
    free(h->inner);
    free(h->outer);
}

static void join_slashes(char *path)
{
    char *to = path;
    for (const char *at = path; *at; at++)
        if (!(at[0] == '/' && at[1] == '/'))
            *to++ = *at;
    *to = '\0';
}

fm_status fm_href_canonical(char **key, const char *url, fm_error *err)
{
    fm_status status = fm_url_canonical_path(key, url, err);
    if (!status)
        join_slashes(*key);
    return status;
}

/* Remembers the path of an absolute URL where it is not the canonical one. */
static fm_status note_spelling(fm_hrefs *h, const char *key, const char *url)
{
    const char *path = strstr(url, "://");
    path = path ? strchr(path + 3, '/') : NULL;
    if (!path || strcmp(path, key) == 0)
        return FM_OK;
    const fm_strmap_entry *known = fm_strmap_find(&h->spellings, key);
    if (known && strcmp(known->text, path) == 0)
        return FM_OK;
    return fm_strmap_set(&h->spellings, key, 0, path);
}

/* An href is a URL or an absolute path (RFC 4918 section 8.3): two slashes before it name no host. */
static const char *without_slashes(const char *href)
{
    while (href[0] == '/' && href[1] == '/')
        href++;
    return href;
}

/* Puts the path in requests in place of the one in answers. True where that was done. */
static fm_status map(bool *mapped, const fm_hrefs *h, char **key, fm_error *err)
{
    size_t len = h->inner ? strlen(h->inner) : 0;
    char *outer = NULL;
    *mapped = len && strncmp(*key, h->inner, len) == 0;
    if (!*mapped)
        return FM_OK;
    if (asprintf(&outer, "%s%s", h->outer, *key + len) < 0)
        return fm_error_no_memory(err, "caldav");
    free(*key);
    *key = outer;
    return FM_OK;
}

fm_status fm_hrefs_key(fm_hrefs *h, char **key, const char *base, const char *href, fm_error *err)
{
    char *url;
    bool mapped = false;
    *key = NULL;
    fm_status status = fm_url_resolve(&url, base, without_slashes(href), err);
    if (status)
        return status;
    status = fm_href_canonical(key, url, err);
    if (!status)
        status = map(&mapped, h, key, err);
    if (!status && !mapped && note_spelling(h, *key, url))
        status = fm_error_no_memory(err, "caldav");
    if (status) {
        free(*key);
        *key = NULL;
    }
    free(url);
    return status;
}

fm_status fm_hrefs_map(fm_hrefs *h, const char *inner, const char *outer, fm_error *err)
{
    char *from = strdup(inner), *to = strdup(outer);
    if (!from || !to) {
        free(from);
        free(to);
        return fm_error_no_memory(err, "caldav");
    }
    free(h->inner);
    free(h->outer);
    h->inner = from;
    h->outer = to;
    return FM_OK;
}

/* The end of a collection's path that holds its last two names, or all of it. */
static const char *last_names(const char *path)
{
    const char *at = path + strlen(path);
    for (int slashes = 0; at > path && slashes < 3;)
        slashes += *--at == '/';
    return at;
}

bool fm_href_may_be(const char *inner, const char *outer)
{
    return strcmp(last_names(inner), last_names(outer)) == 0;
}

const char *fm_hrefs_spelling(const fm_hrefs *h, const char *key)
{
    const fm_strmap_entry *entry = fm_strmap_find(&h->spellings, key);
    return entry ? entry->text : key;
}

bool fm_href_is_within(const char *key, const char *collection)
{
    size_t len = strlen(collection);
    return strncmp(key, collection, len) == 0 && key[len] && key[strlen(key) - 1] != '/';
}

static void add_hashed_name(fm_buf *out, const char *uid)
{
    unsigned char digest[FM_SHA256_SIZE];
    if (fm_crypto_hash(digest, FM_SHA256, uid, strlen(uid), NULL)) {
        out->status = FM_ENOMEM;
        return;
    }
    fm_buf_adds(out, "-x");
    for (size_t i = 0; i < sizeof digest; i++)
        fm_buf_addf(out, "%02x", digest[i]);
}

fm_status fm_href_name(fm_buf *out, const char *uid)
{
    size_t start = out->len;
    for (const char *at = uid; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x80 && isalnum(c))
            fm_buf_addc(out, *at);
        else if (c == '-')
            fm_buf_adds(out, "--");
        else
            fm_buf_addf(out, "-%02X", c);
    }
    if (out->len - start > NAME_MAX_BYTES) {
        fm_buf_truncate(out, start);
        add_hashed_name(out, uid);
    }
    return fm_buf_adds(out, ".ics");
}
