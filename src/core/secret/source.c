#include "core/secret/source.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/process/process.h"
#include "util/system_error.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------ environment */

fm_status fm_secret_from_environment(fm_secret **out, const char *name, fm_error *err)
{
    const char *value = getenv(name);
    *out = NULL;
    if (!value || !*value)
        return fm_error_set(err, FM_EINVAL, "credentials",
                            "the environment variable %s, which the credentials name, is not set", name);
    *out = fm_secret_new(value, strlen(value));
    return *out ? FM_OK : fm_error_no_memory(err, "credentials");
}

fm_secret *fm_secret_take_environment(const char *name)
{
    char *value = getenv(name);
    if (!value)
        return NULL;
    size_t len = strlen(value);
    fm_secret *s = len ? fm_secret_new(value, len) : NULL;
    explicit_bzero(value, len);
    unsetenv(name);
    return s;
}

/* ------------------------------------------------------------------ text of a file or program */

/* Makes a secret of text without the line end at its end. */
static fm_status without_line_end(fm_secret **out, const char *bytes, size_t len, fm_status if_empty,
                                  const char *source, fm_error *err)
{
    if (len && bytes[len - 1] == '\n')
        len--;
    if (len && bytes[len - 1] == '\r')
        len--;
    if (!len)
        return fm_error_set(err, if_empty, "credentials", "\"%s\" gave no text where a secret was expected", source);
    *out = fm_secret_new(bytes, len);
    return *out ? FM_OK : fm_error_no_memory(err, "credentials");
}

/* Reads an open file to its end; `source` names it in messages. */
static fm_status from_descriptor(fm_secret **out, int fd, const char *source, fm_error *err)
{
    unsigned char *bytes;
    fm_status status = FM_OK;
    fm_secret *buffer = fm_secret_alloc(&bytes, FM_SECRET_SOURCE_MAX + 1);
    if (!buffer)
        return fm_error_no_memory(err, "credentials");
    ssize_t len = fm_file_read_piece(fd, bytes, FM_SECRET_SOURCE_MAX + 1);
    if (len < 0)
        status = fm_system_error(err, errno, "credentials", "%s cannot be read", source);
    else if (len > FM_SECRET_SOURCE_MAX)
        status = fm_error_set(err, FM_ELIMIT, "credentials", "%s is too long for a secret: more than %d bytes", source,
                              FM_SECRET_SOURCE_MAX);
    else
        status = without_line_end(out, (const char *)bytes, (size_t)len, FM_EINVAL, source, err);
    fm_secret_unref(buffer);
    return status;
}

fm_status fm_secret_from_file(fm_secret **out, const char *path, fm_error *err)
{
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fm_error_set(err, FM_EINVAL, "credentials", "%s cannot be read: %s", path, strerror(errno));
    fm_status status = from_descriptor(out, fd, path, err);
    close(fd);
    return status;
}

/* The path of a variable's systemd credential, owned by the caller; NULL where there is none. */
static char *systemd_credential(const char *name)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *path = NULL;
    if (!folder || !*folder || asprintf(&path, "%s/%s", folder, name) < 0)
        return NULL;
    for (char *c = path + strlen(folder); *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

fm_status fm_secret_from_named_file(fm_secret **out, const char *name, fm_error *err)
{
    char variable[128];
    snprintf(variable, sizeof variable, "%s_FILE", name);
    const char *named = getenv(variable);
    bool is_named = named && *named;
    char *path = is_named ? strdup(named) : systemd_credential(name);
    *out = NULL;
    if (!path)
        return is_named ? fm_error_no_memory(err, "credentials") : FM_OK;
    fm_status status = fm_secret_from_file(out, path, err);
    free(path);
    if (!status || status == FM_ENOMEM)
        return status;
    if (err)
        err->status = FM_ECRYPTO;
    return fm_error_prefix(err, "%s", is_named ? variable : name);
}

fm_status fm_secret_from_input(fm_secret **out, fm_error *err)
{
    *out = NULL;
    return from_descriptor(out, STDIN_FILENO, "standard input", err);
}

/* Waits for its end and makes a failure of everything but success. */
static fm_status finish(fm_process *p, const char *program, int64_t timeout_ms, const fm_env *env, fm_error *err)
{
    size_t index;
    fm_status status = fm_process_wait_any(&p, 1, &index, timeout_ms, env, err);
    if (status == FM_ETIMEOUT)
        return fm_error_set(err, status, "credentials", "\"%s\" did not end within %lld seconds", program,
                            (long long)(timeout_ms / 1000));
    if (status != FM_OK)
        return status;
    if (fm_process_overflowed(p))
        return fm_error_set(err, FM_ELIMIT, "credentials", "\"%s\" printed more than %d bytes", program,
                            FM_SECRET_SOURCE_MAX);
    if (fm_process_status(p) != 0)
        return fm_error_set(err, FM_EAUTH, "credentials", "\"%s\" ended with exit status %d: run it by hand to see why",
                            program, fm_process_status(p));
    return FM_OK;
}

fm_status fm_secret_from_command(fm_secret **out, const char *const *argv, int64_t timeout_ms, const fm_env *env,
                                 fm_error *err)
{
    static const char *const master_keys[] = {"CALENDAR_ENCRYPTION_KEY", "CALENDAR_ENCRYPTION_KEY_OLD", NULL};
    fm_process_options options = {.hide = master_keys, .secret_output = true};
    fm_process *p;
    size_t len;
    *out = NULL;
    /* posix_spawn has no const; the words are only read. */
    fm_status status = fm_process_start(&p, (char *const *)(uintptr_t)argv, FM_SECRET_SOURCE_MAX, &options, err);
    if (status != FM_OK)
        return fm_error_set(err, FM_EINVAL, "credentials", "the command that the credentials name cannot be run: %s",
                            argv[0]);
    status = finish(p, argv[0], timeout_ms, env, err);
    if (status == FM_OK) {
        const char *bytes = fm_process_output(p, &len);
        status = without_line_end(out, bytes, len, FM_EAUTH, argv[0], err);
    }
    fm_process_free(p);
    return status;
}
