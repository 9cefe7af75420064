#include "core/ical/libical.h"
#include "util/library.h"

#include <pthread.h>

static fm_libical functions;
static bool found;

static void find_functions(void)
{
    const fm_symbol symbols[] = {
        {"icalrecurrencetype_from_string", &functions.recurrencetype_from_string},
        {"icalrecurrencetype_day_day_of_week", &functions.recurrencetype_day_day_of_week},
        {"icalrecurrencetype_day_position", &functions.recurrencetype_day_position},
        {"icalrecur_iterator_new", &functions.recur_iterator_new},
        {"icalrecur_iterator_set_start", &functions.recur_iterator_set_start},
        {"icalrecur_iterator_next", &functions.recur_iterator_next},
        {"icalrecur_iterator_free", &functions.recur_iterator_free},
        {"icaltime_null_time", &functions.time_null_time},
        {"icaltime_is_null_time", &functions.time_is_null_time},
        {"icaltime_is_utc", &functions.time_is_utc},
        {"icalmemory_free_buffer", &functions.memory_free_buffer},
    };
    found = fm_library_find(FMCAL_LIBICAL, symbols, sizeof symbols / sizeof *symbols);
}

fm_status fm_libical_open(const fm_libical **out, fm_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_functions);
    *out = &functions;
    return found ? FM_OK
                 : fm_error_set(err, FM_EUNSUPPORTED, "ical",
                                "rules of recurrence need %s, which is not installed: install the package libical3",
                                FMCAL_LIBICAL);
}
