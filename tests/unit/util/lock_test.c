#include "support/cmocka.h"
#include "support/folder.h"
#include "util/lock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A clock that only sleeping moves; somebody may let go of a lock meanwhile. */
typedef struct fake {
    int64_t now_ms;
    fm_lock *release;
    int64_t release_at_ms;
} fake;

static int64_t fake_now(void *data)
{
    return ((fake *)data)->now_ms;
}

static void fake_sleep(void *data, int64_t ms)
{
    fake *f = data;
    f->now_ms += ms;
    if (f->release && f->now_ms >= f->release_at_ms) {
        fm_lock_release(f->release);
        f->release = NULL;
    }
}

static fm_env fake_env(fake *f)
{
    fm_env env;
    fm_env_default(&env);
    env.data = f;
    env.monotonic_ms = fake_now;
    env.sleep_ms = fake_sleep;
    return env;
}

static void test_excludes_and_names_the_holder(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock, *second;
    fm_error err;
    char pid[32];
    const char *path = folder_write(state, "a.json", "{}");
    assert_int_equal(fm_lock_take(&lock, &env, path, 0, NULL), FM_OK);
    assert_int_equal(fm_lock_take(&second, &env, path, 30000, &err), FM_ELOCKED);
    assert_null(second);
    assert_true(f.now_ms >= 30000 && f.now_ms < 31000);
    snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
    assert_non_null(strstr(err.message, pid));
    assert_non_null(strstr(err.message, "a.json.lock"));
    fm_lock_release(lock);
    assert_int_equal(fm_lock_take(&second, &env, path, 0, NULL), FM_OK);
    fm_lock_release(second);
    fm_lock_release(NULL);
}

static void test_waits_until_the_holder_lets_go(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock;
    const char *path = folder_path(state, "a.json");
    assert_int_equal(fm_lock_take(&f.release, &env, path, 0, NULL), FM_OK);
    f.release_at_ms = 1000;
    assert_int_equal(fm_lock_take(&lock, &env, path, 5000, NULL), FM_OK);
    assert_true(f.now_ms >= 1000 && f.now_ms < 1200);
    fm_lock_release(lock);
}

static void test_all_names_of_a_file_mean_one_lock(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock, *second;
    const char *path = folder_write(state, "a.json", "{}"), *link = folder_path(state, "link.json");
    assert_int_equal(symlink("a.json", link), 0);
    assert_int_equal(fm_lock_take(&lock, &env, link, 0, NULL), FM_OK);
    assert_int_equal(fm_lock_take(&second, &env, path, 0, NULL), FM_ELOCKED);
    fm_lock_release(lock);
}

static void test_an_interrupt_ends_the_wait(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    volatile int interrupted = 1;
    env.interrupted = &interrupted;
    fm_lock *lock, *second;
    const char *path = folder_path(state, "a.json");
    assert_int_equal(fm_lock_take(&lock, &env, path, 0, NULL), FM_OK);
    assert_int_equal(fm_lock_take(&second, &env, path, 5000, NULL), FM_ECANCELED);
    fm_lock_release(lock);
}

static void test_a_dead_holder_holds_nothing(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock;
    const char *path = folder_path(state, "a.json");
    pid_t child = fork();
    if (child == 0) {
        fm_lock *mine;
        fm_lock_take(&mine, &env, path, 0, NULL);
        raise(SIGKILL);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(WTERMSIG(how), SIGKILL);
    assert_int_equal(fm_lock_take(&lock, &env, path, 0, NULL), FM_OK);
    fm_lock_release(lock);
}

static void test_the_lock_file_has_the_mode_of_what_it_guards(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock;
    const char *path = folder_write(state, "a.json", "{}");
    assert_int_equal(chmod(path, 0660), 0);
    assert_int_equal(fm_lock_take(&lock, &env, path, 0, NULL), FM_OK);
    struct stat st;
    assert_int_equal(stat(folder_path(state, "a.json.lock"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    fm_lock_release(lock);
    assert_int_equal(stat(folder_path(state, "a.json.lock"), &st), 0);
    assert_int_equal(st.st_size, 0);
}

static void test_refusals(void **state)
{
    fake f = {0};
    fm_env env = fake_env(&f);
    fm_lock *lock;
    assert_int_equal(fm_lock_take(&lock, &env, folder_path(state, "no/a.json"), 0, NULL), FM_ENOTFOUND);
    assert_int_equal(symlink("elsewhere", folder_path(state, "b.json.lock")), 0);
    assert_int_equal(fm_lock_take(&lock, &env, folder_path(state, "b.json"), 0, NULL), FM_EINVAL);
    env.read_only = true;
    assert_int_equal(fm_lock_take(&lock, &env, folder_path(state, "a.json"), 0, NULL), FM_EREADONLY);
    assert_int_equal(folder_count(state), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_excludes_and_names_the_holder),
        TEST(test_waits_until_the_holder_lets_go),
        TEST(test_all_names_of_a_file_mean_one_lock),
        TEST(test_an_interrupt_ends_the_wait),
        TEST(test_a_dead_holder_holds_nothing),
        TEST(test_the_lock_file_has_the_mode_of_what_it_guards),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
