/**
 * @file options.h
 * Named settings handed to a provider: strings, numbers, booleans and secrets. Nested members are
 * spelled with a dot ("endpoint.api"). Lists are "name.1", "name.2", ….
 */
#ifndef FM_UTIL_OPTIONS_H
#define FM_UTIL_OPTIONS_H

#include "fmcal/error.h"
#include "util/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_options fm_options;

/** An empty set, owned by the caller. NULL when memory runs out. */
fm_options *fm_options_new(void);
void fm_options_free(fm_options *o);

/** Sets a member (name and value copied; of a secret a reference is taken). Setting it again replaces it. FM_ENOMEM. */
fm_status fm_options_set_string(fm_options *o, const char *name, const char *value);
fm_status fm_options_set_int(fm_options *o, const char *name, int64_t value);
fm_status fm_options_set_bool(fm_options *o, const char *name, bool value);
fm_status fm_options_set_secret(fm_options *o, const char *name, fm_secret *value);

/** Reads a member: the default where it is absent or of another type. Strings and secrets are borrowed until it is set
 * again. */
const char *fm_options_string(const fm_options *o, const char *name, const char *fallback);
int64_t fm_options_int(const fm_options *o, const char *name, int64_t fallback);
bool fm_options_bool(const fm_options *o, const char *name, bool fallback);
fm_secret *fm_options_secret(const fm_options *o, const char *name);
/** The n-th member's name in order of first setting, NULL past the end. */
const char *fm_options_name(const fm_options *o, size_t n);

#endif
