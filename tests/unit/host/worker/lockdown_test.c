/* What a process can do that was locked down: nothing but read and write its pipes. */
#include "host/worker/lockdown.h"
#include "support/cmocka.h"
#include "util/process/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPARE = 1 << 30 };

/* Each letter is something that got through. */
static size_t try_everything(char *found, int extra_fd)
{
    size_t count = 0;
    char byte;
    if (open("/etc/passwd", O_RDONLY) >= 0)
        found[count++] = 'o';
    if (syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0) >= 0)
        found[count++] = '2';
    if (open("/tmp/fmcal-lockdown-test", O_CREAT | O_WRONLY, 0600) >= 0)
        found[count++] = 'c';
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0)
        found[count++] = 's';
    if (socket(AF_UNIX, SOCK_DGRAM, 0) >= 0)
        found[count++] = 'u';
    if (syscall(SYS_fork) >= 0)
        found[count++] = 'f';
    if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0)
        found[count++] = 'l';
    if (execl("/bin/true", "true", (char *)NULL) == 0)
        found[count++] = 'x';
    if (kill(getppid(), 0) == 0)
        found[count++] = 'k';
    if (syscall(SYS_ptrace, 16, getppid(), NULL, NULL) == 0)
        found[count++] = 'p';
    if (read(extra_fd, &byte, 1) >= 0)
        found[count++] = 'r';
    if (unlink("/tmp/fmcal-lockdown-test") == 0)
        found[count++] = 'd';
    if (dup(FM_WORKER_ANSWERS) >= 0)
        found[count++] = 'D';
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        found[count++] = 'm';
    return count;
}

/* What a child found to get through once it was locked down. */
static void run_child(char found[32], size_t *count)
{
    int pipe_ends[2];
    int extra = open("/dev/zero", O_RDONLY);
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char got[32] = "";
        if (dup2(extra, FM_WORKER_QUESTIONS) < 0 || dup2(pipe_ends[1], FM_WORKER_ANSWERS) < 0)
            _exit(2);
        fm_lockdown_begin();
        bool filtered = fm_lockdown_finish(SPARE);
        size_t len = try_everything(got, extra);
        if (!filtered)
            got[len++] = 'F';
        if (read(FM_WORKER_QUESTIONS, got + len, 1) != 1) /* what it is for still works */
            got[len++] = 'R';
        _exit(write(FM_WORKER_ANSWERS, got, len) == (ssize_t)len ? 0 : 3);
    }
    close(pipe_ends[1]);
    ssize_t len = read(pipe_ends[0], found, 32);
    *count = len > 0 ? (size_t)len : 0;
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(pipe_ends[0]);
    close(extra);
}

static void test_nothing_gets_through(void **state)
{
    (void)state;
    char found[32] = "";
    size_t count;
    run_child(found, &count);
    if (count)
        fail_msg("%.*s", (int)count, found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_gets_through)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
