#include "host/worker/lockdown.h"
#include "util/process/worker.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* What sanitizers need: their reports go to standard error, and they reserve more address space than there is memory.
 */
#ifdef __SANITIZE_ADDRESS__
enum { LAST_KEPT_FD = STDERR_FILENO, LIMITS_ADDRESSES = 0 };
#else
enum { LAST_KEPT_FD = FM_WORKER_ANSWERS, LIMITS_ADDRESSES = 1 };
#endif

void fm_lockdown_begin(void)
{
    prctl(PR_SET_NAME, "fmcal-worker"); /* it may have been started by another name */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    closefrom(LAST_KEPT_FD + 1);
    tzset(); /* reads the file of local time while there are files */
}

static void limit(int resource, rlim_t most)
{
    setrlimit(resource, &(struct rlimit){most, most});
}

/* Calls without arguments that matter. */
static const int harmless[] = {
    SCMP_SYS(brk),           SCMP_SYS(munmap),       SCMP_SYS(mremap),      SCMP_SYS(madvise),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),        SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn), SCMP_SYS(futex),       SCMP_SYS(restart_syscall),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(getpid),        SCMP_SYS(gettid),       SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield),
#endif
};

static int allow_all(scmp_filter_ctx filter)
{
    int error = 0;
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0);
    error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, FM_WORKER_QUESTIONS));
    for (unsigned fd = FM_WORKER_ANSWERS; fd <= LAST_KEPT_FD; fd++)
        error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, fd));
    /* memory, but none that can be executed */
    error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return error;
}

/* Whatever is not allowed fails, and the process goes on: a library that asks for something in vain has a way out. */
static bool filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool loaded = filter && allow_all(filter) == 0 && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return loaded;
}

bool fm_lockdown_finish(size_t address_bytes)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 0);
    if (LIMITS_ADDRESSES && address_bytes)
        limit(RLIMIT_AS, address_bytes);
    return filter_calls();
}
