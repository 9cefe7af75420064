/**
 * @file system_error.h
 * What a failed system call means, from its errno.
 */
#ifndef FM_UTIL_SYSTEM_ERROR_H
#define FM_UTIL_SYSTEM_ERROR_H

#include "fmcal/error.h"

/** FM_ENOTFOUND, FM_EEXIST, FM_EACCESS, FM_ENOMEM, FM_ELIMIT (a name too long), FM_EINVAL, or FM_EIO for all others. */
fm_status fm_system_status(int error);

/**
 * Describes a failed system call: the message, then ": " and what the system says. For a full disk that is what to do
 * about it.
 * @param error  an errno
 * @param fmt    printf format: what could not be done, with the file's name
 * @return fm_system_status(error)
 */
fm_status fm_system_error(fm_error *err, int error, const char *domain, const char *fmt, ...) FM_PRINTF(4, 5);

#endif
