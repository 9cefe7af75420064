/**
 * @file zone.h
 * Time zones by IANA name, read from the system's tzdata, and the way between local time and instants.
 *
 * A set of zones is a cache: a zone is read at its first use and stays until the set is freed. Not
 * thread-safe; every owner (a Lua state, a provider) has its own. There is no global.
 */
#ifndef FM_CORE_ZONE_ZONE_H
#define FM_CORE_ZONE_ZONE_H

#include "core/zone/file.h"
#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_zones fm_zones;
typedef struct fm_zone fm_zone;

/**
 * Makes an empty set, owned by the caller. NULL when memory runs out.
 * @param folder  where the TZif files lie, copied; NULL: /usr/share/zoneinfo
 */
fm_zones *fm_zones_new(const char *folder);
/**
 * Where else the files come from: `read` appends the bytes of one, as fm_zones_read() does. The names it is asked for
 * are spelled as zones are.
 */
void fm_zones_read_with(fm_zones *zones, fm_status (*read)(void *data, fm_buf *out, const char *name), void *data);

/** Appends the file of a zone. FM_ENOTFOUND where there is none of that name; FM_EIO, FM_ENOMEM. */
fm_status fm_zones_read(const fm_zones *zones, fm_buf *out, const char *name);

/** Frees the set and all its zones. NULL is allowed. */
void fm_zones_free(fm_zones *zones);

/**
 * A zone by its exact IANA name ("Europe/Rome", "UTC", aliases such as "US/Pacific" included).
 * @param out  borrowed until the set is freed; NULL after a failure
 * @return FM_OK; FM_ENOTFOUND where there is none of that name (no tzdata installed reads the same);
 *         FM_EPARSE for a damaged file; FM_ENOMEM
 */
fm_status fm_zones_find(fm_zones *zones, const fm_zone **out, const char *name, fm_error *err);

/**
 * The zone that another program's TZID means: an IANA name in any letter case, one with a prefix such as
 * "/freeassociation.sourceforge.net/Europe/Rome", a Windows name ("W. Europe Standard Time") or what Windows shows for
 * it ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"), or whole hours from UTC ("GMT-0700").
 * Same results as fm_zones_find().
 */
fm_status fm_zones_resolve(fm_zones *zones, const fm_zone **out, const char *tzid, fm_error *err);

/** The IANA name; borrowed from the zone. */
const char *fm_zone_name(const fm_zone *zone);
/** What the zone was read from; borrowed from the zone. */
const fm_zone_file *fm_zone_data(const fm_zone *zone);

/** Seconds east of UTC at an instant. */
int32_t fm_zone_offset_s(const fm_zone *zone, int64_t epoch);
/** Local seconds, counted as if they were UTC (fm_date_epoch() of the wall clock), at an instant. */
int64_t fm_zone_to_local(const fm_zone *zone, int64_t epoch);
/**
 * The instant of a local time given as fm_date_epoch() of the wall clock. A time that a change to
 * daylight time skips is moved forward by what is skipped; of one that happens twice the first is meant.
 */
int64_t fm_zone_to_utc(const fm_zone *zone, int64_t local_s);

/**
 * The same for any clock: `offset_s` answers with the seconds east of UTC at an instant. It must not change
 * twice within a day.
 */
int64_t fm_zone_resolve(int32_t (*offset_s)(const void *clock, int64_t epoch), const void *clock, int64_t local_s);

#endif
