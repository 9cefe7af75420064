#include "util/system_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

fm_status fm_system_status(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return FM_ENOTFOUND;
    case EEXIST:
        return FM_EEXIST;
    case EACCES:
    case EPERM:
    case EROFS:
        return FM_EACCESS;
    case ENOMEM:
        return FM_ENOMEM;
    case ENAMETOOLONG:
        return FM_ELIMIT;
    case EINVAL:
    case EISDIR:
    case ELOOP:
        return FM_EINVAL;
    default:
        return FM_EIO;
    }
}

static const char *describe(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "there is no room left for it; free some space and run again";
    case EROFS:
        return "the file system is read-only";
    default:
        return strerror(error);
    }
}

fm_status fm_system_error(fm_error *err, int error, const char *domain, const char *fmt, ...)
{
    char what[FM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return fm_error_set(err, fm_system_status(error), domain, "%s: %s", what, describe(error));
}
