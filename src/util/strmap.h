/**
 * @file strmap.h
 * A map from strings to strings or numbers, for keys that a server chooses: hashed with a seed, so that nobody
 * can choose keys that collide. Keys and string values are copied. Nothing is removed.
 */
#ifndef FM_UTIL_STRMAP_H
#define FM_UTIL_STRMAP_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_strmap_entry {
    char *key; /**< NULL: the place is free */
    char *text;
    size_t number;
    uint64_t hash;
} fm_strmap_entry;

typedef struct fm_strmap {
    fm_strmap_entry *entries;
    size_t capacity; /**< a power of two, or 0 */
    size_t count;
    uint64_t seed;
} fm_strmap;

/** Makes an empty map; allocates nothing. `seed` is any number an attacker does not know. */
void fm_strmap_init(fm_strmap *map, uint64_t seed);
/** Frees everything and makes it empty. */
void fm_strmap_free(fm_strmap *map);
/** Sets a key's number and text (NULL for none); replaces what was there. FM_ENOMEM leaves the map as it was. */
fm_status fm_strmap_set(fm_strmap *map, const char *key, size_t number, const char *text);
/** A key's entry, NULL where there is none. Borrowed until the next set. */
const fm_strmap_entry *fm_strmap_find(const fm_strmap *map, const char *key);

#endif
