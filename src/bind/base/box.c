#include "bind/base/box.h"
#include "bind/base/bind.h"
#include "bind/base/type.h"

#include <stdlib.h>

#define BOX_NAME "fmcal.box"

typedef struct box {
    void *pointer;
    void (*release)(void *);
} box;

static int box_release(lua_State *L)
{
    box *b = luaL_checkudata(L, 1, BOX_NAME);
    if (b->pointer)
        b->release(b->pointer);
    b->pointer = NULL;
    return 0;
}

static const luaL_Reg box_meta[] = {{"__gc", box_release}, {"__close", box_release}, {NULL, NULL}};

void **fm_bind_box(lua_State *L, void (*release)(void *))
{
    box *b = lua_newuserdatauv(L, sizeof *b, 0);
    b->pointer = NULL;
    b->release = release;
    fm_bind_set_type(L, BOX_NAME, box_meta);
    return &b->pointer;
}

static void release_buf(void *buf)
{
    fm_buf_free(buf);
    free(buf);
}

fm_buf *fm_bind_push_buf(lua_State *L, size_t max_bytes)
{
    void **slot = fm_bind_box(L, release_buf);
    fm_buf *buf = malloc(sizeof *buf);
    if (!buf)
        fm_bind_no_memory(L);
    fm_buf_init(buf, max_bytes);
    *slot = buf;
    return buf;
}
