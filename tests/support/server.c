#include "support/server.h"
#include "support/cmocka.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PYTHON   "/usr/bin/python3"
#define ARGS_MAX 32

void test_server_word(const test_server *server, const char *name, char *out, size_t size)
{
    char start[64];
    snprintf(start, sizeof start, "%s=", name);
    const char *at = strstr(server->line, start);
    out[0] = '\0';
    if (!at)
        return;
    at += strlen(start);
    snprintf(out, size, "%.*s", (int)strcspn(at, " \n"), at);
}

static bool spawn(test_server *server, const char *const *argv)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        fail_msg("no pipe");
    server->pid = fork();
    if (server->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server->input = in[1];
    FILE *lines = fdopen(out[0], "r");
    char *got = lines ? fgets(server->line, sizeof server->line, lines) : NULL;
    if (lines)
        fclose(lines);
    return got != NULL;
}

void test_server_start_scripted(test_server *server, const char *const *args)
{
    const char *argv[ARGS_MAX] = {PYTHON, TESTS_DIR "/support/dav_server.py"};
    *server = (test_server){0};
    for (int i = 0; args && args[i] && i + 3 < ARGS_MAX; i++)
        argv[i + 2] = args[i];
    if (!spawn(server, argv))
        fail_msg("the scripted server did not start");
    test_server_word(server, "url", server->url, sizeof server->url);
    snprintf(server->cal, sizeof server->cal, "%scal/alice/kanban/", server->url);
    snprintf(server->user, sizeof server->user, "alice");
    snprintf(server->password, sizeof server->password, "secret");
}

void test_server_start_google(test_server *server)
{
    const char *argv[] = {PYTHON, TESTS_DIR "/support/google_server.py", NULL};
    *server = (test_server){0};
    if (!spawn(server, argv))
        fail_msg("the scripted account did not start");
    test_server_word(server, "url", server->url, sizeof server->url);
}

bool test_server_start_real(test_server *server, const char *name)
{
    const char *argv[] = {PYTHON, TESTS_DIR "/support/calendar_server.py", name, NULL};
    *server = (test_server){0};
    if (!spawn(server, argv)) {
        int status = 0;
        waitpid(server->pid, &status, 0);
        close(server->input);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
            return false;
        fail_msg("%s did not start", name);
    }
    test_server_word(server, "url", server->url, sizeof server->url);
    test_server_word(server, "cal", server->cal, sizeof server->cal);
    test_server_word(server, "user", server->user, sizeof server->user);
    test_server_word(server, "password", server->password, sizeof server->password);
    return true;
}

void test_server_stop(test_server *server)
{
    int status;
    close(server->input);
    waitpid(server->pid, &status, 0);
}

typedef struct text {
    char *bytes;
    size_t len;
} text;

static size_t collect(char *bytes, size_t size, size_t count, void *data)
{
    text *out = data;
    size_t len = size * count;
    out->bytes = realloc(out->bytes, out->len + len + 1);
    if (!out->bytes)
        return 0;
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
    out->bytes[out->len] = '\0';
    return len;
}

char *test_server_control(const test_server *server, const char *method, const char *path, const char *body)
{
    char url[1024];
    text answer = {.bytes = calloc(1, 1)};
    CURL *easy = curl_easy_init();
    snprintf(url, sizeof url, "%s%s", server->url, path + 1);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    if (code)
        fail_msg("%s %s: %s", method, path, curl_easy_strerror(code));
    return answer.bytes;
}

static void control(const test_server *server, const char *method, const char *path, const char *body)
{
    free(test_server_control(server, method, path, body));
}

void test_server_fault(const test_server *server, const char *json)
{
    control(server, "POST", "/_fault", json);
}

void test_server_options(const test_server *server, const char *json)
{
    control(server, "POST", "/_options", json);
}

int test_server_count(const test_server *server, const char *method)
{
    char wanted[64];
    int count = 0;
    snprintf(wanted, sizeof wanted, "{\"method\": \"%s", method ? method : "");
    char *log = test_server_control(server, "GET", "/_log", NULL);
    for (const char *at = log; (at = strstr(at, wanted)); at++)
        count++;
    free(log);
    return count;
}

void test_server_clear(const test_server *server)
{
    control(server, "POST", "/_quiet", NULL);
    control(server, "DELETE", "/_fault", NULL);
    control(server, "DELETE", "/_all", NULL);
    control(server, "DELETE", "/_log", NULL);
}
