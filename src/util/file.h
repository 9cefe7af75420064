/**
 * @file file.h
 * Whole files: facts about them, and reading. util/stage.h replaces them.
 */
#ifndef FM_UTIL_FILE_H
#define FM_UTIL_FILE_H

#include "fmcal/env.h"
#include "util/buf.h"
#include <stdbool.h>
#include <sys/types.h>

/** What tells whether a file is still the one that was read, and what a new version of it keeps. */
typedef struct fm_file_facts {
    dev_t device;
    ino_t inode;
    off_t size;       /**< bytes */
    int64_t mtime_ns; /**< time of change of the content: nanoseconds since 1970-01-01T00:00:00Z */
    int64_t ctime_ns; /**< time of change of anything */
    mode_t mode;      /**< permission bits */
    uid_t owner;
    gid_t group;
} fm_file_facts;

/**
 * The file's own name: symbolic links followed, absolute. A file that does not exist yet is named in
 * its folder.
 * @param out  owned by the caller, freed with free(); NULL on failure
 * @return FM_ENOTFOUND, FM_EACCESS, …
 */
fm_status fm_file_resolve(char **out, const char *path, fm_error *err);

/** The folder part of a path, "." where it has none; owned by the caller. NULL when memory runs out. */
char *fm_file_folder(const char *path);

/**
 * Reads a file into `out`, which is reset before; its maximum is the most that is read.
 * @param facts  may be NULL; as they were before the first byte was read
 * @return FM_ENOTFOUND, FM_EACCESS, FM_EINVAL (no regular file), FM_ELIMIT (too large), FM_EIO, FM_ENOMEM
 */
fm_status fm_file_read(fm_buf *out, fm_file_facts *facts, const char *path, fm_error *err);

/** Reads up to `want` bytes of an open file, fewer only at its end. @return how many; -1 with errno set */
ssize_t fm_file_read_piece(int fd, void *piece, size_t want);

/**
 * Whether a file holds exactly these bytes. It is compared piece by piece, so that a large one takes no memory.
 * @return FM_ENOTFOUND, FM_EACCESS, FM_EINVAL (no regular file), FM_EIO
 */
fm_status fm_file_equals(bool *equal, const char *path, const void *bytes, size_t len, fm_error *err);

/** Facts of a file, without following a symbolic link. */
fm_status fm_file_look(fm_file_facts *facts, const char *path, fm_error *err);

/** Whether two facts are those of the same unchanged file. */
bool fm_file_same(const fm_file_facts *a, const fm_file_facts *b);

#endif
