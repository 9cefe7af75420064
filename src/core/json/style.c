#include "core/json/style.h"
#include "core/json/value.h"

#include <string.h>

static const char space[] = " ";

void fm_json_style_default(fm_json_style *style)
{
    *style = (fm_json_style){
        .line_end = {"\n", 1},
        .indent = {"", 0},
        .unit = {"  ", 2},
        .colon = {": ", 2},
        .gap = {space, 1},
        .pad = {"", 0},
    };
}

static bool step_means(const fm_json_step *step, const fm_json_string *name, size_t index)
{
    if (!name)
        return !step->name && step->index == index;
    return step->name && fm_json_string_is(name, step->name, step->name_len);
}

/* Notes the part whose value was just skipped. */
static void note_part(fm_json_container *c, const fm_json_step *step, const fm_json_string *name,
                      const char *end_before, const fm_json_span *value)
{
    const char *start = name ? name->at - 1 : value->at;
    const char *gap = end_before ? (const char *)memchr(end_before, ',', (size_t)(start - end_before)) + 1 : c->open;
    c->before = (fm_json_span){gap, (size_t)(start - gap)};
    if (!end_before)
        c->lead = c->before;
    if (c->found && !c->after)
        c->after = start;
    if (step && step_means(step, name, c->count)) {
        c->found = true;
        c->start = start;
        c->value = *value;
        c->before_end = end_before;
        c->after = NULL;
    }
    if (name) {
        const char *quote = name->at + name->len + 1;
        c->colon = (fm_json_span){quote, (size_t)(value->at - quote)};
    }
    c->last = *value;
    c->count++;
}

bool fm_json_look(fm_json_container *c, const char *text, size_t len, const fm_json_step *step)
{
    fm_json_scan s;
    fm_json_begin(&s, text, len, FM_JSON_DEPTH_LIMIT);
    fm_json_type type = fm_json_peek(&s);
    if (type != FM_JSON_OBJECT && type != FM_JSON_ARRAY)
        return false;
    *c = (fm_json_container){.is_object = type == FM_JSON_OBJECT};
    fm_json_open(&s);
    c->open = s.at;
    fm_json_string name;
    fm_json_span value;
    const char *end_before = NULL;
    while (c->is_object ? fm_json_member(&s, c->count == 0, &name) : fm_json_element(&s, c->count == 0)) {
        fm_json_skip(&s, &value);
        note_part(c, step, c->is_object ? &name : NULL, end_before, &value);
        end_before = value.at + value.len;
    }
    c->close = s.at - 1;
    if (!c->count)
        c->lead = (fm_json_span){c->open, (size_t)(c->close - c->open)};
    return s.status == FM_OK;
}

/* Splits white space at its last line end. False where it has none. */
static bool split_lines(const fm_json_span *blank, fm_json_span *line_end, fm_json_span *indent)
{
    const char *newline = memrchr(blank->at, '\n', blank->len);
    if (!newline)
        return false;
    bool crlf = newline > blank->at && newline[-1] == '\r';
    *line_end = (fm_json_span){newline - crlf, 1U + crlf};
    *indent = (fm_json_span){newline + 1, (size_t)(blank->at + blank->len - newline - 1)};
    return true;
}

static void style_of_lines(fm_json_style *style, const fm_json_container *c, const fm_json_span *part_indent)
{
    const char *last_end = c->last.at + c->last.len;
    fm_json_span tail = {last_end, (size_t)(c->close - last_end)}, line_end, indent;
    style->multi_line = true;
    style->gap = (fm_json_span){space, 1};
    style->pad = (fm_json_span){space, 0};
    if (!split_lines(&tail, &line_end, &indent))
        return;
    style->indent = indent;
    style->level = 0;
    if (part_indent->len >= indent.len && memcmp(part_indent->at, indent.at, indent.len) == 0)
        style->unit = (fm_json_span){part_indent->at + indent.len, part_indent->len - indent.len};
}

static void style_of_one_line(fm_json_style *style, const fm_json_container *c)
{
    style->multi_line = false;
    if (c->count > 1)
        style->gap = c->before;
    if (c->is_object && !memchr(c->lead.at, '\n', c->lead.len))
        style->pad = c->lead;
}

void fm_json_style_of(fm_json_style *style, const fm_json_container *c)
{
    fm_json_span indent;
    if (!c->count) {
        bool lines = split_lines(&c->lead, &style->line_end, &indent);
        if (lines) {
            style->indent = indent;
            style->level = 0;
        }
        style->multi_line = lines || (style->multi_line && !c->is_object);
        if (c->is_object && !lines)
            style->pad = c->lead;
        return;
    }
    if (c->is_object)
        style->colon = c->colon;
    if (split_lines(&c->before, &style->line_end, &indent))
        style_of_lines(style, c, &indent);
    else
        style_of_one_line(style, c);
}

void fm_json_style_inside(fm_json_style *style, const fm_json_container *c)
{
    fm_json_span line_end, indent;
    if (!style->multi_line)
        return;
    if (c->count && split_lines(&c->before, &line_end, &indent)) {
        style->indent = indent;
        style->level = 0;
    } else {
        style->level++;
    }
}

static void add_span(fm_buf *out, const fm_json_span *span)
{
    fm_buf_add(out, span->at, span->len);
}

void fm_json_style_line(fm_buf *out, const fm_json_style *style, unsigned levels)
{
    add_span(out, &style->line_end);
    add_span(out, &style->indent);
    for (unsigned i = 0; i < style->level + levels; i++)
        add_span(out, &style->unit);
}

static void layout(fm_buf *out, fm_json_scan *s, const fm_json_style *style, unsigned levels);

/* What stands in front of a part. */
static void lead_part(fm_buf *out, const fm_json_style *style, unsigned levels, bool object, bool first)
{
    if (!first)
        fm_buf_addc(out, ',');
    if (style->multi_line)
        fm_json_style_line(out, style, levels);
    else if (!first)
        add_span(out, &style->gap);
    else if (object)
        add_span(out, &style->pad);
}

static void end_parts(fm_buf *out, const fm_json_style *style, unsigned levels, bool object)
{
    if (style->multi_line)
        fm_json_style_line(out, style, levels);
    else if (object)
        add_span(out, &style->pad);
}

static void layout_object(fm_buf *out, fm_json_scan *s, const fm_json_style *style, unsigned levels)
{
    fm_json_string name;
    bool first = true;
    fm_json_open(s);
    fm_buf_addc(out, '{');
    for (; fm_json_member(s, first, &name); first = false) {
        lead_part(out, style, levels + 1, true, first);
        fm_buf_add(out, name.at - 1, name.len + 2);
        add_span(out, &style->colon);
        layout(out, s, style, levels + 1);
    }
    if (!first)
        end_parts(out, style, levels, true);
    fm_buf_addc(out, '}');
}

static void layout_array(fm_buf *out, fm_json_scan *s, const fm_json_style *style, unsigned levels)
{
    bool first = true;
    fm_json_open(s);
    fm_buf_addc(out, '[');
    for (; fm_json_element(s, first); first = false) {
        lead_part(out, style, levels + 1, false, first);
        layout(out, s, style, levels + 1);
    }
    if (!first)
        end_parts(out, style, levels, false);
    fm_buf_addc(out, ']');
}

static void layout(fm_buf *out, fm_json_scan *s, const fm_json_style *style, unsigned levels)
{
    fm_json_span scalar;
    switch (fm_json_peek(s)) {
    case FM_JSON_OBJECT:
        layout_object(out, s, style, levels);
        break;
    case FM_JSON_ARRAY:
        layout_array(out, s, style, levels);
        break;
    default:
        if (fm_json_skip(s, &scalar))
            add_span(out, &scalar);
        break;
    }
}

fm_status fm_json_layout(fm_buf *out, const fm_json_span *value, const fm_json_style *style)
{
    fm_json_scan s;
    fm_json_begin(&s, value->at, value->len, FM_JSON_DEPTH_LIMIT);
    layout(out, &s, style, 0);
    return out->status;
}
