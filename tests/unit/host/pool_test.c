#include "host/pool.h"
#include "support/cmocka.h"

#include <stdint.h>
#include <string.h>

/* What Lua gives as the size where there is no block: the kind of object that it makes. */
#define NO_BLOCK 6

static void test_a_block_keeps_what_it_holds_when_its_size_changes(void **state)
{
    (void)state;
    static const size_t sizes[] = {16, 17, 40, 512, 513, 4000, 3999, 100, 8, 600, 20};
    fm_pool pool = {0};
    size_t size = 1;
    unsigned char *block = fm_pool_alloc(&pool, NULL, NO_BLOCK, size);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        memset(block, (int)i, size);
        size_t kept = size < sizes[i] ? size : sizes[i];
        block = fm_pool_alloc(&pool, block, size, sizes[i]);
        size = sizes[i];
        for (size_t at = 0; at < kept; at++)
            assert_int_equal(block[at], i);
    }
    assert_null(fm_pool_alloc(&pool, block, size, 0));
    fm_pool_free(&pool);
}

static void test_blocks_lie_apart(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    fm_pool pool = {0};
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            size_t size = 1 + i % 700;
            blocks[i] = fm_pool_alloc(&pool, NULL, NO_BLOCK, size);
            assert_int_equal((uintptr_t)blocks[i] % FM_POOL_GRAIN, 0);
            memset(blocks[i], (int)(i % 251), size);
        }
        for (size_t i = 0; i < COUNT; i++) {
            size_t size = 1 + i % 700;
            for (size_t at = 0; at < size; at++)
                assert_int_equal(blocks[i][at], i % 251);
            fm_pool_alloc(&pool, blocks[i], size, 0);
        }
    }
    fm_pool_free(&pool);
}

static void test_what_came_back_is_used_again(void **state)
{
    (void)state;
    fm_pool pool = {0};
    for (int i = 0; i < 1000000; i++)
        fm_pool_alloc(&pool, fm_pool_alloc(&pool, NULL, NO_BLOCK, 30), 30, 0);
    size_t slabs = 0;
    for (void *slab = pool.slabs; slab; slab = *(void **)slab)
        slabs++;
    assert_true(slabs <= 1);
    fm_pool_free(&pool);
}

#ifndef __SANITIZE_ADDRESS__ /* it ends a process that asks for so much */
static void test_what_no_memory_holds_leaves_the_block(void **state)
{
    (void)state;
    fm_pool pool = {0};
    char *block = fm_pool_alloc(&pool, NULL, NO_BLOCK, 10);
    memcpy(block, "is there", sizeof "is there");
    volatile size_t too_much = PTRDIFF_MAX;
    assert_null(fm_pool_alloc(&pool, block, 10, too_much));
    assert_string_equal(block, "is there");
    fm_pool_alloc(&pool, block, 10, 0);
    fm_pool_free(&pool);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_block_keeps_what_it_holds_when_its_size_changes),
        cmocka_unit_test(test_blocks_lie_apart),
        cmocka_unit_test(test_what_came_back_is_used_again),
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_what_no_memory_holds_leaves_the_block),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
