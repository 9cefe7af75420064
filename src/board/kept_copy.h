/**
 * @file kept_copy.h
 * The copy of a board that is kept beside the state: mode 0600, and without the credentials in its calendarConfig. The
 * board may lose or change those later, and nobody would think of the copy.
 */
#ifndef FM_BOARD_KEPT_COPY_H
#define FM_BOARD_KEPT_COPY_H

#include "core/json/scan.h"
#include "fmcal/env.h"

/**
 * Puts a copy of a board's text at `keep`, whatever was there.
 * @param file  a file that holds just this text and may be moved there; NULL for none
 * @return FM_ENOMEM, FM_EIO, FM_EACCESS, …
 */
fm_status fm_board_keep_copy(const fm_env *env, const char *keep, const fm_json_span *text, const char *file,
                             fm_error *err);

#endif
