#include "state/state.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A listing as text: "a=1" changed with that version, "a" seen, "-a" a tombstone, "?a" unread, "?a=1" unread in this
 * version, "?a@u" unread with the UID u. The UID of an object is its href, or what stands behind "@". */

static fm_env env;
static fm_state *store;
static fm_target *target;

static int setup(void **state)
{
    (void)state;
    fm_env_default(&env);
    return fm_state_open(&store, ":memory:", &env, NULL, NULL) || fm_state_target(&target, store, "academy", NULL);
}

static int teardown(void **state)
{
    (void)state;
    fm_state_close(store);
    return 0;
}

static void hand_on(const fm_object_sink *sink, char *word)
{
    fm_object object = {.href = word + strspn(word, "-?"), .kind = FM_OBJECT_SEEN};
    char *etag = strchr(word, '='), *uid = strchr(word, '@');
    if (word[0] == '-')
        object.kind = FM_OBJECT_DELETED;
    else if (word[0] == '?')
        object.kind = FM_OBJECT_UNREAD;
    else if (etag)
        object.kind = FM_OBJECT_CHANGED;
    if (etag)
        *etag++ = '\0';
    if (uid)
        *uid++ = '\0';
    object.etag = etag;
    object.uid = uid;
    if (object.kind == FM_OBJECT_CHANGED) {
        object.uid = uid ? uid : object.href;
        object.text = etag;
        object.text_len = strlen(etag);
    }
    if (object.kind == FM_OBJECT_UNREAD)
        object.why = "it is broken";
    assert_int_equal(sink->object(sink->data, &object, NULL), FM_OK);
}

static void list_in(fm_sink_mode mode, const char *rows, const char *token, bool complete)
{
    char words[256], *at = words, *word;
    fm_remote_sink *made = NULL;
    assert_int_equal(fm_remote_sink_new(&made, target, mode, NULL), FM_OK);
    fm_object_sink sink = fm_remote_sink_callbacks(made);
    snprintf(words, sizeof words, "%s", rows);
    while ((word = strsep(&at, " ")))
        if (*word)
            hand_on(&sink, word);
    assert_int_equal(sink.page(sink.data, token, complete, NULL), FM_OK);
    fm_remote_sink_free(made);
}

static void listing(const char *rows)
{
    list_in(FM_SINK_CHANGES, rows, "t", true);
}

static void increment(const char *rows)
{
    list_in(FM_SINK_CHANGES, rows, "t", false);
}

/* The rows: "a" there, "-a" gone, "?a" unread. */
static void assert_rows(const char *expected)
{
    char found[256] = "";
    fm_cursor *cursor = NULL;
    fm_remote_row row;
    assert_int_equal(fm_target_remotes(&cursor, target, NULL), FM_OK);
    while (fm_remote_next(cursor, &row, NULL) == FM_PENDING)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s%s", *found ? " " : "",
                 row.gone     ? "-"
                 : row.unread ? "?"
                              : "",
                 row.href);
    fm_cursor_free(cursor);
    assert_string_equal(found, expected);
}

static void assert_token(bool kept)
{
    char *token = NULL;
    assert_int_equal(fm_target_token(&token, target, NULL), FM_OK);
    assert_int_equal(token != NULL, kept);
    free(token);
}

static void what_a_complete_listing_leaves_out_is_gone(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a");
    assert_rows("a -b");
    assert_token(true);
}

static void what_cannot_be_read_is_not_gone(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a ?b");
    assert_rows("a ?b");
    assert_token(false); /* it is to be read again */
    listing("a b=1");
    assert_rows("a b");
    assert_token(true);
    listing("a ?b=2");
    assert_rows("a ?b");
    assert_token(true); /* this version cannot be understood */
    listing("a");
    assert_rows("a -b");
}

static void what_came_up_unread_may_be_what_is_missing(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a ?new=1");
    assert_rows("a ?b ?new");
    assert_token(false);
    listing("a new");
    assert_rows("a ?b ?new");
    listing("a new=2@b");
    assert_rows("a -b new");
    assert_token(true);
}

static void a_tombstone_beside_an_unread_object(void **state)
{
    (void)state;
    listing("a=1 b=1");
    increment("-b ?new");
    assert_rows("a ?b ?new");
    listing("a");
    assert_rows("a -b -new");
}

static void what_was_unread_before_is_no_excuse(void **state)
{
    (void)state;
    listing("a=1 b=1 ?old=1");
    listing("a old");
    assert_rows("a -b ?old");
    increment("-a");
    assert_rows("-a -b ?old");
}

static void the_excuse_ends_with_the_suspect(void **state)
{
    (void)state;
    listing("a=1 b=1 ?old=1");
    listing("a old ?new=1");
    assert_rows("a ?b ?new ?old");
    listing("a old");
    assert_rows("a -b -new ?old");
}

static void what_is_missing_may_come_back(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a ?new=1");
    listing("a b new");
    assert_rows("a b ?new");
    listing("a new");
    assert_rows("a -b ?new");
}

static void what_moved_is_not_missing(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a c=1@b ?new=1");
    assert_rows("a -b c ?new");
}

static void an_unread_object_that_says_its_uid_is_no_suspect(void **state)
{
    (void)state;
    listing("a=1 b=1");
    listing("a ?new=1@x");
    assert_rows("a -b ?new");
}

static void own_writes_are_not_gone_in_the_same_run(void **state)
{
    (void)state;
    listing("a=1 b=1 c=1");
    assert_int_equal(fm_target_expect(target, "b", NULL), FM_OK);
    list_in(FM_SINK_CATCH_UP, "a -b", "t", true);
    assert_rows("a b -c");
    listing("a");
    assert_rows("a -b -c");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_a_complete_listing_leaves_out_is_gone),
        TEST(what_cannot_be_read_is_not_gone),
        TEST(what_came_up_unread_may_be_what_is_missing),
        TEST(a_tombstone_beside_an_unread_object),
        TEST(what_was_unread_before_is_no_excuse),
        TEST(the_excuse_ends_with_the_suspect),
        TEST(what_is_missing_may_come_back),
        TEST(what_moved_is_not_missing),
        TEST(an_unread_object_that_says_its_uid_is_no_suspect),
        TEST(own_writes_are_not_gone_in_the_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
