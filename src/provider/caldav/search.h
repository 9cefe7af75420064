/**
 * @file search.h
 * Where a UID lies that is not where it was expected.
 */
#ifndef FM_PROVIDER_CALDAV_SEARCH_H
#define FM_PROVIDER_CALDAV_SEARCH_H

#include "provider/caldav/apply_impl.h"

/** Looks for the job's UID: at `href` where the server named one (NULL: it did not), else by query, else by listing. */
void fm_caldav_search(fm_caldav_job *job, const char *base_url, const char *href);

#endif
