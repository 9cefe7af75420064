/**
 * @file microhttpd.h
 * What fmcal uses of libmicrohttpd. The library is opened by the first server: few runs have one, and each start would
 * pay for linking it.
 */
#ifndef FM_SERVE_HTTP_MICROHTTPD_H
#define FM_SERVE_HTTP_MICROHTTPD_H

#include "fmcal/error.h"

#include <microhttpd.h>

/** Its functions, by their names without "MHD". */
typedef struct fm_microhttpd {
    __typeof__(MHD_add_connection) *add_connection;
    __typeof__(MHD_add_response_header) *add_response_header;
    __typeof__(MHD_create_response_from_buffer) *create_response_from_buffer;
    __typeof__(MHD_create_response_from_callback) *create_response_from_callback;
    __typeof__(MHD_destroy_response) *destroy_response;
    __typeof__(MHD_get_connection_info) *get_connection_info;
    __typeof__(MHD_get_connection_values) *get_connection_values;
    __typeof__(MHD_get_connection_values_n) *get_connection_values_n;
    __typeof__(MHD_get_daemon_info) *get_daemon_info;
    __typeof__(MHD_get_timeout) *get_timeout;
    __typeof__(MHD_queue_response) *queue_response;
    __typeof__(MHD_resume_connection) *resume_connection;
    __typeof__(MHD_run) *run;
    __typeof__(MHD_start_daemon) *start_daemon;
    __typeof__(MHD_stop_daemon) *stop_daemon;
    __typeof__(MHD_suspend_connection) *suspend_connection;
} fm_microhttpd;

/** They can be called once fm_microhttpd_open() has been. */
extern fm_microhttpd fm_mhd;

/**
 * Opens libmicrohttpd, once in a process.
 * @return FM_OK; FM_EUNSUPPORTED where it is not installed
 */
fm_status fm_microhttpd_open(fm_error *err);

#endif
