/*
 * The file of a mock server: one JSON object a line, a change each, appended whole. A line without its
 * line end was cut by a crash: the next one to append removes it.
 */
#include "provider/mock/server.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/system_error.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)1 << 30)

static fm_status io_error(const fm_mock_server *s, const char *what, fm_error *err)
{
    return fm_system_error(err, errno, "mock", "could not %s %s", what, s->file);
}

/* ------------------------------------------------------------------ reading */

static const char *member(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static fm_status perform_line(fm_mock_server *s, const cJSON *line, fm_error *err)
{
    const char *calendar_id = member(line, "calendar");
    const char *text = member(line, "text");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(line, "change");
    fm_mock_change change = {.href = member(line, "href"), .uid = member(line, "uid"), .text = text};
    if (!calendar_id || !change.href || !cJSON_IsNumber(number) || number->valuedouble < 1)
        return fm_error_set(err, FM_EPARSE, "mock", "%s does not look like a file of the mock calendar", s->file);
    fm_calendar made = {.id = calendar_id, .writable = true, .events = true};
    fm_mock_calendar *c = fm_mock_find_calendar(s, calendar_id);
    fm_status status = c ? FM_OK : fm_mock_add_calendar(s, &made, err);
    if (status)
        return status;
    change.number = (int64_t)number->valuedouble;
    change.text_len = text ? strlen(text) : 0;
    return fm_mock_perform(s, fm_mock_find_calendar(s, calendar_id), &change, err);
}

static fm_status perform_lines(fm_mock_server *s, const char *text, size_t len, fm_error *err)
{
    fm_status status = FM_OK;
    const char *end = text + len;
    while (!status && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        if (!newline)
            break; /* not whole yet */
        cJSON *line = cJSON_ParseWithLength(text, (size_t)(newline - text));
        status = perform_line(s, line, err);
        cJSON_Delete(line);
        if (!status)
            s->file_offset += newline + 1 - text;
        text = newline + 1;
    }
    return status;
}

static fm_status read_from_offset(fm_mock_server *s, int fd, fm_error *err)
{
    fm_buf text;
    fm_buf_init(&text, FILE_MAX_BYTES);
    fm_status status = FM_OK;
    ssize_t got = 1;
    while (!status && got > 0) {
        status = fm_buf_reserve(&text, 65536);
        if (!status)
            got = pread(fd, text.data + text.len, 65536, (off_t)s->file_offset + (off_t)text.len);
        if (got > 0)
            text.len += (size_t)got;
    }
    if (status)
        fm_error_set(err, status, "mock", "%s does not fit into memory", s->file);
    else if (got < 0)
        status = io_error(s, "read", err);
    else
        status = perform_lines(s, text.data, text.len, err);
    fm_buf_free(&text);
    return status;
}

fm_status fm_mock_reload(fm_mock_server *s, fm_error *err)
{
    if (!s->file)
        return FM_OK;
    int fd = open(s->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? FM_OK : io_error(s, "open", err);
    fm_status status = read_from_offset(s, fd, err);
    close(fd);
    return status;
}

fm_status fm_mock_use_file(fm_mock_server *s, const char *path, fm_error *err)
{
    free(s->file);
    s->file = strdup(path);
    s->file_offset = 0;
    if (!s->file)
        return fm_error_no_memory(err, "mock");
    return fm_mock_reload(s, err);
}

/* ------------------------------------------------------------------ writing */

/* The change as a line, to be freed with cJSON_free(). NULL: out of memory. */
static char *format_line(const fm_mock_calendar *c, const fm_mock_change *change)
{
    cJSON *line = cJSON_CreateObject();
    char *text = NULL;
    bool whole = cJSON_AddNumberToObject(line, "change", (double)change->number) &&
                 cJSON_AddStringToObject(line, "calendar", c->id) &&
                 cJSON_AddStringToObject(line, "href", change->href);
    if (whole && change->uid)
        whole = cJSON_AddStringToObject(line, "uid", change->uid) != NULL;
    if (whole && change->text)
        whole = cJSON_AddStringToObject(line, "text", change->text) != NULL;
    if (whole)
        text = cJSON_PrintUnformatted(line);
    cJSON_Delete(line);
    return text;
}

static fm_status write_all(const fm_mock_server *s, int fd, const char *bytes, size_t len, fm_error *err)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_error(s, "write", err);
        bytes += n;
        len -= (size_t)n;
    }
    return FM_OK;
}

fm_status fm_mock_append(fm_mock_server *s, const fm_mock_calendar *c, const fm_mock_change *change, fm_error *err)
{
    char *printed = format_line(c, change);
    fm_buf line;
    fm_buf_init(&line, FILE_MAX_BYTES);
    fm_buf_addf(&line, "%s\n", printed ? printed : "");
    fm_status status = FM_OK;
    if (!printed || line.status)
        status = fm_error_no_memory(err, "mock");
    else if (ftruncate(s->lock_fd, (off_t)s->file_offset) || lseek(s->lock_fd, 0, SEEK_END) < 0)
        status = io_error(s, "write", err);
    if (!status)
        status = write_all(s, s->lock_fd, line.data, line.len, err);
    if (!status)
        s->file_offset += (int64_t)line.len;
    cJSON_free(printed);
    fm_buf_free(&line);
    return status;
}

fm_status fm_mock_lock(fm_mock_server *s, fm_error *err)
{
    if (!s->file)
        return FM_OK;
    s->lock_fd = open(s->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return io_error(s, "open", err);
    fm_status status = FM_OK;
    if (flock(s->lock_fd, LOCK_EX))
        status = io_error(s, "lock", err);
    if (!status)
        status = read_from_offset(s, s->lock_fd, err);
    if (status)
        fm_mock_unlock(s);
    return status;
}

void fm_mock_unlock(fm_mock_server *s)
{
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    s->lock_fd = -1;
}
