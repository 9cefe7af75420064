#include "util/log.h"
#include "util/redact.h"

#include <string.h>

/* Most bytes of a line before redaction: a whole HTTP body at trace level. */
#define RAW_MAX (64u << 20)

static const char *const level_names[] = {"error", "warn", "info", "debug", "trace"};

bool fm_log_on(const fm_env *env, fm_log_level level)
{
    return env && env->log && level <= env->log_level;
}

/* Cuts at a character boundary and says how much is missing. */
static void cut(fm_buf *line)
{
    if (line->len <= FM_LOG_LINE_MAX)
        return;
    size_t keep = FM_LOG_LINE_MAX - 64;
    while (keep && ((unsigned char)line->data[keep] & 0xC0) == 0x80)
        keep--;
    size_t missing = line->len - keep;
    fm_buf_truncate(line, keep);
    fm_buf_addf(line, " [%zu bytes more]", missing);
}

void fm_log_text(const fm_env *env, fm_log_level level, const char *domain, const char *text, size_t len)
{
    if (!fm_log_on(env, level))
        return;
    fm_buf line;
    /* An escape is at most four times, a mask at most eight times as long as what it replaces. */
    fm_buf_init(&line, (size_t)RAW_MAX * 8);
    const char *shown = "(a log line was lost: it is too long, or memory ran out)";
    if (len <= RAW_MAX && fm_redact_text(env->redact, &line, text, len) == FM_OK) {
        cut(&line);
        shown = line.data;
    }
    env->log(env->data, level, domain, shown);
    fm_buf_free(&line);
}

void fm_log(const fm_env *env, fm_log_level level, const char *domain, const char *fmt, ...)
{
    if (!fm_log_on(env, level))
        return;
    fm_buf raw;
    fm_buf_init(&raw, RAW_MAX);
    va_list args;
    va_start(args, fmt);
    fm_status status = fm_buf_addv(&raw, fmt, args);
    va_end(args);
    if (status == FM_OK)
        fm_log_text(env, level, domain, raw.data, raw.len);
    else
        fm_log_text(env, level, domain, fmt, strlen(fmt));
    if (raw.cap)
        explicit_bzero(raw.data, raw.cap);
    fm_buf_free(&raw);
}

const char *fm_log_level_name(fm_log_level level)
{
    return (size_t)level < sizeof level_names / sizeof *level_names ? level_names[level] : "unknown";
}

fm_status fm_log_level_parse(fm_log_level *level, const char *name)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++)
        if (strcmp(name, level_names[i]) == 0) {
            *level = (fm_log_level)i;
            return FM_OK;
        }
    return FM_EINVAL;
}
