/**
 * @file credentials.h
 * Named secrets ("appPassword", "refreshToken", …) as one secret byte string, which is what a blob
 * encrypts. Only secrets hold the values on the way: no copy stays behind in ordinary memory.
 *
 * Packed form: for each member two bytes of name length, the name, four bytes of value length, the value
 * (lengths most significant first); two zero bytes; zeros up to a multiple of 64, so that the length of a
 * password does not show.
 */
#ifndef FM_CORE_SECRET_CREDENTIALS_H
#define FM_CORE_SECRET_CREDENTIALS_H

#include "util/options.h"

/** Packs every secret member of a set, in its order; owned by the caller. FM_ENOMEM, FM_EINVAL (an empty name or one
 * over 65,535 bytes). */
fm_status fm_credentials_pack(fm_secret **out, const fm_options *members, fm_error *err);
/** Adds the members of a packed set to `out`. FM_EPARSE for bytes that are none; FM_ENOMEM. */
fm_status fm_credentials_unpack(fm_options *out, const fm_secret *packed, fm_error *err);

#endif
