/*
 * A private copy in memory, for a dry run. Opening a WAL database makes -wal and -shm files beside it
 * even for reading, so a database that no other process has open is read as immutable, and read again
 * should it have changed meanwhile.
 */
#include "state/sqlite/sqlite.h"
#include "util/alloc.h"
#include "util/buf.h"

#include <stdlib.h>
#include <sys/stat.h>

#define ATTEMPTS 5

static fm_status uri_of(fm_buf *uri, const char *path, bool immutable)
{
    fm_buf_adds(uri, path[0] == '/' ? "file://" : "file:");
    for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
        if (*c == '%' || *c == '?' || *c == '#')
            fm_buf_addf(uri, "%%%02X", *c);
        else
            fm_buf_addc(uri, (char)*c);
    }
    return fm_buf_adds(uri, immutable ? "?mode=ro&immutable=1" : "?mode=ro");
}

/* Whether a log with content lies beside the database: somebody has it open, or was killed. */
static bool has_log(const char *path)
{
    fm_buf name;
    fm_buf_init(&name, 65536);
    fm_buf_addf(&name, "%s-wal", path);
    struct stat st;
    bool found = !name.status && stat(name.data, &st) == 0 && st.st_size > 0;
    fm_buf_free(&name);
    return found;
}

static fm_status copy_into_memory(fm_state *s, bool immutable, fm_error *err)
{
    sqlite3 *source = NULL;
    fm_buf uri;
    fm_buf_init(&uri, 262144);
    if (uri_of(&uri, s->path, immutable))
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    int rc = sqlite3_open_v2(uri.data, &source, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    fm_buf_free(&uri);
    if (!rc)
        sqlite3_busy_timeout(source, 5000);
    sqlite3_backup *backup = rc ? NULL : sqlite3_backup_init(fm_sqlite_of(s)->db, "main", source, "main");
    if (backup) {
        sqlite3_backup_step(backup, -1);
        rc = sqlite3_backup_finish(backup);
    } else if (!rc) {
        rc = sqlite3_errcode(fm_sqlite_of(s)->db);
    }
    sqlite3_close_v2(source);
    if (rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT)
        return fm_error_set(err, FM_EPARSE, FM_STATE_DOMAIN, "%s", sqlite3_errstr(rc));
    return rc ? fm_sqlite_fail(s, rc, err) : FM_OK;
}

fm_status fm_sqlite_copy(fm_state *s, fm_error *err)
{
    fm_status status = FM_OK;
    for (int i = 0; i < ATTEMPTS; i++) {
        fm_file_facts before, after;
        status = fm_file_look(&before, s->path, err);
        if (status == FM_ENOTFOUND)
            return FM_OK;
        if (status)
            return status;
        bool immutable = !has_log(s->path) && i + 1 < ATTEMPTS;
        status = copy_into_memory(s, immutable, err);
        if (!immutable)
            break;
        if (!has_log(s->path) && !fm_file_look(&after, s->path, NULL) && fm_file_same(&before, &after))
            break;
    }
    return status;
}
