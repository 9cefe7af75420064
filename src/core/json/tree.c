#include "core/json/tree.h"
#include "core/json/scan.h"

#include <string.h>

cJSON *fm_json_tree(const char *text, size_t len)
{
    if (fm_json_check(text, len, FM_JSON_DEPTH, NULL))
        return NULL;
    return cJSON_ParseWithLength(text, len);
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

double fm_json_tree_number(const cJSON *tree, const char *path, double fallback)
{
    const cJSON *value = fm_json_tree_at(tree, path);
    return cJSON_IsNumber(value) ? value->valuedouble : fallback;
}
