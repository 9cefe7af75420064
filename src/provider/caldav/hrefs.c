#include "provider/caldav/hrefs.h"
#include "core/crypto.h"
#include "core/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* File systems behind servers take 255 bytes; some add a suffix of their own. */
#define NAME_MAX_BYTES 200

void fm_hrefs_init(fm_hrefs *h, uint64_t seed)
{
    fm_strmap_init(&h->spellings, seed);
}

void fm_hrefs_free(fm_hrefs *h)
{
    fm_strmap_free(&h->spellings);
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

fm_status fm_hrefs_key(fm_hrefs *h, char **key, const char *base, const char *href, fm_error *err)
{
    char *url;
    *key = NULL;
    fm_status status = fm_url_resolve(&url, base, href, err);
    if (status)
        return status;
    status = fm_url_canonical_path(key, url, err);
    if (!status && note_spelling(h, *key, url)) {
        free(*key);
        *key = NULL;
        status = fm_error_set(err, FM_ENOMEM, "caldav", "out of memory");
    }
    free(url);
    return status;
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
