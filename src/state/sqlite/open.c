/* Opening a file, a copy of it, or memory; what is damaged is set aside, what is not ours refused. */
#include "state/sqlite/sqlite.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 30000

/* A few bytes that are no database count as an empty one for SQLite. */
#define SMALLEST_DATABASE 512

/* How often a file that is damaged, or was set aside by another process, is opened again. */
#define ATTEMPTS 4

/* ------------------------------------------------------------------ files */

/* Makes the folder of `path` where only that is missing, for its owner alone. */
static fm_status make_folder(const char *path, fm_error *err)
{
    char *folder = fm_file_folder(path);
    if (!folder)
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    fm_status status = FM_OK;
    if (mkdir(folder, 0700) && errno != EEXIST)
        status = fm_system_error(err, errno, FM_STATE_DOMAIN, "could not make the folder %s for the state", folder);
    free(folder);
    return status;
}

/* Symbolic links are followed once and for all, so that a damaged file and its companions stay together. */
static fm_status resolve(fm_state *s, fm_error *err)
{
    char *path;
    fm_status status = fm_file_resolve(&path, s->path, err);
    if (status)
        return status;
    free(s->path);
    s->path = path;
    struct stat st = {.st_mode = S_IFREG};
    if (stat(path, &st) == 0)
        fm_sqlite_of(s)->file.size = st.st_size;
    if (!S_ISREG(st.st_mode)) /* a pipe would be waited for */
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "the state %s is no file; name another one", path);
    return FM_OK;
}

/* SQLite would make the file readable for all that the umask lets; its companions get the file's mode. */
static fm_status make_file(const char *path, fm_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return FM_OK; /* left alone: closing a descriptor would drop the locks that this process has on the file */
    if (fd < 0)
        return fm_system_error(err, errno, FM_STATE_DOMAIN, "could not make the state %s", path);
    close(fd);
    return FM_OK;
}

/* ------------------------------------------------------------------ connection */

static fm_status pragma(fm_state *s, const char *sql, fm_error *err)
{
    int rc = sqlite3_exec(fm_sqlite_of(s)->db, sql, NULL, NULL, NULL);
    return rc ? fm_sqlite_fail(s, rc, err) : FM_OK;
}

static int busy_timeout_ms(const fm_state_options *options)
{
    return options && options->busy_timeout_ms ? options->busy_timeout_ms : BUSY_TIMEOUT_MS;
}

static fm_status connect(fm_state *s, const char *path, const fm_state_options *options, fm_error *err)
{
    fm_sqlite *q = fm_sqlite_of(s);
    int rc = sqlite3_open_v2(path, &q->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc)
        return fm_sqlite_fail(s, rc, err);
    sqlite3_busy_timeout(q->db, busy_timeout_ms(options));
    sqlite3_db_config(q->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(q->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return FM_OK;
}

/* Makes a database that has been looked at ready for use. */
static fm_status prepare_schema(fm_state *s, fm_sqlite_schema_kind kind, fm_error *err)
{
    fm_status status = fm_sqlite_of(s)->in_memory ? FM_OK : pragma(s, "PRAGMA journal_mode = WAL", err);
    if (!status)
        status = pragma(s,
                        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                        "PRAGMA cell_size_check = ON",
                        err);
    if (!status && kind != FM_SQLITE_CURRENT)
        status = fm_sqlite_schema_migrate(s, err);
    if (!status)
        status = pragma(s, "CREATE TEMP TABLE seen (id INTEGER PRIMARY KEY, shown INTEGER NOT NULL)", err);
    return status;
}

/* A database that is whole, and not for this version to touch. FM_OK: it is neither. */
static fm_status refuse_others(const fm_state *s, fm_sqlite_schema_kind kind, fm_error *err)
{
    const fm_sqlite *q = fm_sqlite_of(s);
    bool is_scrap = kind == FM_SQLITE_EMPTY && q->named && q->file.size > 0 && q->file.size < SMALLEST_DATABASE;
    if (kind == FM_SQLITE_FOREIGN || is_scrap)
        return fm_sqlite_damage_refuse(s, err);
    if (kind != FM_SQLITE_NEWER)
        return FM_OK;
    return fm_error_set(err, FM_EUNSUPPORTED, FM_STATE_DOMAIN,
                        "the state %s was written by a newer fmcal; use that one, or name another file for the state",
                        s->path);
}

static fm_status open_memory(fm_state *s, const fm_state_options *options, fm_error *err)
{
    fm_sqlite_of(s)->in_memory = true;
    fm_status status = connect(s, ":memory:", options, err);
    return status ? status : prepare_schema(s, FM_SQLITE_EMPTY, err);
}

/* A dry run leaves a damaged database where it is and goes on with an empty state. */
static fm_status forgo_damaged(fm_state *s, const fm_state_options *options, const fm_error *why, fm_error *err)
{
    fm_status status = fm_sqlite_damage_check_is_ours(s, err);
    if (status)
        return status;
    fm_state_warn(s, "the state %s is damaged (%s): it is left there, and this goes on without it", s->path,
                  why->message);
    fm_sqlite_disconnect(s);
    fm_sqlite_of(s)->damaged = false;
    return open_memory(s, options, err);
}

static fm_status open_copy(fm_state *s, const fm_state_options *options, fm_error *err)
{
    fm_error why = {0};
    fm_sqlite_schema_kind kind = FM_SQLITE_DAMAGED;
    fm_sqlite_of(s)->in_memory = true;
    fm_status status = resolve(s, err);
    if (status == FM_ENOTFOUND) /* not even its folder is there */
        return open_memory(s, options, err);
    if (!status)
        status = connect(s, ":memory:", options, err);
    if (status)
        return status;
    status = fm_sqlite_copy(s, &why);
    if (!status)
        status = fm_sqlite_schema_inspect(&kind, &why, s);
    if (status && status != FM_EPARSE) {
        if (err)
            *err = why;
        return status;
    }
    status = refuse_others(s, kind, err);
    if (status)
        return status;
    if (kind == FM_SQLITE_DAMAGED)
        return forgo_damaged(s, options, &why, err);
    return prepare_schema(s, kind, err);
}

static fm_status set_aside(fm_state *s, const fm_error *why, fm_error *err)
{
    fm_sqlite_of(s)->damaged = true;
    fm_sqlite_disconnect(s);
    fm_sqlite_of(s)->damaged = false;
    fm_status status = fm_sqlite_damage_check_is_ours(s, err);
    return status ? status : fm_sqlite_damage_set_aside(s, why, err);
}

/* Whether the file that an attempt began with is there no longer: another process found it damaged and set it aside. */
static bool was_set_aside(const fm_state *s)
{
    fm_file_facts now;
    return fm_file_look(&now, s->path, NULL) || now.inode != fm_sqlite_of(s)->file.inode ||
           now.device != fm_sqlite_of(s)->file.device;
}

/* Opens the file and looks at what is in it. */
static fm_status inspect_file(fm_sqlite_schema_kind *kind, fm_error *why, fm_state *s, const fm_state_options *options)
{
    fm_status status = make_file(s->path, why);
    if (!status)
        status = fm_file_look(&fm_sqlite_of(s)->file, s->path, why);
    if (!status)
        status = connect(s, s->path, options, why);
    return status ? status : fm_sqlite_schema_inspect(kind, why, s);
}

/* One attempt. FM_OK with `*again`: a damaged file was set aside. */
static fm_status try_file(fm_state *s, const fm_state_options *options, bool *again, fm_error *err)
{
    fm_error why = {0};
    fm_sqlite_schema_kind kind = FM_SQLITE_DAMAGED;
    fm_status status = inspect_file(&kind, &why, s, options);
    *again = (status == FM_ENOTFOUND || (status == FM_EACCESS && fm_sqlite_of(s)->file.inode)) && was_set_aside(s);
    if (*again) {
        fm_sqlite_disconnect(s);
        return FM_OK;
    }
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    status = refuse_others(s, kind, err);
    if (status)
        return status;
    if (kind == FM_SQLITE_DAMAGED) {
        *again = true;
        return set_aside(s, &why, err);
    }
    return prepare_schema(s, kind, err);
}

/* While a database is made or closed by another process, SQLite may answer "busy" without waiting. */
static fm_status try_while_locked(fm_state *s, const fm_state_options *options, bool *again, fm_error *err)
{
    int64_t deadline_ms = s->env->monotonic_ms(s->env->data) + busy_timeout_ms(options);
    for (;;) {
        fm_status status = try_file(s, options, again, err);
        if (status != FM_ELOCKED || s->env->monotonic_ms(s->env->data) >= deadline_ms)
            return status;
        fm_sqlite_disconnect(s);
        s->env->sleep_ms(s->env->data, 20);
    }
}

static fm_status open_file(fm_state *s, const fm_state_options *options, fm_error *err)
{
    bool again = true;
    fm_status status = make_folder(s->path, err);
    if (!status)
        status = resolve(s, err);
    for (int i = 0; !status && again && i < ATTEMPTS; i++)
        status = try_while_locked(s, options, &again, err);
    if (!status && again)
        status = fm_error_set(err, FM_EIO, FM_STATE_DOMAIN, "the state %s is damaged each time it is made", s->path);
    return status;
}

fm_status fm_sqlite_open(fm_state *s, const fm_state_options *options, fm_error *err)
{
    fm_sqlite *q = s->connection = calloc(1, sizeof *q);
    if (!q)
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    q->named = options && options->named;
    fm_status status;
    if (!s->given)
        status = open_memory(s, options, err);
    else if (s->env->read_only || (options && options->read_only))
        status = open_copy(s, options, err);
    else
        status = open_file(s, options, err);
    if (status)
        q->damaged = false; /* what could not be opened is not set aside */
    return status;
}
