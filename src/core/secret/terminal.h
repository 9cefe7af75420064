/**
 * @file terminal.h
 * A password typed by a person: read from the terminal of the process, not shown.
 */
#ifndef FM_CORE_SECRET_TERMINAL_H
#define FM_CORE_SECRET_TERMINAL_H

#include "fmcal/env.h"
#include "util/secret.h"

/**
 * Shows a prompt on the controlling terminal (whatever standard input and output are) and reads one line without echo.
 * The terminal is as it was before anything else happens: signals that end or stop the process wait until then, and
 * are delivered right after; after a stop the prompt is shown again.
 * @param out  the line without its end, owned by the caller
 * @return FM_EINVAL (there is no terminal, or nothing was typed), FM_ECANCELED (interrupted, or end of input),
 *         FM_ELIMIT (too long for a line of a terminal), FM_EIO, FM_ENOMEM
 */
fm_status fm_secret_from_terminal(fm_secret **out, const char *prompt, const fm_env *env, fm_error *err);

#endif
