#include "core/json/tree.h"
#include "support/cmocka.h"

#include <string.h>

static cJSON *tree_of(const char *text)
{
    return fm_json_tree(text, strlen(text));
}

static void test_members_by_path(void **state)
{
    (void)state;
    cJSON *tree = tree_of("{\"error\":{\"message\":\"no\",\"code\":403,\"none\":null},\"list\":[1]}");
    assert_string_equal(fm_json_tree_text(tree, "error.message"), "no");
    assert_true(fm_json_tree_number(tree, "error.code", -1) == 403);
    assert_true(cJSON_IsArray(fm_json_tree_at(tree, "list")));
    assert_null(fm_json_tree_at(tree, "error.none"));
    assert_null(fm_json_tree_at(tree, "error.message.more"));
    assert_null(fm_json_tree_at(tree, "absent.message"));
    fm_json_tree_wipe(tree);
}

static void test_values_of_another_type_are_absent(void **state)
{
    (void)state;
    cJSON *tree = tree_of("{\"text\":7,\"number\":\"7\",\"list\":{},\"object\":[]}");
    assert_null(fm_json_tree_text(tree, "text"));
    assert_null(fm_json_tree_text(tree, "object.member"));
    assert_true(fm_json_tree_number(tree, "number", -1) == -1);
    fm_json_tree_wipe(tree);
}

static void test_nothing_is_a_tree_without_members(void **state)
{
    (void)state;
    assert_null(fm_json_tree_at(NULL, "error"));
    assert_null(fm_json_tree_text(NULL, "error"));
    assert_true(fm_json_tree_number(NULL, "error", 5) == 5);
    fm_json_tree_wipe(NULL);
}

/* cJSON alone takes all of these. */
static void test_what_the_scanner_refuses_is_no_tree(void **state)
{
    static const char *const wrong[] = {"{} trailing", "{\"a\":01}", "[\"\t\"]", "[\"\xff\"]", "{\"a\":1.}", "", "{"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_null(tree_of(wrong[i]));
}

/* cJSON alone refuses the first three, and cuts the fourth. */
static void test_half_a_pair_costs_a_character(void **state)
{
    static const struct {
        const char *text, *means;
    } odd[] = {
        {"{\"a\":\"x\\ud83dy\"}", "x\uFFFDy"},
        {"{\"a\":\"x\\ude00\"}", "x\uFFFD"},
        {"{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "\uFFFD\U0001F600"},
        {"{\"a\":\"x\\u0000y\"}", "x\uFFFDy"},
        {"{\"a\":\"\\\\ud83d\"}", "\\ud83d"},
        {"{\"a\":\"\\ud83d\\ude00\"}", "\U0001F600"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        cJSON *tree = tree_of(odd[i].text);
        assert_string_equal(fm_json_tree_text(tree, "a"), odd[i].means);
        assert_true(fm_json_tree_is(tree, "a", odd[i].means));
        fm_json_tree_wipe(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_by_path),
        cmocka_unit_test(test_values_of_another_type_are_absent),
        cmocka_unit_test(test_nothing_is_a_tree_without_members),
        cmocka_unit_test(test_what_the_scanner_refuses_is_no_tree),
        cmocka_unit_test(test_half_a_pair_costs_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
