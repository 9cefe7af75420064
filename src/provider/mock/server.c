#include "provider/mock/server.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ life */

static void clear_object(fm_mock_object *o)
{
    free(o->href);
    free(o->uid);
    free(o->etag);
    free(o->text);
    if (o->before)
        clear_object(o->before);
    free(o->before);
    *o = (fm_mock_object){0};
}

static void free_calendar(fm_mock_calendar *c)
{
    for (size_t i = 0; i < c->object_count; i++)
        clear_object(&c->objects[i]);
    for (size_t i = 0; i < c->tombstone_count; i++)
        free(c->tombstones[i].href);
    fm_strmap_free(&c->uids);
    free(c->objects);
    free(c->tombstones);
    free(c->id);
    free(c->name);
    free(c->color);
    free(c);
}

fm_mock_server *fm_mock_server_new(void)
{
    static const fm_calendar calendar = {
        .id = "mock-calendar", .name = "Mock Calendar", .writable = true, .events = true, .primary = true};
    fm_mock_server *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->references = 1;
    s->lock_fd = -1;
    s->tokens = true;
    s->etag_on_write = true;
    s->account = strdup("mock");
    if (!s->account || fm_mock_add_calendar(s, &calendar, NULL)) {
        fm_mock_server_unref(s);
        return NULL;
    }
    return s;
}

fm_mock_server *fm_mock_server_ref(fm_mock_server *s)
{
    s->references++;
    return s;
}

void fm_mock_server_unref(fm_mock_server *s)
{
    if (!s || --s->references > 0)
        return;
    for (size_t i = 0; i < s->calendar_count; i++)
        free_calendar(s->calendars[i]);
    fm_mock_clear_faults(&s->faults);
    free(s->calendars);
    free(s->account);
    free(s->password);
    free(s->rewrite.drop);
    free(s->file);
    free(s);
}

/* ------------------------------------------------------------------ calendars */

static size_t calendar_index(const fm_mock_server *s, const char *id)
{
    size_t i = 0;
    while (i < s->calendar_count && strcmp(s->calendars[i]->id, id) != 0)
        i++;
    return i;
}

static fm_status describe(fm_mock_calendar *c, const fm_calendar *from, fm_error *err)
{
    if (fm_text_set(&c->name, from->name ? from->name : from->id) || fm_text_set(&c->color, from->color))
        return fm_error_no_memory(err, "mock");
    c->writable = from->writable;
    c->events = from->events;
    c->primary = from->primary;
    return FM_OK;
}

fm_status fm_mock_add_calendar(fm_mock_server *s, const fm_calendar *calendar, fm_error *err)
{
    size_t i = calendar_index(s, calendar->id);
    if (i < s->calendar_count)
        return describe(s->calendars[i], calendar, err);
    fm_mock_calendar **calendars = realloc(s->calendars, (s->calendar_count + 1) * sizeof *calendars);
    if (!calendars)
        return fm_error_no_memory(err, "mock");
    s->calendars = calendars;
    fm_mock_calendar *c = calloc(1, sizeof *c);
    if (!c)
        return fm_error_no_memory(err, "mock");
    c->made = s->change;
    fm_strmap_init(&c->uids, 0);
    if (fm_text_set(&c->id, calendar->id) || describe(c, calendar, err)) {
        free_calendar(c);
        return fm_error_no_memory(err, "mock");
    }
    s->calendars[s->calendar_count++] = c;
    return FM_OK;
}

bool fm_mock_remove_calendar(fm_mock_server *s, const char *id)
{
    size_t i = calendar_index(s, id);
    if (i == s->calendar_count)
        return false;
    free_calendar(s->calendars[i]);
    s->calendar_count--;
    s->change++; /* so that its tokens are not those of another made in its place */
    memmove(&s->calendars[i], &s->calendars[i + 1], (s->calendar_count - i) * sizeof *s->calendars);
    return true;
}

fm_mock_calendar *fm_mock_find_calendar(fm_mock_server *s, const char *id)
{
    for (size_t i = 0; i < s->calendar_count; i++) {
        fm_mock_calendar *c = s->calendars[i];
        bool primary = !id || strcmp(id, "primary") == 0;
        if (primary ? c->primary : strcmp(c->id, id) == 0)
            return c;
    }
    return NULL;
}

/* ------------------------------------------------------------------ objects */

/* Place of the first object whose href is not below `href`. */
static size_t place_of(const fm_mock_calendar *c, const char *href)
{
    size_t low = 0, high = c->object_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->objects[middle].href, href) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

fm_mock_object *fm_mock_find(const fm_mock_calendar *c, const char *href)
{
    size_t i = place_of(c, href);
    return i < c->object_count && strcmp(c->objects[i].href, href) == 0 ? &c->objects[i] : NULL;
}

static bool has_uid(const fm_mock_object *o, const char *uid)
{
    return o && o->uid && strcmp(o->uid, uid) == 0;
}

fm_mock_object *fm_mock_find_uid(const fm_mock_calendar *c, const char *uid)
{
    const fm_strmap_entry *last = fm_strmap_find(&c->uids, uid);
    if (!last)
        return NULL;
    fm_mock_object *o = fm_mock_find(c, last->text);
    if (has_uid(o, uid))
        return o;
    for (size_t i = 0; i < c->object_count; i++)
        if (has_uid(&c->objects[i], uid))
            return &c->objects[i];
    return NULL;
}

static bool make_object(fm_mock_object *o, const fm_mock_change *change, int64_t number)
{
    char etag[40];
    snprintf(etag, sizeof etag, "\"mock-%lld\"", (long long)number);
    *o = (fm_mock_object){.href = strdup(change->href),
                          .uid = change->uid ? strdup(change->uid) : NULL,
                          .etag = strdup(etag),
                          .text = malloc(change->text_len + 1),
                          .text_len = change->text_len,
                          .change = number};
    if (!o->href || !o->etag || !o->text || (change->uid && !o->uid)) {
        clear_object(o);
        return false;
    }
    memcpy(o->text, change->text, change->text_len);
    o->text[change->text_len] = '\0';
    return true;
}

static void drop_tombstone(fm_mock_calendar *c, const char *href)
{
    for (size_t i = 0; i < c->tombstone_count; i++) {
        if (strcmp(c->tombstones[i].href, href) != 0)
            continue;
        free(c->tombstones[i].href);
        c->tombstone_count--;
        memmove(&c->tombstones[i], &c->tombstones[i + 1], (c->tombstone_count - i) * sizeof *c->tombstones);
        return;
    }
}

/* The object that `made` replaces becomes what was there before it. */
static bool keep_before(fm_mock_object *made, fm_mock_object *replaced)
{
    made->before = malloc(sizeof *made->before);
    if (!made->before)
        return false;
    if (replaced->before)
        clear_object(replaced->before);
    free(replaced->before);
    replaced->before = NULL;
    *made->before = *replaced;
    return true;
}

static fm_status put(fm_mock_calendar *c, const fm_mock_change *change, int64_t number, fm_error *err)
{
    fm_mock_object made;
    if (fm_grow(&c->objects, &c->object_cap, c->object_count + 1, sizeof *c->objects))
        return fm_error_no_memory(err, "mock");
    if (change->uid && fm_strmap_set(&c->uids, change->uid, 0, change->href))
        return fm_error_no_memory(err, "mock");
    if (!make_object(&made, change, number))
        return fm_error_no_memory(err, "mock");
    size_t i = place_of(c, change->href);
    bool there = i < c->object_count && strcmp(c->objects[i].href, change->href) == 0;
    if (there && !keep_before(&made, &c->objects[i])) {
        clear_object(&made);
        return fm_error_no_memory(err, "mock");
    }
    if (!there) {
        memmove(&c->objects[i + 1], &c->objects[i], (c->object_count - i) * sizeof *c->objects);
        c->object_count++;
    }
    c->objects[i] = made;
    drop_tombstone(c, made.href);
    return FM_OK;
}

static fm_status bury(fm_mock_calendar *c, const fm_mock_change *change, int64_t number, fm_error *err)
{
    fm_mock_object *o = fm_mock_find(c, change->href);
    if (!o)
        return FM_OK;
    if (fm_grow(&c->tombstones, &c->tombstone_cap, c->tombstone_count + 1, sizeof *c->tombstones))
        return fm_error_no_memory(err, "mock");
    c->tombstones[c->tombstone_count++] = (fm_mock_tombstone){.href = o->href, .change = number};
    o->href = NULL; /* the tombstone has it */
    clear_object(o);
    size_t i = (size_t)(o - c->objects);
    c->object_count--;
    memmove(o, o + 1, (c->object_count - i) * sizeof *o);
    return FM_OK;
}

fm_status fm_mock_perform(fm_mock_server *s, fm_mock_calendar *c, const fm_mock_change *change, fm_error *err)
{
    int64_t number = change->number ? change->number : s->change + 1;
    fm_status status = change->text ? put(c, change, number, err) : bury(c, change, number, err);
    unsigned id;
    if (!status && number > s->change)
        s->change = number;
    if (!status && sscanf(change->href, "mock-event-%u", &id) == 1 && id > s->last_id)
        s->last_id = id;
    return status;
}

fm_status fm_mock_commit(fm_mock_server *s, fm_mock_calendar *c, const fm_mock_change *change, fm_error *err)
{
    fm_mock_change numbered = *change;
    numbered.number = s->change + 1;
    fm_status status = s->file ? fm_mock_append(s, c, &numbered, err) : FM_OK;
    return status ? status : fm_mock_perform(s, c, &numbered, err);
}

void fm_mock_next_href(fm_mock_server *s, char out[32])
{
    snprintf(out, 32, "mock-event-%04u", s->last_id + 1);
}
