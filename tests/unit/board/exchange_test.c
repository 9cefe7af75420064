#include "board/exchange.h"
#include "support/boards.h"
#include "support/cmocka.h"
#include "support/folder.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char plain[] = "{\n  \"items\": [\n    {\"id\": \"A\", \"title\": \"a\", \"n\": 1.10},\n    {\"id\": "
                            "\"B\", \"title\": \"b\"}\n  ]\n}\n";

static void assert_file(const char *path, const char *expected)
{
    char *content = folder_read(path, NULL);
    assert_non_null(content);
    assert_string_equal(content, expected);
    free(content);
}

static void save(fm_board *b, const char *keep)
{
    fm_edit_log skipped = {0};
    fm_error err = {0};
    if (fm_board_save(b, keep, &skipped, &err))
        fail_msg("%s", err.message);
    assert_int_equal(skipped.count, 0);
}

/* Saves and tells what was skipped: "KEY/last step of the path", joined by spaces. */
static void assert_skips(fm_board *b, const char *expected)
{
    fm_edit_log skipped = {0};
    fm_error err = {0};
    if (fm_board_save(b, NULL, &skipped, &err))
        fail_msg("%s", err.message);
    fm_buf said;
    fm_buf_init(&said, 4096);
    for (size_t i = 0; i < skipped.count; i++) {
        const fm_edit *e = skipped.edits[i];
        fm_buf_adds(&said, i ? " " : "");
        fm_buf_add(&said, e->key, e->key_len);
        fm_buf_addc(&said, '/');
        fm_buf_add(&said, e->path[e->steps - 1].name, e->path[e->steps - 1].name_len);
    }
    assert_string_equal(said.data, expected);
    fm_buf_free(&said);
    fm_edit_log_clear(&skipped);
}

static void test_writes_the_edits_and_keeps_the_previous_file(void **state)
{
    const char *path = folder_write(state, "b.json", plain), *keep = folder_path(state, "keep.json");
    assert_int_equal(chmod(path, 0640), 0);
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
    save(b, keep);
    assert_file(path, "{\n  \"items\": [\n    {\"id\": \"A\", \"title\": \"x\", \"n\": 1.10},\n    {\"id\": \"B\", "
                      "\"title\": \"b\"}\n  ]\n}\n");
    assert_file(keep, plain);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    bool dirty;
    assert_int_equal(fm_board_is_dirty(&dirty, b, NULL), FM_OK);
    assert_false(dirty);
    assert_int_equal(boards_set(b, "B/title", "\"y\"", NULL), FM_OK);
    save(b, keep);
    assert_int_equal(folder_count(state), 2);
    fm_board_close(b);
    b = boards_open(path);
    fm_board_place place;
    assert_int_equal(fm_board_find(&place, b, "B", 1, NULL), FM_OK);
    fm_board_close(b);
}

static void test_nothing_to_save_leaves_the_file_alone(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    struct stat before, after;
    fm_board *b = boards_open(path);
    assert_int_equal(stat(path, &before), 0);
    save(b, folder_path(state, "keep.json"));
    assert_int_equal(boards_set(b, "A/n", "1.1", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/title", "\"a\"", NULL), FM_OK);
    save(b, folder_path(state, "keep.json"));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(folder_count(state), 1);
    fm_board_close(b);
}

static void test_a_link_stays_a_link(void **state)
{
    const char *path = folder_write(state, "b.json", plain), *link = folder_path(state, "link.json");
    assert_int_equal(symlink("b.json", link), 0);
    fm_board *b = boards_open(link);
    assert_int_equal(boards_set(b, "A/title", "1", NULL), FM_OK);
    save(b, NULL);
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(folder_count(state), 2);
    fm_board_close(b);
}

static void assert_mode(const char *path, mode_t mode)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, mode);
}

/* A password that is encrypted, or a calendar that is disconnected, must not live on in the copy. */
static void test_the_kept_file_holds_no_credentials(void **state)
{
    static const char *const boards[] = {
        "{\"calendarConfig\":{\"credentials\": {\"password\":\"pw\"} "
        ",\"x\":1},\"items\":[{\"id\":\"A\",\"credentials\":1}]}",
        "{\"items\":[{\"id\":\"A\"}],\"calendarConfig\":{\"one\":{\"credentials\":\"pw\"},\"cred\\u0065ntials\":["
        "\"pw\"]}}",
        "{\"calendarConfig\":{\"credentials\":\"pw\"},\"calendarConfig\":{\"credentials\":\"pw\"},\"items\":[{\"id\":"
        "\"A\"}]}",
    };
    static const char *const kept[] = {
        "{\"calendarConfig\":{\"credentials\": null ,\"x\":1},\"items\":[{\"id\":\"A\",\"credentials\":1}]}",
        "{\"items\":[{\"id\":\"A\"}],\"calendarConfig\":{\"one\":{\"credentials\":null},\"cred\\u0065ntials\":null}}",
        "{\"calendarConfig\":{\"credentials\":null},\"calendarConfig\":{\"credentials\":null},\"items\":[{\"id\":\"A\"}"
        "]}",
    };
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        const char *path = folder_write(state, "b.json", boards[i]), *keep = folder_write(state, "keep.json", "old");
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(chmod(keep, 0644), 0);
        fm_board *b = boards_open(path);
        assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
        save(b, keep);
        assert_file(keep, kept[i]);
        assert_mode(keep, 0600);
        assert_mode(path, 0644);
        fm_board_close(b);
    }
}

static void test_the_kept_file_is_its_owners_alone(void **state)
{
    const char *path = folder_write(state, "b.json", plain), *keep = folder_path(state, "keep.json");
    assert_int_equal(chmod(path, 0664), 0);
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
    save(b, keep);
    assert_mode(keep, 0600);
    fm_board_close(b);
}

static void test_what_another_program_wrote_is_merged(void **state)
{
    const char *path = folder_write(state, "b.json", plain), *keep = folder_path(state, "keep.json");
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/title", "\"ours\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "B/calendarSync", "{\"s\":1}", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"N\"}", NULL), FM_OK);
    static const char theirs[] =
        "{\"items\":[{\"id\":\"Z\"},{\"id\":\"B\",\"title\":\"theirs\"},{\"id\":\"A\",\"title\":\"a\"}],\"new\":1}";
    folder_write(state, "b.json", theirs);
    save(b, keep);
    assert_file(path, "{\"items\":[{\"id\":\"Z\"},{\"id\":\"B\",\"title\":\"theirs\",\"calendarSync\":{\"s\":1}},{"
                      "\"id\":\"A\",\"title\":\"ours\"},{\"id\":\"N\"}],\"new\":1}");
    assert_file(keep, theirs);
    fm_board_place place;
    assert_int_equal(fm_board_find(&place, b, "Z", 1, NULL), FM_OK);
    fm_board_close(b);
}

static void test_members_they_changed_too_stay_theirs(void **state)
{
    const char *path = folder_write(state, "b.json",
                                    "{\"items\":[{\"id\":\"A\",\"t\":1,\"u\":1,\"v\":1,\"w\":1,\"calendarSync\":1},{"
                                    "\"id\":\"B\"},{\"id\":\"C\",\"m\":{}}],\"c\":{\"x\":1}}");
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/t", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/u", "2", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "A/v", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "A/w", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/new", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/calendarSync", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "B/t", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "C/m/x", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/c/x", "2", NULL), FM_OK);
    folder_write(state, "b.json",
                 "{\"items\":[{\"id\":\"A\",\"t\":3,\"u\":2,\"v\":3,\"new\":3,\"calendarSync\":3},{\"id\":\"C\",\"m\":["
                 "]}],\"c\":{\"x\":3}}");
    assert_skips(b, "A/t A/v A/new B/t C/x");
    assert_file(path, "{\"items\":[{\"id\":\"A\",\"t\":3,\"u\":2,\"v\":3,\"new\":3,\"calendarSync\":2},{\"id\":\"C\","
                      "\"m\":[]}],\"c\":{\"x\":2}}");
    fm_board_close(b);
}

static void test_a_court_dates_sync_is_never_skipped(void **state)
{
    const char *path = folder_write(state, "b.json", "{\"epics\":[{\"id\":\"E\",\"metadata\":{\"courtDate\":1}}]}");
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "E.court-date/metadata/courtDate", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "E.court-date/metadata/courtDateSync", "2", NULL), FM_OK);
    folder_write(state, "b.json", "{\"epics\":[{\"id\":\"E\",\"metadata\":{\"courtDate\":3,\"courtDateSync\":3}}]}");
    assert_skips(b, "E.court-date/courtDate");
    assert_file(path, "{\"epics\":[{\"id\":\"E\",\"metadata\":{\"courtDate\":3,\"courtDateSync\":2}}]}");
    fm_board_close(b);
}

static void test_refusals_change_nothing(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    fm_edit_log skipped = {0};
    fm_error err;
    fm_board *b;
    fm_env dry;
    fm_env_default(&dry);
    dry.read_only = true;
    assert_int_equal(fm_board_open(&b, &dry, path, NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_EREADONLY);
    assert_non_null(strstr(err.message, "b.json"));
    dry.read_only = false;
    assert_int_equal(fm_board_save(b, folder_path(state, "no/keep"), &skipped, &err), FM_ENOTFOUND);
    assert_file(path, plain);
    folder_write(state, "b.json", "[]");
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_EPARSE);
    assert_file(path, "[]");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_ENOTFOUND);
    assert_int_equal(folder_count(state), 0);
    folder_write(state, "b.json", plain);
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_OK);
    fm_board_close(b);
    b = boards_parse("{}");
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_EINVAL);
    fm_board_close(b);
}

/* In a process without the rights of root, which may write everything. */
static fm_status save_as_nobody(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        fm_board *b = boards_open(path);
        fm_edit_log skipped = {0};
        if (geteuid() == 0 && setuid(65534))
            _exit(99);
        boards_set(b, "A/title", "1", NULL);
        _exit(-fm_board_save(b, NULL, &skipped, NULL));
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    return (fm_status)-WEXITSTATUS(how);
}

static void test_a_write_protected_board_is_not_replaced(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    assert_int_equal(chmod(*state, 0777), 0);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(save_as_nobody(path), FM_EACCESS);
    assert_file(path, plain);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(save_as_nobody(path), geteuid() == 0 ? FM_EINVAL : FM_OK); /* it would change its owner */
    if (geteuid() == 0)
        assert_file(path, plain);
    assert_int_equal(folder_count(state), 1);
}

static void test_a_full_disk_leaves_the_board_as_it_was(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    static char value[70000];
    memset(value, 'x', sizeof value - 1);
    value[0] = value[sizeof value - 2] = '"';
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/title", value, NULL), FM_OK);
    struct rlimit before, tight = {.rlim_cur = 8192};
    fm_edit_log skipped = {0};
    fm_error err;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight.rlim_max = before.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    fm_status status = fm_board_save(b, NULL, &skipped, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, FM_EIO);
    assert_non_null(strstr(err.message, "free some space"));
    assert_file(path, plain);
    assert_int_equal(folder_count(state), 1);
    save(b, NULL);
    fm_board_close(b);
}

/* ------------------------------------------------------------------ writing at the same time */

/* The board with the number that stands for the other program's work set to another. */
static char *with_number(const char *path, int number, bool *is_it)
{
    char *text = folder_read(path, NULL), *at = text ? strstr(text, "\"theirs\": ") : NULL, *changed = NULL;
    if (!at)
        _exit(2);
    at += sizeof "\"theirs\": " - 1;
    *is_it = strtol(at, NULL, 10) == number;
    if (asprintf(&changed, "%.*s%d%s", (int)(at - text), text, number, at + strcspn(at, ",}")) < 0)
        _exit(3);
    free(text);
    return changed;
}

/*
 * Another program that counts in the board, by replacing the file, as editors do. After each write it
 * looks until it sees its number: one that an exchange dropped never comes back.
 */
static void count_up(const char *path, const char *scratch, int times)
{
    for (int i = 1; i <= times; i++) {
        bool seen = false;
        char *text = with_number(path, i, &seen);
        FILE *file = fopen(scratch, "wb");
        if (!file || fputs(text, file) < 0 || fclose(file) || rename(scratch, path))
            _exit(4);
        free(text);
        for (int looks = 0; !seen; looks++) {
            if (looks == 5000)
                _exit(5);
            usleep(looks ? 1000 : 0);
            free(with_number(path, i, &seen));
        }
    }
    _exit(0);
}

static void test_saves_beside_a_program_that_keeps_writing(void **state)
{
    enum { TIMES = 300 };
    const char *path =
        folder_write(state, "b.json", "{\"items\": [{\"id\": \"A\", \"ours\": 0}, {\"id\": \"B\", \"theirs\": 0}]}");
    const char *scratch = folder_path(state, "scratch");
    char value[16];
    pid_t child = fork();
    if (child == 0)
        count_up(path, scratch, TIMES);
    int how = 0, tried = 0, saved = 0;
    while (waitpid(child, &how, WNOHANG) == 0) {
        fm_board *b = boards_open(path);
        fm_edit_log skipped = {0};
        fm_error err = {0};
        snprintf(value, sizeof value, "%d", ++tried);
        assert_int_equal(boards_set(b, "A/calendarSync", value, NULL), FM_OK);
        fm_status status = fm_board_save(b, NULL, &skipped, &err);
        if (status && status != FM_EPRECONDITION) /* it may write before each exchange that one save tries */
            fail_msg("%s", err.message);
        saved += !status;
        fm_edit_log_clear(&skipped);
        fm_board_close(b);
    }
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
    /* The last thing it wrote is there: no exchange has dropped it. */
    char *text = folder_read(path, NULL);
    snprintf(value, sizeof value, "theirs\": %d}", TIMES);
    assert_non_null(strstr(text, value));
    free(text);
    assert_true(saved > 1);
    assert_int_equal(folder_count(state), 1);
}

/* An environment whose random numbers, which each new version is named with, let another program write before it. */
typedef struct restless {
    void **folder;
    int written;
} restless;

static fm_status write_and_draw(void *data, void *bytes, size_t len)
{
    restless *r = data;
    char text[64];
    snprintf(text, sizeof text, "{\"items\": [{\"id\": \"A\", \"theirs\": %d}]}", ++r->written);
    folder_write(r->folder, "b.json", text);
    memset(bytes, r->written, len);
    return FM_OK;
}

static void test_a_program_that_never_stops_keeps_its_last_version(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    restless r = {.folder = state};
    fm_env env;
    fm_env_default(&env);
    env.data = &r;
    env.random = write_and_draw;
    fm_board *b;
    fm_error err;
    fm_edit_log skipped = {0};
    char last[64];
    assert_int_equal(fm_board_open(&b, &env, path, NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/calendarSync", "1", NULL), FM_OK);
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_EPRECONDITION);
    assert_non_null(strstr(err.message, "keeps writing"));
    assert_true(r.written > 1);
    snprintf(last, sizeof last, "{\"items\": [{\"id\": \"A\", \"theirs\": %d}]}", r.written);
    assert_file(path, last);
    assert_int_equal(folder_count(state), 1);
    fm_edit_log_clear(&skipped);
    fm_board_close(b);
}

/* An environment whose sleep finishes what another program has begun to write in place. */
typedef struct writer {
    const char *path;
    const char *rest;
    int64_t now_ms;
} writer;

static int64_t writer_now(void *data)
{
    return ((writer *)data)->now_ms;
}

static void writer_sleep(void *data, int64_t ms)
{
    writer *w = data;
    w->now_ms += ms;
    if (!w->rest || w->now_ms < 50)
        return;
    FILE *file = fopen(w->path, "ab");
    fputs(w->rest, file);
    fclose(file);
    w->rest = NULL;
}

static void test_a_half_written_file_is_given_time(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    writer w = {.path = path, .rest = "\"title\": \"theirs\"}]}"};
    fm_env env;
    fm_env_default(&env);
    env.data = &w;
    env.monotonic_ms = writer_now;
    env.sleep_ms = writer_sleep;
    fm_board *b;
    assert_int_equal(fm_board_open(&b, &env, path, NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/calendarSync", "1", NULL), FM_OK);
    folder_write(state, "b.json", "{\"items\": [{\"id\": \"A\", ");
    assert_skips(b, "");
    assert_file(path, "{\"items\": [{\"id\": \"A\", \"title\": \"theirs\", \"calendarSync\": 1}]}");
    /* One that never ends is an error, and stays as it is. */
    assert_int_equal(boards_set(b, "A/calendarSync", "2", NULL), FM_OK);
    folder_write(state, "b.json", "{\"items\": [");
    fm_edit_log skipped = {0};
    fm_error err;
    assert_int_equal(fm_board_save(b, NULL, &skipped, &err), FM_EPARSE);
    assert_non_null(strstr(err.message, "another program"));
    assert_true(w.now_ms >= 2000);
    assert_file(path, "{\"items\": [");
    fm_board_close(b);
}

/* Another program writes half a file just before the exchange, and a whole one while fmcal waits for the other half. */
typedef struct two_writes {
    void **folder;
    writer clock;
    int written;
} two_writes;

static int64_t two_writes_now(void *data)
{
    return ((two_writes *)data)->clock.now_ms;
}

static fm_status write_half(void *data, void *bytes, size_t len)
{
    two_writes *w = data;
    if (!w->written++)
        folder_write(w->folder, "b.json", "{\"items\": [{\"id\": \"lost\"");
    memset(bytes, w->written, len);
    return FM_OK;
}

static void write_whole(void *data, int64_t ms)
{
    two_writes *w = data;
    w->clock.now_ms += ms;
    folder_write(w->folder, "b.json", "{\"items\": [{\"id\": \"A\", \"theirs\": 2}]}");
}

static void test_a_version_that_cannot_be_merged_outlives_later_saves(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    two_writes w = {.folder = state};
    fm_env env;
    fm_env_default(&env);
    env.data = &w;
    env.random = write_half;
    env.monotonic_ms = two_writes_now;
    env.sleep_ms = write_whole;
    fm_board *b;
    assert_int_equal(fm_board_open(&b, &env, path, NULL), FM_OK);
    fm_edit_log skipped = {0};
    assert_int_equal(boards_set(b, "A/calendarSync", "1", NULL), FM_OK);
    assert_int_equal(fm_board_save(b, NULL, &skipped, NULL), FM_EPARSE);
    fm_board_close(b);
    assert_file(path, "{\"items\": [{\"id\": \"A\", \"theirs\": 2}]}");
    b = boards_open(path);
    assert_int_equal(boards_set(b, "A/calendarSync", "1", NULL), FM_OK);
    save(b, NULL);
    assert_file(folder_path(state, "b.json.kept-0101010101010101"), "{\"items\": [{\"id\": \"lost\"");
    fm_board_close(b);
}

static void test_leftovers_of_a_killed_save_are_removed(void **state)
{
    const char *path = folder_write(state, "b.json", plain);
    folder_write(state, ".b.json.fmcal-00000000000000ff", "half");
    fm_board *b = boards_open(path);
    assert_int_equal(boards_set(b, "A/title", "1", NULL), FM_OK);
    save(b, NULL);
    assert_int_equal(folder_count(state), 1);
    fm_board_close(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_writes_the_edits_and_keeps_the_previous_file),
        TEST(test_the_kept_file_holds_no_credentials),
        TEST(test_the_kept_file_is_its_owners_alone),
        TEST(test_nothing_to_save_leaves_the_file_alone),
        TEST(test_a_link_stays_a_link),
        TEST(test_what_another_program_wrote_is_merged),
        TEST(test_members_they_changed_too_stay_theirs),
        TEST(test_a_court_dates_sync_is_never_skipped),
        TEST(test_refusals_change_nothing),
        TEST(test_a_write_protected_board_is_not_replaced),
        TEST(test_a_full_disk_leaves_the_board_as_it_was),
        TEST(test_saves_beside_a_program_that_keeps_writing),
        TEST(test_a_program_that_never_stops_keeps_its_last_version),
        TEST(test_a_half_written_file_is_given_time),
        TEST(test_a_version_that_cannot_be_merged_outlives_later_saves),
        TEST(test_leftovers_of_a_killed_save_are_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
