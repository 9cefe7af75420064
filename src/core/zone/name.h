/**
 * @file name.h
 * What other programs call time zones: the spellings that mean a name of tzdata. Private to zone*.c.
 */
#ifndef FM_CORE_ZONE_NAME_H
#define FM_CORE_ZONE_NAME_H

#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** One of Windows' zones. */
typedef struct fm_zone_windows {
    const char *name;  /**< "W. Europe Standard Time" */
    const char *shown; /**< "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"; "" where that is not known */
    const char *iana;  /**< "Europe/Berlin" */
} fm_zone_windows;

extern const fm_zone_windows fm_zone_windows_list[];
extern const size_t fm_zone_windows_count;

/**
 * The IANA name for a name of Windows', or for what Windows shows in its place, with or without "(UTC+01:00)" and
 * however its words are parted. NULL where it is not known. Static.
 */
const char *fm_zone_from_windows(const char *name);

/**
 * Appends the name of the zone that a plain offset means: "UTC+01:00", "GMT-0700", "UTC-3". Whole hours only, for
 * others have no zone. Returns whether it is one.
 */
bool fm_zone_from_offset(fm_buf *out, const char *text);

/**
 * Appends a file's path below `folder` as it is spelled there, where `path` is spelled in other letter case or with
 * blanks for underscores: "america/new york". FM_ENOTFOUND; FM_ENOMEM.
 */
fm_status fm_zone_spelling(fm_buf *out, const char *folder, const char *path);

#endif
