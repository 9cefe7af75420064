/* Listing and reading the objects of a vdir. */
#include "core/ical/ical.h"
#include "provider/evidence.h"
#include "provider/vdir/object.h"
#include "provider/vdir/vdir_impl.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char domain[] = "vdir";

static bool is_object(const char *path, const char *name)
{
    (void)path;
    return fm_vdir_is_object(name);
}

/* Whether a text may be an event: in a calendar, tasks and journals are somebody else's. */
static fm_status may_be_event(bool *event, const fm_buf *text, fm_error *err)
{
    fm_ical *doc;
    fm_status status = fm_ical_parse(&doc, text->data, text->len, NULL, err);
    if (status)
        return status;
    size_t calendar = fm_ical_find_component(doc, FM_ICAL_NONE, FM_ICAL_NONE, "VCALENDAR");
    *event = calendar == FM_ICAL_NONE || fm_ical_find_component(doc, calendar, FM_ICAL_NONE, "VEVENT") != FM_ICAL_NONE;
    fm_ical_free(doc);
    return FM_OK;
}

static fm_status seen(const fm_object_sink *sink, const char *name, const char *etag, fm_error *err)
{
    const fm_object object = {.kind = FM_OBJECT_SEEN, .href = name, .etag = etag};
    return sink->object(sink->data, &object, err);
}

/* What was read of a file. One that held an event before, and holds none now, is not understood. */
static fm_status deliver(const fm_object_sink *sink, const char *name, const char *etag, const fm_buf *text, bool known,
                         fm_error *err)
{
    fm_error why = {0};
    bool event = false;
    fm_status status = may_be_event(&event, text, &why);
    if (status == FM_ENOMEM)
        return fm_error_no_memory(err, domain);
    if (status)
        return fm_evidence_unread(sink, name, NULL, etag, why.message, err);
    if (event)
        return fm_evidence_hand_on(sink, name, etag, text->data, text->len, err);
    return known ? fm_evidence_unread(sink, name, NULL, etag, "it holds no event any more", err) : FM_OK;
}

/* Reads a file that may have vanished, or not be readable. */
static fm_status read_one(bool *gone, const fm_object_sink *sink, const char *name, const char *path, fm_buf *text,
                          bool known, fm_error *err)
{
    char etag[VDIR_ETAG_MAX];
    fm_error why = {0};
    fm_status status = fm_vdir_read(text, etag, path, &why);
    *gone = status == FM_ENOTFOUND;
    if (*gone)
        return FM_OK;
    if (status == FM_ENOMEM)
        return fm_error_no_memory(err, domain);
    return status ? fm_evidence_unread(sink, name, NULL, NULL, why.message, err)
                  : deliver(sink, name, etag, text, known, err);
}

static fm_status list_one(const fm_object_sink *sink, const char *name, const char *path, fm_buf *text, fm_error *err)
{
    const char *etag = sink->known_etag ? sink->known_etag(sink->data, name) : NULL;
    struct stat st;
    bool gone;
    if (lstat(path, &st))
        st = (struct stat){0}; /* reading will say why */
    if (etag && S_ISREG(st.st_mode) && fm_vdir_etag_is(etag, &st, path))
        return seen(sink, name, etag, err);
    return read_one(&gone, sink, name, path, text, etag != NULL, err); /* one that is gone was deleted meanwhile */
}

fm_status fm_vdir_changes(fm_vdir *v, const fm_object_sink *sink, fm_error *err)
{
    fm_vdir_names names = {0};
    fm_buf text;
    fm_buf_init(&text, VDIR_MAX_FILE_BYTES);
    fm_status status = FM_OK;
    if (!v->absent)
        status = fm_vdir_names_read(&names, v->folder, is_object, err);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *path = fm_vdir_path(v->folder, names.items[i]);
        status = path ? list_one(sink, names.items[i], path, &text, err) : fm_error_no_memory(err, domain);
        free(path);
    }
    /* A folder that vanished meanwhile has made every file look deleted. */
    struct stat st;
    if (!status && !v->absent && stat(v->folder, &st))
        status =
            fm_error_set(err, FM_ENOTFOUND, domain, "the calendar folder %s vanished while it was read", v->folder);
    if (!status)
        status = sink->page(sink->data, NULL, true, err);
    fm_vdir_names_clear(&names);
    fm_buf_free(&text);
    return status;
}

static fm_status fetch_one(const fm_vdir *v, const fm_object_sink *sink, const char *href, fm_buf *text, fm_error *err)
{
    const fm_object gone = {.kind = FM_OBJECT_DELETED, .href = href};
    if (!fm_vdir_is_object(href))
        return sink->object(sink->data, &gone, err);
    char *path = fm_vdir_path(v->folder, href);
    bool missing = false;
    fm_status status = path ? read_one(&missing, sink, href, path, text, true, err) : fm_error_no_memory(err, domain);
    free(path);
    return !status && missing ? sink->object(sink->data, &gone, err) : status;
}

fm_status fm_vdir_fetch(fm_vdir *v, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_error *err)
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
