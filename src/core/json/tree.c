#include "core/json/tree.h"
#include "core/json/scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The number of an escape \uXXXX that begins at `at`; -1: there is none. */
static long unit_at(const char *at, const char *end)
{
    char digits[5] = "";
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    memcpy(digits, at + 2, 4);
    return strtol(digits, NULL, 16);
}

static bool is_between(long unit, long first, long last)
{
    return unit >= first && unit <= last;
}

/* cJSON ends a text at a zero character, and refuses all of it for half a surrogate pair: both become U+FFFD. */
static void replace_odd_characters(char *text, size_t len)
{
    static const char replacement[] = {'f', 'f', 'f', 'd'};
    const char *end = text + len;
    for (char *at = text; at < end; at++) {
        if (*at != '\\')
            continue;
        long unit = unit_at(at, end);
        bool pair = is_between(unit, 0xD800, 0xDBFF) && is_between(unit_at(at + 6, end), 0xDC00, 0xDFFF);
        if (unit == 0 || (is_between(unit, 0xD800, 0xDFFF) && !pair))
            memcpy(at + 2, replacement, sizeof replacement);
        at += pair ? 11 : unit >= 0 ? 5 : 1;
    }
}

cJSON *fm_json_tree(const char *text, size_t len)
{
    char *copy = fm_json_check(text, len, FM_JSON_DEPTH_LIMIT, NULL) ? NULL : malloc(len);
    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    replace_odd_characters(copy, len);
    cJSON *tree = cJSON_ParseWithLength(copy, len);
    explicit_bzero(copy, len);
    free(copy);
    return tree;
}

static void wipe(cJSON *item)
{
    for (; item; item = item->next) {
        if (item->valuestring)
            explicit_bzero(item->valuestring, strlen(item->valuestring));
        wipe(item->child);
    }
}

void fm_json_tree_wipe(cJSON *tree)
{
    wipe(tree);
    cJSON_Delete(tree);
}

const cJSON *fm_json_tree_at(const cJSON *tree, const char *path)
{
    char name[64];
    while (tree && *path) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof name)
            return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        tree = cJSON_GetObjectItemCaseSensitive(tree, name);
        path += path[len] ? len + 1 : len;
    }
    return cJSON_IsNull(tree) ? NULL : tree;
}

const char *fm_json_tree_text(const cJSON *tree, const char *path)
{
    return cJSON_GetStringValue(fm_json_tree_at(tree, path));
}

bool fm_json_tree_is(const cJSON *tree, const char *path, const char *text)
{
    const char *there = fm_json_tree_text(tree, path);
    return there && strcmp(there, text) == 0;
}

double fm_json_tree_number(const cJSON *tree, const char *path, double fallback)
{
    const cJSON *value = fm_json_tree_at(tree, path);
    return cJSON_IsNumber(value) ? value->valuedouble : fallback;
}
