#include "host/pool.h"
#include "util/freed.h"

#include <stdlib.h>
#include <string.h>

/* What a slab has left is lost when the next one begins: less than a small block. */
#define SLAB_BYTES 65536

static size_t grains(size_t size)
{
    return (size + FM_POOL_GRAIN - 1) / FM_POOL_GRAIN;
}

static void *cut(fm_pool *pool, size_t bytes)
{
    if ((size_t)(pool->end - pool->at) < bytes) {
        char *slab = malloc(SLAB_BYTES);
        if (!slab)
            return NULL;
        *(void **)slab = pool->slabs;
        pool->slabs = slab;
        pool->at = slab + FM_POOL_GRAIN;
        pool->end = slab + SLAB_BYTES;
    }
    void *block = pool->at;
    pool->at += bytes;
    return block;
}

static void *take(fm_pool *pool, size_t size)
{
    if (size > FM_POOL_SMALL)
        return malloc(size);
    size_t kind = grains(size);
    void *block = pool->spare[kind];
    if (!block)
        return cut(pool, kind * FM_POOL_GRAIN);
    pool->spare[kind] = *(void **)block;
    return block;
}

static void give_back(fm_pool *pool, void *block, size_t size)
{
    if (size > FM_POOL_SMALL) {
        free(block);
        return;
    }
    size_t kind = grains(size);
    if (fm_freed_is_wiped)
        explicit_bzero(block, size);
    *(void **)block = pool->spare[kind];
    pool->spare[kind] = block;
}

void *fm_pool_alloc(void *data, void *block, size_t old_size, size_t new_size)
{
    fm_pool *pool = data;
    if (!block)
        return new_size ? take(pool, new_size) : NULL;
    if (!new_size) {
        give_back(pool, block, old_size);
        return NULL;
    }
    if (old_size > FM_POOL_SMALL && new_size > FM_POOL_SMALL)
        return realloc(block, new_size);
    if (grains(old_size) == grains(new_size))
        return block;
    void *moved = take(pool, new_size);
    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(pool, block, old_size);
    return moved;
}

void fm_pool_free(fm_pool *pool)
{
    while (pool->slabs) {
        void *slab = pool->slabs;
        pool->slabs = *(void **)slab;
        free(slab);
    }
}
