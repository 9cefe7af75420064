#include "core/secret/desktop_keyring.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/library.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What is used of GLib and libsecret, declared as their ABI has it. */
typedef struct glib_error {
    uint32_t domain;
    int code;
    char *message;
} glib_error;

typedef unsigned (*glib_hash_fn)(const void *key);
typedef int (*glib_equal_fn)(const void *a, const void *b);

typedef struct libsecret {
    void *(*hash_table_new)(glib_hash_fn hash, glib_equal_fn equal);
    int (*hash_table_insert)(void *table, void *key, void *value);
    void (*hash_table_unref)(void *table);
    void (*error_free)(glib_error *error);
    glib_hash_fn str_hash;
    glib_equal_fn str_equal;
    char *(*lookup)(const void *schema, void *attributes, void *cancellable, glib_error **error);
    void (*password_free)(char *password);
} libsecret;

static bool load(libsecret *l)
{
    const fm_symbol symbols[] = {
        {"g_hash_table_new", &l->hash_table_new},
        {"g_hash_table_insert", &l->hash_table_insert},
        {"g_hash_table_unref", &l->hash_table_unref},
        {"g_error_free", &l->error_free},
        {"g_str_hash", &l->str_hash},
        {"g_str_equal", &l->str_equal},
        {"secret_password_lookupv_nonpageable_sync", &l->lookup},
        {"secret_password_free", &l->password_free},
    };
    return fm_library_find("libsecret-1.so.0", symbols, sizeof symbols / sizeof *symbols);
}

/* Says how such an entry is made. */
static fm_status no_entry(const fm_keyring_attribute *attributes, size_t count, fm_error *err)
{
    fm_buf words;
    fm_buf_init(&words, FM_ERROR_MESSAGE_MAX);
    for (size_t i = 0; i < count; i++)
        fm_buf_addf(&words, " %s %s", attributes[i].name, attributes[i].value);
    fm_status status =
        fm_error_set(err, FM_EINVAL, "credentials",
                     "the desktop keyring has no entry with these attributes: make one with \"secret-tool store "
                     "--label=fmcal%s\"",
                     words.data);
    fm_buf_free(&words);
    return status;
}

/* Asks the service. `*password` is libsecret's to free; NULL where there is none. */
static fm_status look_up(const libsecret *l, char **password, const fm_keyring_attribute *attributes, size_t count,
                         fm_error *err)
{
    glib_error *error = NULL;
    fm_status status = FM_OK;
    void *table = l->hash_table_new(l->str_hash, l->str_equal);
    for (size_t i = 0; i < count; i++) /* the table only borrows them */
        l->hash_table_insert(table, (void *)(uintptr_t)attributes[i].name, (void *)(uintptr_t)attributes[i].value);
    *password = l->lookup(NULL, table, NULL, &error);
    if (error) {
        status = fm_error_set(err, FM_EAUTH, "credentials", "the desktop keyring cannot be asked: %s", error->message);
        l->error_free(error);
    } else if (!*password) {
        status = no_entry(attributes, count, err);
    }
    l->hash_table_unref(table);
    return status;
}

fm_status fm_secret_from_desktop(fm_secret **out, const fm_keyring_attribute *attributes, size_t count, fm_error *err)
{
    libsecret l = {0};
    char *password = NULL;
    fm_status status;
    *out = NULL;
    if (!count)
        return fm_error_set(err, FM_EINVAL, "credentials", "an entry of the desktop keyring needs an attribute");
    if (load(&l))
        status = look_up(&l, &password, attributes, count, err);
    else
        status = fm_error_set(err, FM_EUNSUPPORTED, "credentials",
                              "the desktop keyring needs libsecret, which is not installed: install the package "
                              "libsecret-1-0, or give the credentials in another way");
    if (password) {
        *out = fm_secret_new(password, strlen(password));
        if (!*out)
            status = fm_error_no_memory(err, "credentials");
        l.password_free(password);
    }
    return status;
}
