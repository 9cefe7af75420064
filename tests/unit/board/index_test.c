#include "board/index.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fm_hash *hash;

static int make_hash(void **state)
{
    (void)state;
    return fm_hash_new(&hash, FM_SHA256, NULL);
}

static int free_hash(void **state)
{
    (void)state;
    fm_hash_free(hash);
    return 0;
}

static fm_index index_of(const char *text)
{
    fm_index ix;
    fm_error err = {0};
    if (fm_index_build(&ix, text, strlen(text), hash, &err))
        fail_msg("%s: %s", text, err.message);
    return ix;
}

static const fm_entry *find(const fm_index *ix, const char *key)
{
    const fm_entry *e = fm_index_find(ix, key, strlen(key));
    return e && fm_entry_usable(e) ? e : NULL;
}

/* The keys of all usable entries, and of those with a problem behind "!". */
static void assert_keys(const char *text, const char *expected)
{
    fm_index ix = index_of(text);
    fm_buf keys;
    fm_buf_init(&keys, 4096);
    for (size_t i = 0; i < ix.count; i++) {
        const fm_entry *e = &ix.entries[i];
        if (e->flags & FM_ENTRY_HIDDEN)
            continue;
        fm_buf_adds(&keys, keys.len ? " " : "");
        fm_buf_adds(&keys, e->flags & FM_ENTRY_PROBLEM ? "!" : "");
        fm_index_add_key(&ix, e, &keys);
    }
    assert_string_equal(keys.data, expected);
    fm_buf_free(&keys);
    fm_index_free(&ix);
}

static bool same_content(const fm_entry *a, const fm_entry *b)
{
    return memcmp(&a->content, &b->content, sizeof a->content) == 0;
}

static bool same_sync(const fm_entry *a, const fm_entry *b)
{
    return memcmp(&a->sync, &b->sync, sizeof a->sync) == 0;
}

/* Whether an entry has the same print of its content, and of its calendarSync, on two boards. */
static void assert_prints(const char *one, const char *other, const char *key, bool content, bool sync)
{
    fm_index a = index_of(one), b = index_of(other);
    const fm_entry *left = find(&a, key), *right = find(&b, key);
    assert_non_null(left);
    assert_non_null(right);
    if (same_content(left, right) != content || same_sync(left, right) != sync)
        fail_msg("%s of\n%s\n%s\ncontent %d sync %d", key, one, other, same_content(left, right),
                 same_sync(left, right));
    fm_index_free(&a);
    fm_index_free(&b);
}

static void test_finds_entries_of_all_kinds(void **state)
{
    (void)state;
    fm_index ix = index_of("{\n\"items\": [\n"
                           "{\"id\": \"A\", \"subitems\": [{\"id\": \"A1\", \"subitems\": [{\"id\": \"A11\"}]}]},\n"
                           "{\"id\": \"E\", \"type\": \"epic\", \"metadata\": {\"courtDate\": \"2026-03-20\"}}],\n"
                           "\"epics\": [{\"id\": \"F\", \"dueDate\": null}]}");
    const fm_entry *a = find(&ix, "A"), *a11 = find(&ix, "A11"), *court = find(&ix, "E.court-date");
    assert_int_equal(ix.count, 6);
    assert_int_equal(a->kind, FM_ENTRY_ITEM);
    assert_int_equal(a->line, 3);
    assert_int_equal(a->owner, FM_ENTRY_NONE);
    assert_int_equal(a11->kind, FM_ENTRY_SUBITEM);
    assert_ptr_equal(&ix.entries[a11->owner], find(&ix, "A1"));
    assert_int_equal(find(&ix, "E")->kind, FM_ENTRY_EPIC);
    assert_int_equal(court->kind, FM_ENTRY_COURT_DATE);
    assert_ptr_equal(&ix.entries[court->owner], find(&ix, "E"));
    assert_int_equal(court->line, 4);
    assert_true(court->flags & FM_ENTRY_DATED);
    assert_int_equal(find(&ix, "F")->kind, FM_ENTRY_EPIC);
    assert_int_equal(find(&ix, "F")->flags, 0);
    assert_null(find(&ix, "G"));
    assert_null(find(&ix, ""));
    fm_index_free(&ix);
}

static void test_keys(void **state)
{
    (void)state;
    assert_keys("{}", "");
    assert_keys("{\"items\": null, \"epics\": {}}", "");
    assert_keys("{\"items\": [{\"id\": \"\\u0041\\/b\"}]}", "A/b");
    assert_keys("{\"items\": [{\"id\": \"A\", \"\\u0069d\": \"B\"}]}", "B");
    assert_keys("{\"items\": [{\"id\": \"A\"}], \"items\": [{\"id\": \"B\"}]}", "B");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": [{\"id\": \"B\"}], \"subitems\": [{\"id\": \"C\"}]}]}",
                "A C");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": null}}]}", "E");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": null, \"courtDateSync\": {}}}]}",
                "E E.court-date");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": 1}, \"metadata\": []}]}", "E");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": 1}, \"metadata\": {}}]}", "E");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": 5}]}", "E E.court-date");
    assert_keys("{\"epics\": [{\"id\": \"E\", \"metadata\": [1]}]}", "E E.court-date");
    assert_keys("{\"items\": [{\"id\": \"A\", \"metadata\": {\"courtDate\": \"2026-01-01\"}}]}", "A");
}

static void test_problems(void **state)
{
    (void)state;
    assert_keys("{\"items\": [{\"id\": \"A\"}, {\"id\": \"B\"}, {\"id\": \"A\"}]}", "!A B !A");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": 5}]}", "!A");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": {\"id\": \"B\"}}]}", "!A");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": [{\"id\": \"B\"}, null]}]}", "!A B");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": null}, {\"id\": \"B\", \"subitems\": { }}]}", "A B");
    assert_keys("{\"items\": [{\"id\": \"A\"}], \"epics\": [{\"id\": \"\\u0041\"}]}", "!A !A");
    assert_keys("{\"items\": [{\"id\": \"A\", \"subitems\": [{\"id\": \"A\"}]}]}", "!A !A");
    assert_keys(
        "{\"items\": [{\"id\": \"E.court-date\"}], \"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": 1}}]}",
        "!E.court-date E !E.court-date");
    assert_keys("{\"items\": [{\"dueDate\": \"2026-01-01\"}, {\"title\": \"no date\"}]}", "!");
    assert_keys(
        "{\"items\": [{\"id\": \"\", \"dueDate\": 1}, {\"id\": null, \"dueDate\": 1}, {\"id\": 7, \"dueDate\": 1}]}",
        "! ! !");
    assert_keys("{\"items\": [{\"id\": \"a\\u0000b\", \"dueDate\": 1}, {\"id\": \"a\\nb\"}]}", "!");
    assert_keys("{\"epics\": [{\"metadata\": {\"courtDate\": \"2026-01-01\"}}]}", "!");
}

static void test_ids_may_be_long_but_not_too_long(void **state)
{
    (void)state;
    char text[1200];
    for (size_t len = 1000; len <= 1001; len++) {
        char id[1002] = {0};
        memset(id, 'x', len);
        snprintf(text, sizeof text, "{\"epics\":[{\"id\":\"%s\",\"metadata\":{\"courtDate\":1}}]}", id);
        fm_index ix = index_of(text);
        assert_int_equal(find(&ix, id) != NULL, len == 1000);
        fm_index_free(&ix);
    }
}

static void test_calendar_sync_is_no_content(void **state)
{
    (void)state;
#define ITEM(members) "{\"items\": [{" members "}]}"
    static const char plain[] = ITEM("\"id\": \"A\", \"title\": \"t\"");
    assert_prints(plain, ITEM("\"id\": \"A\", \"title\": \"t\",\n \"calendarSync\": {\"a\": 1}"), "A", true, false);
    assert_prints(plain, ITEM("\"calendarSync\": {\"a\": 1}, \"id\": \"A\", \"title\": \"t\""), "A", true, false);
    assert_prints(plain, ITEM("\"id\": \"A\", \"calendarSync\": 1, \"title\": \"t\", \"calendarSync\": 2"), "A", true,
                  false);
    assert_prints(plain, ITEM("\"id\": \"A\", \"title\": \"u\""), "A", false, true);
    assert_prints(plain, ITEM("\"id\": \"A\", \"title\": \"t\", \"x\": 1"), "A", false, true);
    assert_prints(ITEM("\"id\": \"A\", \"calendarSync\": {\"a\": 1}"),
                  ITEM("\"id\": \"A\", \"calendarSync\": {\"a\": 2}"), "A", true, false);
    assert_prints(ITEM("\"id\": \"A\", \"x\": {\"calendarSync\": 1}"),
                  ITEM("\"id\": \"A\", \"x\": {\"calendarSync\": 2}"), "A", false, true);
    /* That of a subitem is not the item's content either; its title is. */
    assert_prints(ITEM("\"id\": \"A\", \"subitems\": [{\"id\": \"B\"}]"),
                  ITEM("\"id\": \"A\", \"subitems\": [{\"id\": \"B\", \"calendarSync\": {}}], \"calendarSync\": 1"),
                  "A", true, false);
    assert_prints(ITEM("\"id\": \"A\", \"subitems\": [{\"id\": \"B\"}]"),
                  ITEM("\"id\": \"A\", \"subitems\": [{\"id\": \"B\", \"title\": 1}]"), "A", false, true);
}

static void test_court_dates_have_a_sync_of_their_own(void **state)
{
    (void)state;
#define EPIC(metadata, members) "{\"epics\": [{\"id\": \"E\", \"metadata\": {" metadata "}" members "}]}"
    static const char plain[] = EPIC("\"courtDate\": 1", ""),
                      synced[] = EPIC("\"courtDate\": 1, \"courtDateSync\": {\"a\": 1}", "");
    assert_prints(plain, synced, "E", true, true);
    assert_prints(plain, synced, "E.court-date", true, false);
    assert_prints(plain, EPIC("\"courtDateSync\": {\"a\": 1}, \"courtDate\": 1", ""), "E.court-date", true, false);
    assert_prints(plain, EPIC("\"courtDate\": 1", ", \"calendarSync\": {}"), "E.court-date", true, true);
    assert_prints(plain, EPIC("\"courtDate\": 1", ", \"calendarSync\": {}"), "E", true, false);
    assert_prints(plain, EPIC("\"courtDate\": 2", ""), "E", false, true);
    assert_prints(EPIC("", ""), EPIC("\"courtDateSync\": {}", ""), "E", true, true);
}

static void test_a_subitem_depends_on_its_parents_title(void **state)
{
    (void)state;
#define CHILD "\"subitems\": [{\"id\": \"B\", \"subitems\": [{\"id\": \"C\"}]}]"
    assert_prints(ITEM("\"id\": \"A\", \"title\": \"t\", " CHILD), ITEM("\"id\": \"A\", " CHILD ", \"title\": \"t\""),
                  "B", true, true);
    assert_prints(ITEM("\"id\": \"A\", \"title\": \"t\", " CHILD), ITEM("\"id\": \"A\", \"title\": \"u\", " CHILD), "B",
                  false, true);
    assert_prints(ITEM("\"id\": \"A\", \"title\": \"t\", " CHILD), ITEM("\"id\": \"A\", \"title\": \"u\", " CHILD), "C",
                  true, true);
    assert_prints(ITEM("\"id\": \"A\", " CHILD), ITEM("\"id\": \"A\", \"title\": \"u\", " CHILD), "B", false, true);
}

static void test_an_epic_counts_its_items(void **state)
{
    (void)state;
    fm_index ix = index_of(
        "{\"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDate\": 1}}, {\"id\": \"F\"}], \"items\": ["
        "{\"id\": \"A\", \"epicId\": \"E\", \"status\": \"done\", \"subitems\": [{\"id\": \"S\", \"epicId\": \"E\"}]},"
        "{\"id\": \"B\", \"epicId\": \"\\u0045\", \"status\": \"completed\"}, {\"epicId\": \"E\", \"status\": \"x\", "
        "\"id\": \"C\"},"
        "{\"id\": \"D\", \"epicId\": \"F\", \"status\": \"archived\"}, {\"id\": \"G\", \"epicId\": \"A\"},"
        "{\"id\": \"H\", \"epicId\": null}, {\"id\": \"I\", \"type\": \"epic\", \"epicId\": \"E\"}]}");
    assert_int_equal(find(&ix, "E")->counts.total, 3);
    assert_int_equal(find(&ix, "E")->counts.done, 2);
    assert_int_equal(find(&ix, "E.court-date")->counts.total, 3);
    assert_int_equal(find(&ix, "F")->counts.total, 1);
    assert_int_equal(find(&ix, "F")->counts.done, 1);
    fm_print three, one, item, none = {{0}};
    assert_int_equal(fm_entry_print(&three, find(&ix, "E"), hash, NULL), FM_OK);
    assert_int_equal(fm_entry_print(&one, find(&ix, "F"), hash, NULL), FM_OK);
    assert_int_equal(fm_entry_print(&item, find(&ix, "A"), hash, NULL), FM_OK);
    assert_memory_not_equal(&three, &one, sizeof one);
    assert_memory_equal(&item, &none, sizeof none);
    fm_index_free(&ix);
}

static void test_members_of_the_board(void **state)
{
    (void)state;
    fm_index ix = index_of("{\"team\": \"a\", \"items\": [], \"\\u0074eam\": \"b\"}");
    const fm_board_member *team = fm_index_member(&ix, "team", 4);
    assert_int_equal(team->value.len, 3);
    assert_int_equal(team->value.at[1], 'b');
    assert_non_null(fm_index_member(&ix, "items", 5));
    assert_null(fm_index_member(&ix, "epics", 5));
    fm_index_free(&ix);
}

static void test_what_is_no_board_is_refused_with_its_place(void **state)
{
    (void)state;
    fm_index ix;
    fm_error err;
    assert_int_equal(fm_index_build(&ix, "[]", 2, hash, &err), FM_EPARSE);
    assert_int_equal(ix.count, 0);
    static const char broken[] = "{\"items\": [\n{\"id\": \"A\", \"subitems\": [{\"id\": \"B\",}]}]}";
    assert_int_equal(fm_index_build(&ix, broken, strlen(broken), hash, &err), FM_EPARSE);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 37);
    assert_int_equal(fm_index_build(&ix, "{} x", 4, hash, &err), FM_EPARSE);
    static const char *const no_lists[] = {"{\"items\": 7}", "{\"epics\": \"x\"}", "{\"items\": {\"A\": []}}"};
    for (size_t i = 0; i < sizeof no_lists / sizeof *no_lists; i++) {
        assert_int_equal(fm_index_build(&ix, no_lists[i], strlen(no_lists[i]), hash, &err), FM_EINVAL);
        assert_int_equal(err.column, 11);
    }
    static const char *const no_objects[] = {"{\"items\": [null]}", "{\"epics\": [[]]}", "{\"items\": [{}, 5]}"};
    for (size_t i = 0; i < sizeof no_objects / sizeof *no_objects; i++) {
        assert_int_equal(fm_index_build(&ix, no_objects[i], strlen(no_objects[i]), hash, &err), FM_EINVAL);
        assert_int_equal(err.line, 1);
    }
    assert_int_equal(fm_index_build(&ix, "", 0, hash, &err), FM_EPARSE);
    char deep[400];
    memset(deep, 0, sizeof deep);
    memcpy(deep, "{\"items\":", 9);
    memset(deep + 9, '[', 100);
    assert_int_equal(fm_index_build(&ix, deep, strlen(deep), hash, &err), FM_ELIMIT);
}

static void test_every_prefix_of_a_board_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "{\"items\": [{\"calendarSync\": {\"a\": 1}, \"id\": \"A\", \"subitems\": [{\"id\": \"B\"}]}], \"epics\": "
        "[{\"id\": \"E\", \"metadata\": {\"courtDateSync\": null, \"courtDate\": 1}}]}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        fm_index ix;
        char *copy = malloc(len + 1);
        memcpy(copy, text, len);
        assert_int_equal(fm_index_build(&ix, copy, len, hash, NULL), FM_EPARSE);
        free(copy);
    }
    fm_index ix = index_of(text);
    assert_int_equal(ix.count, 4);
    fm_index_free(&ix);
}

/* A board is indexed exactly where its text is JSON and an object, whatever has been done to it. */
static void test_damaged_boards(void **state)
{
    (void)state;
    static const char text[] =
        "\xEF\xBB\xBF{\"items\": [{\"calendarSync\": {\"a\": -1.5e3}, \"id\": \"A\\u00e9\", \"subitems\": "
        "[{\"id\": \"B\"}]}], \"epics\": [{\"id\": \"E\", \"metadata\": {\"courtDateSync\": null, \"courtDate\": 1}, "
        "\"dueDate\": true, \"title\": \"\xC3\xA9\"}], \"team\": null}";
    static const char bytes[] = "{}[]\":,\\ 01e-.tnu\n\x01\xC3\xA9\xFF";
    unsigned seed = 1, intact = 0;
    for (int i = 0; i < 40000; i++) {
        size_t len = sizeof text - 1;
        char *copy = malloc(len);
        memcpy(copy, text, len);
        for (unsigned n = 0; n < 1 + (unsigned)i % 3; n++) {
            seed = seed * 1664525 + 1013904223;
            copy[(seed >> 8) % len] = bytes[(seed >> 3) % (sizeof bytes - 1)];
        }
        fm_index ix;
        fm_status json = fm_json_check(copy, len, 0, NULL), board = fm_index_build(&ix, copy, len, hash, NULL);
        if (board != FM_EINVAL) /* a list that is none is seen before what is malformed behind it */
            assert_int_equal(json, board);
        intact += board == FM_OK;
        fm_index_free(&ix);
        free(copy);
    }
    assert_true(intact > 1000);
}

static void test_many_entries_are_all_found(void **state)
{
    (void)state;
    fm_buf text;
    fm_buf_init(&text, 1 << 24);
    fm_buf_adds(&text, "{\"items\":[");
    for (int i = 0; i < 20000; i++)
        fm_buf_addf(&text, "%s{\"id\":\"X-%d\"}", i ? "," : "", i);
    fm_buf_adds(&text, "]}");
    fm_index ix = index_of(text.data);
    assert_int_equal(ix.count, 20000);
    for (int i = 0; i < 20000; i++) {
        char key[16];
        snprintf(key, sizeof key, "X-%d", i);
        assert_ptr_equal(find(&ix, key), &ix.entries[i]);
    }
    assert_null(find(&ix, "X-20000"));
    fm_index_free(&ix);
    fm_buf_free(&text);
}

static void test_one_entry_alone(void **state)
{
    (void)state;
    static const char text[] = "{\"id\": \"E\", \"metadata\": {\"courtDate\": 1}}";
    fm_index ix;
    assert_int_equal(fm_index_build_entry(&ix, text, strlen(text), true, hash, NULL), FM_OK);
    assert_int_equal(ix.count, 2);
    assert_non_null(find(&ix, "E.court-date"));
    fm_index_free(&ix);
    assert_int_equal(fm_index_build_entry(&ix, text, strlen(text), false, hash, NULL), FM_OK);
    assert_int_equal(ix.count, 1);
    fm_index_free(&ix);
    assert_int_equal(fm_index_build_entry(&ix, "[]", 2, false, hash, NULL), FM_EPARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_entries_of_all_kinds),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_ids_may_be_long_but_not_too_long),
        cmocka_unit_test(test_calendar_sync_is_no_content),
        cmocka_unit_test(test_court_dates_have_a_sync_of_their_own),
        cmocka_unit_test(test_a_subitem_depends_on_its_parents_title),
        cmocka_unit_test(test_an_epic_counts_its_items),
        cmocka_unit_test(test_members_of_the_board),
        cmocka_unit_test(test_what_is_no_board_is_refused_with_its_place),
        cmocka_unit_test(test_every_prefix_of_a_board_is_refused),
        cmocka_unit_test(test_damaged_boards),
        cmocka_unit_test(test_many_entries_are_all_found),
        cmocka_unit_test(test_one_entry_alone),
    };
    return cmocka_run_group_tests(tests, make_hash, free_hash);
}
