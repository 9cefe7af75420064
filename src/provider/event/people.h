/**
 * @file people.h
 * Who is invited to an event. Servers write the account itself into events as the one who invites, or as a guest: that
 * alone is no invitation of anybody.
 */
#ifndef FM_PROVIDER_EVENT_PEOPLE_H
#define FM_PROVIDER_EVENT_PEOPLE_H

#include "core/ical/line.h"
#include "fmcal/event.h"

/** Adds an address ("mailto:Kim@example.org", a principal's path) in the spelling that is compared, once. FM_ENOMEM. */
fm_status fm_people_add(fm_strings *people, fm_span address);
/** Whether there is anybody but one's own addresses, which are spelled as fm_people_add() does it. */
bool fm_people_others(const fm_strings *people, const fm_strings *own);

#endif
