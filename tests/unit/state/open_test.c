#include "state/state.h"
#include "support/cmocka.h"
#include "support/folder.h"
#include "util/lock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fm_env env;

static int setup(void **state)
{
    fm_env_default(&env);
    return folder_make(state);
}

static fm_state *open_state(const char *path)
{
    fm_state *s = NULL;
    assert_int_equal(fm_state_open(&s, path, &env, NULL, NULL), FM_OK);
    return s;
}

static void a_state_knows_where_it_lies(void **state)
{
    const char *path = folder_path(state, "a.db");
    assert_false(fm_state_exists(path));
    assert_int_equal(fm_state_mode(path), -1);
    fm_state *s = open_state(path);
    assert_true(fm_state_exists(path));
    assert_int_equal(fm_state_mode(path), 0600);
    assert_string_equal(fm_state_path(s), path);
    fm_state_close(s);
}

static void a_link_is_named_as_it_was_given(void **state)
{
    char *link = strdup(folder_path(state, "link.db"));
    fm_state_close(open_state(folder_path(state, "real.db")));
    assert_int_equal(symlink("real.db", link), 0);
    fm_state *s = open_state(link);
    assert_string_equal(fm_state_path(s), link);
    fm_state_close(s);
    free(link);
}

static void what_is_kept_with_it_lies_beside_it(void **state)
{
    char *beside = NULL, *wanted = strdup(folder_path(state, "a.db.previous-board"));
    fm_state *s = open_state(folder_path(state, "a.db"));
    assert_int_equal(fm_state_beside(&beside, s, "previous-board", NULL), FM_OK);
    assert_string_equal(beside, wanted);
    free(beside);
    free(wanted);
    fm_state_close(s);
}

static void its_lock_excludes_another_one(void **state)
{
    fm_lock *lock = NULL, *second = NULL;
    fm_state *s = open_state(folder_path(state, "a.db"));
    assert_int_equal(fm_state_lock(&lock, s, 0, NULL), FM_OK);
    assert_int_equal(fm_state_lock(&second, s, 0, NULL), FM_ELOCKED);
    assert_null(second);
    fm_lock_release(lock);
    assert_int_equal(fm_state_lock(&second, s, 0, NULL), FM_OK);
    fm_lock_release(second);
    fm_state_close(s);
}

static void one_in_memory_lies_nowhere(void **state)
{
    (void)state;
    char *beside = NULL;
    fm_lock *lock = NULL;
    fm_state *s = open_state(":memory:");
    assert_null(fm_state_path(s));
    assert_int_equal(fm_state_beside(&beside, s, "previous-board", NULL), FM_OK);
    assert_null(beside);
    assert_int_equal(fm_state_lock(&lock, s, 0, NULL), FM_EUNSUPPORTED);
    fm_state_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_state_knows_where_it_lies, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_link_is_named_as_it_was_given, setup, folder_remove),
        cmocka_unit_test_setup_teardown(what_is_kept_with_it_lies_beside_it, setup, folder_remove),
        cmocka_unit_test_setup_teardown(its_lock_excludes_another_one, setup, folder_remove),
        cmocka_unit_test_setup_teardown(one_in_memory_lies_nowhere, setup, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
