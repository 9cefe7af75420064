/**
 * @file vdir_impl.h
 * The instance of the vdir provider, shared by its files.
 */
#ifndef FM_PROVIDER_VDIR_IMPL_H
#define FM_PROVIDER_VDIR_IMPL_H

#include "core/zone/zone.h"
#include "fmcal/provider.h"
#include <stdbool.h>

typedef struct fm_vdir {
    fm_provider base;
    char *endpoint;  /**< the folder as given */
    char *wanted;    /**< `calendar_id` as given; NULL: primary */
    char *discovery; /**< as given: what "primary" chose last time, and in which folder; NULL for none */
    char *choice;    /**< the same after open */
    bool bound;      /**< the calendar was used before: a missing folder is an error */
    char *root;      /**< the folder's real path; set by open */
    char *id;        /**< name of the subfolder, "." for the folder itself */
    char *folder;    /**< path of the calendar */
    char *name;      /**< display name */
    bool absent;     /**< dry run of a calendar whose folder is not made yet */
    fm_binding binding;
    bool is_open;
} fm_vdir;

/** Appends the path of a file in a folder. */
char *fm_vdir_path(const char *folder, const char *name);

/** The names in a folder that `accept` takes, sorted. */
typedef struct fm_vdir_names {
    char **items;
    size_t count, cap;
} fm_vdir_names;

/**
 * Reads a folder.
 * @param accept  asked for each name; `path` is the folder's
 * @return FM_ENOTFOUND, FM_EACCESS, FM_EIO, FM_ENOMEM
 */
fm_status fm_vdir_names_read(fm_vdir_names *out, const char *path, bool (*accept)(const char *path, const char *name),
                             fm_error *err);
void fm_vdir_names_clear(fm_vdir_names *names);

/* folder.c: which calendars there are, and choosing one. */

/** Chooses the calendar and makes its folder where that is allowed. Fills id, folder, name and absent. */
fm_status fm_vdir_choose(fm_vdir *v, fm_error *err);
/** Lists the calendars. */
fm_status fm_vdir_list_calendars(fm_vdir *v, fm_calendar_fn fn, void *data, fm_error *err);

/* read.c */

/** A complete listing into the sink. */
fm_status fm_vdir_changes(fm_vdir *v, const fm_object_sink *sink, fm_error *err);
/** Reads objects by name. */
fm_status fm_vdir_fetch(fm_vdir *v, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_error *err);

/* apply.c */

/** Carries out writes; calls `fn` for each. */
fm_status fm_vdir_apply(fm_vdir *v, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_error *err);

#endif
