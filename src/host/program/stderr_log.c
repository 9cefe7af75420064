#include "host/program/stderr_log.h"
#include "util/log.h"

#include <stdio.h>
#include <stdlib.h>

static void write_line(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)data;
    fprintf(stderr, "%s: %s: %s\n", fm_log_level_name(level), domain, line);
}

void fm_stderr_log_install(fm_env *env)
{
    env->log = write_line;
    const char *name = getenv("FMCAL_LOG");
    if (name && *name && fm_log_level_parse(&env->log_level, name) != FM_OK)
        fprintf(stderr, "fmcal-lua: FMCAL_LOG is \"%s\": use error, warn, info, debug or trace\n", name);
}
