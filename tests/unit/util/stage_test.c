#include "support/cmocka.h"
#include "support/folder.h"
#include "util/stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static fm_env real_env(void)
{
    fm_env env;
    fm_env_default(&env);
    return env;
}

static void assert_content(const char *path, const char *expected)
{
    char *content = folder_read(path, NULL);
    assert_non_null(content);
    assert_string_equal(content, expected);
    free(content);
}

static void test_nothing_changes_before_commit(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    const char *path = folder_write(state, "a", "old");
    assert_int_equal(fm_stage_write(&stage, &env, path, "new", 3, NULL), FM_OK);
    assert_content(path, "old");
    assert_content(stage.path, "new");
    fm_stage_drop(&stage);
    assert_int_equal(folder_count(state), 1);
    fm_stage_drop(&stage);
}

static void test_commit_replaces_and_exchange_keeps_what_was_there(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    const char *path = folder_write(state, "a", "old");
    assert_int_equal(fm_stage_write(&stage, &env, path, "new", 3, NULL), FM_OK);
    assert_int_equal(fm_stage_commit(&stage, true, NULL), FM_OK);
    assert_content(path, "new");
    assert_content(stage.path, "old");
    fm_stage_drop(&stage);
    assert_int_equal(fm_stage_write(&stage, &env, path, "newer", 5, NULL), FM_OK);
    assert_int_equal(fm_stage_commit(&stage, false, NULL), FM_OK);
    assert_null(stage.path);
    assert_content(path, "newer");
    fm_stage_drop(&stage);
    assert_int_equal(folder_count(state), 1);
}

static void test_exchange_with_nothing_makes_the_file(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    const char *path = folder_path(state, "fresh");
    assert_int_equal(fm_stage_write(&stage, &env, path, "new", 3, NULL), FM_OK);
    assert_int_equal(fm_stage_commit(&stage, true, NULL), FM_OK);
    assert_null(stage.path);
    assert_content(path, "new");
    fm_stage_drop(&stage);
}

static void test_mode_and_owner_are_kept(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    const char *path = folder_write(state, "a", "old");
    assert_int_equal(chmod(path, 0640), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(fm_stage_write(&stage, &env, path, "new", 3, NULL), FM_OK);
    assert_int_equal(fm_stage_commit(&stage, false, NULL), FM_OK);
    fm_stage_drop(&stage);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(st.st_uid, root ? 65534 : geteuid());
    assert_int_equal(st.st_gid, root ? 65534 : st.st_gid);
}

static void test_a_dry_run_writes_nothing(void **state)
{
    fm_env env = real_env();
    env.read_only = true;
    fm_stage stage;
    fm_error err;
    assert_int_equal(fm_stage_write(&stage, &env, folder_path(state, "a"), "new", 3, &err), FM_EREADONLY);
    assert_int_equal(folder_count(state), 0);
    fm_stage_drop(&stage);
}

static void test_a_full_disk_leaves_nothing_behind(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    fm_error err;
    const char *path = folder_write(state, "a", "old");
    static const char large[65536];
    struct rlimit before, tight = {.rlim_cur = 4096};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight.rlim_max = before.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    fm_status status = fm_stage_write(&stage, &env, path, large, sizeof large, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, FM_EIO);
    assert_non_null(strstr(err.message, "free some space"));
    assert_non_null(strstr(err.message, path));
    assert_content(path, "old");
    assert_int_equal(folder_count(state), 1);
    fm_stage_drop(&stage);
}

static void test_a_missing_folder_is_named(void **state)
{
    fm_env env = real_env();
    fm_stage stage;
    fm_error err;
    assert_int_equal(fm_stage_write(&stage, &env, folder_path(state, "no/a"), "new", 3, &err), FM_ENOTFOUND);
    assert_non_null(strstr(err.message, "no/a"));
    fm_stage_drop(&stage);
}

static void test_sweep_removes_leftovers_of_the_target_alone(void **state)
{
    folder_write(state, "a.json", "");
    folder_write(state, ".a.json.fmcal-0123456789abcdef", "");
    folder_write(state, ".a.json.fmcal-0123456789abcdex", "");
    folder_write(state, ".a.json.fmcal-0123456789abcdef0", "");
    folder_write(state, ".b.json.fmcal-0123456789abcdef", "");
    folder_write(state, ".a.jsonx.fmcal-0123456789abcdef", "");
    fm_stage_sweep(folder_path(state, "a.json"));
    assert_int_equal(folder_count(state), 5);
    assert_null(folder_read(folder_path(state, ".a.json.fmcal-0123456789abcdef"), NULL));
}

/* As the end of a process does. */
static void let_go(fm_stage *stage)
{
    close(stage->file);
    stage->held = false;
}

static void test_sweep_knows_the_names_that_write_gives(void **state)
{
    fm_env env = real_env();
    char name[256] = {0};
    memset(name, 'n', 250);
    const char *path = folder_path(state, name);
    fm_stage stage;
    assert_int_equal(fm_stage_write(&stage, &env, path, "x", 1, NULL), FM_OK);
    assert_int_equal(folder_count(state), 1);
    let_go(&stage);
    fm_stage_sweep(path);
    assert_int_equal(folder_count(state), 0);
    fm_stage_drop(&stage);
}

/* Before the exchange the new version is marked, afterwards the target is. */
static void test_sweep_leaves_alone_what_somebody_works_on(void **state)
{
    fm_env env = real_env();
    const char *path = folder_write(state, "a.json", "old");
    fm_stage stage;
    assert_int_equal(fm_stage_write(&stage, &env, path, "new", 3, NULL), FM_OK);
    fm_stage_sweep(path);
    assert_int_equal(folder_count(state), 2);
    assert_int_equal(fm_stage_commit(&stage, true, NULL), FM_OK);
    fm_stage_sweep(path);
    assert_int_equal(folder_count(state), 2);
    let_go(&stage);
    fm_stage_sweep(path);
    assert_int_equal(folder_count(state), 1);
    fm_stage_drop(&stage);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_changes_before_commit),
        TEST(test_commit_replaces_and_exchange_keeps_what_was_there),
        TEST(test_exchange_with_nothing_makes_the_file),
        TEST(test_mode_and_owner_are_kept),
        TEST(test_a_dry_run_writes_nothing),
        TEST(test_a_full_disk_leaves_nothing_behind),
        TEST(test_a_missing_folder_is_named),
        TEST(test_sweep_removes_leftovers_of_the_target_alone),
        TEST(test_sweep_knows_the_names_that_write_gives),
        TEST(test_sweep_leaves_alone_what_somebody_works_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
