/*
 * Lua module fmcal.mock: the server behind the mock provider, as tests see it.
 *   fmcal.mock.server  owns a reference to an fm_mock_server
 */
#include "bind/l_mock.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/value/answer.h"
#include "bind/value/event.h"
#include "bind/value/json.h"
#include "provider/ics/codec.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_mock(lua_State *L);

static void release_server(void *server)
{
    fm_mock_server_unref(server);
}

static const fm_bind_type server_type = {"fmcal.mock.server", "server", release_server};

/* Most arguments of a method: optional ones are brought to their places before the server is held. */
#define ARGUMENTS 4

fm_mock_server *fm_bind_open_mock_server(lua_State *L, int index)
{
    return fm_bind_open(L, index, &server_type);
}

static fm_mock_server *hold_server(lua_State *L)
{
    lua_settop(L, ARGUMENTS);
    return fm_bind_hold(L, 1, &server_type);
}

/* The calendar named by the optional argument at `index`: the primary one by default. */
static fm_mock_calendar *check_calendar(lua_State *L, fm_mock_server *s, int index)
{
    fm_mock_calendar *c = fm_mock_find_calendar(s, fm_bind_opt_text(L, index));
    if (!c)
        luaL_argerror(L, index, "there is no such calendar");
    return c;
}

/* ------------------------------------------------------------------ settings */

static void set_text_setting(lua_State *L, int index, const char *name, char **member)
{
    const char *value = fm_bind_row_text(L, index, name);
    if (value && fm_text_set(member, value))
        fm_bind_no_memory(L);
    lua_pop(L, 1);
}

static void read_calendar(lua_State *L, fm_mock_server *s, int index)
{
    fm_calendar calendar = {
        .id = fm_bind_row_required(L, index, "id"),
        .name = fm_bind_row_text(L, index, "name"),
        .color = fm_bind_row_text(L, index, "color"),
        .writable = fm_bind_row_boolean(L, index, "writable", true),
        .events = fm_bind_row_boolean(L, index, "events", true),
        .primary = fm_bind_row_boolean(L, index, "primary", false),
    };
    fm_status status = fm_mock_add_calendar(s, &calendar, NULL);
    lua_pop(L, 3);
    if (status)
        fm_bind_no_memory(L);
}

static void read_calendars(lua_State *L, fm_mock_server *s, int index)
{
    if (lua_getfield(L, index, "calendars") == LUA_TTABLE) {
        fm_mock_remove_calendar(s, "mock-calendar");
        int list = lua_gettop(L);
        lua_Integer count = (lua_Integer)fm_bind_check_length(L, list, FM_BIND_LIST_MAX);
        for (lua_Integer i = 1; i <= count; i++) {
            lua_geti(L, list, i);
            luaL_checktype(L, -1, LUA_TTABLE);
            read_calendar(L, s, lua_gettop(L));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void read_settings(lua_State *L, fm_mock_server *s, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
    set_text_setting(L, index, "account", &s->account);
    set_text_setting(L, index, "password", &s->password);
    set_text_setting(L, index, "drop", &s->rewrite.drop);
    s->rewrite.reverse = fm_bind_row_boolean(L, index, "reverse", s->rewrite.reverse) != 0;
    s->page_size = fm_bind_row_integer(L, index, "page_size", s->page_size);
    s->max_token_age = fm_bind_row_integer(L, index, "max_token_age", s->max_token_age);
    s->tokens = fm_bind_row_boolean(L, index, "tokens", s->tokens) != 0;
    s->etag_on_write = fm_bind_row_boolean(L, index, "etag_on_write", s->etag_on_write) != 0;
    read_calendars(L, s, index);
}

static int mock_server(lua_State *L)
{
    lua_settop(L, 1);
    void **slot = fm_bind_new_handle(L, &server_type);
    fm_mock_server *s = *slot = fm_mock_server_new();
    if (!s)
        return fm_bind_no_memory(L);
    if (lua_isnil(L, 1))
        return 1;
    read_settings(L, s, 1);
    fm_error err = {0};
    const char *file = fm_bind_row_text(L, 1, "file");
    if (file && fm_mock_use_file(s, file, &err))
        return fm_bind_fail(L, &err);
    lua_settop(L, 2);
    return 1;
}

static int server_set(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    read_settings(L, s, 2);
    return 0;
}

static int server_add_calendar(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    read_calendar(L, s, 2);
    return 0;
}

static int server_remove_calendar(lua_State *L)
{
    const char *id = fm_bind_check_text(L, 2);
    lua_pushboolean(L, fm_mock_remove_calendar(fm_bind_open(L, 1, &server_type), id));
    return 1;
}

/* ------------------------------------------------------------------ faults */

#define BIT(request)  (1u << (request))
#define EVERY_REQUEST (BIT(FM_MOCK_REQUESTS) - 1)
#define EVERY_WRITE   (BIT(FM_MOCK_CREATE) | BIT(FM_MOCK_UPDATE) | BIT(FM_MOCK_DELETE))

/* The bits of the request named by the string on top of the stack. */
static uint32_t request_bits(lua_State *L)
{
    const char *name = luaL_checkstring(L, -1);
    if (strcmp(name, "any") == 0)
        return EVERY_REQUEST;
    if (strcmp(name, "write") == 0)
        return EVERY_WRITE;
    for (unsigned i = 0; i < FM_MOCK_REQUESTS; i++)
        if (strcmp(fm_mock_request_names[i], name) == 0)
            return BIT(i);
    return (uint32_t)luaL_error(L, "there is no request '%s'", name);
}

static uint32_t read_requests(lua_State *L, int index)
{
    uint32_t bits = 0;
    int type = lua_getfield(L, index, "on");
    if (type == LUA_TNIL) {
        bits = EVERY_REQUEST;
    } else if (type == LUA_TTABLE) {
        lua_Integer count = (lua_Integer)fm_bind_check_length(L, -1, FM_MOCK_REQUESTS);
        for (lua_Integer i = 1; i <= count; i++) {
            lua_geti(L, -1, i);
            bits |= request_bits(L);
            lua_pop(L, 1);
        }
    } else {
        bits = request_bits(L);
    }
    lua_pop(L, 1);
    return bits;
}

static fm_mock_fault_kind read_kind(lua_State *L, int index)
{
    const char *name = fm_bind_row_required(L, index, "kind");
    for (int i = FM_MOCK_NO_FAULT + 1; i < FM_MOCK_FAULT_KINDS; i++)
        if (strcmp(fm_mock_fault_names[i], name) == 0)
            return (fm_mock_fault_kind)i;
    return (fm_mock_fault_kind)luaL_error(L, "there is no fault '%s'", name);
}

static int server_fault(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_mock_fault fault = {
        .kind = read_kind(L, 2),
        .requests = read_requests(L, 2),
        .at = fm_bind_row_integer(L, 2, "at", 1),
        .times = fm_bind_row_integer(L, 2, "times", 1),
        .retry_after_ms = 1000 * fm_bind_row_integer(L, 2, "retry_after_s", 0),
        .uid = (char *)fm_bind_row_text(L, 2, "uid"), /* copied below */
    };
    if (fm_mock_add_fault(&s->faults, &fault, NULL))
        return fm_bind_no_memory(L);
    return 0;
}

static int server_clear_faults(lua_State *L)
{
    fm_mock_clear_faults(&hold_server(L)->faults);
    return 0;
}

/* ------------------------------------------------------------------ objects */

static void push_object(lua_State *L, const fm_mock_object *o)
{
    lua_createtable(L, 0, 4);
    fm_bind_set_text(L, "href", o->href);
    fm_bind_set_text(L, "uid", o->uid);
    fm_bind_set_text(L, "etag", o->etag);
    fm_bind_set_bytes(L, "text", o->text, o->text_len);
}

/* An object by href or, where there is none, by UID. */
static fm_mock_object *find(const fm_mock_calendar *c, const char *name)
{
    fm_mock_object *o = fm_mock_find(c, name);
    return o ? o : fm_mock_find_uid(c, name);
}

static int server_objects(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    fm_error err = {0};
    if (fm_mock_reload(s, &err))
        return fm_bind_fail(L, &err);
    const fm_mock_calendar *c = check_calendar(L, s, 2);
    lua_createtable(L, (int)c->object_count, 0);
    for (size_t i = 0; i < c->object_count; i++) {
        push_object(L, &c->objects[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* Pushes what is at `name` with `push`, or nil. */
static int server_object(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    const char *name = fm_bind_check_text(L, 2);
    fm_error err = {0};
    if (fm_mock_reload(s, &err))
        return fm_bind_fail(L, &err);
    const fm_mock_object *o = find(check_calendar(L, s, 3), name);
    if (o)
        push_object(L, o);
    else
        lua_pushnil(L);
    return 1;
}

static int server_event(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    const char *name = fm_bind_check_text(L, 2);
    fm_error err = {0};
    if (fm_mock_reload(s, &err))
        return fm_bind_fail(L, &err);
    const fm_mock_calendar *c = check_calendar(L, s, 3);
    fm_event *event = fm_bind_new_event(L);
    const fm_mock_object *o = find(c, name);
    if (!o) {
        lua_pushnil(L);
        return 1;
    }
    if (fm_ics_decode(o->text, o->text_len, NULL, event, &err))
        return fm_bind_fail(L, &err);
    fm_bind_push_event(L, event);
    return 1;
}

/* Makes a change as another program would. The strings are borrowed for the call. */
static int commit(lua_State *L, fm_mock_server *s, fm_mock_calendar *c, const fm_mock_change *change)
{
    fm_error err = {0};
    fm_status status = fm_mock_lock(s, &err);
    if (!status)
        status = fm_mock_commit(s, c, change, &err);
    fm_mock_unlock(s);
    if (status)
        return fm_bind_fail(L, &err);
    lua_pushstring(L, change->href);
    return 1;
}

/* server:put(href or uid, text [, calendar]) -> href */
static int server_put(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    const char *name = fm_bind_check_text(L, 2);
    size_t len;
    const char *text = luaL_checklstring(L, 3, &len);
    luaL_argcheck(L, strlen(text) == len, 3, "the text holds a zero byte");
    fm_mock_calendar *c = check_calendar(L, s, 4);
    fm_event *event = fm_bind_new_event(L);
    fm_ics_decode(text, len, NULL, event, NULL); /* a text that is no event may be put too */
    const fm_mock_object *there = find(c, name);
    char next[32];
    fm_mock_next_href(s, next);
    bool named_by_uid = event->uid && strcmp(event->uid, name) == 0;
    lua_pushstring(L, there ? there->href : named_by_uid ? next : name);
    fm_mock_change change = {.href = lua_tostring(L, -1), .uid = event->uid, .text = text, .text_len = len};
    return commit(L, s, c, &change);
}

/* server:edit(href or uid, members [, calendar]) -> href: the event with some members replaced */
static int server_edit(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    const char *name = fm_bind_check_text(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    fm_mock_calendar *c = check_calendar(L, s, 4);
    const fm_mock_object *o = find(c, name);
    luaL_argcheck(L, o, 2, "there is no such object");
    fm_error err = {0};
    fm_event *event = fm_bind_new_event(L);
    if (fm_ics_decode(o->text, o->text_len, NULL, event, &err))
        return fm_bind_fail(L, &err);
    fm_bind_read_event(L, 3, event);
    fm_buf *out = fm_bind_push_buf(L, FM_ICS_MAX_BYTES);
    if (fm_ics_encode(event, o->text, o->text_len, &fm_bind_get(L)->env, NULL, out, &err))
        return fm_bind_fail(L, &err);
    lua_pushstring(L, o->href);
    fm_mock_change change = {.href = lua_tostring(L, -1), .uid = event->uid, .text = out->data, .text_len = out->len};
    return commit(L, s, c, &change);
}

static int server_delete(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    const char *name = fm_bind_check_text(L, 2);
    fm_mock_calendar *c = check_calendar(L, s, 3);
    const fm_mock_object *o = find(c, name);
    luaL_argcheck(L, o, 2, "there is no such object");
    lua_pushstring(L, o->href);
    fm_mock_change change = {.href = lua_tostring(L, -1)};
    return commit(L, s, c, &change);
}

/* ------------------------------------------------------------------ counts */

static int server_counts(lua_State *L)
{
    const fm_mock_server *s = hold_server(L);
    lua_Integer total = 0;
    lua_createtable(L, 0, FM_MOCK_REQUESTS + 2);
    for (int i = 0; i < FM_MOCK_REQUESTS; i++) {
        fm_bind_set_integer(L, fm_mock_request_names[i], s->counts[i]);
        total += s->counts[i];
    }
    fm_bind_set_integer(L, "total", total);
    fm_bind_set_integer(L, "bodies", s->bodies);
    return 1;
}

static int server_reset_counts(lua_State *L)
{
    fm_mock_server *s = hold_server(L);
    memset(s->counts, 0, sizeof s->counts);
    s->bodies = 0;
    return 0;
}

/* ------------------------------------------------------------------ registration */

static int server_tostring(lua_State *L)
{
    const fm_mock_server *s = fm_bind_open(L, 1, &server_type);
    lua_pushfstring(L, "%s (%d calendars, %I changes)", server_type.name, (int)s->calendar_count,
                    (lua_Integer)s->change);
    return 1;
}

static const luaL_Reg mock_functions[] = {
    {"server", mock_server},
    {NULL, NULL},
};

static const luaL_Reg server_methods[] = {
    {"add_calendar", server_add_calendar},
    {"clear_faults", server_clear_faults},
    {"counts", server_counts},
    {"delete", server_delete},
    {"edit", server_edit},
    {"event", server_event},
    {"fault", server_fault},
    {"object", server_object},
    {"objects", server_objects},
    {"put", server_put},
    {"remove_calendar", server_remove_calendar},
    {"reset_counts", server_reset_counts},
    {"set", server_set},
    {NULL, NULL},
};

static const luaL_Reg server_meta[] = {
    {"__tostring", server_tostring},
    {NULL, NULL},
};

int luaopen_fmcal_mock(lua_State *L)
{
    fm_bind_make_handle_type(L, &server_type, server_methods, server_meta);
    luaL_newlib(L, mock_functions);
    return 1;
}
