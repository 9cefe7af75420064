#include "core/secret/credentials.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define NAME_LENGTH_SIZE  2
#define VALUE_LENGTH_SIZE 4
#define BLOCK             64

/* ------------------------------------------------------------------ pack */

static unsigned char *put_number(unsigned char *at, size_t value, size_t size)
{
    for (size_t i = size; i > 0; i--)
        *at++ = (unsigned char)(value >> (8 * (i - 1)));
    return at;
}

static unsigned char *put_bytes(unsigned char *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static unsigned char *put_member(unsigned char *at, const char *name, const fm_secret *value)
{
    size_t name_len = strlen(name), len;
    const char *bytes = fm_secret_bytes(value, &len);
    at = put_number(at, name_len, NAME_LENGTH_SIZE);
    at = put_bytes(at, name, name_len);
    at = put_number(at, len, VALUE_LENGTH_SIZE);
    return put_bytes(at, bytes, len);
}

/* Bytes of the packed form. */
static fm_status packed_size(size_t *size, const fm_options *members, fm_error *err)
{
    const char *name;
    *size = NAME_LENGTH_SIZE;
    for (size_t i = 0; (name = fm_options_name(members, i)) != NULL; i++) {
        const fm_secret *value = fm_options_secret(members, name);
        size_t len, name_len = strlen(name);
        if (!value)
            continue;
        fm_secret_bytes(value, &len);
        if (!name_len || name_len > UINT16_MAX || len > UINT32_MAX)
            return fm_error_set(err, FM_EINVAL, "credentials", "a name or value of the credentials cannot be stored");
        *size += NAME_LENGTH_SIZE + name_len + VALUE_LENGTH_SIZE + len;
    }
    *size = (*size + BLOCK - 1) / BLOCK * BLOCK;
    return FM_OK;
}

fm_status fm_credentials_pack(fm_secret **out, const fm_options *members, fm_error *err)
{
    size_t size;
    unsigned char *at;
    const char *name;
    *out = NULL;
    fm_status status = packed_size(&size, members, err);
    if (status != FM_OK)
        return status;
    *out = fm_secret_alloc(&at, size);
    if (!*out)
        return fm_error_no_memory(err, "credentials");
    for (size_t i = 0; (name = fm_options_name(members, i)) != NULL; i++) {
        const fm_secret *value = fm_options_secret(members, name);
        if (value)
            at = put_member(at, name, value);
    }
    return FM_OK;
}

/* ------------------------------------------------------------------ unpack */

/* What is still to be read. */
typedef struct cursor {
    const unsigned char *at;
    size_t left;
} cursor;

static bool take_number(cursor *c, size_t *value, size_t size)
{
    if (c->left < size)
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value = *value << 8 | *c->at++;
    c->left -= size;
    return true;
}

static bool take_bytes(cursor *c, const unsigned char **bytes, size_t len)
{
    if (c->left < len)
        return false;
    *bytes = c->at;
    c->at += len;
    c->left -= len;
    return true;
}

static bool only_zeros(const cursor *c)
{
    for (size_t i = 0; i < c->left; i++)
        if (c->at[i])
            return false;
    return true;
}

static fm_status add_member(fm_options *out, const unsigned char *name, size_t name_len, const unsigned char *value,
                            size_t len)
{
    char *copy = strndup((const char *)name, name_len);
    fm_secret *s = fm_secret_new(value, len);
    fm_status status = copy && s ? fm_options_set_secret(out, copy, s) : FM_ENOMEM;
    fm_secret_unref(s);
    free(copy);
    return status;
}

fm_status fm_credentials_unpack(fm_options *out, const fm_secret *packed, fm_error *err)
{
    cursor c = {0};
    const unsigned char *name, *value;
    size_t name_len, len;
    c.at = (const unsigned char *)fm_secret_bytes(packed, &c.left);
    while (take_number(&c, &name_len, NAME_LENGTH_SIZE)) {
        if (!name_len)
            return only_zeros(&c) ? FM_OK : fm_error_set(err, FM_EPARSE, "credentials", "no packed credentials");
        if (!take_bytes(&c, &name, name_len) || memchr(name, 0, name_len) ||
            !take_number(&c, &len, VALUE_LENGTH_SIZE) || !take_bytes(&c, &value, len))
            break;
        if (add_member(out, name, name_len, value, len) != FM_OK)
            return fm_error_no_memory(err, "credentials");
    }
    return fm_error_set(err, FM_EPARSE, "credentials", "no packed credentials");
}
