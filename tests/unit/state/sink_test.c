#include "state/state.h"
#include "support/cmocka.h"
#include "support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fm_env env;

typedef struct fixture {
    fm_state *state;
    fm_target *target;
    fm_remote_sink *sink;
    fm_object_sink calls;
} fixture;

static fixture f;

static void start(fm_sink_mode mode)
{
    assert_int_equal(fm_remote_sink_new(&f.sink, f.target, mode, NULL), FM_OK);
    f.calls = fm_remote_sink_callbacks(f.sink);
}

static fm_remote_counts end(void)
{
    fm_remote_counts counts = fm_remote_sink_counts(f.sink);
    fm_remote_sink_free(f.sink);
    f.sink = NULL;
    return counts;
}

static int setup(void **state)
{
    (void)state;
    fm_env_default(&env);
    return fm_state_open(&f.state, ":memory:", &env, NULL, NULL) ||
           fm_state_target(&f.target, f.state, "academy", NULL);
}

static int teardown(void **state)
{
    (void)state;
    fm_remote_sink_free(f.sink);
    fm_state_close(f.state);
    f = (fixture){0};
    return 0;
}

static void changed(const char *href, const char *etag, const char *text)
{
    fm_object object = {
        .kind = FM_OBJECT_CHANGED, .href = href, .uid = href, .etag = etag, .text = text, .text_len = strlen(text)};
    assert_int_equal(f.calls.object(f.calls.data, &object, NULL), FM_OK);
}

static void seen(const char *href)
{
    fm_object object = {.kind = FM_OBJECT_SEEN, .href = href};
    assert_int_equal(f.calls.object(f.calls.data, &object, NULL), FM_OK);
}

static void deleted(const char *href)
{
    fm_object object = {.kind = FM_OBJECT_DELETED, .href = href};
    assert_int_equal(f.calls.object(f.calls.data, &object, NULL), FM_OK);
}

static void page(const char *token, bool complete)
{
    assert_int_equal(f.calls.page(f.calls.data, token, complete, NULL), FM_OK);
}

/* What is known of an href: "etag text pending gone", "-" for nothing. */
static void assert_row(const char *href, const char *etag, const char *text, bool pending, bool gone)
{
    fm_cursor *cursor = NULL;
    fm_remote_row row;
    assert_int_equal(fm_target_remote(&cursor, f.target, href, NULL), FM_OK);
    assert_int_equal(fm_remote_next(cursor, &row, NULL), FM_PENDING);
    assert_string_equal(row.etag, etag);
    assert_int_equal(row.text_len, strlen(text));
    assert_memory_equal(row.text, text, row.text_len);
    assert_int_equal(row.pending, pending);
    assert_int_equal(row.gone, gone);
    fm_cursor_free(cursor);
}

static void assert_no_row(const char *href)
{
    fm_cursor *cursor = NULL;
    fm_remote_row row;
    assert_int_equal(fm_target_remote(&cursor, f.target, href, NULL), FM_OK);
    assert_int_equal(fm_remote_next(cursor, &row, NULL), FM_OK);
    fm_cursor_free(cursor);
}

static void assert_token(const char *expected)
{
    char *token = NULL;
    assert_int_equal(fm_target_token(&token, f.target, NULL), FM_OK);
    if (expected)
        assert_string_equal(token, expected);
    else
        assert_null(token);
    free(token);
}

/* Three settled rows a, b, c and the token t1. */
static void first_listing(void)
{
    start(FM_SINK_CHANGES);
    changed("a", "1", "A");
    changed("b", "1", "B");
    changed("c", "1", "C");
    page("t1", true);
    fm_remote_counts counts = end();
    assert_int_equal(counts.changed, 3);
    assert_true(counts.full);
    const char *const hrefs[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(fm_target_settle(f.target, hrefs[i], NULL), FM_OK);
}

static void assert_unconfirmed(const char *expected)
{
    char found[64] = "";
    fm_cursor *cursor = NULL;
    fm_remote_row row;
    fm_status status;
    assert_int_equal(fm_target_unconfirmed(&cursor, f.target, NULL), FM_OK);
    while ((status = fm_remote_next(cursor, &row, NULL)) == FM_PENDING)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s", row.href);
    assert_int_equal(status, FM_OK);
    fm_cursor_free(cursor);
    assert_string_equal(found, expected);
}

static void a_listing_confirms_what_it_shows(void **state)
{
    (void)state;
    first_listing();
    const char *const hrefs[] = {"a", "b", "c", "none"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(fm_target_expect(f.target, hrefs[i], NULL), FM_OK);
    assert_unconfirmed("abc");
    start(FM_SINK_CHANGES);
    seen("b");
    deleted("c");
    page("t2", false);
    end();
    assert_unconfirmed("a");
    start(FM_SINK_CHANGES);
    page("t3", false);
    end();
    assert_unconfirmed("a");
    assert_int_equal(fm_target_confirm(f.target, "a", NULL), FM_OK);
    assert_unconfirmed("");
}

static void a_complete_listing_leaves_nothing_unconfirmed(void **state)
{
    (void)state;
    first_listing();
    assert_int_equal(fm_target_expect(f.target, "a", NULL), FM_OK);
    assert_int_equal(fm_target_expect(f.target, "b", NULL), FM_OK);
    start(FM_SINK_CHANGES);
    seen("a");
    page("t2", true);
    end();
    assert_unconfirmed("");
    assert_row("b", "1", "B", true, true);
}

static void what_is_new_is_pending(void **state)
{
    (void)state;
    start(FM_SINK_CHANGES);
    changed("a", "1", "A");
    page("t1", true);
    end();
    assert_row("a", "1", "A", true, false);
    assert_token("t1");
}

static void an_increment_changes_what_it_names(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    changed("b", "2", "B2");
    deleted("c");
    deleted("never known");
    page("t2", false);
    fm_remote_counts counts = end();
    assert_int_equal(counts.changed, 1);
    assert_int_equal(counts.deleted, 1);
    assert_false(counts.full);
    assert_row("a", "1", "A", false, false);
    assert_row("b", "2", "B2", true, false);
    assert_row("c", "1", "C", true, true);
    assert_no_row("never known");
    assert_token("t2");
}

static void the_same_text_under_another_etag_is_no_change(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    changed("b", "2", "B");
    page("t2", false);
    fm_remote_counts counts = end();
    assert_int_equal(counts.changed, 0);
    assert_int_equal(counts.seen, 1);
    assert_row("b", "2", "B", false, false);
}

static void what_was_pending_stays_so_when_it_is_listed_again(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    changed("b", "2", "B2");
    page("t2", false);
    end();
    start(FM_SINK_CHANGES);
    changed("b", "3", "B2");
    page("t3", false);
    end();
    assert_row("b", "3", "B2", true, false);
}

static void what_a_complete_listing_lacks_is_gone(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    assert_string_equal(f.calls.known_etag(f.calls.data, "a"), "1");
    assert_null(f.calls.known_etag(f.calls.data, "d"));
    seen("a");
    changed("d", "1", "D");
    page(NULL, true);
    fm_remote_counts counts = end();
    assert_int_equal(counts.deleted, 2);
    assert_int_equal(counts.seen, 1);
    assert_row("a", "1", "A", false, false);
    assert_row("b", "1", "B", true, true);
    assert_row("c", "1", "C", true, true);
    assert_row("d", "1", "D", true, false);
    assert_token(NULL);
}

static void what_was_gone_and_is_back_is_fetched_and_pending(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    deleted("b");
    page("t2", false);
    end();
    start(FM_SINK_CHANGES);
    assert_null(f.calls.known_etag(f.calls.data, "b"));
    changed("b", "1", "B");
    page("t3", false);
    end();
    assert_row("b", "1", "B", true, false);
}

static void what_comes_after_the_last_page_is_taken_back(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    changed("b", "2", "B2");
    page("t2", false);
    changed("c", "2", "C2");
    deleted("a");
    end();
    assert_row("a", "1", "A", false, false);
    assert_row("b", "2", "B2", true, false);
    assert_row("c", "1", "C", false, false);
    assert_token("t2");
}

static void a_first_listing_that_ends_early_leaves_no_token(void **state)
{
    (void)state;
    start(FM_SINK_CHANGES);
    changed("a", "1", "A");
    page("t1", false);
    end();
    assert_row("a", "1", "A", true, false);
    assert_token(NULL);
}

static void a_listing_in_place_of_a_token_leaves_none_until_it_is_complete(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    page(NULL, false); /* t1 was not accepted */
    seen("a");
    page("t5", false);
    end();
    assert_token(NULL);
    assert_row("b", "1", "B", false, false);
    start(FM_SINK_CHANGES);
    seen("a");
    page("t6", false);
    seen("b");
    page("t6", true);
    fm_remote_counts counts = end();
    assert_int_equal(counts.deleted, 1);
    assert_row("c", "1", "C", true, true);
    assert_token("t6");
}

static void pages_of_a_listing_count_together(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    page(NULL, false);
    seen("a");
    page("t2", false);
    seen("b");
    page("t2", false);
    seen("c");
    page("t2", true);
    fm_remote_counts counts = end();
    assert_int_equal(counts.deleted, 0);
    assert_int_equal(counts.seen, 3);
}

static void the_listing_of_one_target_leaves_the_others_alone(void **state)
{
    (void)state;
    first_listing();
    fm_target *academy = f.target;
    assert_int_equal(fm_state_target(&f.target, f.state, "other", NULL), FM_OK);
    start(FM_SINK_CHANGES);
    page("t9", true);
    fm_remote_counts counts = end();
    assert_int_equal(counts.deleted, 0);
    f.target = academy;
    assert_row("a", "1", "A", false, false);
    assert_token("t1");
}

static void it_works_within_the_callers_transaction(void **state)
{
    (void)state;
    first_listing();
    assert_int_equal(fm_state_begin(f.state, NULL), FM_OK);
    start(FM_SINK_CHANGES);
    changed("b", "2", "B2");
    page("t2", false);
    changed("c", "2", "C2");
    end();
    assert_row("b", "2", "B2", true, false);
    assert_row("c", "1", "C", false, false);
    assert_int_equal(fm_state_rollback(f.state, NULL), FM_OK);
    assert_row("b", "1", "B", false, false);
    assert_token("t1");
}

/* Another process holds the write lock all the while. */
static void a_run_that_finds_nothing_takes_no_lock(void **state)
{
    (void)state;
    void *folder = NULL;
    fm_state *writer = NULL;
    fm_state_options options = {.busy_timeout_ms = 1};
    fm_state_close(f.state);
    assert_int_equal(folder_make(&folder), 0);
    const char *path = folder_path(&folder, "a.db");
    assert_int_equal(fm_state_open(&f.state, path, &env, &options, NULL), FM_OK);
    assert_int_equal(fm_state_target(&f.target, f.state, "academy", NULL), FM_OK);
    first_listing();
    assert_int_equal(fm_state_open(&writer, path, &env, &options, NULL), FM_OK);
    assert_int_equal(fm_state_begin(writer, NULL), FM_OK);
    start(FM_SINK_CHANGES);
    seen("a");
    seen("b");
    seen("c");
    page("t1", true);
    end();
    start(FM_SINK_CHANGES);
    fm_object object = {.kind = FM_OBJECT_CHANGED, .href = "a", .etag = "2", .text = "A2", .text_len = 2};
    assert_int_equal(f.calls.object(f.calls.data, &object, NULL), FM_ELOCKED);
    end();
    fm_state_close(writer);
    assert_int_equal(folder_remove(&folder), 0);
}

static void one_sink_at_a_time(void **state)
{
    (void)state;
    fm_remote_sink *second = NULL;
    start(FM_SINK_CHANGES);
    assert_int_equal(fm_remote_sink_new(&second, f.target, FM_SINK_FETCH, NULL), FM_EINVAL);
    assert_null(second);
    end();
    start(FM_SINK_FETCH);
    end();
}

static void a_fetch_is_settled(void **state)
{
    (void)state;
    first_listing();
    start(FM_SINK_CHANGES);
    changed("a", "2", "A2");
    page("t2", false);
    end();
    start(FM_SINK_FETCH);
    changed("a", "2", "A2");
    changed("d", "1", "D");
    deleted("b");
    assert_int_equal(fm_remote_sink_finish(f.sink, NULL), FM_OK);
    end();
    assert_row("a", "2", "A2", false, false);
    assert_row("d", "1", "D", false, false);
    assert_no_row("b");
    assert_row("c", "1", "C", false, false);
    assert_token("t2");
    start(FM_SINK_FETCH);
    deleted("a");
    end(); /* not finished */
    assert_row("a", "2", "A2", false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_new_is_pending, setup, teardown),
        cmocka_unit_test_setup_teardown(a_listing_confirms_what_it_shows, setup, teardown),
        cmocka_unit_test_setup_teardown(a_complete_listing_leaves_nothing_unconfirmed, setup, teardown),
        cmocka_unit_test_setup_teardown(an_increment_changes_what_it_names, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_text_under_another_etag_is_no_change, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_pending_stays_so_when_it_is_listed_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_complete_listing_lacks_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_gone_and_is_back_is_fetched_and_pending, setup, teardown),
        cmocka_unit_test_setup_teardown(what_comes_after_the_last_page_is_taken_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_first_listing_that_ends_early_leaves_no_token, setup, teardown),
        cmocka_unit_test_setup_teardown(a_listing_in_place_of_a_token_leaves_none_until_it_is_complete, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(pages_of_a_listing_count_together, setup, teardown),
        cmocka_unit_test_setup_teardown(the_listing_of_one_target_leaves_the_others_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(it_works_within_the_callers_transaction, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_that_finds_nothing_takes_no_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(one_sink_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fetch_is_settled, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
