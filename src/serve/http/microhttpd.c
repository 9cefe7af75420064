#include "serve/http/microhttpd.h"
#include "util/library.h"

#include <pthread.h>

/* Its interface since 0.9.62. */
#define SONAME "libmicrohttpd.so.12"

fm_microhttpd fm_mhd;
static bool found;

static void find_functions(void)
{
    const fm_symbol symbols[] = {
        {"MHD_add_connection", &fm_mhd.add_connection},
        {"MHD_add_response_header", &fm_mhd.add_response_header},
        {"MHD_create_response_from_buffer", &fm_mhd.create_response_from_buffer},
        {"MHD_create_response_from_callback", &fm_mhd.create_response_from_callback},
        {"MHD_destroy_response", &fm_mhd.destroy_response},
        {"MHD_get_connection_info", &fm_mhd.get_connection_info},
        {"MHD_get_connection_values", &fm_mhd.get_connection_values},
        {"MHD_get_connection_values_n", &fm_mhd.get_connection_values_n},
        {"MHD_get_daemon_info", &fm_mhd.get_daemon_info},
        {"MHD_get_timeout", &fm_mhd.get_timeout},
        {"MHD_queue_response", &fm_mhd.queue_response},
        {"MHD_resume_connection", &fm_mhd.resume_connection},
        {"MHD_run", &fm_mhd.run},
        {"MHD_start_daemon", &fm_mhd.start_daemon},
        {"MHD_stop_daemon", &fm_mhd.stop_daemon},
        {"MHD_suspend_connection", &fm_mhd.suspend_connection},
    };
    found = fm_library_find(SONAME, symbols, sizeof symbols / sizeof *symbols);
}

fm_status fm_microhttpd_open(fm_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_functions);
    return found
               ? FM_OK
               : fm_error_set(err, FM_EUNSUPPORTED, "server",
                              "a server needs %s, which is not installed: install the package libmicrohttpd12", SONAME);
}
