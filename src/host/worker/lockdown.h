/**
 * @file lockdown.h
 * What a process gives away for good.
 */
#ifndef FM_HOST_WORKER_LOCKDOWN_H
#define FM_HOST_WORKER_LOCKDOWN_H

#include <stdbool.h>
#include <stddef.h>

/** Closes every descriptor but the two pipes, lives no longer than its parent, and never gains a right. */
void fm_lockdown_begin(void);

/**
 * Gives away all but reading and writing the pipes, memory, clocks and the end. From here on the process cannot open a
 * file or a socket and cannot start a process.
 * @param address_bytes  the address space that it may have; 0: any
 * @return whether the kernel has filters for system calls; the limits hold in any case
 */
bool fm_lockdown_finish(size_t address_bytes);

#endif
