/* Runs a fuzz target over files and the files of folders: what a fuzzer once found must stay found. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 4 << 20 };

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = file ? malloc(MAX_BYTES) : NULL;
    size_t len = bytes ? fread(bytes, 1, MAX_BYTES, file) : 0;
    if (file)
        fclose(file);
    uint8_t *exact = bytes ? realloc(bytes, len ? len : 1) : NULL; /* so that reading past the end shows */
    if (!exact) {
        fprintf(stderr, "cannot read %s\n", path);
        free(bytes);
        return 0;
    }
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return 1;
}

static int replay(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return replay_file(path);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        count += replay_file(name);
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%d inputs\n", count);
    return count == 0;
}
