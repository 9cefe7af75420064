/**
 * @file object.h
 * One object of a vdir: the names of its files, their versions, and writing them while others write too.
 */
#ifndef FM_PROVIDER_VDIR_OBJECT_H
#define FM_PROVIDER_VDIR_OBJECT_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/** The largest file that is read, in bytes. */
#define VDIR_MAX_FILE_BYTES (1u << 20)

/** Room for an ETag with its terminating zero. */
#define VDIR_ETAG_MAX 96

/** Whether a file name is that of an object: not hidden, no path, ends in ".ics". */
bool fm_vdir_is_object(const char *name);

/**
 * Appends the file name for a new object. Names hold letters, digits, ".", "_" and "-" only.
 * @param plain  the UID itself where it can be a name (without "@fleetmonitor"); otherwise, and where false, a hash
 */
fm_status fm_vdir_object_name(fm_buf *out, const char *uid, bool plain);

/**
 * Whether an ETag still is that of a file as stat() shows it. An ETag with a hash takes a look at the content.
 * @param path  of the file
 */
bool fm_vdir_etag_is(const char *etag, const struct stat *st, const char *path);

/**
 * Reads an object.
 * @param text  reset before
 * @param etag  the version that was read
 * @return FM_OK; FM_ENOTFOUND; FM_EINVAL (no regular file); FM_ELIMIT (too large); FM_EACCESS, FM_EIO, FM_ENOMEM
 */
fm_status fm_vdir_read(fm_buf *text, char etag[VDIR_ETAG_MAX], const char *path, fm_error *err);

/**
 * Makes a file that must not exist.
 * @param mode  permission bits of the new file
 * @return FM_OK; FM_EEXIST; FM_EREADONLY; or why it cannot be written
 */
fm_status fm_vdir_create(char etag[VDIR_ETAG_MAX], const fm_env *env, const char *path, mode_t mode, const char *text,
                         size_t len, fm_error *err);

/**
 * Replaces a file.
 * @param expected  the version to replace; NULL: any
 * @return FM_OK; FM_EPRECONDITION (it is another version); FM_ENOTFOUND (it is gone); FM_EREADONLY; or why it cannot
 *         be written. Nothing has changed then.
 */
fm_status fm_vdir_replace(char etag[VDIR_ETAG_MAX], const fm_env *env, const char *path, const char *expected,
                          const char *text, size_t len, fm_error *err);

/** Deletes a file. As fm_vdir_replace(); FM_ENOTFOUND where it was gone already. */
fm_status fm_vdir_delete(const fm_env *env, const char *path, const char *expected, fm_error *err);

/**
 * Clears away what a killed process left in a folder: temporary files are removed, a file that was renamed aside
 * and whose place is empty is put back. Those younger than `min_age_s` stay where a process at work holds them (flock),
 * or nobody can tell.
 */
void fm_vdir_sweep(const char *folder, int min_age_s);

#endif
