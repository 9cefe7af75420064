/**
 * @file libical.h
 * What fmcal uses of libical: its recurrence rules. The library is opened by the first rule that is read, because it
 * brings ICU and the library of C++ with it, which take the dynamic linker longer than all else that a start does.
 */
#ifndef FM_CORE_ICAL_LIBICAL_H
#define FM_CORE_ICAL_LIBICAL_H

#include "fmcal/error.h"

#include <libical/ical.h>

/** Its functions, by their names without "ical". */
typedef struct fm_libical {
    __typeof__(icalrecurrencetype_from_string) *recurrencetype_from_string;
    __typeof__(icalrecurrencetype_day_day_of_week) *recurrencetype_day_day_of_week;
    __typeof__(icalrecurrencetype_day_position) *recurrencetype_day_position;
    __typeof__(icalrecur_iterator_new) *recur_iterator_new;
    __typeof__(icalrecur_iterator_set_start) *recur_iterator_set_start;
    __typeof__(icalrecur_iterator_next) *recur_iterator_next;
    __typeof__(icalrecur_iterator_free) *recur_iterator_free;
    __typeof__(icaltime_null_time) *time_null_time;
    __typeof__(icaltime_is_null_time) *time_is_null_time;
    __typeof__(icaltime_is_utc) *time_is_utc;
    __typeof__(icalmemory_free_buffer) *memory_free_buffer;
} fm_libical;

/**
 * Opens libical, once in a process.
 * @param out  the process owns it
 * @return FM_OK; FM_EUNSUPPORTED where it is not installed
 */
fm_status fm_libical_open(const fm_libical **out, fm_error *err);

#endif
