/* A kernel without seccomp filters, for a process and all that it starts: a filter of its own refuses further ones. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define LOAD(member)                     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise)
#define ANSWER(value)                    BPF_STMT(BPF_RET | BPF_K, value)

__attribute__((constructor)) static void refuse_filters(void)
{
    struct sock_filter rules[] = {
        LOAD(nr),
        IF_EQUAL(SYS_seccomp, 3, 0),
        IF_EQUAL(SYS_prctl, 0, 3),
        LOAD(args[0]),
        IF_EQUAL(PR_SET_SECCOMP, 0, 1),
        ANSWER(SECCOMP_RET_ERRNO | EINVAL),
        ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
    bool is_refused_already = prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER; /* by whoever started this process */
    if (is_refused_already)
        return;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        abort();
}
