/*
 * Lua module fmcal.ical: iCalendar read, built and edited in place. Userdata fmcal.ical.document owns an fm_ical
 * (core/ical/ical.h) and keeps the string it was read from in user value 1.
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "bind/base/zones.h"
#include "bind/value/answer.h"
#include "bind/value/event.h"
#include "bind/value/ical_tree.h"
#include "bind/value/json.h"
#include "core/ical/ical.h"
#include "core/ical/value.h"
#include "core/ical/vtimezone.h"
#include "provider/ics/codec.h"
#include "provider/ics/occurrences.h"

#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_ical(lua_State *L);

static const char domain[] = "ical";

#define MAX_BYTES        ((size_t)1 << 30)
#define MOST_OCCURRENCES 10000

/* ------------------------------------------------------------------ reading and building */

static void check_limits(lua_State *L, int index, fm_ical_limits *limits)
{
    *limits = (fm_ical_limits){0};
    if (lua_isnoneornil(L, index))
        return;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_Integer bytes = fm_bind_row_integer(L, index, "max_bytes", 0);
    lua_Integer lines = fm_bind_row_integer(L, index, "max_lines", 0);
    lua_Integer depth = fm_bind_row_integer(L, index, "max_depth", 0);
    lua_Integer components = fm_bind_row_integer(L, index, "max_components", 0);
    luaL_argcheck(L, bytes >= 0 && lines >= 0 && components >= 0 && components <= INT32_MAX, index,
                  "a limit cannot be negative");
    luaL_argcheck(L, depth >= 0 && depth <= 64, index, "max_depth must be 1 to 64");
    *limits = (fm_ical_limits){.max_bytes = (size_t)bytes,
                               .max_lines = (size_t)lines,
                               .max_depth = (unsigned)depth,
                               .max_children = (unsigned)components};
}

static void free_document(void *doc)
{
    fm_ical_free(doc);
}

/* ical.parse(text [, limits]) */
static int ical_parse(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_ical_limits limits;
    check_limits(L, 2, &limits);
    void **slot = fm_bind_box(L, free_document);
    fm_ical *doc;
    fm_error err = {0};
    if (fm_ical_parse(&doc, text, len, &limits, &err))
        return fm_bind_fail(L, &err);
    *slot = doc;
    size_t first = fm_ical_find_component(doc, FM_ICAL_NONE, FM_ICAL_NONE, NULL);
    if (fm_ical_find_component(doc, FM_ICAL_NONE, first, NULL) != FM_ICAL_NONE) {
        fm_error_set(&err, FM_EPARSE, domain, "the text holds more than one component: read them one by one");
        return fm_bind_fail(L, &err);
    }
    fm_bind_push_component(L, doc, first);
    return 1;
}

/* ical.build(component) */
static int ical_build(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    fm_buf *out = fm_bind_push_buf(L, MAX_BYTES);
    fm_error err = {0};
    if (fm_bind_add_component(L, 1, out, &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

/* ------------------------------------------------------------------ events */

/* ical.event(text) */
static int ical_event(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_zones *zones = fm_bind_zones(L);
    fm_event *event = fm_bind_new_event(L);
    fm_error err = {0};
    if (fm_ics_decode(text, len, zones, event, &err))
        return fm_bind_fail(L, &err);
    fm_bind_push_event(L, event);
    return 1;
}

/* ical.encode(event [, old]) */
static int ical_encode(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t old_len = 0;
    const char *old = luaL_optlstring(L, 2, NULL, &old_len);
    fm_zones *zones = fm_bind_zones(L);
    fm_event *event = fm_bind_new_event(L);
    fm_bind_read_event(L, 1, event);
    fm_buf *out = fm_bind_push_buf(L, FM_ICS_MAX_BYTES);
    fm_error err = {0};
    if (fm_ics_encode(event, old, old_len, &fm_bind_get(L)->env, zones, out, &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static void free_occurrences(void *data)
{
    fm_ics_occurrences_clear(data);
    free(data);
}

static void set_time(lua_State *L, const char *name, const fm_event_time *t)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    if (!fm_event_time_fields(&date, t))
        fm_bind_set_text(L, name, fm_date_format(&date, text));
}

static void push_occurrence(lua_State *L, const fm_ics_occurrence *o)
{
    lua_createtable(L, 0, 6);
    set_time(L, "dueDate", &o->start);
    set_time(L, "endDate", &o->end);
    fm_bind_set_text(L, "timeZone", o->start.form == FM_TIME_ZONED ? fm_zone_name(o->start.zone) : NULL);
    fm_bind_set_text(L, "title", o->title);
    fm_bind_set_text(L, "location", o->location);
    fm_bind_set_boolean(L, "changed", o->is_override);
}

/* What clocks show at an instant, in a zone or in UTC. */
static int64_t shown_at(const fm_zone *zone, int64_t epoch)
{
    return zone ? fm_zone_to_local(zone, epoch) : epoch;
}

static void check_window(lua_State *L, fm_ics_window *window)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    window->from = fm_bind_row_integer(L, 2, "from", FM_EPOCH_END);
    window->to = fm_bind_row_integer(L, 2, "to", FM_EPOCH_MIN);
    lua_Integer most = fm_bind_row_integer(L, 2, "most", MOST_OCCURRENCES);
    luaL_argcheck(L, window->from >= FM_EPOCH_MIN && window->from < window->to && window->to < FM_EPOCH_END, 2,
                  "from must lie before to, and both in the years 1 to 9999");
    luaL_argcheck(L, most > 0 && most <= MOST_OCCURRENCES, 2, "most must be 1 to 10000");
    window->most = (size_t)most;
}

/* ical.occurrences(text, window) */
static int ical_occurrences(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_settop(L, 2);
    fm_ics_window window;
    check_window(L, &window);
    const char *name = fm_bind_row_text(L, 2, "zone");
    fm_zones *zones = fm_bind_zones(L);
    const fm_zone *zone = NULL;
    fm_error err = {0};
    if (name && fm_zones_find(zones, &zone, name, &err))
        return fm_bind_fail(L, &err);
    window.from_local = shown_at(zone, window.from);
    window.to_local = shown_at(zone, window.to);
    void **slot = fm_bind_box(L, free_occurrences);
    fm_ics_occurrences *found = *slot = calloc(1, sizeof *found);
    if (!found)
        return fm_bind_no_memory(L);
    if (fm_ics_occurrences_find(found, text, len, &window, zones, &err))
        return fm_bind_fail(L, &err);
    lua_createtable(L, (int)found->count, 0);
    for (size_t i = 0; i < found->count; i++) {
        push_occurrence(L, &found->list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_createtable(L, 0, 2);
    fm_bind_set_boolean(L, "recurring", found->recurring);
    fm_bind_set_boolean(L, "cut", found->cut);
    return 2;
}

/* ical.uid(text) */
static int ical_uid(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    void **slot = fm_bind_box(L, free);
    char *uid;
    if (fm_ical_uid(text, len, &uid))
        return fm_bind_no_memory(L);
    *slot = uid;
    lua_pushstring(L, uid); /* nil for none */
    return 1;
}

/* ------------------------------------------------------------------ values */

typedef fm_status (*text_fn)(fm_buf *out, const char *text, size_t len);

static int convert(lua_State *L, text_fn fn)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_buf *out = fm_bind_push_buf(L, MAX_BYTES);
    if (fn(out, text, len))
        return fm_bind_no_memory(L);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static int ical_escape(lua_State *L)
{
    return convert(L, fm_ical_escape);
}

static int ical_unescape(lua_State *L)
{
    return convert(L, fm_ical_unescape);
}

static int ical_crlf(lua_State *L)
{
    return convert(L, fm_ical_crlf);
}

static fm_span check_span(lua_State *L, int index)
{
    fm_span span;
    span.at = luaL_checklstring(L, index, &span.len);
    return span;
}

/* ical.date(value): "20260215T180000Z" to "2026-02-15T18:00:00Z" */
static int ical_date(lua_State *L)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    fm_error err = {0};
    if (fm_ical_date_parse(&date, check_span(L, 1), &err))
        return fm_bind_fail(L, &err);
    lua_pushstring(L, fm_date_format(&date, text));
    return 1;
}

/* ical.date_value(date): the other way */
static int ical_date_value(lua_State *L)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    fm_error err = {0};
    if (fm_date_parse(&date, luaL_checkstring(L, 1), &err))
        return fm_bind_fail(L, &err);
    lua_pushstring(L, fm_ical_date_format(&date, text));
    return 1;
}

/* ical.duration(value): days, seconds */
static int ical_duration(lua_State *L)
{
    fm_ical_duration duration;
    fm_error err = {0};
    if (fm_ical_duration_parse(&duration, check_span(L, 1), &err))
        return fm_bind_fail(L, &err);
    lua_pushinteger(L, duration.days);
    lua_pushinteger(L, duration.seconds);
    return 2;
}

/* ical.vtimezone(zone [, epoch]) */
static int ical_vtimezone(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const fm_env *env = &fm_bind_get(L)->env;
    lua_Integer epoch = luaL_optinteger(L, 2, env->now_us(env->data) / 1000000);
    luaL_argcheck(L, epoch >= FM_EPOCH_MIN && epoch < FM_EPOCH_END, 2, "outside the years 1 to 9999");
    fm_zones *zones = fm_bind_zones(L);
    fm_buf *out = fm_bind_push_buf(L, FM_ICS_MAX_BYTES);
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_zones_find(zones, &zone, name, &err) || fm_vtimezone_write(out, zone, name, epoch, &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

/* ical.zone(tzid): the IANA name that another program's TZID means */
static int ical_zone(lua_State *L)
{
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_zones_resolve(fm_bind_zones(L), &zone, luaL_checkstring(L, 1), &err))
        return fm_bind_fail(L, &err);
    lua_pushstring(L, fm_zone_name(zone));
    return 1;
}

/* ------------------------------------------------------------------ documents */

/* A document and the string that it was read from, which it borrows. */
static const fm_bind_type document_type = {"fmcal.ical.document", "document", free_document};

/* ical.document(text [, limits]) */
static int ical_document(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_ical_limits limits;
    check_limits(L, 2, &limits);
    void **slot = fm_bind_new_handle(L, &document_type);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, FM_BIND_LENDER);
    fm_ical *doc;
    fm_error err = {0};
    if (fm_ical_parse(&doc, text, len, &limits, &err))
        return fm_bind_fail(L, &err);
    *slot = doc;
    return 1;
}

/* The n-th component of a name within another; of several VEVENTs the master comes first. */
static size_t find_component(const fm_ical *doc, size_t parent, const char *name, lua_Integer n)
{
    size_t at = FM_ICAL_NONE, first = FM_ICAL_NONE;
    while ((at = fm_ical_find_component(doc, parent, at, name)) != FM_ICAL_NONE) {
        if (n > 0 && --n == 0)
            return at;
        if (n == 0 && fm_ical_find_property(doc, at, FM_ICAL_NONE, "RECURRENCE-ID") == FM_ICAL_NONE)
            return at;
        if (first == FM_ICAL_NONE)
            first = at;
    }
    return n == 0 ? first : FM_ICAL_NONE;
}

/* One step of a path: the name on the stack at `name`, and the number after it where there is one. */
static size_t step(lua_State *L, const fm_ical *doc, size_t parent, int name, int number)
{
    if (lua_type(L, name) != LUA_TSTRING)
        luaL_argerror(L, 2, "a path is the name of a component, or an array of names with numbers after them");
    lua_Integer n = 0;
    if (lua_isinteger(L, number)) {
        n = lua_tointeger(L, number);
        luaL_argcheck(L, n > 0, 2, "components are counted from 1");
    }
    return find_component(doc, parent, lua_tostring(L, name), n);
}

/* The component that argument 2 names, FM_ICAL_NONE where there is none. */
static size_t check_component(lua_State *L, const fm_ical *doc)
{
    size_t at = fm_ical_find_component(doc, FM_ICAL_NONE, FM_ICAL_NONE, NULL);
    int top = lua_gettop(L);
    if (lua_isnil(L, 2))
        return at;
    if (!lua_istable(L, 2)) {
        lua_pushnil(L);
        at = step(L, doc, at, 2, top + 1);
        lua_settop(L, top);
        return at;
    }
    lua_Integer count = luaL_len(L, 2);
    for (lua_Integer i = 1; i <= count && at != FM_ICAL_NONE; i++) {
        lua_rawgeti(L, 2, i);
        lua_rawgeti(L, 2, i + 1);
        at = step(L, doc, at, top + 1, top + 2);
        i += lua_isinteger(L, top + 2);
        lua_settop(L, top);
    }
    return at;
}

/* As check_component(), but sets `err` where there is none. */
static size_t need_component(lua_State *L, const fm_ical *doc, fm_error *err)
{
    size_t at = check_component(L, doc);
    if (at == FM_ICAL_NONE)
        fm_error_set(err, FM_ENOTFOUND, domain, "the document has no such component");
    return at;
}

static int push_value(lua_State *L, const fm_ical_line *line)
{
    lua_pushlstring(L, line->parts.value.at, line->parts.value.len);
    fm_bind_push_params(L, line->parts.params);
    return 2;
}

static int document_get(lua_State *L)
{
    lua_settop(L, 3);
    const fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    const char *name = luaL_checkstring(L, 3);
    size_t begin = check_component(L, doc);
    size_t at = begin == FM_ICAL_NONE ? begin : fm_ical_find_property(doc, begin, FM_ICAL_NONE, name);
    return at == FM_ICAL_NONE ? 0 : push_value(L, fm_ical_at(doc, at));
}

static int document_all(lua_State *L)
{
    lua_settop(L, 3);
    const fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    const char *name = luaL_checkstring(L, 3);
    size_t begin = check_component(L, doc);
    lua_newtable(L);
    lua_Integer count = 0;
    for (size_t at = FM_ICAL_NONE; begin != FM_ICAL_NONE;) {
        at = fm_ical_find_property(doc, begin, at, name);
        if (at == FM_ICAL_NONE)
            break;
        lua_createtable(L, 0, 2);
        push_value(L, fm_ical_at(doc, at));
        lua_setfield(L, -3, "params");
        lua_setfield(L, -2, "value");
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int document_component(lua_State *L)
{
    lua_settop(L, 2);
    const fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    size_t begin = check_component(L, doc);
    if (begin == FM_ICAL_NONE)
        return 0;
    fm_bind_push_component(L, doc, begin);
    return 1;
}

/* Where a new property goes: behind the component's own, before those within it. */
static size_t property_place(const fm_ical *doc, size_t begin)
{
    size_t inner = fm_ical_find_component(doc, begin, FM_ICAL_NONE, NULL);
    return inner == FM_ICAL_NONE ? fm_ical_end(doc, begin) : inner;
}

/* set and add: (doc, path, name, value, params) */
static int write_property(lua_State *L, bool add)
{
    lua_settop(L, 5);
    fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    const char *name = luaL_checkstring(L, 3);
    fm_span value = check_span(L, 4);
    fm_buf *given = fm_bind_push_buf(L, MAX_BYTES);
    fm_error err = {0};
    fm_status status = fm_bind_add_params(L, 5, given, &err);
    size_t begin = status ? FM_ICAL_NONE : need_component(L, doc, &err);
    if (begin == FM_ICAL_NONE)
        return fm_bind_fail(L, &err);
    size_t at = add ? FM_ICAL_NONE : fm_ical_find_property(doc, begin, FM_ICAL_NONE, name);
    fm_span params = {given->data, given->len};
    if (at == FM_ICAL_NONE) {
        status = fm_ical_insert(doc, property_place(doc, begin), name, params, value, &err);
    } else {
        if (lua_isnil(L, 5))
            params = fm_ical_at(doc, at)->parts.params;
        status = fm_ical_set(doc, at, params, value, &err);
    }
    return fm_bind_done(L, status, &err);
}

static int document_set(lua_State *L)
{
    return write_property(L, false);
}

static int document_add(lua_State *L)
{
    return write_property(L, true);
}

static int document_remove(lua_State *L)
{
    lua_settop(L, 3);
    fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    const char *name = luaL_checkstring(L, 3);
    size_t begin = check_component(L, doc);
    lua_Integer count = 0;
    for (size_t at = begin; begin != FM_ICAL_NONE; count++) {
        at = fm_ical_find_property(doc, begin, at, name);
        if (at == FM_ICAL_NONE)
            break;
        fm_ical_remove(doc, at, 1);
        at--; /* the BEGIN stands before it */
    }
    lua_pushinteger(L, count);
    return 1;
}

static int document_add_component(lua_State *L)
{
    lua_settop(L, 3);
    fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    luaL_checktype(L, 3, LUA_TTABLE);
    fm_buf *text = fm_bind_push_buf(L, MAX_BYTES);
    fm_error err = {0};
    fm_status status = fm_bind_add_component(L, 3, text, &err);
    size_t begin = status ? FM_ICAL_NONE : need_component(L, doc, &err);
    if (begin == FM_ICAL_NONE)
        return fm_bind_fail(L, &err);
    status = fm_ical_insert_text(doc, fm_ical_end(doc, begin), text->data, text->len, &err);
    return fm_bind_done(L, status, &err);
}

static int document_remove_component(lua_State *L)
{
    lua_settop(L, 2);
    fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    luaL_argcheck(L, !lua_isnoneornil(L, 2), 2, "the outermost component cannot be removed");
    size_t begin = check_component(L, doc);
    bool inner = begin != FM_ICAL_NONE && fm_ical_at(doc, begin)->depth > 0;
    if (inner)
        fm_ical_remove(doc, begin, fm_ical_end(doc, begin) - begin + 1);
    lua_pushboolean(L, inner);
    return 1;
}

static int document_text(lua_State *L)
{
    lua_settop(L, 1);
    const fm_ical *doc = fm_bind_hold(L, 1, &document_type);
    fm_buf *out = fm_bind_push_buf(L, MAX_BYTES);
    if (fm_ical_write(doc, out))
        return fm_bind_no_memory(L);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static int document_edited(lua_State *L)
{
    lua_pushboolean(L, fm_ical_edited(fm_bind_open(L, 1, &document_type)));
    return 1;
}

static int document_close(lua_State *L)
{
    return fm_bind_close(L, &document_type);
}

static int document_tostring(lua_State *L)
{
    const fm_ical *doc = fm_bind_look(L, 1, &document_type);
    if (doc)
        lua_pushfstring(L, "%s (%d lines)", document_type.name, (int)fm_ical_count(doc));
    else
        lua_pushfstring(L, "%s (closed)", document_type.name);
    return 1;
}

/* ------------------------------------------------------------------ registration */

static const luaL_Reg document_methods[] = {
    {"add", document_add},
    {"add_component", document_add_component},
    {"all", document_all},
    {"close", document_close},
    {"component", document_component},
    {"edited", document_edited},
    {"get", document_get},
    {"remove", document_remove},
    {"remove_component", document_remove_component},
    {"set", document_set},
    {"text", document_text},
    {NULL, NULL},
};

static const luaL_Reg document_meta[] = {
    {"__tostring", document_tostring},
    {NULL, NULL},
};

static const luaL_Reg ical_functions[] = {
    {"build", ical_build},       {"crlf", ical_crlf},
    {"date", ical_date},         {"date_value", ical_date_value},
    {"document", ical_document}, {"duration", ical_duration},
    {"encode", ical_encode},     {"escape", ical_escape},
    {"event", ical_event},       {"occurrences", ical_occurrences},
    {"parse", ical_parse},       {"uid", ical_uid},
    {"unescape", ical_unescape}, {"vtimezone", ical_vtimezone},
    {"zone", ical_zone},         {NULL, NULL},
};

int luaopen_fmcal_ical(lua_State *L)
{
    fm_bind_make_handle_type(L, &document_type, document_methods, document_meta);
    luaL_newlib(L, ical_functions);
    return 1;
}
