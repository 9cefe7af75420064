#include "support/folder.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int folder_make(void **state)
{
    const char *temporary = getenv("TMPDIR");
    char *name = NULL;
    if (asprintf(&name, "%s/fmcal-test.XXXXXX", temporary && *temporary ? temporary : "/tmp") < 0)
        return -1;
    if (!mkdtemp(name)) {
        free(name);
        return -1;
    }
    *state = name;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

int folder_remove(void **state)
{
    int result = nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return result;
}

const char *folder_path(void **state, const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
    return path;
}

const char *folder_write(void **state, const char *name, const char *content)
{
    const char *path = folder_path(state, name);
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(content, 1, strlen(content), file);
        fclose(file);
    }
    return path;
}

char *folder_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t size = 0, room = 1 << 16;
    char *content = malloc(room + 1);
    while (content) {
        size += fread(content + size, 1, room - size, file);
        if (size < room)
            break;
        room *= 2;
        char *grown = realloc(content, room + 1);
        if (!grown)
            free(content);
        content = grown;
    }
    fclose(file);
    if (content)
        content[size] = '\0';
    if (len)
        *len = size;
    return content;
}

size_t folder_count(void **state)
{
    size_t count = 0;
    DIR *dir = opendir(*state);
    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count - 2;
}
