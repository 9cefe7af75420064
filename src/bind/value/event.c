#include "bind/value/event.h"
#include "bind/base/bind.h"
#include "bind/base/type.h"
#include "bind/value/json.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_NAME   "fmcal.event"
#define EXTRA_PREFIX "x:"

typedef struct member {
    const char *name;
    size_t offset;
} member;

#define TEXT_ROW(member, name, said) {name, offsetof(fm_event, member)},
static const member texts[] = {FM_EVENT_TEXTS(TEXT_ROW)};
#undef TEXT_ROW
static const member lists[] = {
    {"tags", offsetof(fm_event, tags)},
    {"reminders", offsetof(fm_event, reminders)},
};
static const member answers[] = {
    {"busy", offsetof(fm_event, busy)},
};
static const member flags[] = {
    {"ownsReminders", offsetof(fm_event, owns_reminders)},
    {"deleted", offsetof(fm_event, deleted)},
    {"recurring", offsetof(fm_event, recurring)},
    {"hasAttendees", offsetof(fm_event, has_attendees)},
};

#define COUNT(array)       (sizeof(array) / sizeof(array)[0])
#define AT(type, event, m) ((type *)(void *)((char *)(event) + (m)->offset))

static int event_gc(lua_State *L)
{
    fm_event_clear(luaL_checkudata(L, 1, EVENT_NAME));
    return 0;
}

static const luaL_Reg event_meta[] = {{"__gc", event_gc}, {NULL, NULL}};

fm_event *fm_bind_new_event(lua_State *L)
{
    fm_event *event = lua_newuserdatauv(L, sizeof *event, 0);
    *event = (fm_event){0};
    fm_bind_set_type(L, EVENT_NAME, event_meta);
    return event;
}

/* ------------------------------------------------------------------ from Lua */

static int is_absent(lua_State *L, int index)
{
    return lua_isnil(L, index) || (lua_islightuserdata(L, index) && !lua_touserdata(L, index));
}

static void wrong_type(lua_State *L, const char *name, const char *wanted)
{
    luaL_error(L, "event member '%s' must be %s, not a %s", name, wanted, luaL_typename(L, -1));
}

/* The string on top of the stack without zero bytes; what it pushes keeps it alive. [-0, +1, m] */
static const char *text_at_top(lua_State *L)
{
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    if (strlen(text) == len) {
        lua_pushvalue(L, -1);
        return text;
    }
    luaL_Buffer kept;
    luaL_buffinit(L, &kept);
    for (size_t i = 0; i < len; i++)
        if (text[i])
            luaL_addchar(&kept, text[i]);
    luaL_pushresult(&kept);
    return lua_tostring(L, -1);
}

static void read_text(lua_State *L, int index, const member *m, fm_event *event)
{
    lua_getfield(L, index, m->name);
    if (!is_absent(L, -1)) {
        if (lua_type(L, -1) != LUA_TSTRING)
            wrong_type(L, m->name, "a string");
        fm_status status = fm_event_set(AT(char *, event, m), text_at_top(L));
        lua_pop(L, 1);
        if (status)
            fm_bind_no_memory(L);
    }
    lua_pop(L, 1);
}

static void read_list(lua_State *L, int index, const member *m, fm_event *event)
{
    fm_strings *list = AT(fm_strings, event, m);
    lua_getfield(L, index, m->name);
    if (!is_absent(L, -1)) {
        if (lua_type(L, -1) != LUA_TTABLE)
            wrong_type(L, m->name, "a list of strings");
        fm_strings_clear(list);
        lua_Integer count = luaL_len(L, -1);
        for (lua_Integer i = 1; i <= count; i++) {
            if (lua_geti(L, -1, i) != LUA_TSTRING)
                wrong_type(L, m->name, "a list of strings");
            fm_status status = fm_strings_add(list, text_at_top(L));
            lua_pop(L, 2);
            if (status)
                fm_bind_no_memory(L);
        }
    }
    lua_pop(L, 1);
}

static void read_flag(lua_State *L, int index, const member *m, fm_event *event)
{
    lua_getfield(L, index, m->name);
    if (!is_absent(L, -1)) {
        if (lua_type(L, -1) != LUA_TBOOLEAN)
            wrong_type(L, m->name, "a boolean");
        *AT(bool, event, m) = lua_toboolean(L, -1) != 0;
    }
    lua_pop(L, 1);
}

static void read_answer(lua_State *L, int index, const member *m, fm_event *event)
{
    lua_getfield(L, index, m->name);
    if (!is_absent(L, -1)) {
        if (lua_type(L, -1) != LUA_TBOOLEAN)
            wrong_type(L, m->name, "a boolean");
        *AT(fm_answer, event, m) = lua_toboolean(L, -1) ? FM_YES : FM_NO;
    }
    lua_pop(L, 1);
}

/* What stands at the top under a name such as "x:ASSIGNEE". */
static void read_extra(lua_State *L, const char *name, fm_event *event)
{
    if (is_absent(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TSTRING)
        wrong_type(L, name, "a string");
    const char *own = name + strlen(EXTRA_PREFIX);
    if (!fm_extra_is_name(own, strlen(own)))
        luaL_error(L,
                   "event member '%s' must be named x: and capital letters, digits and \"-\", and not as fmcal's own",
                   name);
    fm_status status = fm_extras_set(&event->extras, own, text_at_top(L));
    lua_pop(L, 1);
    if (status)
        fm_bind_no_memory(L);
}

static void read_extras(lua_State *L, int index, fm_event *event)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        if (strncmp(name, EXTRA_PREFIX, strlen(EXTRA_PREFIX)) == 0)
            read_extra(L, name, event);
    }
}

void fm_bind_read_event(lua_State *L, int index, fm_event *event)
{
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 6, "event");
    for (size_t i = 0; i < COUNT(texts); i++)
        read_text(L, index, &texts[i], event);
    for (size_t i = 0; i < COUNT(lists); i++)
        read_list(L, index, &lists[i], event);
    for (size_t i = 0; i < COUNT(flags); i++)
        read_flag(L, index, &flags[i], event);
    for (size_t i = 0; i < COUNT(answers); i++)
        read_answer(L, index, &answers[i], event);
    read_extras(L, index, event);
}

/* ------------------------------------------------------------------ to Lua */

static void push_list(lua_State *L, const fm_strings *list)
{
    lua_createtable(L, (int)list->count, 0);
    fm_bind_mark_array(L); /* an empty one, too, is a list in JSON */
    for (size_t i = 0; i < list->count; i++) {
        lua_pushstring(L, list->items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void fm_bind_push_event(lua_State *L, const fm_event *event)
{
    lua_createtable(L, 0, COUNT(texts) + COUNT(lists) + COUNT(flags));
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *text = *AT(char *const, event, &texts[i]);
        if (!text)
            continue;
        lua_pushstring(L, text);
        lua_setfield(L, -2, texts[i].name);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        const fm_strings *list = AT(const fm_strings, event, &lists[i]);
        if (!list->count && i > 0)
            continue; /* `tags` is always there, so that a rule can walk over it */
        push_list(L, list);
        lua_setfield(L, -2, lists[i].name);
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (!*AT(const bool, event, &flags[i]))
            continue;
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, flags[i].name);
    }
    for (size_t i = 0; i < COUNT(answers); i++) {
        fm_answer answer = *AT(const fm_answer, event, &answers[i]);
        if (answer == FM_UNSAID)
            continue;
        lua_pushboolean(L, answer == FM_YES);
        lua_setfield(L, -2, answers[i].name);
    }
    for (size_t i = 0; i < event->extras.count; i++) {
        lua_pushfstring(L, EXTRA_PREFIX "%s", event->extras.items[i].name);
        lua_pushstring(L, event->extras.items[i].value);
        lua_rawset(L, -3);
    }
}
