/**
 * @file lock.h
 * One process at a time: flock(2) on a file of its own beside what it guards. The system gives the lock
 * back when its holder ends, however it ends. The file stays; while held it names the holder's pid.
 */
#ifndef FM_UTIL_LOCK_H
#define FM_UTIL_LOCK_H

#include "fmcal/env.h"

typedef struct fm_lock fm_lock;

/**
 * Takes the lock PATH.lock, and makes that file where it is missing (with the mode of `path`, 0600
 * where that does not exist). Symbolic links in `path` are followed, so that all names of a file mean
 * one lock. Two locks in one process exclude each other as well.
 * @param out         owned by the caller; NULL on failure
 * @param env         clock, sleep, interruption
 * @param timeout_ms  how long to wait for the holder; 0: not at all
 * @return FM_ELOCKED: the message names the holder's pid; FM_ECANCELED; FM_EREADONLY in a dry run; FM_EACCESS, FM_EIO
 */
fm_status fm_lock_take(fm_lock **out, const fm_env *env, const char *path, int64_t timeout_ms, fm_error *err);

/** Gives the lock back. NULL is allowed. */
void fm_lock_release(fm_lock *lock);

#endif
