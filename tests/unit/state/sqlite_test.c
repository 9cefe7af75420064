#include "state/state.h"
#include "support/cmocka.h"
#include "support/folder.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static fm_env env;
static char logged[1024];

static void keep_log(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)data;
    (void)domain;
    if (level == FM_LOG_INFO)
        snprintf(logged, sizeof logged, "%s", line);
}

static int64_t fixed_now(void *data)
{
    (void)data;
    return INT64_C(1769344200) * 1000000; /* 2026-01-25T12:30:00Z */
}

static int setup(void **state)
{
    fm_env_default(&env);
    env.log = keep_log;
    env.log_level = FM_LOG_INFO;
    env.now_us = fixed_now;
    logged[0] = '\0';
    return folder_make(state);
}

static fm_state *open_with(const char *path, const fm_state_options *options)
{
    fm_state *s = NULL;
    fm_error err = {0};
    fm_status status = fm_state_open(&s, path, &env, options, &err);
    if (status)
        print_error("%s\n", err.message);
    assert_int_equal(status, FM_OK);
    return s;
}

static fm_state *open_state(const char *path)
{
    return open_with(path, NULL);
}

static fm_target *target(fm_state *s)
{
    fm_target *t = NULL;
    assert_int_equal(fm_state_target(&t, s, "academy", NULL), FM_OK);
    return t;
}

static void put_base(fm_target *t, const char *key)
{
    fm_base_row row = {.key = key};
    assert_int_equal(fm_target_put_base(t, &row, NULL), FM_OK);
}

static size_t count(fm_state *s)
{
    size_t n = 0;
    assert_int_equal(fm_target_count(&n, target(s), NULL), FM_OK);
    return n;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

/* ------------------------------------------------------------------ files */

static void file_and_folder_are_for_their_owner_alone(void **state)
{
    mode_t mask = umask(0);
    fm_state *s = open_state(folder_path(state, "sub/a.db"));
    umask(mask);
    put_base(target(s), "X-1");
    assert_int_equal(mode_of(folder_path(state, "sub")), 0700);
    assert_int_equal(mode_of(folder_path(state, "sub/a.db")), 0600);
    assert_int_equal(mode_of(folder_path(state, "sub/a.db-wal")), 0600);
    fm_state_close(s);
    assert_false(exists(folder_path(state, "sub/a.db-wal")));
    assert_false(exists(folder_path(state, "sub/a.db-shm")));
}

static void a_missing_folder_above_is_an_error(void **state)
{
    fm_state *s = NULL;
    fm_error err = {0};
    assert_int_equal(fm_state_open(&s, folder_path(state, "a/b/c.db"), &env, NULL, &err), FM_ENOTFOUND);
    assert_null(s);
    assert_int_equal(fm_state_open(&s, "", &env, NULL, &err), FM_EINVAL);
    assert_int_equal(fm_state_open(&s, *state, &env, NULL, &err), FM_EINVAL);
}

static void a_link_stays_a_link(void **state)
{
    folder_write(state, "real.db", "damaged");
    assert_int_equal(symlink("real.db", folder_path(state, "link.db")), 0);
    fm_state *s = open_state(folder_path(state, "link.db"));
    assert_true(exists(folder_path(state, "real.db.damaged-20260125T123000Z")));
    fm_state_close(s);
    struct stat st;
    assert_int_equal(lstat(folder_path(state, "link.db"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

/* ------------------------------------------------------------------ damage */

static void set_aside(void **state, const char *why)
{
    const char *path = folder_path(state, "a.db");
    fm_state *s = open_state(path);
    assert_non_null(fm_state_warning(s));
    assert_non_null(strstr(fm_state_warning(s), why));
    assert_non_null(strstr(logged, "set aside"));
    assert_true(exists(folder_path(state, "a.db.damaged-20260125T123000Z")));
    assert_int_equal(count(s), 0);
    put_base(target(s), "X-1");
    fm_state_close(s);
    s = open_state(path);
    assert_null(fm_state_warning(s));
    assert_int_equal(count(s), 1);
    fm_state_close(s);
}

static void garbage_is_set_aside(void **state)
{
    folder_write(state, "a.db", "this is no database, whatever it is");
    set_aside(state, "not a database");
    char *kept = folder_read(folder_path(state, "a.db.damaged-20260125T123000Z"), NULL);
    assert_string_equal(kept, "this is no database, whatever it is");
    free(kept);
}

static void change(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* The file stays as it is, whether it would have been written or only read. */
static void assert_refused(void **state, const char *path, bool named)
{
    size_t len, before_len;
    char *before = folder_read(path, &before_len);
    for (int read_only = 0; read_only < 2; read_only++) {
        fm_state *s = NULL;
        fm_error err = {0};
        fm_state_options options = {.read_only = read_only != 0, .named = named};
        assert_int_equal(fm_state_open(&s, path, &env, &options, &err), FM_EINVAL);
        assert_non_null(strstr(err.message, "no state of fmcal's"));
        char *after = folder_read(path, &len);
        assert_int_equal(len, before_len);
        assert_memory_equal(after, before, len);
        free(after);
        assert_int_equal(folder_count(state), 1);
    }
    free(before);
}

static void another_programs_database_is_refused(void **state)
{
    const char *path = folder_path(state, "a.db");
    change(path, "CREATE TABLE bookmark (url)");
    assert_refused(state, path, false);
    assert_refused(state, path, true);
    change(path, "PRAGMA application_id = 5");
    assert_refused(state, path, false);
}

static void a_named_file_that_is_no_state_is_refused(void **state)
{
    assert_refused(state, folder_write(state, "notes.txt", "Remember the milk, and whatever else there is to buy."),
                   true);
}

static void a_named_state_that_is_damaged_is_set_aside(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_options options = {.named = true};
    fm_error err = {0};
    fm_state *s = NULL;
    fm_state_close(open_state(path));
    change(path, "DROP TABLE intent");
    assert_int_equal(fm_state_open(&s, path, &env, &options, &err), FM_OK);
    assert_non_null(fm_state_warning(s));
    fm_state_close(s);
}

static void missing_tables_are_damage(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_close(open_state(path));
    change(path, "DROP TABLE intent");
    set_aside(state, "tables are missing");
}

static void a_second_damaged_file_gets_another_name(void **state)
{
    folder_write(state, "a.db", "damaged");
    fm_state_close(open_state(folder_path(state, "a.db")));
    folder_write(state, "a.db", "damaged again");
    fm_state_close(open_state(folder_path(state, "a.db")));
    assert_true(exists(folder_path(state, "a.db.damaged-20260125T123000Z")));
    assert_true(exists(folder_path(state, "a.db.damaged-20260125T123000Z-2")));
}

static void a_newer_state_is_refused_and_kept(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_close(open_state(path));
    change(path, "PRAGMA user_version = 1000");
    fm_state *s = NULL;
    fm_error err = {0};
    assert_int_equal(fm_state_open(&s, path, &env, NULL, &err), FM_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "newer"));
    fm_state_options options = {.read_only = true};
    assert_int_equal(fm_state_open(&s, path, &env, &options, &err), FM_EUNSUPPORTED);
    assert_true(exists(path));
    assert_int_equal(folder_count(state), 1);
}

/* What the first release wrote; later versions add to it. */
static void a_state_of_version_3(const char *path)
{
    static char sql[65536];
    FILE *file = fopen(TESTS_DIR "/fixtures/state/version-3.sql", "rb");
    assert_non_null(file);
    size_t len = fread(sql, 1, sizeof sql - 1, file);
    fclose(file);
    assert_true(len > 0 && len < sizeof sql - 1);
    sql[len] = '\0';
    change(path, sql);
}

static void an_older_state_is_brought_up_to_date(void **state)
{
    a_state_of_version_3(folder_path(state, "old.db"));
    fm_state *s = open_state(folder_path(state, "old.db"));
    assert_null(fm_state_warning(s));
    fm_cursor *cursor = NULL;
    fm_history_row row;
    assert_int_equal(fm_state_history(&cursor, s, "XACA-0040", -1, -1, NULL), FM_OK);
    assert_int_equal(fm_history_next(cursor, &row, NULL), FM_PENDING);
    assert_string_equal(row.field, "title");
    assert_null(row.cause);
    fm_cursor_free(cursor);
    fm_run_row run = {.number = 3, .time = "2026-01-25T12:30:00Z"};
    assert_int_equal(fm_state_put_run(s, &run, NULL), FM_OK);
    fm_target *t = NULL;
    size_t known = 0;
    assert_int_equal(fm_state_target(&t, s, "vdir", NULL), FM_OK);
    assert_int_equal(fm_target_count(&known, t, NULL), FM_OK);
    assert_int_equal(known, 2);
    fm_state_close(s);
    fm_state_close(open_state(folder_path(state, "old.db")));
}

static void a_board_is_not_taken_for_a_damaged_state(void **state)
{
    const char *path = folder_write(state, "board.json", "\xEF\xBB\xBF\n {\"team\": \"academy\"}");
    fm_state *s = NULL;
    fm_error err = {0};
    assert_int_equal(fm_state_open(&s, path, &env, NULL, &err), FM_EINVAL);
    assert_non_null(strstr(err.message, "JSON"));
    assert_int_equal(folder_count(state), 1);
}

/* Overwrites every page but the first, so that the schema is still readable. */
static void scribble(const char *path)
{
    struct stat st;
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &st), 0);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    for (off_t i = 4096; i < st.st_size; i++)
        fputc(0xA5, file);
    assert_int_equal(fclose(file), 0);
}

static void damage_found_later_is_set_aside_at_the_end(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state *s = open_state(path);
    put_base(target(s), "X-1");
    fm_state_close(s);
    scribble(path);
    s = open_state(path);
    fm_error err = {0};
    fm_target *t = NULL;
    assert_int_equal(fm_state_target(&t, s, "academy", &err), FM_EPARSE);
    assert_non_null(strstr(err.message, "damaged"));
    assert_false(exists(folder_path(state, "a.db.damaged-20260125T123000Z")));
    fm_state_close(s);
    assert_true(exists(folder_path(state, "a.db.damaged-20260125T123000Z")));
    s = open_state(path);
    assert_int_equal(count(s), 0);
    fm_state_close(s);
}

/* ------------------------------------------------------------------ read only */

static void read_only_touches_nothing(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_options options = {.read_only = true};
    fm_state *s = open_with(folder_path(state, "sub/a.db"), &options);
    put_base(target(s), "X-1");
    assert_int_equal(count(s), 1);
    fm_state_close(s);
    assert_int_equal(folder_count(state), 0);
    s = open_state(path);
    put_base(target(s), "X-1");
    fm_state_close(s);
    size_t before_len, after_len;
    char *before = folder_read(path, &before_len);
    s = open_with(path, &options);
    assert_int_equal(count(s), 1);
    put_base(target(s), "X-2");
    assert_int_equal(count(s), 2);
    assert_int_equal(folder_count(state), 1);
    fm_state_close(s);
    char *after = folder_read(path, &after_len);
    assert_int_equal(before_len, after_len);
    assert_memory_equal(before, after, after_len);
    free(before);
    free(after);
}

static void a_dry_run_is_read_only_whatever_is_asked(void **state)
{
    env.read_only = true;
    fm_state *s = open_state(folder_path(state, "sub/a.db"));
    put_base(target(s), "X-1");
    fm_state_close(s);
    assert_int_equal(folder_count(state), 0);
}

static void read_only_sees_what_another_process_has_just_written(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_options options = {.read_only = true};
    fm_state *writer = open_state(path);
    put_base(target(writer), "X-1"); /* in the log, not in the database */
    fm_state *reader = open_with(path, &options);
    assert_int_equal(count(reader), 1);
    put_base(target(writer), "X-2");
    assert_int_equal(count(reader), 1);
    fm_state_close(reader);
    assert_int_equal(count(writer), 2);
    fm_state_close(writer);
}

static void read_only_leaves_a_damaged_file_where_it_is(void **state)
{
    folder_write(state, "a.db", "damaged");
    fm_state_options options = {.read_only = true};
    fm_state *s = open_with(folder_path(state, "a.db"), &options);
    assert_non_null(strstr(fm_state_warning(s), "damaged"));
    put_base(target(s), "X-1");
    fm_state_close(s);
    assert_int_equal(folder_count(state), 1);
}

/* ------------------------------------------------------------------ other processes */

static void a_locked_state_says_so(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_options options = {.busy_timeout_ms = 10};
    fm_state *one = open_state(path), *two = open_with(path, &options);
    fm_error err = {0};
    put_base(target(one), "X-1");
    fm_target *t = target(two);
    assert_int_equal(fm_state_begin(one, NULL), FM_OK);
    fm_base_row row = {.key = "X-2"};
    assert_int_equal(fm_target_put_base(t, &row, &err), FM_ELOCKED);
    assert_int_equal(fm_state_begin(two, &err), FM_ELOCKED);
    assert_int_equal(count(two), 1); /* reading goes on */
    assert_int_equal(fm_state_commit(one, NULL), FM_OK);
    assert_int_equal(fm_target_put_base(t, &row, &err), FM_OK);
    fm_state_close(one);
    fm_state_close(two);
}

static int exit_status(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Several processes open the state at once, and each puts a row. */
static void put_a_row_each(const char *path)
{
    pid_t children[6];
    for (int i = 0; i < 6; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            fm_state *s = NULL;
            fm_target *t = NULL;
            char key[16];
            snprintf(key, sizeof key, "X-%d", i);
            fm_base_row row = {.key = key};
            fm_error err = {0};
            bool fine = !fm_state_open(&s, path, &env, NULL, &err) && !fm_state_target(&t, s, "academy", &err) &&
                        !fm_target_put_base(t, &row, &err);
            if (!fine)
                print_error("%s\n", err.message);
            fm_state_close(s);
            _exit(!fine);
        }
    }
    for (int i = 0; i < 6; i++)
        assert_int_equal(exit_status(children[i]), 0);
    fm_state *s = open_state(path);
    assert_int_equal(count(s), 6);
    fm_state_close(s);
}

static void many_processes_may_make_it_at_once(void **state)
{
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "sub/%d.db", i);
        put_a_row_each(folder_path(state, name));
    }
}

static void many_processes_may_find_it_damaged_at_once(void **state)
{
    put_a_row_each(folder_write(state, "a.db", "damaged"));
    char *kept = folder_read(folder_path(state, "a.db.damaged-20260125T123000Z"), NULL);
    assert_string_equal(kept, "damaged");
    free(kept);
    assert_int_equal(folder_count(state), 2);
}

/* Commits rows and their number as the token, each pair in one transaction, until it is killed. */
static void commit_for_ever(const char *path)
{
    fm_state *s = NULL;
    fm_target *t = NULL;
    if (fm_state_open(&s, path, &env, NULL, NULL) || fm_state_target(&t, s, "academy", NULL))
        _exit(1);
    size_t n = 0;
    if (fm_target_count(&n, t, NULL))
        _exit(1);
    for (;;) {
        char token[32], key[32], text[3000];
        memset(text, 'x', sizeof text);
        bool fine = !fm_state_begin(s, NULL);
        for (int i = 0; fine && i < 5; i++) {
            snprintf(key, sizeof key, "X-%zu", ++n);
            fm_base_row row = {.key = key, .doc = text, .doc_len = sizeof text};
            fine = !fm_target_put_base(t, &row, NULL);
        }
        snprintf(token, sizeof token, "%zu", n);
        if (!fine || fm_target_set_token(t, token, NULL) || fm_state_commit(s, NULL))
            _exit(1);
    }
}

static void killed_at_any_point_it_holds_whole_transactions(void **state)
{
    const char *path = folder_path(state, "a.db");
    size_t last = 0;
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            commit_for_ever(path);
        struct timespec moment = {.tv_nsec = (round * 7919L % 40 + 5) * 1000000L};
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
        assert_int_equal(exit_status(child), 128 + SIGKILL);
        fm_state *s = open_state(path);
        assert_null(fm_state_warning(s));
        char *token = NULL;
        assert_int_equal(fm_target_token(&token, target(s), NULL), FM_OK);
        size_t rows = count(s);
        assert_int_equal(rows, token ? strtoul(token, NULL, 10) : 0);
        assert_int_equal(rows % 5, 0);
        assert_true(rows >= last);
        last = rows;
        free(token);
        fm_state_close(s);
    }
    assert_true(last > 0);
}

static void read_only_reads_what_a_killed_process_left_in_the_log(void **state)
{
    const char *path = folder_path(state, "a.db");
    fm_state_close(open_state(path));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fm_state *s = NULL;
        fm_target *t = NULL;
        fm_base_row row = {.key = "X-1"};
        if (fm_state_open(&s, path, &env, NULL, NULL) || fm_state_target(&t, s, "academy", NULL) ||
            fm_target_put_base(t, &row, NULL))
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(exit_status(child), 128 + SIGKILL);
    fm_state_options options = {.read_only = true};
    fm_state *s = open_with(path, &options);
    assert_int_equal(count(s), 1);
    fm_state_close(s);
}

/* A limit on the size of files stands for a full disk: writing fails in the middle of a transaction. */
static void write_until_it_is_full(const char *path)
{
    fm_state *s = NULL;
    fm_target *t = NULL;
    fm_error err = {0};
    struct rlimit limit = {.rlim_cur = 300000, .rlim_max = 300000};
    char text[20000];
    memset(text, 'x', sizeof text);
    if (fm_state_open(&s, path, &env, NULL, NULL) || fm_state_target(&t, s, "academy", NULL))
        _exit(1);
    fm_base_row first = {.key = "X-0"};
    if (fm_target_put_base(t, &first, NULL))
        _exit(2);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    if (fm_state_begin(s, NULL))
        _exit(3);
    fm_status status = FM_OK;
    for (int i = 1; !status && i < 500; i++) {
        char key[16];
        snprintf(key, sizeof key, "X-%d", i);
        fm_base_row row = {.key = key, .doc = text, .doc_len = sizeof text};
        status = fm_target_put_base(t, &row, &err);
    }
    if (!status)
        status = fm_state_commit(s, &err);
    else if (fm_state_commit(s, NULL) == FM_OK)
        _exit(4);
    if (status != FM_EIO)
        _exit(5);
    size_t n = 0;
    if (fm_target_count(&n, t, NULL) || n != 1)
        _exit(6);
    fm_state_close(s);
    _exit(0);
}

static void a_full_disk_takes_the_transaction_back(void **state)
{
    const char *path = folder_path(state, "a.db");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_until_it_is_full(path);
    assert_int_equal(exit_status(child), 0);
    fm_state *s = open_state(path);
    assert_null(fm_state_warning(s));
    assert_int_equal(count(s), 1);
    fm_state_close(s);
}

/* ------------------------------------------------------------------ transactions and cursors */

static void transactions_do_not_nest(void **state)
{
    (void)state;
    fm_state *s = open_state(":memory:");
    fm_error err = {0};
    assert_int_equal(fm_state_commit(s, &err), FM_EINVAL);
    assert_int_equal(fm_state_rollback(s, &err), FM_EINVAL);
    assert_int_equal(fm_state_begin(s, &err), FM_OK);
    assert_int_equal(fm_state_begin(s, &err), FM_EINVAL);
    put_base(target(s), "X-1");
    assert_int_equal(fm_state_rollback(s, &err), FM_OK);
    assert_int_equal(count(s), 0);
    put_base(target(s), "X-1"); /* the target's row was rolled back too */
    fm_state_close(s);
}

static void one_query_may_be_walked_twice_at_once(void **state)
{
    (void)state;
    fm_state *s = open_state(":memory:");
    fm_target *t = target(s);
    put_base(t, "X-1");
    put_base(t, "X-2");
    fm_cursor *one = NULL, *two = NULL;
    const char *name;
    assert_int_equal(fm_target_bases(&one, t, NULL, NULL), FM_OK);
    assert_int_equal(fm_names_next(one, &name, NULL), FM_PENDING);
    assert_int_equal(fm_target_bases(&two, t, NULL, NULL), FM_OK);
    assert_int_equal(fm_names_next(two, &name, NULL), FM_PENDING);
    assert_string_equal(name, "X-1");
    assert_int_equal(fm_names_next(one, &name, NULL), FM_PENDING);
    assert_string_equal(name, "X-2");
    fm_cursor_free(two);
    assert_int_equal(fm_names_next(one, &name, NULL), FM_OK);
    fm_state_close(s); /* the cursor keeps what it needs */
    fm_cursor_free(one);
}

static fm_status count_marks(void *data, const char *key, const unsigned char *fingerprint, const char *status,
                             const char *day)
{
    size_t *counts = data;
    counts[0]++;
    counts[1] += fingerprint != NULL && fingerprint[31] == 7;
    counts[2] += status != NULL && strcmp(status, "synced") == 0;
    counts[3] += day != NULL;
    return strcmp(key, "stop") == 0 ? FM_ECANCELED : FM_OK;
}

static void fingerprints_are_walked_in_order_and_may_be_ended(void **state)
{
    (void)state;
    fm_state *s = open_state(":memory:");
    fm_target *t = target(s);
    unsigned char print[FM_FINGERPRINT_BYTES] = {[31] = 7};
    fm_base_row row = {.key = "X-1", .fingerprint = print, .status = "synced", .day = "2026-01-25"};
    assert_int_equal(fm_target_put_base(t, &row, NULL), FM_OK);
    put_base(t, "X-2");
    put_base(t, "stop");
    put_base(t, "z never reached");
    size_t counts[4] = {0};
    fm_error err = {0};
    assert_int_equal(fm_target_fingerprints(t, count_marks, counts, &err), FM_ECANCELED);
    assert_int_equal(err.status, FM_ECANCELED);
    assert_int_equal(counts[0], 3);
    assert_int_equal(counts[1], 1);
    assert_int_equal(counts[2], 1);
    assert_int_equal(counts[3], 1);
    fm_state_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_and_folder_are_for_their_owner_alone, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_missing_folder_above_is_an_error, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, setup, folder_remove),
        cmocka_unit_test_setup_teardown(garbage_is_set_aside, setup, folder_remove),
        cmocka_unit_test_setup_teardown(another_programs_database_is_refused, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_named_file_that_is_no_state_is_refused, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_named_state_that_is_damaged_is_set_aside, setup, folder_remove),
        cmocka_unit_test_setup_teardown(missing_tables_are_damage, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_second_damaged_file_gets_another_name, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_newer_state_is_refused_and_kept, setup, folder_remove),
        cmocka_unit_test_setup_teardown(an_older_state_is_brought_up_to_date, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_board_is_not_taken_for_a_damaged_state, setup, folder_remove),
        cmocka_unit_test_setup_teardown(damage_found_later_is_set_aside_at_the_end, setup, folder_remove),
        cmocka_unit_test_setup_teardown(read_only_touches_nothing, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_dry_run_is_read_only_whatever_is_asked, setup, folder_remove),
        cmocka_unit_test_setup_teardown(read_only_sees_what_another_process_has_just_written, setup, folder_remove),
        cmocka_unit_test_setup_teardown(read_only_leaves_a_damaged_file_where_it_is, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_locked_state_says_so, setup, folder_remove),
        cmocka_unit_test_setup_teardown(many_processes_may_make_it_at_once, setup, folder_remove),
        cmocka_unit_test_setup_teardown(many_processes_may_find_it_damaged_at_once, setup, folder_remove),
        cmocka_unit_test_setup_teardown(killed_at_any_point_it_holds_whole_transactions, setup, folder_remove),
        cmocka_unit_test_setup_teardown(read_only_reads_what_a_killed_process_left_in_the_log, setup, folder_remove),
        cmocka_unit_test_setup_teardown(a_full_disk_takes_the_transaction_back, setup, folder_remove),
        cmocka_unit_test_setup_teardown(transactions_do_not_nest, setup, folder_remove),
        cmocka_unit_test_setup_teardown(one_query_may_be_walked_twice_at_once, setup, folder_remove),
        cmocka_unit_test_setup_teardown(fingerprints_are_walked_in_order_and_may_be_ended, setup, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
