#include "support/cmocka.h"
#include "util/process/spawn.h"

#include <stdlib.h>
#include <string.h>

static const char *value_in(char *const *environment, const char *name)
{
    size_t len = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
            return *environment + len + 1;
    return NULL;
}

static void test_environment(void **state)
{
    (void)state;
    const char *const hide[] = {"SPAWN_HIDDEN", NULL}, *const add[] = {"SPAWN_ADDED=new", NULL};
    setenv("SPAWN_HIDDEN", "1", 1);
    setenv("SPAWN_HIDDEN_NOT", "2", 1);
    char **changed = fm_spawn_environment(hide, add);
    assert_non_null(changed);
    assert_null(value_in(changed, "SPAWN_HIDDEN"));
    assert_string_equal(value_in(changed, "SPAWN_HIDDEN_NOT"), "2");
    assert_string_equal(value_in(changed, "SPAWN_ADDED"), "new");
    free(changed);
}

static int status_of(char *script, fm_spawn_options options)
{
    pid_t pid;
    int status = -1;
    char *const environment[] = {NULL};
    options.environment = environment;
    assert_int_equal(fm_spawn(&pid, (char *[]){"/bin/sh", "-c", script, NULL}, &options), 0);
    assert_true(fm_spawn_reap(pid, 0, &status));
    return status;
}

static void test_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("exit 3", (fm_spawn_options){0}), 3);
    assert_int_equal(status_of("kill -9 $$", (fm_spawn_options){0}), 128 + 9);
}

static void test_descriptors(void **state)
{
    (void)state;
    const fm_spawn_descriptor nowhere[] = {{0, -1}, {1, -1}, {2, 2}};
    fm_spawn_options options = {.descriptors = nowhere, .descriptor_count = 3, .close_from = 3};
    assert_int_equal(status_of("read line; [ $? = 1 ] && echo lost && [ ! -e /proc/self/fd/4 ]", options), 0);
}

static void test_groups(void **state)
{
    (void)state;
    char *script = "set -- $(cat /proc/$$/stat); [ \"$5\" = \"$1\" ]"; /* pid (name) state parent group */
    assert_int_equal(status_of(script, (fm_spawn_options){0}), 1);
    assert_int_equal(status_of(script, (fm_spawn_options){.group = FM_SPAWN_OWN_GROUP}), 0);
    assert_int_equal(status_of(script, (fm_spawn_options){.group = FM_SPAWN_OWN_SESSION}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
