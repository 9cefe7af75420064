#include "bind/value/writes.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/list.h"
#include "bind/base/row.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [FM_WRITE_CREATE] = "create", [FM_WRITE_UPDATE] = "update", [FM_WRITE_DELETE] = "delete"};
static const char *const outcomes[] = {[FM_OUTCOME_NONE] = "none",
                                       [FM_OUTCOME_DONE] = "done",
                                       [FM_OUTCOME_CHANGED] = "changed",
                                       [FM_OUTCOME_REFUSED] = "refused",
                                       [FM_OUTCOME_FAILED] = "failed"};

static void release(void *data)
{
    fm_writes *writes = data;
    for (size_t i = 0; i < writes->count; i++)
        fm_write_clear(&writes->items[i]);
    free(writes->items);
    free(writes);
}

static fm_writes *new_batch(lua_State *L, lua_Integer count)
{
    void **slot = fm_bind_box(L, release);
    fm_writes *writes = calloc(1, sizeof *writes);
    *slot = writes;
    if (writes && count)
        writes->items = calloc((size_t)count, sizeof *writes->items);
    if (!writes || (count && !writes->items))
        fm_bind_no_memory(L);
    writes->count = (size_t)count;
    return writes;
}

static fm_write_kind check_kind(lua_State *L, const char *name, lua_Integer number)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i], name) == 0)
            return (fm_write_kind)i;
    return (fm_write_kind)luaL_error(L, "write %d has kind '%s': it is \"create\", \"update\" or \"delete\"",
                                     (int)number, name);
}

/* Keeps the string on top of the stack, if it is one. */
static const char *keep(lua_State *L, int strings, const char *text)
{
    if (text)
        fm_bind_keep(L, strings);
    else
        lua_pop(L, 1);
    return text;
}

/* Reads the write on top of the stack. */
static void read_write(lua_State *L, int strings, fm_write *write, lua_Integer number)
{
    if (!lua_istable(L, -1))
        luaL_error(L, "write %d is a %s, not a table", (int)number, luaL_typename(L, -1));
    int row = lua_gettop(L);
    write->kind = check_kind(L, fm_bind_row_required(L, row, "kind"), number);
    lua_pop(L, 1);
    write->uid = keep(L, strings, fm_bind_row_text(L, row, "uid"));
    write->href = keep(L, strings, fm_bind_row_text(L, row, "href"));
    write->etag = keep(L, strings, fm_bind_row_text(L, row, "etag"));
    write->text = keep(L, strings, fm_bind_row_bytes(L, row, "text", &write->text_len));
}

fm_writes *fm_bind_new_writes(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 6, "writes");
    lua_Integer count = (lua_Integer)fm_bind_check_length(L, index, FM_BIND_LIST_MAX);
    fm_writes *writes = new_batch(L, count);
    int strings = fm_bind_new_keeper(L);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, index, i);
        read_write(L, strings, &writes->items[i - 1], i);
        lua_pop(L, 1);
    }
    return writes;
}

fm_status fm_writes_written(void *data, fm_write *write, fm_error *err)
{
    (void)write;
    (void)err;
    ((fm_writes *)data)->known++;
    return FM_OK;
}

static void push_result(lua_State *L, const fm_write *write)
{
    lua_createtable(L, 0, 4);
    fm_bind_set_text(L, "outcome", outcomes[write->outcome]);
    fm_bind_set_text(L, "href", write->new_href);
    fm_bind_set_text(L, "etag", write->new_etag);
    fm_bind_set_bytes(L, "text", write->current_text, write->current_len);
    if (write->current_gone)
        fm_bind_set_boolean(L, "gone", true);
    if (write->error.status) {
        fm_bind_push_error(L, &write->error);
        lua_setfield(L, -2, "error");
    }
}

void fm_bind_push_results(lua_State *L, const fm_writes *writes)
{
    lua_createtable(L, (int)writes->count, 0);
    for (size_t i = 0; i < writes->count; i++) {
        push_result(L, &writes->items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}
