/*
 * free() and realloc() of this program, which the libraries call too: what they give back is wiped where that is wanted
 * (util/freed.h). Passwords are in more places than our own: libcurl, OpenSSL and Lua copy what they are given.
 */
#include "util/freed.h"

#ifndef __SANITIZE_ADDRESS__ /* which has an allocator of its own */

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* The libraries find it. */
#define FM_SHOWN __attribute__((visibility("default")))

/* Those of glibc. */
void __libc_free(void *p);
void *__libc_realloc(void *p, size_t size);

FM_SHOWN void free(void *p)
{
    if (fm_freed_is_wiped && p)
        explicit_bzero(p, malloc_usable_size(p));
    __libc_free(p);
}

/* What becomes larger moves, so that its old place is wiped. */
static void *enlarge(void *p, size_t room, size_t size)
{
    void *larger = malloc(size);
    if (!larger)
        return NULL;
    memcpy(larger, p, room);
    free(p);
    return larger;
}

FM_SHOWN void *realloc(void *p, size_t size)
{
    if (!fm_freed_is_wiped || !p)
        return __libc_realloc(p, size);
    size_t room = malloc_usable_size(p);
    if (size > room)
        return enlarge(p, room, size);
    explicit_bzero((char *)p + size, room - size);
    return __libc_realloc(p, size);
}

#endif
