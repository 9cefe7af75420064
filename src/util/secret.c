#include "util/secret_impl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

fm_secret *fm_secret_alloc(unsigned char **bytes, size_t len)
{
    fm_secret *s = calloc(1, sizeof *s);
    if (!s || len == SIZE_MAX)
        goto fail;
    // cppcheck-suppress invalidFunctionArg ; -1 is what MAP_ANONYMOUS asks for
    void *pages = mmap(NULL, len + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        goto fail;
    /* Both may be refused (RLIMIT_MEMLOCK, old kernels): a secret that may be swapped is better than none. */
    (void)mlock(pages, len + 1);
    (void)madvise(pages, len + 1, MADV_DONTDUMP);
    s->bytes = pages;
    s->len = len;
    s->refs = 1;
    *bytes = s->bytes;
    return s;
fail:
    free(s);
    return NULL;
}

fm_secret *fm_secret_new(const void *bytes, size_t len)
{
    unsigned char *copy;
    fm_secret *s = fm_secret_alloc(&copy, len);
    if (s && len)
        memcpy(copy, bytes, len);
    return s;
}

fm_secret *fm_secret_join(const fm_secret_piece *pieces, size_t count)
{
    unsigned char *at;
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += pieces[i].len;
    fm_secret *s = fm_secret_alloc(&at, len);
    for (size_t i = 0; s && i < count; at += pieces[i].len, i++)
        if (pieces[i].len)
            memcpy(at, pieces[i].bytes, pieces[i].len);
    return s;
}

fm_secret *fm_secret_ref(fm_secret *s)
{
    if (s)
        s->refs++;
    return s;
}

void fm_secret_unref(fm_secret *s)
{
    if (!s || --s->refs)
        return;
    fm_redact_forget(s);
    explicit_bzero(s->bytes, s->len);
    munmap(s->bytes, s->len + 1);
    free(s);
}

const char *fm_secret_bytes(const fm_secret *s, size_t *len)
{
    if (len)
        *len = s->len;
    return (const char *)s->bytes;
}

/* What a core dump holds: of our memory nothing (core(5)). First of all, while the file is still ours. */
static void dump_no_memory(void)
{
    int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "0", 1);
    close(fd);
}

void fm_secret_harden_process(void)
{
    struct rlimit none = {0, 0};
    dump_no_memory();
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* its leak check must trace the process */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
