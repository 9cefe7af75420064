#include "util/strmap.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

void fm_strmap_init(fm_strmap *map, uint64_t seed)
{
    *map = (fm_strmap){.seed = seed};
}

void fm_strmap_free(fm_strmap *map)
{
    for (size_t i = 0; i < map->capacity; i++) {
        free(map->entries[i].key);
        free(map->entries[i].text);
    }
    free(map->entries);
    fm_strmap_init(map, map->seed);
}

/* FNV-1a from the seed, its bits mixed at the end so that the low ones depend on all. */
static uint64_t hash_of(const fm_strmap *map, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ map->seed;
    for (; *key; key++) {
        hash ^= (unsigned char)*key;
        hash *= UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ hash >> 32;
}

/* The place of a key, or the free place where it belongs. */
static fm_strmap_entry *place_of(const fm_strmap *map, const char *key, uint64_t hash)
{
    size_t at = (size_t)hash & (map->capacity - 1);
    for (;; at = (at + 1) & (map->capacity - 1)) {
        fm_strmap_entry *entry = &map->entries[at];
        if (!entry->key || (entry->hash == hash && strcmp(entry->key, key) == 0))
            return entry;
    }
}

static fm_status grow(fm_strmap *map)
{
    fm_strmap bigger = {.capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY, .seed = map->seed};
    bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
    if (!bigger.entries)
        return FM_ENOMEM;
    for (size_t i = 0; i < map->capacity; i++) {
        fm_strmap_entry *entry = &map->entries[i];
        if (entry->key)
            *place_of(&bigger, entry->key, entry->hash) = *entry;
    }
    bigger.count = map->count;
    free(map->entries);
    *map = bigger;
    return FM_OK;
}

fm_status fm_strmap_set(fm_strmap *map, const char *key, size_t number, const char *text)
{
    if (map->count >= map->capacity / 2 && grow(map))
        return FM_ENOMEM;
    uint64_t hash = hash_of(map, key);
    fm_strmap_entry *entry = place_of(map, key, hash);
    char *text_copy = text ? strdup(text) : NULL;
    char *key_copy = entry->key ? entry->key : strdup(key);
    if ((text && !text_copy) || !key_copy) {
        free(text_copy);
        if (!entry->key)
            free(key_copy);
        return FM_ENOMEM;
    }
    if (!entry->key)
        map->count++;
    free(entry->text);
    *entry = (fm_strmap_entry){.key = key_copy, .text = text_copy, .number = number, .hash = hash};
    return FM_OK;
}

const fm_strmap_entry *fm_strmap_find(const fm_strmap *map, const char *key)
{
    if (!map->count)
        return NULL;
    const fm_strmap_entry *entry = place_of(map, key, hash_of(map, key));
    return entry->key ? entry : NULL;
}
