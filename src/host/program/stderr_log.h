/**
 * @file stderr_log.h
 * Where fmcal-lua's log lines go: standard error, from the level that FMCAL_LOG names.
 */
#ifndef FM_HOST_PROGRAM_STDERR_LOG_H
#define FM_HOST_PROGRAM_STDERR_LOG_H

#include "fmcal/env.h"

/** Makes `env` log to standard error. Where FMCAL_LOG names no level, it says so there and the default level stays. */
void fm_stderr_log_install(fm_env *env);

#endif
