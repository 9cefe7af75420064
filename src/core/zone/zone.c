#include "core/zone/zone.h"
#include "core/date.h"
#include "core/zone/name.h"
#include "util/alloc.h"
#include "util/file.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "zone";
static const char system_folder[] = "/usr/share/zoneinfo";

enum { MAX_NAME_BYTES = 100, MAX_FILE_BYTES = 1 << 20, KEPT_ALIASES = 64 };

struct fm_zone {
    char *name;
    fm_zone_file file;
};

/* What another program's name was found to mean: looking for it reads folders. */
typedef struct alias {
    char *tzid;
    const fm_zone *zone; /* NULL: nothing */
} alias;

struct fm_zones {
    char *folder;
    fm_zone **items; /* ascending by name; at most as many as tzdata has files */
    size_t count, cap;
    alias aliases[KEPT_ALIASES]; /* the latest ones */
    size_t next_alias;
    fm_status (*read)(void *data, fm_buf *out, const char *name); /* NULL: the files of the folder */
    void *read_data;
};

fm_zones *fm_zones_new(const char *folder)
{
    fm_zones *zones = calloc(1, sizeof *zones);
    if (!zones)
        return NULL;
    zones->folder = strdup(folder ? folder : system_folder);
    if (!zones->folder) {
        free(zones);
        return NULL;
    }
    return zones;
}

static void zone_free(fm_zone *zone)
{
    if (!zone)
        return;
    fm_zone_file_clear(&zone->file);
    free(zone->name);
    free(zone);
}

void fm_zones_free(fm_zones *zones)
{
    if (!zones)
        return;
    for (size_t i = 0; i < zones->count; i++)
        zone_free(zones->items[i]);
    for (size_t i = 0; i < KEPT_ALIASES; i++)
        free(zones->aliases[i].tzid);
    free(zones->items);
    free(zones->folder);
    free(zones);
}

/* ------------------------------------------------------------------ finding */

/* Whether a text is spelled like a zone's name: it becomes part of a path, and it comes from strangers. */
static bool is_name(const char *text)
{
    size_t len = strlen(text);
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    if (len == 0 || len > MAX_NAME_BYTES || strspn(text, allowed) != len || text[0] == '/' || text[len - 1] == '/' ||
        strstr(text, "//"))
        return false;
    /* Copies of the database in other units, and files that are no zones of their own. */
    return strncmp(text, "right/", 6) != 0 && strncmp(text, "posix/", 6) != 0 && strcmp(text, "posixrules") != 0 &&
           strcmp(text, "localtime") != 0 && strcmp(text, "Factory") != 0;
}

/* The place of a name among the items, or where it belongs. */
static size_t place(const fm_zones *zones, const char *name, bool *found)
{
    size_t low = 0, high = zones->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(zones->items[middle]->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void fm_zones_read_with(fm_zones *zones, fm_status (*read)(void *data, fm_buf *out, const char *name), void *data)
{
    zones->read = read;
    zones->read_data = data;
}

fm_status fm_zones_read(const fm_zones *zones, fm_buf *out, const char *name)
{
    if (!is_name(name))
        return FM_ENOTFOUND;
    if (zones->read)
        return zones->read(zones->read_data, out, name);
    fm_buf path;
    fm_buf_init(&path, strlen(zones->folder) + 1 + MAX_NAME_BYTES);
    fm_buf_addf(&path, "%s/%s", zones->folder, name);
    fm_status status = path.status ? path.status : fm_file_read(out, NULL, path.data, NULL);
    fm_buf_free(&path);
    return status == FM_EINVAL || status == FM_EACCESS ? FM_ENOTFOUND : status; /* a folder of zones, or not for us */
}

static fm_status load(fm_zone **out, const fm_zones *zones, const char *name)
{
    *out = NULL;
    fm_buf bytes;
    fm_buf_init(&bytes, MAX_FILE_BYTES);
    fm_zone *zone = NULL;
    fm_status status = fm_zones_read(zones, &bytes, name);
    if (status)
        goto out;
    status = FM_ENOTFOUND; /* the folder also has lists, which are no zones */
    if (bytes.len < 4 || memcmp(bytes.data, "TZif", 4) != 0)
        goto out;
    status = FM_ENOMEM;
    if (!(zone = calloc(1, sizeof *zone)) || !(zone->name = strdup(name)))
        goto out;
    status = fm_zone_file_read(&zone->file, (const unsigned char *)bytes.data, bytes.len);
out:
    fm_buf_free(&bytes);
    if (status)
        zone_free(zone);
    else
        *out = zone;
    return status;
}

static fm_status insert(fm_zones *zones, size_t at, fm_zone *zone)
{
    if (fm_grow(&zones->items, &zones->cap, zones->count + 1, sizeof(fm_zone *)))
        return FM_ENOMEM;
    memmove(zones->items + at + 1, zones->items + at, (zones->count - at) * sizeof(fm_zone *));
    zones->items[at] = zone;
    zones->count++;
    return FM_OK;
}

/* As fm_zones_find(), without the words. */
static fm_status find(fm_zones *zones, const fm_zone **out, const char *name)
{
    *out = NULL;
    if (!is_name(name))
        return FM_ENOTFOUND;
    bool found;
    size_t at = place(zones, name, &found);
    if (!found) {
        fm_zone *zone;
        fm_status status = load(&zone, zones, name);
        if (status)
            return status;
        if ((status = insert(zones, at, zone))) {
            zone_free(zone);
            return status;
        }
    }
    *out = zones->items[at];
    return FM_OK;
}

static fm_status explain(fm_status status, const fm_zones *zones, const char *name, fm_error *err)
{
    if (status == FM_OK)
        return FM_OK;
    if (status == FM_ENOTFOUND)
        return fm_error_set(err, status, domain, "\"%.80s\" is not a time zone in %s: use an IANA name such as %s",
                            name, zones->folder, "\"Europe/Rome\"");
    return fm_error_set(err, status, domain, "cannot read the time zone \"%.80s\" in %s: %s", name, zones->folder,
                        status == FM_EPARSE ? "the file is damaged" : fm_status_name(status));
}

fm_status fm_zones_find(fm_zones *zones, const fm_zone **out, const char *name, fm_error *err)
{
    return explain(find(zones, out, name), zones, name, err);
}

/* ------------------------------------------------------------------ names of other programs */

/* A name in any letter case, with blanks for underscores. */
static fm_status find_any_case(fm_zones *zones, const fm_zone **out, const char *name)
{
    fm_status status = find(zones, out, name);
    if (status != FM_ENOTFOUND)
        return status;
    fm_buf spelled;
    fm_buf_init(&spelled, MAX_NAME_BYTES);
    status = fm_zone_spelling(&spelled, zones->folder, name);
    if (!status)
        status = find(zones, out, spelled.data);
    fm_buf_free(&spelled);
    return status == FM_ELIMIT ? FM_ENOTFOUND : status;
}

static fm_status find_offset(fm_zones *zones, const fm_zone **out, const char *text)
{
    fm_buf name;
    fm_buf_init(&name, MAX_NAME_BYTES);
    fm_status status = fm_zone_from_offset(&name, text) ? find(zones, out, name.data) : FM_ENOTFOUND;
    if (name.status)
        status = name.status;
    fm_buf_free(&name);
    return status;
}

static fm_status search(fm_zones *zones, const fm_zone **out, const char *tzid)
{
    fm_status status = find_any_case(zones, out, tzid);
    const char *windows = status == FM_ENOTFOUND ? fm_zone_from_windows(tzid) : NULL;
    if (windows)
        status = find(zones, out, windows);
    /* Prefixes end with a slash; the longest rest that is a zone is meant: "America/Indiana/Knox". */
    for (const char *slash = strchr(tzid, '/'); slash && status == FM_ENOTFOUND; slash = strchr(slash + 1, '/'))
        status = find_any_case(zones, out, slash + 1);
    return status == FM_ENOTFOUND ? find_offset(zones, out, tzid) : status;
}

static const alias *known_alias(const fm_zones *zones, const char *tzid)
{
    for (size_t i = 0; i < KEPT_ALIASES; i++)
        if (zones->aliases[i].tzid && strcmp(zones->aliases[i].tzid, tzid) == 0)
            return &zones->aliases[i];
    return NULL;
}

static void keep_alias(fm_zones *zones, const char *tzid, const fm_zone *zone)
{
    alias *place = &zones->aliases[zones->next_alias++ % KEPT_ALIASES];
    free(place->tzid);
    *place = (alias){.tzid = strdup(tzid), .zone = zone}; /* no memory: it is looked for again */
}

fm_status fm_zones_resolve(fm_zones *zones, const fm_zone **out, const char *tzid, fm_error *err)
{
    fm_status status = find(zones, out, tzid);
    const alias *known = status == FM_ENOTFOUND ? known_alias(zones, tzid) : NULL;
    if (known) {
        *out = known->zone;
        status = known->zone ? FM_OK : FM_ENOTFOUND;
    } else if (status == FM_ENOTFOUND) {
        status = search(zones, out, tzid);
        if (!status || status == FM_ENOTFOUND)
            keep_alias(zones, tzid, *out);
    }
    return explain(status, zones, tzid, err);
}

/* ------------------------------------------------------------------ converting */

const char *fm_zone_name(const fm_zone *zone)
{
    return zone->name;
}

const fm_zone_file *fm_zone_data(const fm_zone *zone)
{
    return &zone->file;
}

int32_t fm_zone_offset_s(const fm_zone *zone, int64_t epoch)
{
    return fm_zone_file_at(&zone->file, epoch)->offset_s;
}

int64_t fm_zone_to_local(const fm_zone *zone, int64_t epoch)
{
    return epoch + fm_zone_offset_s(zone, epoch);
}

int64_t fm_zone_resolve(int32_t (*offset_s)(const void *clock, int64_t epoch), const void *clock, int64_t local_s)
{
    /* Changes are further apart than this, and offsets smaller: these two frame any change nearby. */
    int32_t before = offset_s(clock, local_s - FM_DAY_S);
    int32_t after = offset_s(clock, local_s + FM_DAY_S);
    int64_t first = local_s - (before > after ? before : after);
    int64_t second = local_s - (before > after ? after : before);
    if (first + offset_s(clock, first) == local_s)
        return first;
    if (second + offset_s(clock, second) == local_s)
        return second;
    return local_s - before; /* skipped: the clock before the change, read on */
}

static int32_t offset_of(const void *zone, int64_t epoch)
{
    return fm_zone_offset_s(zone, epoch);
}

int64_t fm_zone_to_utc(const fm_zone *zone, int64_t local_s)
{
    return fm_zone_resolve(offset_of, zone, local_s);
}
