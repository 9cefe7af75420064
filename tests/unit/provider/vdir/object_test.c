#include "provider/vdir/object.h"
#include "support/cmocka.h"
#include "support/folder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static fm_env env;
static const char *folder;
static char path[256];

static int setup(void **state)
{
    fm_env_default(&env);
    if (folder_make(state))
        return 1;
    folder = *state;
    snprintf(path, sizeof path, "%s", folder_path(state, "a.ics"));
    return 0;
}

/* Writes as programs do that know nothing of others: in place, or by way of a temporary file. */
static void stranger_writes(const char *text, bool in_place)
{
    char temp[256];
    snprintf(temp, sizeof temp, "%s/stranger.tmp", folder);
    int fd = open(in_place ? path : temp, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
        abort(); /* in another thread, where assertions cannot be */
    if (!in_place && rename(temp, path))
        abort();
}

static void read_now(char *text, size_t size, char etag[VDIR_ETAG_MAX])
{
    fm_buf content;
    fm_error err = {0};
    fm_buf_init(&content, VDIR_MAX_FILE_BYTES);
    if (fm_vdir_read(&content, etag, path, &err))
        fail_msg("%s", err.message);
    snprintf(text, size, "%s", content.data);
    fm_buf_free(&content);
}

static void assert_content(const char *text)
{
    char now[64], etag[VDIR_ETAG_MAX];
    read_now(now, sizeof now, etag);
    assert_string_equal(now, text);
}

static fm_status replace(const char *expected, const char *text, char etag[VDIR_ETAG_MAX])
{
    fm_error err = {0};
    fm_status status = fm_vdir_replace(etag, &env, path, expected, text, strlen(text), &err);
    assert_int_equal(err.status, status);
    return status;
}

static fm_status create(const char *text, char etag[VDIR_ETAG_MAX])
{
    fm_error err = {0};
    return fm_vdir_create(etag, &env, path, 0640, text, strlen(text), &err);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(fm_vdir_is_object("a.ics"));
    assert_false(fm_vdir_is_object(".a.ics"));
    assert_false(fm_vdir_is_object("a.ics.tmp"));
    assert_false(fm_vdir_is_object(".ics"));
    assert_false(fm_vdir_is_object("displayname"));
    assert_false(fm_vdir_is_object("../a.ics"));
    static const struct {
        const char *uid;
        bool plain;
        const char *name;
    } cases[] = {
        {"XACA-0040@fleetmonitor", true, "XACA-0040.ics"},
        {"XACA-0040.court-date@fleetmonitor", true, "XACA-0040.court-date.ics"},
        {"plain", true, "plain.ics"},
        {"@fleetmonitor", true, NULL},
        {"a@b", true, NULL},
        {"../../etc/passwd", true, NULL},
        {".hidden", true, NULL},
        {"plain", false, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_buf name;
        fm_buf_init(&name, 1024);
        assert_int_equal(fm_vdir_object_name(&name, cases[i].uid, cases[i].plain), FM_OK);
        assert_true(fm_vdir_is_object(name.data));
        if (cases[i].name)
            assert_string_equal(name.data, cases[i].name);
        else
            assert_int_equal(name.len, 44);
        fm_buf_free(&name);
    }
}

static void test_create_never_overwrites(void **state)
{
    char etag[VDIR_ETAG_MAX], again[VDIR_ETAG_MAX], text[64];
    struct stat st;
    assert_int_equal(create("one", etag), FM_OK);
    assert_int_equal(create("two", again), FM_EEXIST);
    read_now(text, sizeof text, again);
    assert_string_equal(text, "one");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_true(fm_vdir_etag_is(etag, &st, path));
    assert_int_equal((int)folder_count(state), 1);
}

static void test_replace_needs_the_version(void **state)
{
    char first[VDIR_ETAG_MAX], second[VDIR_ETAG_MAX], other[VDIR_ETAG_MAX];
    assert_int_equal(create("one", first), FM_OK);
    assert_int_equal(replace(first, "two", second), FM_OK);
    assert_string_not_equal(first, second);
    assert_int_equal(replace(first, "x", other), FM_EPRECONDITION);
    assert_content("two");
    assert_int_equal(replace(NULL, "any", other), FM_OK);
    assert_content("any");
    stranger_writes("abc", true);
    assert_int_equal(replace(other, "x", second), FM_EPRECONDITION);
    assert_content("abc");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(replace(other, "x", second), FM_ENOTFOUND);
    assert_int_equal(replace(NULL, "x", second), FM_ENOTFOUND);
    assert_int_equal((int)folder_count(state), 0);
}

static void test_delete_needs_the_version(void **state)
{
    char first[VDIR_ETAG_MAX], second[VDIR_ETAG_MAX];
    fm_error err = {0};
    assert_int_equal(create("one", first), FM_OK);
    assert_int_equal(replace(first, "two", second), FM_OK);
    assert_int_equal(fm_vdir_delete(&env, path, first, &err), FM_EPRECONDITION);
    assert_content("two");
    assert_int_equal(fm_vdir_delete(&env, path, second, &err), FM_OK);
    assert_int_equal(fm_vdir_delete(&env, path, second, &err), FM_ENOTFOUND);
    assert_int_equal((int)folder_count(state), 0);
}

static void test_nothing_is_written_in_a_dry_run(void **state)
{
    char etag[VDIR_ETAG_MAX], other[VDIR_ETAG_MAX];
    fm_error err = {0};
    assert_int_equal(create("one", etag), FM_OK);
    env.read_only = true;
    assert_int_equal(replace(etag, "x", other), FM_EREADONLY);
    assert_int_equal(fm_vdir_delete(&env, path, etag, &err), FM_EREADONLY);
    unlink(path);
    assert_int_equal(create("x", other), FM_EREADONLY);
    assert_int_equal((int)folder_count(state), 0);
}

static void test_what_is_no_regular_file_is_left_alone(void **state)
{
    char etag[VDIR_ETAG_MAX];
    fm_error err = {0};
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_equal(replace(NULL, "x", etag), FM_EACCESS);
    assert_int_equal(fm_vdir_delete(&env, path, NULL, &err), FM_EACCESS);
    assert_int_equal((int)folder_count(state), 1);
}

/* Two writes within one tick of the kernel's clock, of the same length, in the same file. */
static void test_a_rewrite_within_a_tick_is_another_version(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        char text[64], etag[VDIR_ETAG_MAX];
        struct stat st;
        stranger_writes("aaaa", true);
        read_now(text, sizeof text, etag);
        stranger_writes("bbbb", true);
        assert_int_equal(lstat(path, &st), 0);
        assert_false(fm_vdir_etag_is(etag, &st, path));
        char ours[VDIR_ETAG_MAX];
        assert_int_equal(replace(NULL, "cccc", ours), FM_OK);
        stranger_writes("dddd", true);
        assert_int_equal(lstat(path, &st), 0);
        assert_false(fm_vdir_etag_is(ours, &st, path));
    }
}

static void test_an_unchanged_file_keeps_its_version(void **state)
{
    (void)state;
    char text[64], etag[VDIR_ETAG_MAX];
    struct stat st;
    stranger_writes("aaaa", true);
    read_now(text, sizeof text, etag);
    assert_non_null(strrchr(etag, '-'));
    assert_int_equal(lstat(path, &st), 0);
    assert_true(fm_vdir_etag_is(etag, &st, path));
    /* One that was written long ago has a version without a hash. */
    const struct timespec old[2] = {{.tv_sec = 1000000, .tv_nsec = 5}, {.tv_sec = 1000000, .tv_nsec = 5}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    read_now(text, sizeof text, etag);
    assert_int_equal(strncmp(etag, "1000000000000005-", 17), 0);
    assert_int_equal(lstat(path, &st), 0);
    assert_true(fm_vdir_etag_is(etag, &st, path));
}

/* ------------------------------------------------------------------ at the same time */

static bool in_place;

/*
 * The stranger strikes before a call of ours, whichever that is: the calls that look at files and move them are counted
 * here. In place it opens the file (and empties it) before one call and writes it before another one, or the same.
 */
static struct {
    bool watching;
    int calls, opens_at, writes_at;
    int fd; /* what the stranger has opened; -1: nothing */
    char theirs[64];
} moment;

static void stranger_opens(void)
{
    moment.fd = -1;
    if (in_place)
        moment.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static void stranger_finishes(void)
{
    if (!in_place)
        stranger_writes(moment.theirs, false);
    else if (moment.fd < 0 || write(moment.fd, moment.theirs, strlen(moment.theirs)) < 0 || close(moment.fd))
        abort();
}

static void before_call(void)
{
    if (!moment.watching)
        return;
    moment.watching = false; /* what the stranger calls does not count */
    int number = moment.calls++;
    if (number == moment.opens_at)
        stranger_opens();
    if (number == moment.writes_at)
        stranger_finishes();
    moment.watching = true;
}

/* These stand before those of the C library. */
int lstat(const char *restrict name, struct stat *restrict st)
{
    before_call();
    return fstatat(AT_FDCWD, name, st, AT_SYMLINK_NOFOLLOW);
}

int rename(const char *from, const char *to)
{
    before_call();
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    before_call();
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int unlink(const char *name)
{
    before_call();
    return unlinkat(AT_FDCWD, name, 0);
}

int flock(int fd, int operation)
{
    before_call();
    return (int)syscall(SYS_flock, fd, operation);
}

static fm_status write_ours(bool delete)
{
    char base[64], etag[VDIR_ETAG_MAX], made[VDIR_ETAG_MAX];
    fm_error err = {0};
    read_now(base, sizeof base, etag);
    moment.calls = 0;
    moment.watching = true;
    fm_status status = delete ? fm_vdir_delete(&env, path, etag, &err)
                              : fm_vdir_replace(made, &env, path, etag, "ours", strlen("ours"), &err);
    moment.watching = false;
    if (status && status != FM_EPRECONDITION && status != FM_ENOTFOUND)
        fail_msg("%s", err.message);
    return status;
}

/* Both write once. The stranger's text must be there in the end. @return whether ours got through before it */
static bool strike(void **state, bool delete, int opens_at, int writes_at)
{
    stranger_writes("start", false);
    moment.opens_at = opens_at;
    moment.writes_at = writes_at;
    snprintf(moment.theirs, sizeof moment.theirs, "theirs %d %d", opens_at, writes_at);
    fm_status status = write_ours(delete);
    int last = moment.calls - 1;
    if (opens_at > last)
        stranger_opens();
    if (writes_at > last)
        stranger_finishes();
    char now[128], etag[VDIR_ETAG_MAX];
    read_now(now, sizeof now, etag);
    if (strcmp(now, moment.theirs) != 0)
        fail_msg("before the calls %d and %d: \"%s\" (%d)", opens_at, writes_at, now, status);
    assert_int_equal((int)folder_count(state), 1);
    return status == FM_OK;
}

/* At each moment, until ours is through before the stranger comes. Some come too late for ours, and some for theirs. */
static void strike_at_each_moment(void **state, bool delete)
{
    int won = 0, lost = 0;
    moment.opens_at = moment.writes_at = INT_MAX;
    stranger_writes("start", false);
    assert_int_equal(write_ours(delete), FM_OK);
    int calls = moment.calls;
    assert_true(calls >= 4);
    for (int opens_at = 0; opens_at <= calls; opens_at++) {
        for (int writes_at = opens_at; writes_at <= (in_place ? calls : opens_at); writes_at++) {
            if (strike(state, delete, opens_at, writes_at))
                won++;
            else
                lost++;
        }
    }
    assert_true(won > 0 && lost > 0);
}

static void test_no_edit_of_another_program_is_lost(void **state)
{
    in_place = false;
    strike_at_each_moment(state, false);
}

static void test_no_edit_in_place_is_lost(void **state)
{
    in_place = true;
    strike_at_each_moment(state, false);
}

static void test_no_edit_is_deleted(void **state)
{
    in_place = false;
    strike_at_each_moment(state, true);
}

/* ------------------------------------------------------------------ leftovers */

static void test_leftovers_of_a_killed_process(void **state)
{
    folder_write(state, ".a.ics.fmcal-aside-0123456789abcdef", "was being deleted");
    folder_write(state, ".b.ics.fmcal-aside-0123456789abcdef", "old");
    folder_write(state, "b.ics", "new");
    folder_write(state, ".c.ics.fmcal-0123456789abcdef", "half written");
    folder_write(state, ".d.ics.fmcal-0123", "somebody else's");
    folder_write(state, ".hidden", "somebody else's");
    fm_vdir_sweep(folder, 3600);
    assert_int_equal((int)folder_count(state), 4);
    assert_content("was being deleted");
    snprintf(path, sizeof path, "%s", folder_path(state, "b.ics"));
    assert_content("new");
}

/* What a process is deleting it holds; where it does not live on this machine, age tells. */
static void test_a_file_that_is_being_deleted_is_left_alone(void **state)
{
    folder_write(state, ".a.ics.fmcal-aside-0123456789abcdef", "is being deleted");
    int fd = open(folder_path(state, ".a.ics.fmcal-aside-0123456789abcdef"), O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    fm_vdir_sweep(folder, 3600);
    assert_int_equal(access(path, F_OK), -1);
    fm_vdir_sweep(folder, 0);
    assert_content("is being deleted");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_create_never_overwrites, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_replace_needs_the_version, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_delete_needs_the_version, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_nothing_is_written_in_a_dry_run, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_what_is_no_regular_file_is_left_alone, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_a_rewrite_within_a_tick_is_another_version, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_an_unchanged_file_keeps_its_version, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_no_edit_of_another_program_is_lost, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_no_edit_in_place_is_lost, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_no_edit_is_deleted, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_leftovers_of_a_killed_process, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_being_deleted_is_left_alone, setup, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
