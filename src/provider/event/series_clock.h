/**
 * @file series_clock.h
 * What the clocks of a series show, before and after its start moves: seconds as fm_date_epoch() counts them. Private
 * to series_*.c.
 */
#ifndef FM_PROVIDER_EVENT_SERIES_CLOCK_H
#define FM_PROVIDER_EVENT_SERIES_CLOCK_H

#include "provider/event/series.h"

/** The day a clock shows, counted from 1970. */
int64_t fm_clock_day(int64_t clock);
/** The time of day it shows, in seconds. */
int64_t fm_clock_time(int64_t clock);

/** What the clocks of a series with this start show at a time; at a day, the start's time of day on it. */
int64_t fm_clock_of(const fm_event_time *start, const fm_event_time *time);
/** Where an occurrence goes. */
int64_t fm_clock_move(const fm_series_move *move, int64_t clock);
/** Where a limit goes: it has as many occurrences up to it as before. */
int64_t fm_clock_move_limit(const fm_series_move *move, int64_t clock);

/** Appends what becomes of a rule. FM_EINVAL, FM_EPARSE. */
fm_status fm_series_move_rule(fm_buf *out, const fm_series_move *move, fm_span rule, fm_error *err);

#endif
