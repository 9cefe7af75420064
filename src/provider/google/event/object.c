#include "provider/google/event/object.h"
#include "core/crypto.h"
#include "core/json/value.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fm_google_member(fm_json_span *value, const fm_json_span *object, const char *path)
{
    fm_json_span at = *object;
    for (;;) {
        size_t len = strcspn(path, ".");
        fm_json_span next;
        if (!fm_json_find_member(&at, path, len, &next))
            return false;
        at = next;
        if (!path[len])
            break;
        path += len + 1;
    }
    *value = at;
    return !(at.len == 4 && memcmp(at.at, "null", 4) == 0);
}

static fm_status decode_string(char **out, const fm_json_string *string)
{
    char *text = malloc(string->len + 1);
    if (!text)
        return FM_ENOMEM;
    size_t len = fm_json_unescape(text, string), kept = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i])
            text[kept++] = text[i];
    text[kept] = '\0';
    *out = text;
    return FM_OK;
}

fm_status fm_google_string_of(char **out, const fm_json_span *value)
{
    fm_json_string string;
    *out = NULL;
    return fm_json_string_of(value, &string) ? decode_string(out, &string) : FM_OK;
}

fm_status fm_google_string(char **out, const fm_json_span *object, const char *path)
{
    fm_json_span value;
    *out = NULL;
    return fm_google_member(&value, object, path) ? fm_google_string_of(out, &value) : FM_OK;
}

bool fm_google_is(const fm_json_span *object, const char *path, const char *text)
{
    fm_json_span value;
    fm_json_string string;
    return fm_google_member(&value, object, path) && fm_json_string_of(&value, &string) &&
           fm_json_string_is(&string, text, strlen(text));
}

fm_status fm_google_private(char **out, const fm_json_span *event, const char *name)
{
    fm_json_span properties, value;
    fm_buf text;
    *out = NULL;
    if (!fm_google_member(&properties, event, "extendedProperties.private") ||
        !fm_json_find_member(&properties, name, strlen(name), &value))
        return FM_OK;
    fm_buf_init(&text, properties.len);
    char key[64];
    fm_status status = FM_OK;
    snprintf(key, sizeof key, "%s", name);
    for (unsigned n = 1; !status && fm_json_find_member(&properties, key, strlen(key), &value); n++) {
        char *part = NULL;
        fm_json_string string;
        if (!fm_json_string_of(&value, &string))
            break;
        status = decode_string(&part, &string);
        if (!status)
            status = fm_buf_adds(&text, part);
        free(part);
        snprintf(key, sizeof key, "%s.%u", name, n);
    }
    if (!status && text.len && !(*out = fm_buf_take(&text, NULL)))
        status = FM_ENOMEM;
    fm_buf_free(&text);
    return status;
}

bool fm_google_has(const fm_json_span *object, const char *path)
{
    fm_json_span value;
    fm_json_string string;
    return fm_google_member(&value, object, path) && fm_json_string_of(&value, &string) && string.len > 0;
}

bool fm_google_has_items(const void *unused, const fm_json_span *body)
{
    fm_json_span list, element;
    fm_json_scan scan;
    bool all = true;
    (void)unused;
    if (!fm_google_member(&list, body, "items") || list.at[0] != '[')
        return false;
    fm_json_begin(&scan, list.at, list.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &element)
    all = all && fm_google_has(&element, "id");
    return all;
}

bool fm_google_is_cancelled(const fm_json_span *event)
{
    return fm_google_is(event, "status", "cancelled");
}

fm_status fm_google_id(char id[FM_GOOGLE_ID_MAX], const char *uid, unsigned generation, fm_error *err)
{
    unsigned char digest[FM_SHA256_SIZE];
    fm_hash *hash;
    fm_buf number;
    fm_status status = fm_hash_new(&hash, FM_SHA256, err);
    if (status)
        return status;
    fm_buf_init(&number, 32);
    fm_hash_add(hash, uid, strlen(uid));
    if (generation && !(status = fm_buf_addf(&number, "#%u", generation)))
        fm_hash_add(hash, number.data, number.len);
    fm_buf_free(&number);
    if (!status)
        status = fm_hash_finish(digest, hash, err);
    fm_hash_free(hash);
    if (status)
        return status;
    fm_encoding_encode(id, FM_BASE32HEX, digest, sizeof digest);
    id[FM_GOOGLE_ID_MAX - 1] = '\0';
    return FM_OK;
}

static fm_status is_derived(bool *out, const char *id, const char *uid, fm_error *err)
{
    char derived[FM_GOOGLE_ID_MAX];
    fm_status status = FM_OK;
    *out = false;
    if (strlen(id) != FM_GOOGLE_ID_MAX - 1)
        return FM_OK;
    for (unsigned n = 0; n < FM_GOOGLE_GENERATIONS && !status && !*out; n++) {
        status = fm_google_id(derived, uid, n, err);
        *out = !status && strcmp(derived, id) == 0;
    }
    return status;
}

/* The private property, where it is true. */
static fm_status own_uid(char **out, const fm_json_span *event, fm_error *err)
{
    fm_json_span series;
    char *uid, *id = NULL;
    bool derived = false;
    *out = NULL;
    if (fm_google_member(&series, event, "recurringEventId"))
        return FM_OK;
    fm_status status = fm_google_private(&uid, event, "uid");
    if (!status)
        status = fm_google_string(&id, event, "id");
    if (status)
        fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    if (!status && uid && id)
        status = is_derived(&derived, id, uid, err);
    if (derived) {
        *out = uid;
        uid = NULL;
    }
    free(uid);
    free(id);
    return status;
}

fm_status fm_google_uid(char **out, const fm_json_span *event, fm_error *err)
{
    fm_status status = own_uid(out, event, err);
    if (!status && !*out && fm_google_string(out, event, "iCalUID"))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    if (!status && !*out && fm_google_string(out, event, "id"))
        status = fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    return status;
}
