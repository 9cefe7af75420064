/**
 * @file pool.h
 * The memory of one Lua state. Small blocks are cut from slabs and come back to lists, one a size: Lua tells the size
 * of what it gives back, so nobody has to write it down. Slabs go when the pool goes.
 */
#ifndef FM_HOST_POOL_H
#define FM_HOST_POOL_H

#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__ /* it sees into no slab: no block is small */
#define FM_POOL_SMALL 0
#else
#define FM_POOL_SMALL 512 /**< bytes of the largest block that is small */
#endif
#define FM_POOL_GRAIN 16 /**< bytes by which small blocks differ, and to which they are aligned */

typedef struct fm_pool {
    void *
        spare[FM_POOL_SMALL / FM_POOL_GRAIN + 1]; /**< by grains: the small blocks that came back, each with the next */
    char *at, *end;                               /**< what is left of the newest slab */
    void *slabs;                                  /**< owned; each begins with the one before it */
} fm_pool;

/** A lua_Alloc over a pool that began as zeros. */
void *fm_pool_alloc(void *pool, void *block, size_t old_size, size_t new_size);

/** Frees the slabs, once the Lua state is closed. */
void fm_pool_free(fm_pool *pool);

#endif
