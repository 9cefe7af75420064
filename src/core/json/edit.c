#include "core/json/edit.h"
#include "core/json/value.h"
#include "util/utf8.h"

#include <stdlib.h>
#include <string.h>

/* An object with more members than this is replaced as a whole: merging takes time in proportion to their square. */
#define MERGE_MAX 100

/* How far a path could be followed. The spans point into the document. */
typedef struct walk {
    fm_json_span value; /* the value at the end of what could be followed */
    size_t taken;       /* steps that could be taken */
    bool in_container;  /* `holder` is the container around `value` */
    fm_json_container holder;
    fm_json_style style; /* of the place where `value` stands */
} walk;

static fm_status fail(fm_error *err, fm_status status, const char *what)
{
    return fm_error_set(err, status, "json", "%s", what);
}

static fm_status fail_at(fm_error *err, const fm_json_step *step, const char *what)
{
    if (!step->name)
        return fm_error_set(err, FM_EINVAL, "json", "element %zu %s", step->index + 1, what);
    return fm_error_set(err, FM_EINVAL, "json", "member '%.*s' %s", (int)(step->name_len < 80 ? step->name_len : 80),
                        step->name, what);
}

static fm_status too_large(fm_error *err)
{
    return fail(err, FM_ELIMIT, "the text would be larger than allowed");
}

static fm_status buffer_failed(const fm_buf *b, fm_error *err)
{
    if (b->status == FM_ELIMIT)
        return too_large(err);
    return b->status ? fail(err, b->status, "memory ran out") : FM_OK;
}

/* The document is valid: what white space leaves of it is its value. */
static void document_value(fm_json_span *value, const char *text, size_t len)
{
    fm_json_scan s;
    fm_json_begin(&s, text, len, FM_JSON_DEPTH_LIMIT);
    fm_json_peek(&s);
    const char *end = s.end;
    while (end > s.at && strchr(" \t\r\n", end[-1]))
        end--;
    *value = (fm_json_span){s.at, (size_t)(end - s.at)};
}

/* Follows the path as far as there is something. */
static void follow(walk *w, const char *text, size_t len, const fm_json_step *path, size_t steps)
{
    *w = (walk){0};
    fm_json_style_default(&w->style);
    document_value(&w->value, text, len);
    fm_json_container c;
    while (w->taken < steps && fm_json_look(&c, w->value.at, w->value.len, &path[w->taken]) && c.found) {
        fm_json_style_of(&w->style, &c);
        fm_json_style_inside(&w->style, &c);
        w->holder = c;
        w->in_container = true;
        w->value = c.value;
        w->taken++;
    }
}

bool fm_json_find(fm_json_span *value, const char *text, size_t len, const fm_json_step *path, size_t steps)
{
    walk w;
    follow(&w, text, len, path, steps);
    *value = w.value;
    return w.taken == steps;
}

static fm_status splice(fm_buf *doc, const char *at, size_t old_len, const fm_buf *text, fm_error *err)
{
    if (text->status)
        return buffer_failed(text, err);
    if (text->len > old_len && text->len - old_len > doc->max_bytes - doc->len) /* a buffer loses its content there */
        return too_large(err);
    fm_buf_splice(doc, (size_t)(at - doc->data), old_len, text->data, text->len);
    return buffer_failed(doc, err);
}

/* ------------------------------------------------------------------ parts */

/* The style of a part added to a container; an element looks like the one before it, if that shows anything. */
static void style_of_part(fm_json_style *style, const fm_json_container *c)
{
    fm_json_container last;
    fm_json_style_inside(style, c);
    if (!c->is_object && c->count && fm_json_look(&last, c->last.at, c->last.len, NULL) && last.count)
        fm_json_style_of(style, &last);
}

/* Appends a part as it stands in a container of this style: its name if it is a member, and its value. */
static void add_part(fm_buf *out, const fm_json_style *container, const fm_json_container *c, const fm_json_step *step,
                     const fm_json_span *value)
{
    fm_json_style style = *container;
    if (c->is_object) {
        fm_json_add_string(out, step->name, step->name_len);
        fm_buf_add(out, container->colon.at, container->colon.len);
    }
    style_of_part(&style, c);
    fm_json_layout(out, value, &style);
}

/* Puts new parts behind the last one of a container that has some. */
static fm_status add_behind(fm_buf *doc, const fm_json_container *c, const fm_json_style *style,
                            const fm_json_step *step, const fm_json_span *values, size_t count, fm_error *err)
{
    fm_buf text;
    fm_buf_init(&text, doc->max_bytes);
    for (size_t i = 0; i < count; i++) {
        fm_buf_addc(&text, ',');
        fm_buf_add(&text, c->before.at, c->before.len);
        add_part(&text, style, c, step, &values[i]);
    }
    fm_status status = splice(doc, c->last.at + c->last.len, 0, &text, err);
    fm_buf_free(&text);
    return status;
}

/* Puts parts into an empty container. What white space it has stays in front of its closing bracket. */
static fm_status add_into_empty(fm_buf *doc, const fm_json_container *c, const fm_json_style *style,
                                const fm_json_step *step, const fm_json_span *values, size_t count, fm_error *err)
{
    bool has_lines = memchr(c->lead.at, '\n', c->lead.len) != NULL;
    fm_buf text;
    fm_buf_init(&text, doc->max_bytes);
    for (size_t i = 0; i < count; i++) {
        if (i)
            fm_buf_addc(&text, ',');
        if (style->multi_line)
            fm_json_style_line(&text, style, 1);
        else if (i)
            fm_buf_add(&text, style->gap.at, style->gap.len);
        else
            fm_buf_add(&text, c->lead.at, c->lead.len);
        add_part(&text, style, c, step, &values[i]);
    }
    if (style->multi_line && !has_lines)
        fm_json_style_line(&text, style, 0);
    fm_status status = splice(doc, c->open, 0, &text, err);
    fm_buf_free(&text);
    return status;
}

/* `place` is the style of the place where the container stands. */
static fm_status add_parts(fm_buf *doc, const fm_json_container *c, const fm_json_style *place,
                           const fm_json_step *step, const fm_json_span *values, size_t count, fm_error *err)
{
    fm_json_style style = *place;
    fm_json_style_of(&style, c);
    if (!c->count)
        return add_into_empty(doc, c, &style, step, values, count, err);
    return add_behind(doc, c, &style, step, values, count, err);
}

/* Cuts the part that was looked for, with the comma that belongs to it. */
static fm_status cut_part(fm_buf *doc, const fm_json_container *c, fm_error *err)
{
    const char *from = c->start, *to = c->value.at + c->value.len;
    if (c->before_end) {
        from = c->before_end;
    } else if (c->after) {
        to = c->after;
    } else {
        from = c->open;
        to = c->close;
    }
    fm_buf_splice(doc, (size_t)(from - doc->data), (size_t)(to - from), NULL, 0);
    return buffer_failed(doc, err);
}

/* ------------------------------------------------------------------ set */

/* Wraps a value in the objects and arrays that the steps ask for, innermost last. */
static fm_status wrap(fm_buf *out, const fm_json_step *path, size_t steps, const fm_json_span *value, fm_error *err)
{
    for (size_t i = 0; i < steps; i++) {
        if (!path[i].name && path[i].index)
            return fail_at(err, &path[i], "cannot be made: the list is empty");
        fm_buf_addc(out, path[i].name ? '{' : '[');
        if (path[i].name) {
            fm_json_add_string(out, path[i].name, path[i].name_len);
            fm_buf_addc(out, ':');
        }
    }
    fm_buf_add(out, value->at, value->len);
    for (size_t i = steps; i-- > 0;)
        fm_buf_addc(out, path[i].name ? '}' : ']');
    return buffer_failed(out, err);
}

static fm_status replace(fm_buf *doc, const walk *w, const fm_json_span *value, fm_error *err)
{
    fm_json_style style = w->style;
    fm_json_container old;
    if (fm_json_look(&old, w->value.at, w->value.len, NULL))
        fm_json_style_of(&style, &old);
    fm_buf text;
    fm_buf_init(&text, doc->max_bytes);
    fm_json_layout(&text, value, &style);
    fm_status status = splice(doc, w->value.at, w->value.len, &text, err);
    fm_buf_free(&text);
    return status;
}

/* Makes what is missing behind the part of the path that exists. */
static fm_status make(fm_buf *doc, const walk *w, const fm_json_step *path, size_t steps, const fm_json_span *value,
                      fm_error *err)
{
    const fm_json_step *step = &path[w->taken];
    fm_json_container c;
    bool is_null = *w->value.at == 'n';
    if (!is_null && (!fm_json_look(&c, w->value.at, w->value.len, NULL) || c.is_object != (step->name != NULL)))
        return w->taken ? fail_at(err, step - 1, step->name ? "is not an object" : "is not a list")
                        : fail(err, FM_EINVAL, step->name ? "the value is not an object" : "the value is not a list");
    if (!is_null && !step->name && step->index != c.count)
        return fail_at(err, step, "cannot be made: the list is shorter");
    fm_buf text;
    fm_buf_init(&text, doc->max_bytes);
    size_t first = is_null ? w->taken : w->taken + 1;
    fm_status status = wrap(&text, path + first, steps - first, value, err);
    fm_json_span wrapped = {text.data, text.len};
    if (!status)
        status = is_null ? replace(doc, w, &wrapped, err) : add_parts(doc, &c, &w->style, step, &wrapped, 1, err);
    fm_buf_free(&text);
    return status;
}

/* Copies the decoded bytes of a name, so that they outlive the text they came from. */
static void copy_name(fm_buf *out, const fm_json_string *name)
{
    fm_buf_reset(out);
    if (fm_buf_reserve(out, name->len))
        return;
    out->len = fm_json_unescape(out->data, name);
}

/* Copies a name of the object `have` that the object `want` lacks. False where there is none left. */
static bool find_surplus(fm_buf *out, const fm_json_span *have, const fm_json_span *want)
{
    fm_json_scan s;
    fm_json_string name;
    fm_json_span ignored;
    fm_json_begin(&s, have->at, have->len, FM_JSON_DEPTH_LIMIT);
    fm_json_peek(&s);
    fm_json_open(&s);
    for (bool first = true; fm_json_member(&s, first, &name); first = false) {
        copy_name(out, &name);
        if (!out->status && !fm_json_find_member(want, out->data, out->len, &ignored))
            return true;
        fm_json_skip(&s, NULL);
    }
    return false;
}

static fm_status set_valid(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *value,
                           fm_error *err);

/*
 * Makes the object at a path equal to the object `value`, member by member. `inner` is that path with
 * room for one step more; `name` holds that step's name.
 */
static fm_status merge_members(fm_buf *doc, fm_json_step *inner, size_t steps, const fm_json_span *value, fm_buf *name,
                               fm_error *err)
{
    fm_json_scan s;
    fm_json_string at;
    fm_json_span member, have;
    fm_status status = FM_OK;
    fm_json_begin(&s, value->at, value->len, FM_JSON_DEPTH_LIMIT);
    fm_json_peek(&s);
    fm_json_open(&s);
    for (bool first = true; !status && fm_json_member(&s, first, &at); first = false) {
        fm_json_skip(&s, &member);
        copy_name(name, &at);
        inner[steps] = (fm_json_step){.name = name->data, .name_len = name->len};
        status = name->status ? buffer_failed(name, err) : set_valid(doc, inner, steps + 1, &member, err);
    }
    while (!status && fm_json_find(&have, doc->data, doc->len, inner, steps) && find_surplus(name, &have, value)) {
        inner[steps] = (fm_json_step){.name = name->data, .name_len = name->len};
        status = fm_json_remove(doc, inner, steps + 1, err);
    }
    return status ? status : buffer_failed(name, err);
}

static fm_status merge(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *value, fm_error *err)
{
    fm_json_step *inner = malloc((steps + 1) * sizeof *inner);
    if (!inner)
        return fail(err, FM_ENOMEM, "memory ran out");
    if (steps)
        memcpy(inner, path, steps * sizeof *inner);
    fm_buf name;
    fm_buf_init(&name, doc->max_bytes);
    fm_status status = merge_members(doc, inner, steps, value, &name, err);
    fm_buf_free(&name);
    free(inner);
    return status;
}

static bool can_merge(const fm_json_span *old, const fm_json_span *value)
{
    fm_json_container a, b;
    return fm_json_look(&a, old->at, old->len, NULL) && fm_json_look(&b, value->at, value->len, NULL) && a.is_object &&
           b.is_object && a.count <= MERGE_MAX && b.count <= MERGE_MAX;
}

static fm_status set_valid(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *value,
                           fm_error *err)
{
    walk w;
    follow(&w, doc->data, doc->len, path, steps);
    if (w.taken < steps)
        return make(doc, &w, path, steps, value, err);
    if (fm_json_equal(&w.value, value))
        return FM_OK;
    if (can_merge(&w.value, value))
        return merge(doc, path, steps, value, err);
    return replace(doc, &w, value, err);
}

fm_status fm_json_set(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *value, fm_error *err)
{
    for (size_t i = 0; i < steps; i++)
        if (path[i].name && !fm_utf8_valid(path[i].name, path[i].name_len))
            return fail(err, FM_EINVAL, "a member's name is not UTF-8");
    fm_status status = fm_json_check(value->at, value->len, FM_JSON_DEPTH_LIMIT, err);
    return status ? status : set_valid(doc, path, steps, value, err);
}

/* ------------------------------------------------------------------ remove, append */

fm_status fm_json_remove(fm_buf *doc, const fm_json_step *path, size_t steps, fm_error *err)
{
    if (!steps)
        return fail(err, FM_EINVAL, "the document itself cannot be removed");
    for (;;) {
        walk w;
        follow(&w, doc->data, doc->len, path, steps);
        if (w.taken < steps)
            return FM_OK;
        fm_status status = cut_part(doc, &w.holder, err);
        if (status || !path[steps - 1].name)
            return status;
    }
}

/* The text of an array of these values. */
static fm_status array_of(fm_buf *out, const fm_json_span *values, size_t count, fm_error *err)
{
    fm_buf_addc(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            fm_buf_addc(out, ',');
        fm_buf_add(out, values[i].at, values[i].len);
    }
    fm_buf_addc(out, ']');
    return buffer_failed(out, err);
}

static fm_status append_to(fm_buf *doc, const walk *w, const fm_json_span *values, size_t count, fm_error *err)
{
    fm_json_container c;
    if (!fm_json_look(&c, w->value.at, w->value.len, NULL) || c.is_object)
        return fail(err, FM_EINVAL, "what should be appended to is not a list");
    return add_parts(doc, &c, &w->style, NULL, values, count, err);
}

fm_status fm_json_append(fm_buf *doc, const fm_json_step *path, size_t steps, const fm_json_span *values, size_t count,
                         fm_error *err)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = fm_json_check(values[i].at, values[i].len, FM_JSON_DEPTH_LIMIT, err);
    if (status || !count)
        return status;
    walk w;
    follow(&w, doc->data, doc->len, path, steps);
    if (w.taken == steps && *w.value.at != 'n')
        return append_to(doc, &w, values, count, err);
    fm_buf list;
    fm_buf_init(&list, doc->max_bytes);
    status = array_of(&list, values, count, err);
    fm_json_span value = {list.data, list.len};
    if (!status)
        status = fm_json_set(doc, path, steps, &value, err);
    fm_buf_free(&list);
    return status;
}
