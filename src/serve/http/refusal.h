/**
 * @file refusal.h
 * Answers that the server gives by itself: problem details (RFC 9457), and the connection is closed behind them.
 */
#ifndef FM_SERVE_HTTP_REFUSAL_H
#define FM_SERVE_HTTP_REFUSAL_H

#include "serve/http/microhttpd.h"

/** Queues the answer to a request. @return what a handler returns: MHD_NO where there is no memory for it */
enum MHD_Result fm_refusal_queue(struct MHD_Connection *connection, int status);
/** Sends it past the library, to a connection on which nothing else is being sent. */
void fm_refusal_send(int fd, int status);

#endif
