/**
 * @file desktop_keyring.h
 * Passwords kept by the desktop (GNOME Keyring, KWallet and others that speak the Secret Service), through
 * libsecret where it is installed: it is loaded when it is first asked for, and nothing is linked against it.
 */
#ifndef FM_CORE_SECRET_DESKTOP_KEYRING_H
#define FM_CORE_SECRET_DESKTOP_KEYRING_H

#include "util/secret.h"
#include <stddef.h>

/** One attribute of an entry, as in `secret-tool store --label=… NAME VALUE`. Borrowed. */
typedef struct fm_keyring_attribute {
    const char *name, *value;
} fm_keyring_attribute;

/**
 * The password of the entry that has all these attributes, owned by the caller. The desktop may ask a
 * person to unlock the keyring, and this waits for the answer.
 * FM_EUNSUPPORTED (no libsecret), FM_EAUTH (no service, or it refused), FM_EINVAL (no such entry), FM_ENOMEM.
 */
fm_status fm_secret_from_desktop(fm_secret **out, const fm_keyring_attribute *attributes, size_t count, fm_error *err);

#endif
