/**
 * @file log.h
 * Log lines. Each goes through util/redact.h, whoever wrote it, before env->log sees it, and is built
 * only where its level is on. A NULL env logs nothing.
 */
#ifndef FM_UTIL_LOG_H
#define FM_UTIL_LOG_H

#include "fmcal/env.h"
#include <stddef.h>

/** Longest line handed to env->log, in bytes; the rest of a longer one is counted, not shown. */
#define FM_LOG_LINE_MAX 65536

/** Whether lines of this level are wanted: ask before an expensive argument is made. */
bool fm_log_on(const fm_env *env, fm_log_level level);
/** One line from a printf format. `domain` is the module's name ("http", "sync"). Failures are silent. */
void fm_log(const fm_env *env, fm_log_level level, const char *domain, const char *fmt, ...) FM_PRINTF(4, 5);
/** One line from text that may hold anything, line ends and zero bytes included (they are escaped). */
void fm_log_text(const fm_env *env, fm_log_level level, const char *domain, const char *text, size_t len);

/** "error", "warn", "info", "debug", "trace". */
const char *fm_log_level_name(fm_log_level level);
/** Reads such a name. FM_EINVAL leaves `*level` as it was. */
fm_status fm_log_level_parse(fm_log_level *level, const char *name);

#endif
