/* Listing and reading the objects of a vdir. */
#include "core/ical.h"
#include "provider/vdir/object.h"
#include "provider/vdir/vdir_impl.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char domain[] = "vdir";

static bool is_object(const char *path, const char *name)
{
    (void)path;
    return vdir_is_object(name);
}

/* Whether an object has an event in it: tasks and journals are somebody else's. */
static fm_status holds_event(bool *event, const fm_buf *text, fm_error *err)
{
    fm_ical *doc;
    fm_status status = fm_ical_parse(&doc, text->data, text->len, NULL, err);
    if (status)
        return status;
    size_t calendar = fm_ical_find_component(doc, FM_ICAL_NONE, FM_ICAL_NONE, NULL);
    *event = fm_ical_find_component(doc, calendar, FM_ICAL_NONE, "VEVENT") != FM_ICAL_NONE;
    fm_ical_free(doc);
    return FM_OK;
}

static fm_status deliver(const fm_object_sink *sink, const char *name, const char *etag, const fm_buf *text,
                         fm_error *err)
{
    char *uid;
    if (fm_ical_uid(text->data, text->len, &uid))
        return fm_error_set(err, FM_ENOMEM, domain, "out of memory");
    const fm_object object = {
        .kind = FM_OBJECT_CHANGED, .href = name, .uid = uid, .etag = etag, .text = text->data, .text_len = text->len};
    fm_status status = sink->object(sink->data, &object, err);
    free(uid);
    return status;
}

static fm_status seen(const fm_object_sink *sink, const char *name, const char *etag, fm_error *err)
{
    const fm_object object = {.kind = FM_OBJECT_SEEN, .href = name, .etag = etag};
    return sink->object(sink->data, &object, err);
}

/* A file that says nothing now: what is known of it stands. */
static fm_status pass_over(const vdir *v, const fm_object_sink *sink, const char *name, const char *known,
                           const fm_error *why, fm_error *err)
{
    fm_log(v->base.context.env, FM_LOG_WARN, domain, "%s/%s is passed over: %s", v->folder, name, why->message);
    return known ? seen(sink, name, known, err) : FM_OK;
}

static fm_status list_one(const vdir *v, const fm_object_sink *sink, const char *name, const char *path, fm_buf *text,
                          fm_error *err)
{
    const char *known = sink->known_etag ? sink->known_etag(sink->data, name) : NULL;
    struct stat st;
    if (lstat(path, &st))
        st = (struct stat){0}; /* reading will say why */
    if (known && S_ISREG(st.st_mode) && vdir_etag_is(known, &st, path))
        return seen(sink, name, known, err);
    char etag[VDIR_ETAG_MAX];
    fm_error why = {0};
    bool event = false;
    fm_status status = vdir_read(text, etag, path, &why);
    if (status == FM_ENOTFOUND)
        return FM_OK; /* deleted since it was listed */
    if (status == FM_ENOMEM)
        return fm_error_set(err, status, domain, "%s", why.message);
    if (!status)
        status = holds_event(&event, text, &why);
    if (status)
        return pass_over(v, sink, name, known, &why, err);
    return event ? deliver(sink, name, etag, text, err) : FM_OK;
}

fm_status vdir_changes(vdir *v, const fm_object_sink *sink, fm_error *err)
{
    vdir_names names = {0};
    fm_buf text;
    fm_buf_init(&text, VDIR_MAX_FILE_BYTES);
    fm_status status = FM_OK;
    if (!v->absent)
        status = vdir_names_read(&names, v->folder, is_object, err);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *path = vdir_path(v->folder, names.items[i]);
        status = path ? list_one(v, sink, names.items[i], path, &text, err)
                      : fm_error_set(err, FM_ENOMEM, domain, "out of memory");
        free(path);
    }
    /* A folder that vanished meanwhile has made every file look deleted. */
    struct stat st;
    if (!status && !v->absent && stat(v->folder, &st))
        status =
            fm_error_set(err, FM_ENOTFOUND, domain, "the calendar folder %s vanished while it was read", v->folder);
    if (!status)
        status = sink->page(sink->data, NULL, true, err);
    vdir_names_clear(&names);
    fm_buf_free(&text);
    return status;
}

static fm_status fetch_one(const vdir *v, const fm_object_sink *sink, const char *href, fm_buf *text, fm_error *err)
{
    const fm_object gone = {.kind = FM_OBJECT_DELETED, .href = href};
    if (!vdir_is_object(href))
        return sink->object(sink->data, &gone, err);
    char *path = vdir_path(v->folder, href), etag[VDIR_ETAG_MAX];
    fm_status status = path ? vdir_read(text, etag, path, err) : fm_error_set(err, FM_ENOMEM, domain, "out of memory");
    free(path);
    if (status == FM_ENOTFOUND)
        return sink->object(sink->data, &gone, err);
    return status ? status : deliver(sink, href, etag, text, err);
}

fm_status vdir_fetch(vdir *v, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_error *err)
{
    fm_buf text;
    fm_buf_init(&text, VDIR_MAX_FILE_BYTES);
    struct stat st;
    fm_status status = FM_OK;
    if (!v->absent && stat(v->folder, &st))
        status = fm_error_set(err, FM_ENOTFOUND, domain, "the calendar folder %s is gone", v->folder);
    for (size_t i = 0; i < count && !status; i++)
        status = fetch_one(v, sink, hrefs[i], &text, err);
    fm_buf_free(&text);
    return status;
}
