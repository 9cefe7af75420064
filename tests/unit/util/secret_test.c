#include "support/cmocka.h"
#include "util/secret.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The VmFlags of the mapping that holds an address, as /proc/self/smaps tells them. */
static void flags_of(const void *address, char *flags, size_t size)
{
    char line[512];
    int inside = 0;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    flags[0] = '\0';
    while (fgets(line, sizeof line, f)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (unsigned long)address >= from && (unsigned long)address < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, size, "%s", line);
    }
    fclose(f);
}

static void test_holds_bytes_with_a_zero_behind(void **state)
{
    (void)state;
    fm_secret *s = fm_secret_new("a\0b", 3);
    size_t len = 0;
    assert_memory_equal(fm_secret_bytes(s, &len), "a\0b\0", 4);
    assert_int_equal(len, 3);
    fm_secret_unref(s);
    s = fm_secret_new("", 0);
    assert_string_equal(fm_secret_bytes(s, &len), "");
    assert_int_equal(len, 0);
    fm_secret_unref(s);
    fm_secret_unref(NULL);
    assert_null(fm_secret_ref(NULL));
}

static void test_whole_pages_have_room_for_the_zero(void **state)
{
    (void)state;
    unsigned char *bytes;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    fm_secret *s = fm_secret_alloc(&bytes, page);
    memset(bytes, 'x', page);
    assert_int_equal(fm_secret_bytes(s, NULL)[page], 0);
    fm_secret_unref(s);
    assert_null(fm_secret_alloc(&bytes, SIZE_MAX));
    assert_null(fm_secret_alloc(&bytes, SIZE_MAX / 2));
}

static void test_lives_until_the_last_reference_goes(void **state)
{
    (void)state;
    fm_secret *s = fm_secret_new("hunter22", 8);
    assert_ptr_equal(fm_secret_ref(s), s);
    fm_secret_unref(s);
    assert_string_equal(fm_secret_bytes(s, NULL), "hunter22");
    fm_secret_unref(s);
}

static void test_stays_out_of_core_dumps(void **state)
{
    (void)state;
    char flags[256];
    fm_secret *s = fm_secret_new("hunter22", 8);
    flags_of(fm_secret_bytes(s, NULL), flags, sizeof flags);
    assert_non_null(strstr(flags, " dd"));
    fm_secret_unref(s);
}

/* Whether a dump would hold any memory: core(5). */
static bool dumps_memory(void)
{
    unsigned long filter = 1;
    FILE *f = fopen("/proc/self/coredump_filter", "r");
    if (f && fscanf(f, "%lx", &filter) != 1)
        filter = 1;
    if (f)
        fclose(f);
    return filter != 0;
}

static bool is_hardened(void)
{
    struct rlimit core;
    fm_secret_harden_process();
    bool no_core = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 && !dumps_memory();
#ifdef __SANITIZE_ADDRESS__
    return no_core;
#else
    return no_core && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

static void test_hardened_process_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(is_hardened() ? 0 : 1);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds_bytes_with_a_zero_behind),
        cmocka_unit_test(test_whole_pages_have_room_for_the_zero),
        cmocka_unit_test(test_lives_until_the_last_reference_goes),
        cmocka_unit_test(test_stays_out_of_core_dumps),
        cmocka_unit_test(test_hardened_process_leaves_no_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
