/**
 * @file classes.h
 * The built-in kinds of calendar. A new one adds a line here and one in registry.c.
 */
#ifndef FM_PROVIDER_CLASSES_H
#define FM_PROVIDER_CLASSES_H

#include "fmcal/provider.h"

extern const fm_provider_class fm_provider_apple;  /**< iCloud: CalDAV with a profile of its own */
extern const fm_provider_class fm_provider_caldav; /**< any CalDAV server: provider/caldav/caldav.h */
extern const fm_provider_class fm_provider_google; /**< Google Calendar: provider/google/google.h */
extern const fm_provider_class fm_provider_mock;   /**< in memory, for tests and for trying rules */

#endif
