/**
 * @file watch.h
 * What changes in folders (inotify).
 */
#ifndef FM_SERVE_WATCH_H
#define FM_SERVE_WATCH_H

#include "fmcal/error.h"
#include <stdbool.h>

typedef struct fm_watch fm_watch;

typedef enum fm_watch_kind {
    FM_WATCH_WRITTEN,     /**< a file was made, written and closed, or moved there */
    FM_WATCH_GONE,        /**< a file was removed or moved away */
    FM_WATCH_FOLDER_GONE, /**< the folder itself; it is not watched any longer */
    FM_WATCH_LOST         /**< more happened than was kept: look at everything */
} fm_watch_kind;

typedef struct fm_watch_change {
    fm_watch_kind kind;
    const char *folder; /**< as given to fm_watch_add(); NULL for FM_WATCH_LOST */
    const char *name;   /**< within it; NULL where it is the folder itself */
} fm_watch_change;

/** @return FM_OK, FM_ENOMEM; FM_EIO: the system allows no more of them */
fm_status fm_watch_open(fm_watch **watch, fm_error *err);
/** NULL is allowed. */
void fm_watch_free(fm_watch *w);

int fm_watch_descriptor(const fm_watch *w);

/** Watches a folder from now on (the path is copied). FM_ENOTFOUND, FM_EACCESS, FM_EIO (as above), FM_ENOMEM */
fm_status fm_watch_add(fm_watch *w, const char *folder, fm_error *err);

/** The next change of what is there now; borrowed until the next call. Reads a bounded number at once. */
bool fm_watch_next(fm_watch *w, fm_watch_change *change);
/** Reads what has happened, once; fm_watch_next() then tells it. */
void fm_watch_read(fm_watch *w);

#endif
