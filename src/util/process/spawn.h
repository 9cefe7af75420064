/**
 * @file spawn.h
 * Starting a program: with default signals, an environment of its own, and the descriptors that it is to have. No shell
 * is involved.
 */
#ifndef FM_UTIL_PROCESS_SPAWN_H
#define FM_UTIL_PROCESS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Most descriptors that are handed on. */
#define FM_SPAWN_DESCRIPTORS_MAX 5

/** A descriptor of the new process. */
typedef struct fm_spawn_descriptor {
    int to;   /**< its number there */
    int from; /**< the one of this process; -1: it leads nowhere */
} fm_spawn_descriptor;

typedef enum fm_spawn_group { FM_SPAWN_OUR_GROUP, FM_SPAWN_OWN_GROUP, FM_SPAWN_OWN_SESSION } fm_spawn_group;

typedef struct fm_spawn_options {
    bool in_path; /**< the program is looked up in PATH */
    fm_spawn_group group;
    char *const *environment; /**< "NAME=value", ended by NULL; borrowed */
    const fm_spawn_descriptor *descriptors;
    size_t descriptor_count;
    int close_from; /**< all from here on are closed; 0: those that are not to be handed on close themselves */
} fm_spawn_options;

/** Starts a program. @return 0 or an errno */
int fm_spawn(pid_t *pid, char *const argv[], const fm_spawn_options *options);

/**
 * Our environment, changed.
 * @param hide  names of variables that are left out, ended by NULL; NULL: none
 * @param add   "NAME=value" of those that come instead, ended by NULL; NULL: none
 * @return an array owned by the caller, its strings borrowed; NULL when memory runs out
 */
char **fm_spawn_environment(const char *const *hide, const char *const *add);

/**
 * Looks whether a process has ended (`flags` WNOHANG) or waits for it (0).
 * @param status  receives its exit status, 128 + n for signal n
 * @return whether it has ended
 */
bool fm_spawn_reap(pid_t pid, int flags, int *status);

#endif
