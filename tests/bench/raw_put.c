/* raw_put.c: the least a client can do: PUT every file of a folder with libcurl's multi interface.
 * raw_put COLLECTION_URL FOLDER WINDOW USER:PASSWORD ; prints how many were stored, exit 1 unless all were. */
#include <curl/curl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 65536, URL_MAX = 2048 };

typedef struct upload {
    char url[URL_MAX];
    char *body;
    size_t len;
} upload;

static size_t discard(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count;
}

static int load(upload *up, const char *collection, const char *folder, const char *name)
{
    char path[URL_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(up->url, sizeof up->url, "%s%s", collection, name);
    FILE *file = fopen(path, "rb");
    up->body = malloc(BODY_MAX);
    if (!file || !up->body)
        return -1;
    up->len = fread(up->body, 1, BODY_MAX, file);
    fclose(file);
    return 0;
}

static size_t load_all(upload **list, const char *collection, const char *folder)
{
    size_t count = 0, room = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (!strstr(entry->d_name, ".ics"))
            continue;
        if (count == room) {
            room = room ? room * 2 : 256;
            *list = realloc(*list, room * sizeof **list);
            if (!*list)
                exit(2);
        }
        if (load(&(*list)[count++], collection, folder, entry->d_name))
            exit(2);
    }
    if (dir)
        closedir(dir);
    return count;
}

static CURL *prepare(struct curl_slist *headers, const char *credentials)
{
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERPWD, credentials);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}

static void start(CURLM *multi, CURL *easy, const upload *up)
{
    curl_easy_setopt(easy, CURLOPT_URL, up->url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, up->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)up->len);
    curl_multi_add_handle(multi, easy);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    upload *list = NULL;
    size_t count = load_all(&list, argv[1], argv[2]), next = 0, finished = 0, stored = 0;
    size_t window = strtoul(argv[3], NULL, 10);
    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)window);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/calendar; charset=utf-8");
    headers = curl_slist_append(headers, "If-None-Match: *");
    headers = curl_slist_append(headers, "Expect:");
    for (size_t i = 0; i < window && next < count; i++)
        start(multi, prepare(headers, argv[4]), &list[next++]);
    while (finished < count) {
        int running, left;
        curl_multi_perform(multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            long status = 0;
            CURL *easy = message->easy_handle;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            stored += !message->data.result && status >= 200 && status < 300 && status != 207;
            finished++;
            curl_multi_remove_handle(multi, easy);
            if (next < count)
                start(multi, easy, &list[next++]);
        }
        if (running)
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    printf("%zu of %zu stored\n", stored, count);
    return stored != count;
}
