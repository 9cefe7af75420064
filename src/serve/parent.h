/**
 * @file parent.h
 * The child's side of serve/child.h: requests come in lines, answers go out in lines. It dies with its parent.
 */
#ifndef FM_SERVE_PARENT_H
#define FM_SERVE_PARENT_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include <stddef.h>

typedef struct fm_parent fm_parent;

/** Once, in a process that was started by fm_child_start(). FM_ENOMEM; FM_EINVAL: it was not started so */
fm_status fm_parent_open(fm_parent **parent, fm_error *err);
/** NULL is allowed. */
void fm_parent_free(fm_parent *p);

/**
 * Waits for the next request.
 * @param line  receives it without its end; borrowed until the next call
 * @param env   its `interrupted` flag ends the wait
 * @return FM_OK; FM_ENOTFOUND: there will be none; FM_ECANCELED; FM_ELIMIT, FM_ENOMEM; FM_EIO
 */
fm_status fm_parent_receive(fm_parent *p, const char **line, size_t *len, const fm_env *env, fm_error *err);

/** Writes an answer, given without its line end, and waits until it is written. FM_EINVAL (it has a line end), FM_EIO
 */
fm_status fm_parent_send(fm_parent *p, const char *line, size_t len, fm_error *err);

#endif
