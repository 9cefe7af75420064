#include "bind/value/pack.h"
#include "bind/value/json.h"
#include "core/json/scan.h"

#include <string.h>

static const char domain[] = "pack";

/* Deeper tables are cut off: nothing that is deeper passes a check, and a cycle ends here or at the buffer's maximum.
 */
enum { MAX_DEPTH = FM_JSON_DEPTH_LIMIT + 8, STACK_PER_LEVEL = 6 };

/* What a value begins with. Numbers and sizes follow in the byte order of this machine: both ends run on it. */
enum tag {
    TAG_NIL = 'n',
    TAG_FALSE = 'f',
    TAG_TRUE = 't',
    TAG_INTEGER = 'i',
    TAG_FLOAT = 'd',
    TAG_STRING = 's',
    TAG_NULL = '0',
    TAG_TABLE = '{',
    TAG_LIST = '[',
    TAG_OTHER = '?'
};

/* ------------------------------------------------------------------ writing */

typedef struct packer {
    lua_State *L;
    fm_buf *out;
    int depth;
} packer;

static void add_tag(fm_buf *out, enum tag tag)
{
    fm_buf_addc(out, (char)tag);
}

static void add_size(fm_buf *out, size_t size)
{
    uint32_t small = (uint32_t)size; /* no larger one fits the buffer */
    fm_buf_add(out, &small, sizeof small);
}

static void add_number(fm_buf *out, lua_State *L)
{
    if (lua_isinteger(L, -1)) {
        lua_Integer integer = lua_tointeger(L, -1);
        add_tag(out, TAG_INTEGER);
        fm_buf_add(out, &integer, sizeof integer);
    } else {
        lua_Number number = lua_tonumber(L, -1);
        add_tag(out, TAG_FLOAT);
        fm_buf_add(out, &number, sizeof number);
    }
}

static void add_string(fm_buf *out, lua_State *L)
{
    size_t len;
    const char *bytes = lua_tolstring(L, -1, &len);
    if (len > out->max_bytes) {
        out->status = FM_ELIMIT;
        return;
    }
    add_tag(out, TAG_STRING);
    add_size(out, len);
    fm_buf_add(out, bytes, len);
}

static bool is_list(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return false;
    luaL_getmetatable(L, FM_BIND_JSON_ARRAY);
    bool is = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is;
}

static void add_value(packer *p);

/* Whether the key on top is one of the sequence 1 to n. */
static bool is_in_sequence(lua_State *L, lua_Unsigned n)
{
    return lua_isinteger(L, -1) && (lua_Unsigned)lua_tointeger(L, -1) - 1 < n;
}

static void add_members(packer *p, lua_Unsigned n)
{
    size_t count_at = p->out->len;
    uint32_t count = 0;
    add_size(p->out, 0);
    lua_pushnil(p->L);
    while (!p->out->status && lua_next(p->L, -2)) {
        lua_pushvalue(p->L, -2);
        if (is_in_sequence(p->L, n)) {
            lua_pop(p->L, 2);
            continue;
        }
        add_value(p);
        lua_pop(p->L, 1);
        add_value(p);
        lua_pop(p->L, 1);
        count++;
    }
    if (p->out->status)
        return; /* of an unfinished walk a key is left, which whoever looks at the status takes away */
    memcpy(p->out->data + count_at, &count, sizeof count);
}

static void add_table(packer *p)
{
    lua_State *L = p->L;
    add_tag(p->out, is_list(L) ? TAG_LIST : TAG_TABLE);
    lua_Unsigned n = p->depth < MAX_DEPTH ? lua_rawlen(L, -1) : 0;
    add_size(p->out, (size_t)n);
    if (p->depth == MAX_DEPTH) {
        add_size(p->out, 0);
        return;
    }
    luaL_checkstack(L, STACK_PER_LEVEL, "nested too deeply");
    p->depth++;
    for (lua_Unsigned i = 1; i <= n && !p->out->status; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        add_value(p);
        lua_pop(L, 1);
    }
    int table = lua_gettop(L);
    add_members(p, n);
    lua_settop(L, table);
    p->depth--;
}

/* Appends the value on top. */
static void add_value(packer *p)
{
    lua_State *L = p->L;
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        add_tag(p->out, TAG_NIL);
        break;
    case LUA_TBOOLEAN:
        add_tag(p->out, lua_toboolean(L, -1) ? TAG_TRUE : TAG_FALSE);
        break;
    case LUA_TNUMBER:
        add_number(p->out, L);
        break;
    case LUA_TSTRING:
        add_string(p->out, L);
        break;
    case LUA_TTABLE:
        add_table(p);
        break;
    case LUA_TLIGHTUSERDATA:
        add_tag(p->out, lua_touserdata(L, -1) ? TAG_OTHER : TAG_NULL);
        break;
    default:
        add_tag(p->out, TAG_OTHER);
    }
}

fm_status fm_bind_pack(lua_State *L, int first, int last, fm_buf *out, fm_error *err)
{
    packer p = {L, out, 0};
    int top = lua_gettop(L);
    luaL_checkstack(L, STACK_PER_LEVEL, "too many values");
    for (int i = first; i <= last && !out->status; i++) {
        lua_pushvalue(L, i);
        add_value(&p);
        lua_settop(L, top);
    }
    if (!out->status)
        return FM_OK;
    return fm_error_set(err, out->status, domain,
                        out->status == FM_ELIMIT ? "the values are too large" : "memory ran out");
}

/* ------------------------------------------------------------------ reading */

typedef struct unpacker {
    lua_State *L;
    const char *at, *end;
    int depth;
} unpacker;

static int nothing(lua_State *L)
{
    (void)L;
    return 0;
}

static bool take(unpacker *u, void *out, size_t len)
{
    if ((size_t)(u->end - u->at) < len)
        return false;
    memcpy(out, u->at, len);
    u->at += len;
    return true;
}

static bool push_string(unpacker *u)
{
    uint32_t len;
    if (!take(u, &len, sizeof len) || (size_t)(u->end - u->at) < len)
        return false;
    lua_pushlstring(u->L, u->at, len);
    u->at += len;
    return true;
}

static bool push_integer(unpacker *u)
{
    lua_Integer integer;
    if (!take(u, &integer, sizeof integer))
        return false;
    lua_pushinteger(u->L, integer);
    return true;
}

static bool push_float(unpacker *u)
{
    lua_Number number;
    if (!take(u, &number, sizeof number))
        return false;
    lua_pushnumber(u->L, number);
    return true;
}

static bool push_value(unpacker *u);

static bool is_key(lua_State *L)
{
    return !lua_isnil(L, -1) && !(lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) != lua_tonumber(L, -1));
}

static bool push_members(unpacker *u, uint32_t count)
{
    while (count--) {
        if (!push_value(u))
            return false;
        if (!is_key(u->L) || !push_value(u))
            return false;
        lua_rawset(u->L, -3);
    }
    return true;
}

/* A count that the bytes cannot hold is a lie, and makes no room. */
static int room_for(const unpacker *u, uint32_t count)
{
    size_t most = (size_t)(u->end - u->at);
    return (int)(count < most ? count : most);
}

static bool push_table(unpacker *u, bool is_list)
{
    uint32_t sequence, members;
    if (u->depth > MAX_DEPTH || !take(u, &sequence, sizeof sequence))
        return false;
    luaL_checkstack(u->L, STACK_PER_LEVEL, "nested too deeply");
    u->depth++;
    lua_createtable(u->L, room_for(u, sequence), 0);
    for (uint32_t i = 1; i <= sequence; i++) {
        if (!push_value(u))
            return false;
        lua_rawseti(u->L, -2, (lua_Integer)i);
    }
    if (!take(u, &members, sizeof members) || !push_members(u, members))
        return false;
    if (is_list)
        fm_bind_mark_array(u->L);
    u->depth--;
    return true;
}

/* Pushes the next value; false leaves anything on the stack. */
static bool push_value(unpacker *u)
{
    char tag;
    if (!take(u, &tag, 1))
        return false;
    switch (tag) {
    case TAG_NIL:
        lua_pushnil(u->L);
        return true;
    case TAG_FALSE:
        lua_pushboolean(u->L, 0);
        return true;
    case TAG_TRUE:
        lua_pushboolean(u->L, 1);
        return true;
    case TAG_INTEGER:
        return push_integer(u);
    case TAG_FLOAT:
        return push_float(u);
    case TAG_STRING:
        return push_string(u);
    case TAG_NULL:
        lua_pushlightuserdata(u->L, NULL);
        return true;
    case TAG_TABLE:
        return push_table(u, false);
    case TAG_LIST:
        return push_table(u, true);
    case TAG_OTHER:
        lua_pushcfunction(u->L, nothing);
        return true;
    default:
        return false;
    }
}

fm_status fm_bind_unpack(lua_State *L, const char *bytes, size_t len, int *count, fm_error *err)
{
    unpacker u = {L, bytes, bytes + len, 0};
    int top = lua_gettop(L);
    while (u.at < u.end) {
        luaL_checkstack(L, STACK_PER_LEVEL, "too many values");
        if (!push_value(&u)) {
            lua_settop(L, top);
            return fm_error_set(err, FM_EPARSE, domain, "the values are damaged");
        }
    }
    *count = lua_gettop(L) - top;
    return FM_OK;
}
