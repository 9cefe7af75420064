#include "support/boards.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

fm_env *boards_env(void)
{
    static fm_env env;
    fm_env_default(&env);
    return &env;
}

fm_board *boards_parse(const char *text)
{
    fm_board *b;
    fm_error err = {0};
    if (fm_board_parse(&b, boards_env(), text, strlen(text), "test.json", &err))
        fail_msg("%s", err.message);
    return b;
}

fm_board *boards_open(const char *path)
{
    fm_board *b;
    fm_error err = {0};
    if (fm_board_open(&b, boards_env(), path, &err))
        fail_msg("%s", err.message);
    return b;
}

static fm_status edit(fm_board *b, fm_edit_kind kind, const char *place, const char *value, fm_error *err)
{
    fm_json_step path[8];
    size_t key_len = strcspn(place, "/");
    fm_edit e = {.kind = kind, .key = key_len ? place : NULL, .key_len = key_len, .path = path};
    for (const char *at = place + key_len; *at == '/';) {
        size_t len = strcspn(++at, "/");
        bool index = len && strspn(at, "0123456789") == len;
        path[e.steps++] = index ? (fm_json_step){.index = strtoul(at, NULL, 10) - 1} : (fm_json_step){at, len, 0};
        at += len;
    }
    if (value)
        e.value = (fm_json_span){value, strlen(value)};
    return fm_board_edit(b, &e, err);
}

fm_status boards_set(fm_board *b, const char *place, const char *value, fm_error *err)
{
    return edit(b, FM_EDIT_SET, place, value, err);
}

fm_status boards_remove(fm_board *b, const char *place, fm_error *err)
{
    return edit(b, FM_EDIT_REMOVE, place, NULL, err);
}

fm_status boards_append(fm_board *b, const char *place, const char *value, fm_error *err)
{
    return edit(b, FM_EDIT_APPEND, place, value, err);
}

void boards_assert_text(fm_board *b, const char *expected)
{
    fm_json_span text;
    assert_int_equal(fm_board_text(&text, b, NULL), FM_OK);
    assert_string_equal(text.at, expected);
    assert_int_equal(text.len, strlen(expected));
}

void boards_fingerprint(unsigned char *out, fm_board *b, const char *key, const char *context)
{
    fm_board_place place;
    assert_int_equal(fm_board_find(&place, b, key, strlen(key), NULL), FM_OK);
    assert_int_equal(fm_board_fingerprint(out, b, &place, context, strlen(context), NULL), FM_OK);
}
