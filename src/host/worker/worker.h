/**
 * @file worker.h
 * The process in which a team's rules run: the other end of the module fmcal.worker. It has no descriptor but two
 * pipes, no files, no network, and a Lua state whose memory is bounded. What it knows it is told over the pipe.
 */
#ifndef FM_HOST_WORKER_H
#define FM_HOST_WORKER_H

/** Answers questions until the pipe is closed. @return the exit status of the process */
int fm_worker_main(void);

#endif
