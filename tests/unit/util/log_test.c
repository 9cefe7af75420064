#include "support/cmocka.h"
#include "util/log.h"
#include "util/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct heard {
    int count;
    fm_log_level level;
    char domain[32];
    char line[FM_LOG_LINE_MAX + 1];
} heard;

static void hear(void *data, fm_log_level level, const char *domain, const char *line)
{
    heard *h = data;
    h->count++;
    h->level = level;
    snprintf(h->domain, sizeof h->domain, "%s", domain);
    snprintf(h->line, sizeof h->line, "%s", line);
}

static heard ear;

static fm_env listening(fm_log_level level)
{
    fm_env env;
    memset(&ear, 0, sizeof ear);
    fm_env_default(&env);
    env.log = hear;
    env.data = &ear;
    env.log_level = level;
    return env;
}

static void test_only_levels_that_are_on(void **state)
{
    (void)state;
    fm_env env = listening(FM_LOG_INFO);
    assert_true(fm_log_on(&env, FM_LOG_ERROR));
    assert_true(fm_log_on(&env, FM_LOG_INFO));
    assert_false(fm_log_on(&env, FM_LOG_DEBUG));
    assert_false(fm_log_on(NULL, FM_LOG_ERROR));
    fm_log(&env, FM_LOG_DEBUG, "http", "no");
    fm_log(NULL, FM_LOG_ERROR, "http", "no");
    assert_int_equal(ear.count, 0);
    fm_log(&env, FM_LOG_INFO, "http", "%d of %s", 3, "ten");
    assert_int_equal(ear.count, 1);
    assert_int_equal(ear.level, FM_LOG_INFO);
    assert_string_equal(ear.domain, "http");
    assert_string_equal(ear.line, "3 of ten");
}

static void test_lines_are_redacted(void **state)
{
    (void)state;
    fm_env env = listening(FM_LOG_TRACE);
    env.redact = fm_redact_new();
    fm_secret *s = fm_secret_new("hunter22", 8);
    fm_redact_add(env.redact, s);
    fm_log(&env, FM_LOG_TRACE, "http", "sent %s\nas aHVudGVyMjI=", "hunter22");
    assert_string_equal(ear.line, "sent [secret]\\nas [secret]");
    fm_secret_unref(s);
    fm_redact_free(env.redact);
}

static void test_long_lines_are_cut_after_redaction(void **state)
{
    (void)state;
    fm_env env = listening(FM_LOG_INFO);
    size_t len = 3 * FM_LOG_LINE_MAX;
    char *text = malloc(len);
    for (size_t i = 0; i < len; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    fm_log_text(&env, FM_LOG_INFO, "http", text, len);
    assert_true(strlen(ear.line) <= FM_LOG_LINE_MAX);
    assert_non_null(strstr(ear.line, "\xe2\x82\xac [131"));
    assert_non_null(strstr(ear.line, " bytes more]"));
    free(text);
}

static void test_level_names(void **state)
{
    (void)state;
    fm_log_level level = FM_LOG_WARN;
    assert_int_equal(fm_log_level_parse(&level, "loud"), FM_EINVAL);
    assert_int_equal(level, FM_LOG_WARN);
    for (int i = FM_LOG_ERROR; i <= FM_LOG_TRACE; i++) {
        assert_int_equal(fm_log_level_parse(&level, fm_log_level_name((fm_log_level)i)), FM_OK);
        assert_int_equal(level, i);
    }
    assert_string_equal(fm_log_level_name((fm_log_level)77), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_levels_that_are_on),
        cmocka_unit_test(test_lines_are_redacted),
        cmocka_unit_test(test_long_lines_are_cut_after_redaction),
        cmocka_unit_test(test_level_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
