/*
 * Stands in for libsecret-1.so.0 and GLib where a test puts it in front of them: one entry with the attributes
 * service=icloud, account=julia; the service "broken" fails as a missing session bus does.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct error {
    uint32_t domain;
    int code;
    char *message;
} error;

typedef struct table {
    const char *names[8], *values[8];
    size_t count;
} table;

EXPORT unsigned g_str_hash(const void *key);
EXPORT int g_str_equal(const void *a, const void *b);
EXPORT void *g_hash_table_new(unsigned (*hash)(const void *), int (*equal)(const void *, const void *));
EXPORT int g_hash_table_insert(void *table, void *key, void *value);
EXPORT void g_hash_table_unref(void *table);
EXPORT void g_error_free(error *e);
EXPORT char *secret_password_lookupv_nonpageable_sync(const void *schema, void *attributes, void *cancellable,
                                                      error **failure);
EXPORT void secret_password_free(char *password);

unsigned g_str_hash(const void *key)
{
    return (unsigned)strlen(key);
}

int g_str_equal(const void *a, const void *b)
{
    return strcmp(a, b) == 0;
}

void *g_hash_table_new(unsigned (*hash)(const void *), int (*equal)(const void *, const void *))
{
    return hash == g_str_hash && equal == g_str_equal ? calloc(1, sizeof(table)) : NULL;
}

int g_hash_table_insert(void *t, void *key, void *value)
{
    table *into = t;
    into->names[into->count] = key;
    into->values[into->count++] = value;
    return 1;
}

void g_hash_table_unref(void *t)
{
    free(t);
}

void g_error_free(error *e)
{
    free(e->message);
    free(e);
}

static const char *value_of(const table *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->names[i], name) == 0)
            return t->values[i];
    return "";
}

char *secret_password_lookupv_nonpageable_sync(const void *schema, void *attributes, void *cancellable, error **failure)
{
    if (schema || cancellable)
        abort();
    if (strcmp(value_of(attributes, "service"), "broken") == 0) {
        *failure = calloc(1, sizeof(error));
        (*failure)->message = strdup("Cannot autolaunch D-Bus without X11 $DISPLAY");
        return NULL;
    }
    if (strcmp(value_of(attributes, "service"), "icloud") || strcmp(value_of(attributes, "account"), "julia"))
        return NULL;
    return strdup("abcd-efgh");
}

void secret_password_free(char *password)
{
    free(password);
}
