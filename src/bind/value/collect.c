#include "bind/value/collect.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef struct object {
    char *href, *uid, *etag, *text, *why;
    size_t text_len;
    bool deleted;
} object;

typedef struct calendar {
    char *id, *name, *color;
    bool writable, events, primary;
} calendar;

struct fm_collect {
    const fm_object_sink *next;
    object *objects;
    size_t object_count, object_cap;
    calendar *calendars;
    size_t calendar_count;
};

static void release(void *data)
{
    fm_collect *c = data;
    for (size_t i = 0; i < c->object_count; i++) {
        free(c->objects[i].href);
        free(c->objects[i].uid);
        free(c->objects[i].etag);
        free(c->objects[i].text);
        free(c->objects[i].why);
    }
    for (size_t i = 0; i < c->calendar_count; i++) {
        free(c->calendars[i].id);
        free(c->calendars[i].name);
        free(c->calendars[i].color);
    }
    free(c->objects);
    free(c->calendars);
    free(c);
}

fm_collect *fm_bind_new_collect(lua_State *L)
{
    void **slot = fm_bind_box(L, release);
    *slot = calloc(1, sizeof(fm_collect));
    if (!*slot)
        fm_bind_no_memory(L);
    return *slot;
}

/* ------------------------------------------------------------------ objects */

static object *new_object(fm_collect *c)
{
    if (fm_grow(&c->objects, &c->object_cap, c->object_count + 1, sizeof *c->objects))
        return NULL;
    object *o = &c->objects[c->object_count++];
    *o = (object){0};
    return o;
}

static bool copy_text(object *o, const fm_object *from)
{
    if (!from->text)
        return true;
    o->text = malloc(from->text_len + 1);
    if (!o->text)
        return false;
    memcpy(o->text, from->text, from->text_len);
    o->text[from->text_len] = '\0';
    o->text_len = from->text_len;
    return true;
}

static fm_status take_object(void *data, const fm_object *from, fm_error *err)
{
    fm_collect *c = data;
    if (c->next) {
        fm_status status = c->next->object(c->next->data, from, err);
        if (status)
            return status;
    }
    object *o = new_object(c);
    if (!o)
        return fm_error_no_memory(err, "provider");
    o->deleted = from->kind == FM_OBJECT_DELETED;
    if (fm_text_set(&o->href, from->href) || fm_text_set(&o->etag, from->etag) || fm_text_set(&o->why, from->why) ||
        fm_text_set(&o->uid, from->uid) || !copy_text(o, from))
        return fm_error_no_memory(err, "provider");
    return FM_OK;
}

fm_object_sink fm_collect_sink(fm_collect *c, const fm_object_sink *next)
{
    c->next = next;
    return (fm_object_sink){.data = c, .object = take_object};
}

void fm_bind_push_objects(lua_State *L, const fm_collect *c)
{
    lua_createtable(L, (int)c->object_count, 0);
    for (size_t i = 0; i < c->object_count; i++) {
        const object *o = &c->objects[i];
        lua_createtable(L, 0, 4);
        fm_bind_set_text(L, "href", o->href);
        if (o->deleted) {
            fm_bind_set_boolean(L, "deleted", true);
        } else {
            fm_bind_set_text(L, "uid", o->uid);
            fm_bind_set_text(L, "etag", o->etag);
            fm_bind_set_bytes(L, "text", o->text, o->text_len);
            fm_bind_set_text(L, "unread", o->why);
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ------------------------------------------------------------------ calendars */

fm_status fm_collect_calendar(void *data, const fm_calendar *from, fm_error *err)
{
    fm_collect *c = data;
    calendar *calendars = realloc(c->calendars, (c->calendar_count + 1) * sizeof *calendars);
    if (!calendars)
        return fm_error_no_memory(err, "provider");
    c->calendars = calendars;
    calendar *to = &calendars[c->calendar_count++];
    *to = (calendar){.writable = from->writable, .events = from->events, .primary = from->primary};
    if (fm_text_set(&to->id, from->id) || fm_text_set(&to->name, from->name) || fm_text_set(&to->color, from->color))
        return fm_error_no_memory(err, "provider");
    return FM_OK;
}

void fm_bind_push_calendars(lua_State *L, const fm_collect *c)
{
    lua_createtable(L, (int)c->calendar_count, 0);
    for (size_t i = 0; i < c->calendar_count; i++) {
        const calendar *from = &c->calendars[i];
        lua_createtable(L, 0, 6);
        fm_bind_set_text(L, "id", from->id);
        fm_bind_set_text(L, "name", from->name);
        fm_bind_set_text(L, "color", from->color);
        fm_bind_set_boolean(L, "writable", from->writable);
        fm_bind_set_boolean(L, "events", from->events);
        fm_bind_set_boolean(L, "primary", from->primary);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}
