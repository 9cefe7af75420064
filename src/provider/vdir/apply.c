/* Writing the objects of a vdir. */
#include "core/ical/ical.h"
#include "provider/vdir/object.h"
#include "provider/vdir/vdir_impl.h"
#include "util/alloc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char domain[] = "vdir";

/* Writes whose folder entries are brought to the disk together, before they are reported. */
enum { GROUP = 64 };

/* Which file holds which UID. */
typedef struct uid_entry {
    char *uid;
    char *name;
} uid_entry;

typedef struct batch {
    const fm_vdir *v;
    mode_t mode; /* of new files: what the folder lets others do */
    uid_entry *uids;
    size_t uid_count;
    fm_buf text;
} batch;

/* ------------------------------------------------------------------ UIDs */

static bool is_object(const char *path, const char *name)
{
    (void)path;
    return fm_vdir_is_object(name);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const uid_entry *)a)->uid, ((const uid_entry *)b)->uid);
}

/* The UID of a file, NULL where it has none or cannot be read. */
static char *uid_of(batch *b, const char *name)
{
    char etag[VDIR_ETAG_MAX], *path = fm_vdir_path(b->v->folder, name), *uid = NULL;
    if (path && !fm_vdir_read(&b->text, etag, path, NULL))
        (void)fm_ical_uid(b->text.data, b->text.len, &uid);
    free(path);
    return uid;
}

/* Reads the UIDs of all files: a UID is to be in one file only, whatever that is called. */
static fm_status read_uids(batch *b, fm_error *err)
{
    fm_vdir_names names;
    fm_status status = fm_vdir_names_read(&names, b->v->folder, is_object, err);
    if (status)
        return status;
    if (names.count && !(b->uids = calloc(names.count, sizeof *b->uids)))
        status = fm_error_no_memory(err, domain);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *uid = uid_of(b, names.items[i]);
        if (!uid)
            continue;
        b->uids[b->uid_count++] = (uid_entry){uid, names.items[i]};
        names.items[i] = NULL; /* consumed */
    }
    if (b->uid_count)
        qsort(b->uids, b->uid_count, sizeof *b->uids, compare);
    fm_vdir_names_clear(&names);
    return status;
}

static const char *file_with_uid(const batch *b, const char *uid)
{
    const uid_entry key = {.uid = (char *)uid};
    const uid_entry *found = b->uid_count ? bsearch(&key, b->uids, b->uid_count, sizeof key, compare) : NULL;
    return found ? found->name : NULL;
}

/* ------------------------------------------------------------------ outcomes */

/* Something else is there: reads it for the caller. */
static fm_status report_changed(batch *b, fm_write *w, const char *name, fm_error *err)
{
    char etag[VDIR_ETAG_MAX], *path = fm_vdir_path(b->v->folder, name);
    w->outcome = FM_OUTCOME_CHANGED;
    fm_status status = path ? fm_vdir_read(&b->text, etag, path, err) : fm_error_no_memory(err, domain);
    free(path);
    if (status == FM_ENOTFOUND) {
        w->current_gone = true;
        return FM_OK;
    }
    if (status)
        return status;
    w->new_href = strdup(name);
    w->new_etag = strdup(etag);
    w->current_text = fm_buf_take(&b->text, &w->current_len);
    return w->new_href && w->new_etag && w->current_text ? FM_OK : fm_error_no_memory(err, domain);
}

static fm_status report_done(fm_write *w, const char *name, const char *etag, fm_error *err)
{
    w->outcome = FM_OUTCOME_DONE;
    if (w->kind == FM_WRITE_DELETE)
        return FM_OK;
    if (w->kind == FM_WRITE_CREATE && !(w->new_href = strdup(name)))
        return fm_error_no_memory(err, domain);
    w->new_etag = strdup(etag);
    return w->new_etag ? FM_OK : fm_error_no_memory(err, domain);
}

/* A file that cannot be written. Permissions and names do not get better by waiting; a full disk may. */
static void report_failure(fm_write *w, fm_status status, const fm_error *why)
{
    bool lasting = status == FM_EACCESS || status == FM_ELIMIT || status == FM_EINVAL || status == FM_EREADONLY;
    w->outcome = lasting ? FM_OUTCOME_REFUSED : FM_OUTCOME_FAILED;
    w->error = *why;
}

/* ------------------------------------------------------------------ writes */

/* Tries one name for a new object. FM_EEXIST: the name is taken by another UID. */
static fm_status create_as(batch *b, fm_write *w, const char *name, fm_error *err)
{
    char etag[VDIR_ETAG_MAX], *path = fm_vdir_path(b->v->folder, name);
    if (!path)
        return fm_error_no_memory(err, domain);
    fm_status status = fm_vdir_create(etag, b->v->base.context.env, path, b->mode, w->text, w->text_len, err);
    free(path);
    if (!status)
        return report_done(w, name, etag, err);
    if (status != FM_EEXIST)
        return status;
    char *uid = uid_of(b, name);
    bool same = uid && strcmp(uid, w->uid) == 0;
    free(uid);
    return same ? report_changed(b, w, name, err) : FM_EEXIST;
}

static fm_status create(batch *b, fm_write *w, fm_error *err)
{
    const char *other = file_with_uid(b, w->uid);
    if (other)
        return report_changed(b, w, other, err);
    fm_status status = FM_EEXIST;
    for (int plain = 1; plain >= 0 && status == FM_EEXIST; plain--) {
        fm_buf name;
        fm_buf_init(&name, VDIR_MAX_FILE_BYTES);
        status = fm_vdir_object_name(&name, w->uid, plain);
        if (!status)
            status = create_as(b, w, name.data, err);
        else
            fm_error_no_memory(err, domain);
        fm_buf_free(&name);
    }
    return status;
}

static fm_status replace_or_delete(batch *b, fm_write *w, fm_error *err)
{
    if (!fm_vdir_is_object(w->href))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.100s\" is not the name of an object in %s", w->href,
                            b->v->folder);
    const fm_env *env = b->v->base.context.env;
    char etag[VDIR_ETAG_MAX] = "", *path = fm_vdir_path(b->v->folder, w->href);
    if (!path)
        return fm_error_no_memory(err, domain);
    fm_status status;
    if (w->kind == FM_WRITE_UPDATE)
        status = fm_vdir_replace(etag, env, path, w->etag, w->text, w->text_len, err);
    else
        status = fm_vdir_delete(env, path, w->etag, err);
    free(path);
    if (status == FM_EPRECONDITION || (status == FM_ENOTFOUND && w->kind == FM_WRITE_UPDATE))
        return report_changed(b, w, w->href, err);
    if (status && !(status == FM_ENOTFOUND && w->kind == FM_WRITE_DELETE))
        return status;
    return report_done(w, w->href, etag, err);
}

static bool folder_is_there(const fm_vdir *v)
{
    struct stat st;
    return stat(v->folder, &st) == 0 && S_ISDIR(st.st_mode);
}

/* One write. Fails only where the whole batch must end. */
static fm_status write_one(batch *b, fm_write *w, fm_error *err)
{
    if (!folder_is_there(b->v))
        return fm_error_set(err, FM_ENOTFOUND, domain, "the calendar folder %s is gone", b->v->folder);
    fm_error why = {0};
    fm_status status = w->kind == FM_WRITE_CREATE ? create(b, w, &why) : replace_or_delete(b, w, &why);
    if (status == FM_ENOMEM)
        return fm_error_no_memory(err, domain);
    if (status)
        report_failure(w, status, &why);
    return FM_OK;
}

/* Brings the names of a group to the disk. Some file systems cannot; that is no failure. */
static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static fm_status write_group(batch *b, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_error *err)
{
    fm_status status = FM_OK;
    size_t done = 0;
    for (; done < count && !status; done++)
        status = write_one(b, &writes[done], err);
    sync_folder(b->v->folder);
    for (size_t i = 0; i < done; i++)
        if (fn && writes[i].outcome != FM_OUTCOME_NONE) {
            fm_status told = fn(data, &writes[i], status ? NULL : err);
            status = status ? status : told;
        }
    return status;
}

fm_status fm_vdir_apply(fm_vdir *v, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_error *err)
{
    batch b = {.v = v, .mode = 0600};
    struct stat st;
    fm_buf_init(&b.text, VDIR_MAX_FILE_BYTES);
    if (stat(v->folder, &st) == 0)
        b.mode = st.st_mode & 0666;
    bool creates = false;
    for (size_t i = 0; i < count; i++)
        creates = creates || writes[i].kind == FM_WRITE_CREATE;
    fm_status status = creates ? read_uids(&b, err) : FM_OK;
    const fm_env *env = v->base.context.env;
    for (size_t at = 0; at < count && !status; at += GROUP) {
        if (env->interrupted && *env->interrupted)
            status = fm_error_set(err, FM_ECANCELED, domain, "interrupted");
        else
            status = write_group(&b, writes + at, count - at < GROUP ? count - at : GROUP, fn, data, err);
    }
    for (size_t i = 0; i < b.uid_count; i++) {
        free(b.uids[i].uid);
        free(b.uids[i].name);
    }
    free(b.uids);
    fm_buf_free(&b.text);
    return status;
}
