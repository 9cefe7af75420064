/**
 * @file source.h
 * Where secrets come from besides the board: the environment, a file (systemd credentials), standard input,
 * a program such as pass. The desktop's keyring is in desktop_keyring.h, a person in terminal.h. One
 * line end at the end of a file's or program's text does not belong to the secret. An empty secret is a failure.
 */
#ifndef FM_CORE_SECRET_SOURCE_H
#define FM_CORE_SECRET_SOURCE_H

#include "fmcal/env.h"
#include "util/secret.h"
#include <stdint.h>

/** Most bytes of a secret from a file or program. */
#define FM_SECRET_SOURCE_MAX 65536

/** The value of an environment variable, owned by the caller. FM_EINVAL where it is not set; FM_ENOMEM. */
fm_status fm_secret_from_environment(fm_secret **out, const char *name, fm_error *err);
/**
 * Takes a variable out of the environment: its text is wiped where it stood (so it leaves /proc/PID/environ too)
 * and child processes do not get it. For a host program, before it starts threads. NULL where it is not set or
 * memory runs out (it is taken out all the same).
 */
fm_secret *fm_secret_take_environment(const char *name);
/**
 * A secret that a file holds: the one that the variable NAME_FILE names, else the systemd credential that is called as
 * the variable in lower case ($CREDENTIALS_DIRECTORY). NULL in `*out` where there is neither.
 * @return FM_OK; FM_ECRYPTO, which names the file: it cannot be read, or is empty; FM_ENOMEM
 */
fm_status fm_secret_from_named_file(fm_secret **out, const char *name, fm_error *err);
/** The content of a file, owned by the caller. FM_EINVAL (no such file, not readable, empty), FM_ELIMIT, FM_EIO. */
fm_status fm_secret_from_file(fm_secret **out, const char *path, fm_error *err);
/**
 * Standard input to its end, owned by the caller; nobody else may have read from it. FM_EINVAL (empty), FM_ELIMIT,
 * FM_EIO.
 */
fm_status fm_secret_from_input(fm_secret **out, fm_error *err);
/**
 * What a program prints, owned by the caller. It runs without a shell and without the master keys in its
 * environment. FM_EINVAL (it cannot be started), FM_EAUTH (it ended with another status than 0, or printed
 * nothing), FM_ETIMEOUT, FM_ELIMIT, FM_ECANCELED (env->interrupted), FM_ENOMEM. Messages name the first word only.
 * @param argv  NULL-terminated, borrowed
 */
fm_status fm_secret_from_command(fm_secret **out, const char *const *argv, int64_t timeout_ms, const fm_env *env,
                                 fm_error *err);

#endif
