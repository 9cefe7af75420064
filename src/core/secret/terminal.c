#include "core/secret/terminal.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/* The longest line a terminal hands over, with its end: of a longer one the rest is thrown away. */
#define LINE_BYTES_MAX 4096
/* So that no line that was cut passes. */
#define SECRET_BYTES_MAX (LINE_BYTES_MAX - 2)

static const char domain[] = "credentials";

/* Signals that would leave the terminal silent if they struck while a line is typed. */
static void waiting_signals(sigset_t *set)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM, SIGPIPE};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(set, numbers[i]);
}

static bool is_interrupted(const fm_env *env)
{
    return env->interrupted && *env->interrupted;
}

static fm_status canceled(fm_error *err)
{
    return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
}

static fm_status say(int tty, const char *text, fm_error *err)
{
    size_t len = strlen(text);
    while (len) {
        ssize_t n = write(tty, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fm_system_error(err, errno, domain, "the terminal cannot be written to");
        text += n;
        len -= (size_t)n;
    }
    return FM_OK;
}

/* Waits for a line or for a signal. `*len` is the length of the line, -1 after a signal. */
static fm_status await_line(ssize_t *len, int tty, int signals, unsigned char *line, fm_error *err)
{
    struct pollfd fds[] = {{.fd = signals, .events = POLLIN}, {.fd = tty, .events = POLLIN}};
    *len = -1;
    if (poll(fds, 2, -1) < 0 && errno != EINTR)
        return fm_system_error(err, errno, domain, "waiting for the terminal");
    if (fds[0].revents || !fds[1].revents)
        return FM_OK;
    *len = read(tty, line, LINE_BYTES_MAX);
    return *len < 0 ? fm_system_error(err, errno, domain, "the terminal cannot be read") : FM_OK;
}

/* Asks once with echo off and the signals kept waiting. `*len` as in await_line. */
static fm_status ask(ssize_t *len, int tty, const char *prompt, unsigned char *line, fm_error *err)
{
    struct termios before, silent;
    sigset_t waiting, mask;
    fm_status status = FM_OK;
    *len = -1;
    waiting_signals(&waiting);
    pthread_sigmask(SIG_BLOCK, &waiting, &mask);
    int signals = signalfd(-1, &waiting, SFD_CLOEXEC);
    if (signals < 0 || tcgetattr(tty, &before)) {
        status = fm_system_error(err, errno, domain, "the terminal cannot be used");
        goto out;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    if (tcsetattr(tty, TCSAFLUSH, &silent)) {
        status = fm_system_error(err, errno, domain, "the echo of the terminal cannot be switched off");
        goto out;
    }
    status = say(tty, prompt, err);
    if (!status)
        status = await_line(len, tty, signals, line, err);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (!status)
        status = say(tty, "\n", err);
out:
    if (signals >= 0)
        close(signals);
    pthread_sigmask(SIG_SETMASK, &mask, NULL); /* what waited is delivered here */
    return status;
}

/* The line without its end. */
static fm_status make(fm_secret **out, const unsigned char *line, size_t len, fm_error *err)
{
    if (!len)
        return canceled(err); /* Ctrl-D */
    if (line[len - 1] == '\n')
        len--;
    if (!len)
        return fm_error_set(err, FM_EINVAL, domain, "nothing was typed");
    if (len > SECRET_BYTES_MAX)
        return fm_error_set(err, FM_ELIMIT, domain, "what was typed is too long for a password: more than %d bytes",
                            SECRET_BYTES_MAX);
    *out = fm_secret_new(line, len);
    return *out ? FM_OK : fm_error_no_memory(err, domain);
}

fm_status fm_secret_from_terminal(fm_secret **out, const char *prompt, const fm_env *env, fm_error *err)
{
    unsigned char *line;
    ssize_t len = -1;
    fm_status status = FM_OK;
    *out = NULL;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return fm_error_set(err, FM_EINVAL, domain, "there is no terminal to ask for the password");
    fm_secret *buffer = fm_secret_alloc(&line, LINE_BYTES_MAX);
    if (!buffer) {
        status = fm_error_no_memory(err, domain);
        goto out;
    }
    while (!status && len < 0) {
        status = ask(&len, tty, prompt, line, err);
        if (!status && len < 0 && is_interrupted(env))
            status = canceled(err);
    }
    if (!status)
        status = make(out, line, (size_t)len, err);
out:
    fm_secret_unref(buffer);
    close(tty);
    return status;
}
