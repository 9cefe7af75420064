#include "support/cmocka.h"
#include "support/folder.h"
#include "util/file.h"
#include "util/stage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_reads_all_of_a_file_up_to_the_limit(void **state)
{
    const char *path = folder_write(state, "a", "content");
    fm_file_facts facts;
    fm_buf out;
    fm_buf_init(&out, 7);
    assert_int_equal(fm_file_read(&out, &facts, path, NULL), FM_OK);
    assert_string_equal(out.data, "content");
    assert_int_equal(out.len, 7);
    assert_int_equal(facts.size, 7);
    assert_true(facts.mtime_ns > 0);
    fm_buf_free(&out);
    fm_buf_init(&out, 6);
    fm_error err;
    assert_int_equal(fm_file_read(&out, NULL, path, &err), FM_ELIMIT);
    assert_non_null(strstr(err.message, path));
    fm_buf_free(&out);
}

static void test_reads_an_empty_file_and_files_without_a_size(void **state)
{
    fm_buf out;
    fm_buf_init(&out, 1 << 20);
    fm_buf_adds(&out, "old");
    assert_int_equal(fm_file_read(&out, NULL, folder_write(state, "empty", ""), NULL), FM_OK);
    assert_string_equal(out.data, "");
    /* Files of the process file system say they have no bytes: what comes is read all the same, up to the limit. */
    assert_int_equal(fm_file_read(&out, NULL, "/proc/self/mountinfo", NULL), FM_OK);
    assert_true(out.len > 0);
    fm_buf_free(&out);
    fm_buf_init(&out, 8);
    assert_int_equal(fm_file_read(&out, NULL, "/proc/self/mountinfo", NULL), FM_ELIMIT);
    fm_buf_free(&out);
}

static void test_equal_content_is_told_piece_by_piece(void **state)
{
    enum { LEN = 3 * 65536 };
    char *text = malloc(LEN + 2);
    const char *path = NULL;
    bool equal;
    assert_non_null(text);
    memset(text, 'x', LEN + 1);
    for (size_t len = LEN - 1; len <= LEN + 1; len++) {
        text[len] = '\0';
        path = folder_write(state, "a", text);
        text[len] = 'x';
        for (size_t other = LEN - 1; other <= LEN + 1; other++) {
            assert_int_equal(fm_file_equals(&equal, path, text, other, NULL), FM_OK);
            assert_int_equal(equal, len == other);
        }
    }
    text[LEN] = 'y';
    assert_int_equal(fm_file_equals(&equal, path, text, LEN + 1, NULL), FM_OK);
    assert_false(equal);
    path = folder_write(state, "empty", "");
    assert_int_equal(fm_file_equals(&equal, path, "", 0, NULL), FM_OK);
    assert_true(equal);
    assert_int_equal(fm_file_equals(&equal, "/nowhere/a", "", 0, NULL), FM_ENOTFOUND);
    free(text);
}

static void test_what_is_no_file_is_refused(void **state)
{
    fm_buf out;
    fm_error err;
    fm_buf_init(&out, 1 << 20);
    assert_int_equal(fm_file_read(&out, NULL, folder_path(state, "missing"), &err), FM_ENOTFOUND);
    assert_non_null(strstr(err.message, "missing"));
    assert_int_equal(fm_file_read(&out, NULL, *state, NULL), FM_EINVAL);
    assert_int_equal(mkfifo(folder_path(state, "pipe"), 0600), 0);
    assert_int_equal(fm_file_read(&out, NULL, folder_path(state, "pipe"), NULL), FM_EINVAL);
    fm_buf_free(&out);
}

static void test_facts_tell_a_changed_file(void **state)
{
    const char *path = folder_write(state, "a", "one");
    fm_file_facts before, after;
    assert_int_equal(fm_file_look(&before, path, NULL), FM_OK);
    assert_int_equal(fm_file_look(&after, path, NULL), FM_OK);
    assert_true(fm_file_same(&before, &after));
    folder_write(state, "a", "other");
    assert_int_equal(fm_file_look(&after, path, NULL), FM_OK);
    assert_false(fm_file_same(&before, &after));
    assert_int_equal(fm_file_look(&after, folder_path(state, "missing"), NULL), FM_ENOTFOUND);
}

static void test_names_are_resolved(void **state)
{
    const char *path = folder_write(state, "a", "x");
    assert_int_equal(symlink("a", folder_path(state, "link")), 0);
    char *real = NULL, *linked = NULL, *missing = NULL;
    assert_int_equal(fm_file_resolve(&real, path, NULL), FM_OK);
    assert_int_equal(fm_file_resolve(&linked, folder_path(state, "link"), NULL), FM_OK);
    assert_string_equal(real, linked);
    assert_int_equal(fm_file_resolve(&missing, folder_path(state, "new"), NULL), FM_OK);
    assert_non_null(strstr(missing, "/new"));
    free(real);
    free(linked);
    free(missing);
    assert_int_equal(fm_file_resolve(&missing, folder_path(state, "no/new"), NULL), FM_ENOTFOUND);
    assert_null(missing);
}

static void test_the_folder_of_a_path(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"/a/b/c", "/a/b"}, {"/a", "/"}, {"a", "."}, {"a/b", "a"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *folder = fm_file_folder(cases[i][0]);
        assert_string_equal(folder, cases[i][1]);
        free(folder);
    }
}

static void test_replace_follows_links_and_makes_private_files(void **state)
{
    fm_env env;
    fm_env_default(&env);
    const char *path = folder_write(state, "a", "old"), *link = folder_path(state, "link");
    assert_int_equal(symlink("a", link), 0);
    assert_int_equal(fm_stage_replace(&env, link, "new", 3, NULL), FM_OK);
    char *content = folder_read(path, NULL);
    assert_string_equal(content, "new");
    free(content);
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    const char *fresh = folder_path(state, "fresh");
    assert_int_equal(fm_stage_replace(&env, fresh, "x", 1, NULL), FM_OK);
    assert_int_equal(stat(fresh, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(folder_count(state), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reads_all_of_a_file_up_to_the_limit),
        TEST(test_reads_an_empty_file_and_files_without_a_size),
        TEST(test_equal_content_is_told_piece_by_piece),
        TEST(test_what_is_no_file_is_refused),
        TEST(test_facts_tell_a_changed_file),
        TEST(test_names_are_resolved),
        TEST(test_the_folder_of_a_path),
        TEST(test_replace_follows_links_and_makes_private_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
