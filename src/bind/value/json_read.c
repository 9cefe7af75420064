#include "bind/base/box.h"
#include "bind/value/json.h"
#include "bind/value/secret.h"
#include "core/json/value.h"

#include <stdlib.h>
#include <string.h>

/* Sizes of tables are guessed from the previous one at the same depth, as far down as this. */
#define HINT_DEPTH 32
/* Longest name that can be one of those whose strings stay strings, escapes included. */
#define PUBLIC_NAME_MAX 255

typedef struct reader {
    lua_State *L;
    fm_json_scan scan;
    const char *const *secret_members;
    bool (*is_public)(const char *name);
    bool secret;    /* inside a secret member */
    int array_mark; /* stack index of the metatable */
    int array_hint[HINT_DEPTH], object_hint[HINT_DEPTH];
} reader;

static void push_array_metatable(lua_State *L)
{
    if (!luaL_newmetatable(L, FM_BIND_JSON_ARRAY))
        return;
    lua_pushliteral(L, FM_BIND_JSON_ARRAY);
    lua_setfield(L, -2, "__metatable");
}

void fm_bind_mark_array(lua_State *L)
{
    push_array_metatable(L);
    lua_setmetatable(L, -2);
}

static void push_string(lua_State *L, const fm_json_string *string)
{
    if (!string->escaped) {
        lua_pushlstring(L, string->at, string->len);
        return;
    }
    luaL_Buffer buffer;
    char *bytes = luaL_buffinitsize(L, &buffer, string->len);
    luaL_pushresultsize(&buffer, fm_json_unescape(bytes, string));
}

static void release_secret(void *secret)
{
    fm_secret_unref(secret);
}

static void push_secret(lua_State *L, const fm_json_string *string)
{
    char *bytes = lua_newuserdatauv(L, string->len + 1, 0);
    void **box = fm_bind_box(L, release_secret);
    size_t len = fm_json_unescape(bytes, string);
    *box = fm_secret_new(bytes, len);
    explicit_bzero(bytes, string->len + 1);
    if (!*box)
        fm_bind_no_memory(L);
    fm_bind_push_secret(L, *box);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static void push_number(reader *r)
{
    fm_json_number number;
    if (!fm_json_number_at(&r->scan, &number))
        return;
    if (number.is_integer)
        lua_pushinteger(r->L, number.integer);
    else
        lua_pushnumber(r->L, fm_json_real(&number));
}

static void push_value(reader *r);

static bool is_one_of(const fm_json_string *name, const char *const *names)
{
    for (const char *const *known = names; known && *known; known++)
        if (fm_json_string_is(name, *known, strlen(*known)))
            return true;
    return false;
}

static bool is_public(const reader *r, const fm_json_string *name)
{
    char text[PUBLIC_NAME_MAX + 1];
    if (!r->is_public || name->len > PUBLIC_NAME_MAX)
        return false;
    size_t len = fm_json_unescape(text, name);
    text[len] = '\0';
    return strlen(text) == len && r->is_public(text);
}

/* Pushes the value of a member; a name that says so makes the strings in it secret, or open again. */
static void push_member_value(reader *r, const fm_json_string *name)
{
    bool outer = r->secret;
    if (is_one_of(name, r->secret_members))
        r->secret = true;
    else if (r->secret && is_public(r, name))
        r->secret = false;
    push_value(r);
    r->secret = outer;
}

static void push_object(reader *r)
{
    lua_State *L = r->L;
    if (!fm_json_open(&r->scan))
        return;
    int *hint = r->scan.depth < HINT_DEPTH ? &r->object_hint[r->scan.depth] : NULL, count = 0;
    lua_createtable(L, 0, hint ? *hint : 0);
    fm_json_string name;
    for (; fm_json_member(&r->scan, count == 0, &name); count++) {
        push_string(L, &name);
        push_member_value(r, &name);
        if (r->scan.status)
            return;
        lua_rawset(L, -3);
    }
    if (hint)
        *hint = count;
}

static void push_array(reader *r)
{
    lua_State *L = r->L;
    if (!fm_json_open(&r->scan))
        return;
    int *hint = r->scan.depth < HINT_DEPTH ? &r->array_hint[r->scan.depth] : NULL, count = 0;
    lua_createtable(L, hint ? *hint : 0, 0);
    lua_pushvalue(L, r->array_mark);
    lua_setmetatable(L, -2);
    while (fm_json_element(&r->scan, count == 0)) {
        push_value(r);
        if (r->scan.status)
            return;
        lua_rawseti(L, -2, ++count);
    }
    if (hint)
        *hint = count;
}

/* Pushes the next value. After a failure the stack holds what was begun; the caller cuts it. */
static void push_value(reader *r)
{
    lua_State *L = r->L;
    fm_json_string string;
    fm_json_type type = fm_json_peek(&r->scan);
    luaL_checkstack(L, 8, "the JSON is nested too deeply");
    switch (type) {
    case FM_JSON_OBJECT:
        push_object(r);
        return;
    case FM_JSON_ARRAY:
        push_array(r);
        return;
    case FM_JSON_STRING:
        if (fm_json_string_at(&r->scan, &string))
            (r->secret ? push_secret : push_string)(L, &string);
        return;
    case FM_JSON_NUMBER:
        push_number(r);
        return;
    default:
        break;
    }
    if (!fm_json_word_at(&r->scan))
        return;
    if (type == FM_JSON_NULL)
        lua_pushlightuserdata(L, NULL);
    else
        lua_pushboolean(L, type == FM_JSON_TRUE);
}

void fm_bind_push_member_names(lua_State *L, const fm_json_span *object)
{
    fm_json_scan scan;
    fm_json_string name;
    fm_json_begin(&scan, object->at, object->len, FM_JSON_DEPTH_LIMIT);
    lua_newtable(L);
    if (fm_json_peek(&scan) != FM_JSON_OBJECT || !fm_json_open(&scan))
        return;
    for (lua_Integer count = 0; fm_json_member(&scan, count == 0, &name); fm_json_skip(&scan, NULL)) {
        push_string(L, &name);
        lua_rawseti(L, -2, ++count);
    }
}

fm_status fm_bind_push_json(lua_State *L, const char *text, size_t len, const fm_bind_json_reading *reading,
                            fm_error *err)
{
    reader r = {.L = L};
    int top = lua_gettop(L);
    if (reading) {
        r.secret_members = reading->secret_members;
        r.is_public = reading->is_public;
    }
    fm_json_begin(&r.scan, text, len, reading ? reading->max_depth : 0);
    push_array_metatable(L);
    r.array_mark = top + 1;
    push_value(&r);
    fm_json_finish(&r.scan);
    if (r.scan.status)
        lua_settop(L, top);
    else
        lua_remove(L, r.array_mark);
    return fm_json_error(&r.scan, err);
}
