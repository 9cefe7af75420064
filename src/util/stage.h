/**
 * @file stage.h
 * A new version of a file, complete and on the disk beside it, which then takes its place in one step:
 * whatever happens in between, power cuts included, a reader sees the old or the new content.
 */
#ifndef FM_UTIL_STAGE_H
#define FM_UTIL_STAGE_H

#include "fmcal/env.h"
#include <stdbool.h>
#include <stddef.h>

/** A temporary file beside its target. All zero bytes: nothing is staged. */
typedef struct fm_stage {
    char *path;   /**< the temporary file; owned; NULL where there is none (any more) */
    char *target; /**< what it is to replace; owned */
    bool held;    /**< `file` is open and marked (flock) as being worked on */
    int file;     /**< the new version, wherever it is by now; owned */
} fm_stage;

/**
 * Writes a temporary file beside `target` (which is not a symbolic link: see fm_file_resolve()) and
 * brings it to the disk. It gets the mode and owner of the target; where the target does not exist,
 * mode 0600. An owner that cannot be kept is dropped, and with a group that cannot be kept what the
 * group may do.
 * @return FM_EREADONLY in a dry run; FM_EIO where the disk is full: nothing is left behind; FM_EACCESS, …
 */
fm_status fm_stage_write(fm_stage *s, const fm_env *env, const char *target, const void *bytes, size_t len,
                         fm_error *err);

/**
 * Puts the staged file in the place of its target, in one step.
 * @param exchange  where the system can, what was there takes the temporary file's name: look at
 *                  `s->path`, which is NULL where there was nothing or the system cannot
 */
fm_status fm_stage_commit(fm_stage *s, bool exchange, fm_error *err);

/**
 * Gives the temporary file, which is not fmcal's to remove any more, a name that fm_stage_sweep() leaves alone: that of
 * its target with ".kept-" and digits. `s->path` is that name then; where it cannot be renamed, the old one.
 */
void fm_stage_keep(fm_stage *s);

/** Removes the temporary file, if there is one, frees the names, and lets go of the file. */
void fm_stage_drop(fm_stage *s);

/** Replaces a file, or makes it with mode 0600. Symbolic links are followed. Fails as fm_stage_write() does. */
fm_status fm_stage_replace(const fm_env *env, const char *path, const void *bytes, size_t len, fm_error *err);

/** Age after which a temporary file is a leftover although nobody can tell whether it is worked on. */
#define FM_STAGE_OLD_S 600
/**
 * Whether nobody works on a temporary file of `target` any more: it is older than `old_s`, or neither it nor its target
 * is marked. (After an exchange it is the target that is.) Also false where the file system knows no marks.
 */
bool fm_stage_is_leftover(const char *path, const char *target, int old_s);
/** Removes temporary files of this target that a killed process has left. */
void fm_stage_sweep(const char *target);

#endif
