#include "serve/watch.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static const char domain[] = "watch";

/* Room for the events that are read at once. */
#define EVENTS_BYTES 65536

#define MADE      ((uint32_t)(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO))
#define GONE      ((uint32_t)(IN_DELETE | IN_MOVED_FROM))
#define SELF_GONE ((uint32_t)(IN_DELETE_SELF | IN_MOVE_SELF))

typedef struct folder {
    int number; /* inotify's */
    char *path;
} folder;

struct fm_watch {
    int fd;
    folder *folders;
    size_t count, room;
    size_t at, len; /* what was read and not told yet */
    _Alignas(struct inotify_event) char events[EVENTS_BYTES];
};

fm_status fm_watch_open(fm_watch **watch, fm_error *err)
{
    *watch = NULL;
    fm_watch *w = calloc(1, sizeof *w);
    if (!w)
        return fm_error_no_memory(err, domain);
    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->fd < 0) {
        int error = errno;
        free(w);
        return fm_system_error(err, error, domain, "cannot watch folders");
    }
    *watch = w;
    return FM_OK;
}

void fm_watch_free(fm_watch *w)
{
    if (!w)
        return;
    close(w->fd);
    for (size_t i = 0; i < w->count; i++)
        free(w->folders[i].path);
    free(w->folders);
    free(w);
}

int fm_watch_descriptor(const fm_watch *w)
{
    return w->fd;
}

static folder *find(fm_watch *w, int number)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->folders[i].number == number)
            return &w->folders[i];
    return NULL;
}

/* The row of a number, an empty one where it is new; NULL when memory runs out. */
static folder *row_of(fm_watch *w, int number)
{
    folder *known = find(w, number);
    if (known || fm_grow(&w->folders, &w->room, w->count + 1, sizeof *w->folders))
        return known;
    w->folders[w->count] = (folder){.number = number};
    return &w->folders[w->count++];
}

fm_status fm_watch_add(fm_watch *w, const char *path, fm_error *err)
{
    int number = inotify_add_watch(w->fd, path, MADE | GONE | SELF_GONE | IN_ONLYDIR);
    if (number < 0)
        return fm_system_error(err, errno, domain, "cannot watch the folder %s", path);
    folder *row = row_of(w, number);
    if (row && fm_text_set(&row->path, path) == FM_OK)
        return FM_OK;
    inotify_rm_watch(w->fd, number);
    return fm_error_no_memory(err, domain);
}

static fm_watch_kind kind_of(uint32_t mask)
{
    return mask & IN_Q_OVERFLOW ? FM_WATCH_LOST
           : mask & MADE        ? FM_WATCH_WRITTEN
           : mask & GONE        ? FM_WATCH_GONE
                                : FM_WATCH_FOLDER_GONE;
}

void fm_watch_read(fm_watch *w)
{
    ssize_t len = read(w->fd, w->events, sizeof w->events);
    w->at = 0;
    w->len = len > 0 ? (size_t)len : 0;
}

/* The last that is told of a folder: its number does not come again. */
static void forget(fm_watch *w, folder *row)
{
    free(row->path);
    *row = w->folders[--w->count];
}

bool fm_watch_next(fm_watch *w, fm_watch_change *change)
{
    while (w->at < w->len) {
        const struct inotify_event *event = (const struct inotify_event *)(w->events + w->at);
        folder *row = find(w, event->wd);
        w->at += sizeof *event + event->len;
        if (row && event->mask & IN_IGNORED) {
            forget(w, row);
            continue;
        }
        if (event->mask & IN_MOVE_SELF)
            inotify_rm_watch(w->fd, event->wd);
        *change = (fm_watch_change){
            .kind = kind_of(event->mask), .folder = row ? row->path : NULL, .name = event->len ? event->name : NULL};
        if (row || change->kind == FM_WATCH_LOST)
            return true;
    }
    return false;
}
