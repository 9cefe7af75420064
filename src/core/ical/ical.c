#include "core/ical/ical.h"
#include "util/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char domain[] = "ical";

enum { DEFAULT_MAX_BYTES = 1 << 20, DEFAULT_MAX_LINES = 50000, DEFAULT_MAX_DEPTH = 16, DEFAULT_MAX_CHILDREN = 10000 };

/* A line as kept: what it says, and the bytes that stand for it. */
typedef struct entry {
    fm_ical_line line;
    const char *raw; /* in the text, or in `owned` */
    size_t raw_len;
    char *owned; /* of a line that was written here: the raw bytes, then the unfolded ones */
} entry;

struct fm_ical {
    fm_ical_limits limits;
    entry *entries;
    size_t count, cap;
    char *unfolded; /* folded lines of the text, joined; room for all of them */
    size_t unfolded_len;
    const char *eol;
    bool edited;
};

/* ------------------------------------------------------------------ physical and unfolded lines */

/* The end of the physical line at `at`: past its line feed, or the end of the text. */
static const char *physical_end(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return feed ? feed + 1 : end;
}

/* The length of a physical line without its line end; CR CR LF, which some programs write, is one too. */
static size_t content_len(const char *at, const char *end)
{
    if (end > at && end[-1] == '\n')
        end--;
    while (end > at && end[-1] == '\r')
        end--;
    return (size_t)(end - at);
}

static bool continues(const char *at, const char *end)
{
    return at < end && (*at == ' ' || *at == '\t');
}

/* The end of the content line at `at`, folds included; counts its physical lines. */
static const char *logical_end(const char *at, const char *end, unsigned *physical)
{
    const char *stop = physical_end(at, end);
    for (*physical = 1; continues(stop, end); ++*physical)
        stop = physical_end(stop, end);
    return stop;
}

/* Joins a folded content line into `out`, which has room for it; returns the length. */
static size_t unfold(char *out, const char *at, const char *end)
{
    size_t len = 0;
    for (bool first = true; at < end; first = false) {
        const char *stop = physical_end(at, end);
        size_t skip = first ? 0 : 1, content = content_len(at, stop);
        if (content > skip) {
            memcpy(out + len, at + skip, content - skip);
            len += content - skip;
        }
        at = stop;
    }
    return len;
}

/* Fills kind and parts from an unfolded line. */
static void classify(fm_ical_line *line, const char *text, size_t len)
{
    if (!fm_ical_split(&line->parts, text, len)) {
        line->kind = FM_ICAL_OTHER;
        line->parts = (fm_ical_parts){{text, 0}, {text, 0}, {text, len}};
        return;
    }
    line->kind = FM_ICAL_PROPERTY;
    if (fm_span_is(line->parts.name, "BEGIN"))
        line->kind = FM_ICAL_BEGIN;
    else if (fm_span_is(line->parts.name, "END"))
        line->kind = FM_ICAL_END;
    if (line->kind != FM_ICAL_PROPERTY)
        line->parts.value = fm_span_trim(line->parts.value);
}

/* ------------------------------------------------------------------ reading */

/* Most events of one occurrence have fewer lines. */
#define FIRST_LINES 64

static fm_status reserve(fm_ical *doc, size_t extra, fm_error *err)
{
    size_t wanted = doc->count + extra;
    if (!doc->cap && wanted < FIRST_LINES)
        wanted = FIRST_LINES;
    return fm_grow(&doc->entries, &doc->cap, wanted, sizeof *doc->entries) ? fm_error_no_memory(err, domain) : FM_OK;
}

static fm_status fail_at(fm_error *err, fm_status status, unsigned number, const char *what)
{
    fm_error_set(err, status, domain, "line %u: %s", number, what);
    if (err)
        err->line = number;
    return status;
}

/* The state of a scan: the components that are open. */
typedef struct scan {
    fm_ical *doc;
    fm_span *open; /* their names; limits.max_depth of them */
    unsigned depth, components;
    fm_error *err;
} scan;

static fm_status begin_component(scan *s, entry *e)
{
    if (s->depth == s->doc->limits.max_depth)
        return fail_at(s->err, FM_ELIMIT, e->line.number, "too many components within one another");
    if (++s->components > s->doc->limits.max_children)
        return fail_at(s->err, FM_ELIMIT, e->line.number, "too many components");
    s->open[s->depth++] = e->line.parts.value;
    return FM_OK;
}

static fm_status end_component(scan *s, entry *e)
{
    fm_span name = e->line.parts.value;
    fm_span open = s->depth ? s->open[s->depth - 1] : (fm_span){"", 0};
    if (!s->depth || name.len != open.len || strncasecmp(name.at, open.at, open.len) != 0)
        return fail_at(s->err, FM_EPARSE, e->line.number, "an END without its BEGIN");
    e->line.depth = --s->depth;
    return FM_OK;
}

/* Whether property lines may stand here is left to the reader; only nesting is checked. */
static fm_status add_entry(scan *s, const char *at, const char *stop, unsigned physical, unsigned number)
{
    fm_ical *doc = s->doc;
    if (doc->count == doc->limits.max_lines)
        return fail_at(s->err, FM_ELIMIT, number, "too many lines");
    fm_status status = reserve(doc, 1, s->err);
    if (status)
        return status;
    entry *e = &doc->entries[doc->count];
    *e = (entry){.raw = at, .raw_len = (size_t)(stop - at), .line = {.depth = s->depth, .number = number}};
    const char *text = at;
    size_t len = content_len(at, stop);
    if (physical > 1) {
        char *joined = doc->unfolded + doc->unfolded_len;
        len = unfold(joined, at, stop);
        doc->unfolded_len += len;
        text = joined;
    }
    classify(&e->line, text, len);
    if (e->line.kind == FM_ICAL_BEGIN)
        status = begin_component(s, e);
    else if (e->line.kind == FM_ICAL_END)
        status = end_component(s, e);
    if (status == FM_OK)
        doc->count++;
    return status;
}

/* Room for joined lines, made when the first fold is met. */
static fm_status reserve_unfolded(fm_ical *doc, size_t len, fm_error *err)
{
    if (doc->unfolded || (doc->unfolded = malloc(len)))
        return FM_OK;
    return fm_error_no_memory(err, domain);
}

static fm_status scan_lines(scan *s, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    if (len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3; /* a byte order mark: kept by fm_ical_write() as part of the first line */
    unsigned number = 1;
    fm_status status = FM_OK;
    for (bool first = true; at < end && !status; first = false) {
        unsigned physical;
        const char *stop = logical_end(at, end, &physical);
        if (physical > 1 && (status = reserve_unfolded(s->doc, len, s->err)))
            break;
        status = add_entry(s, at, stop, physical, number);
        if (first && !status) {
            s->doc->entries[0].raw_len += (size_t)(at - text);
            s->doc->entries[0].raw = text;
        }
        number += physical;
        at = stop;
    }
    return status;
}

static fm_ical_limits with_defaults(const fm_ical_limits *given)
{
    fm_ical_limits limits = given ? *given : (fm_ical_limits){0};
    if (!limits.max_bytes)
        limits.max_bytes = DEFAULT_MAX_BYTES;
    if (!limits.max_lines)
        limits.max_lines = DEFAULT_MAX_LINES;
    if (!limits.max_depth)
        limits.max_depth = DEFAULT_MAX_DEPTH;
    if (!limits.max_children)
        limits.max_children = DEFAULT_MAX_CHILDREN;
    return limits;
}

static fm_status read_document(fm_ical *doc, const char *text, size_t len, fm_error *err)
{
    if (len > doc->limits.max_bytes)
        return fm_error_set(err, FM_ELIMIT, domain, "the calendar object has %zu bytes: %zu are allowed", len,
                            doc->limits.max_bytes);
    if (memchr(text, '\0', len))
        return fm_error_set(err, FM_EPARSE, domain, "the calendar object holds a zero byte");
    const char *feed = memchr(text, '\n', len);
    doc->eol = feed && (feed == text || feed[-1] != '\r') ? "\n" : "\r\n";
    scan s = {.doc = doc, .err = err, .open = calloc(doc->limits.max_depth, sizeof(fm_span))};
    if (!s.open)
        return fm_error_no_memory(err, domain);
    fm_status status = scan_lines(&s, text, len);
    if (!status && s.depth) {
        const entry *last = &doc->entries[doc->count - 1];
        status = fail_at(err, FM_EPARSE, last->line.number, "the calendar object is cut short: an END is missing");
    }
    if (!status && !s.components)
        status = fm_error_set(err, FM_EPARSE, domain, "this is no calendar object: it has no BEGIN line");
    free(s.open);
    return status;
}

fm_status fm_ical_parse(fm_ical **out, const char *text, size_t len, const fm_ical_limits *limits, fm_error *err)
{
    *out = NULL;
    fm_ical *doc = calloc(1, sizeof *doc);
    if (!doc)
        return fm_error_no_memory(err, domain);
    doc->limits = with_defaults(limits);
    fm_status status = read_document(doc, text, len, err);
    if (status)
        fm_ical_free(doc);
    else
        *out = doc;
    return status;
}

void fm_ical_free(fm_ical *doc)
{
    if (!doc)
        return;
    for (size_t i = 0; i < doc->count; i++)
        free(doc->entries[i].owned);
    free(doc->entries);
    free(doc->unfolded);
    free(doc);
}

/* ------------------------------------------------------------------ searching */

size_t fm_ical_count(const fm_ical *doc)
{
    return doc->count;
}

const fm_ical_line *fm_ical_at(const fm_ical *doc, size_t index)
{
    return &doc->entries[index].line;
}

size_t fm_ical_end(const fm_ical *doc, size_t begin)
{
    unsigned depth = doc->entries[begin].line.depth;
    size_t i = begin + 1;
    while (doc->entries[i].line.kind != FM_ICAL_END || doc->entries[i].line.depth != depth)
        i++;
    return i;
}

/* The next line of a kind directly within the component that begins at `parent`. `word` is NULL for any. */
static size_t find(const fm_ical *doc, size_t parent, size_t after, fm_ical_kind kind, const char *word)
{
    unsigned depth = parent == FM_ICAL_NONE ? 0 : doc->entries[parent].line.depth + 1;
    size_t len = word ? strlen(word) : 0;
    size_t i = after != FM_ICAL_NONE ? after + 1 : parent != FM_ICAL_NONE ? parent + 1 : 0;
    for (; i < doc->count; i++) {
        const fm_ical_line *line = &doc->entries[i].line;
        if (line->kind == FM_ICAL_END && line->depth + 1 == depth)
            break;
        if (line->kind != kind || line->depth != depth)
            continue;
        fm_span name = kind == FM_ICAL_BEGIN ? line->parts.value : line->parts.name;
        if (!word || (name.len == len && strncasecmp(name.at, word, len) == 0))
            return i;
    }
    return FM_ICAL_NONE;
}

size_t fm_ical_find_component(const fm_ical *doc, size_t parent, size_t after, const char *name)
{
    return find(doc, parent, after, FM_ICAL_BEGIN, name);
}

size_t fm_ical_find_property(const fm_ical *doc, size_t begin, size_t after, const char *name)
{
    return find(doc, begin, after, FM_ICAL_PROPERTY, name);
}

/* ------------------------------------------------------------------ editing */

/* Room for the colons, the line end and the folds of a line, written twice. */
#define LINE_MARKS 64

/* Makes an entry that owns its bytes: the folded line, then the same unfolded. */
static fm_status make_entry(entry *out, const fm_ical *doc, fm_span name, fm_span params, fm_span value, unsigned depth,
                            fm_error *err)
{
    fm_buf raw;
    fm_buf_init(&raw, SIZE_MAX / 4);
    fm_buf_reserve(&raw, 2 * (name.len + params.len + value.len) + LINE_MARKS);
    fm_status status = fm_ical_add_line(&raw, name, params, value, doc->eol, err);
    size_t raw_len = raw.len;
    if (!status)
        status = fm_buf_reserve(&raw, raw_len);
    if (!status)
        raw.len += unfold(raw.data + raw_len, raw.data, raw.data + raw_len);
    size_t all = raw.len;
    char *bytes = status ? NULL : fm_buf_take(&raw, NULL);
    fm_buf_free(&raw);
    if (!bytes)
        return status == FM_EINVAL ? status : fm_error_no_memory(err, domain);
    *out = (entry){.raw = bytes, .raw_len = raw_len, .owned = bytes, .line = {.depth = depth}};
    classify(&out->line, bytes + raw_len, all - raw_len);
    return FM_OK;
}

static bool same(fm_span a, fm_span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

fm_status fm_ical_set(fm_ical *doc, size_t index, fm_span params, fm_span value, fm_error *err)
{
    entry *old = &doc->entries[index];
    if (same(old->line.parts.params, params) && same(old->line.parts.value, value))
        return FM_OK;
    entry made;
    fm_status status = make_entry(&made, doc, old->line.parts.name, params, value, old->line.depth, err);
    if (status)
        return status;
    free(old->owned);
    *old = made;
    doc->edited = true;
    return FM_OK;
}

/* Opens a gap of `count` entries before `index`. */
static fm_status open_gap(fm_ical *doc, size_t index, size_t count, fm_error *err)
{
    fm_status status = reserve(doc, count, err);
    if (status)
        return status;
    memmove(doc->entries + index + count, doc->entries + index, (doc->count - index) * sizeof(entry));
    doc->count += count;
    doc->edited = true;
    return FM_OK;
}

/* How many components are open around what is inserted before `index`. */
static unsigned depth_before(const fm_ical *doc, size_t index)
{
    const fm_ical_line *line = &doc->entries[index].line;
    return line->kind == FM_ICAL_END ? line->depth + 1 : line->depth;
}

fm_status fm_ical_insert(fm_ical *doc, size_t index, const char *name, fm_span params, fm_span value, fm_error *err)
{
    entry made;
    fm_status status = make_entry(&made, doc, fm_span_of(name), params, value, depth_before(doc, index), err);
    if (status)
        return status;
    if ((status = open_gap(doc, index, 1, err))) {
        free(made.owned);
        return status;
    }
    doc->entries[index] = made;
    return FM_OK;
}

fm_status fm_ical_insert_text(fm_ical *doc, size_t index, const char *text, size_t len, fm_error *err)
{
    fm_ical *part;
    fm_status status = fm_ical_parse(&part, text, len, &doc->limits, err);
    if (status)
        return status;
    unsigned depth = depth_before(doc, index);
    size_t made = 0, count = fm_ical_count(part);
    entry *entries = calloc(count, sizeof *entries);
    if (!entries)
        status = fm_error_no_memory(err, domain);
    for (; !status && made < count; made++) {
        const fm_ical_line *line = fm_ical_at(part, made);
        status = make_entry(&entries[made], doc, line->parts.name, line->parts.params, line->parts.value,
                            depth + line->depth, err);
        if (status)
            break;
    }
    if (!status)
        status = open_gap(doc, index, count, err);
    if (!status)
        memcpy(doc->entries + index, entries, count * sizeof *entries);
    else
        for (size_t i = 0; i < made; i++)
            free(entries[i].owned);
    free(entries);
    fm_ical_free(part);
    return status;
}

void fm_ical_remove(fm_ical *doc, size_t index, size_t count)
{
    for (size_t i = index; i < index + count; i++)
        free(doc->entries[i].owned);
    memmove(doc->entries + index, doc->entries + index + count, (doc->count - index - count) * sizeof(entry));
    doc->count -= count;
    doc->edited = doc->edited || count > 0;
}

bool fm_ical_edited(const fm_ical *doc)
{
    return doc->edited;
}

fm_status fm_ical_write(const fm_ical *doc, fm_buf *out)
{
    for (size_t i = 0; i < doc->count; i++) {
        const entry *e = &doc->entries[i];
        fm_buf_add(out, e->raw, e->raw_len);
        /* The last line of a file may lack its end: it gets one when something follows. */
        bool ended = e->raw_len && e->raw[e->raw_len - 1] == '\n';
        if (!ended && i + 1 < doc->count)
            fm_buf_adds(out, doc->eol);
    }
    return out->status;
}

/* ------------------------------------------------------------------ without a document */

/* Whether a UID directly within a component of this name is the object's. */
static bool is_entry_component(fm_span name)
{
    return fm_span_is(name, "VEVENT") || fm_span_is(name, "VTODO") || fm_span_is(name, "VJOURNAL");
}

static fm_status take_uid(char **uid, const char *at, const char *stop)
{
    char *joined = malloc((size_t)(stop - at));
    fm_buf text;
    fm_buf_init(&text, (size_t)(stop - at) * 3);
    fm_ical_line line;
    if (joined) {
        classify(&line, joined, unfold(joined, at, stop));
        fm_span value = fm_span_trim(line.parts.value);
        fm_ical_unescape(&text, value.at, value.len);
        *uid = fm_buf_take(&text, NULL);
    }
    fm_buf_free(&text);
    free(joined);
    return *uid ? FM_OK : FM_ENOMEM;
}

fm_status fm_ical_uid(const char *text, size_t len, char **uid)
{
    *uid = NULL;
    const char *at = text, *end = text + len, *stop;
    unsigned depth = 0, within = 0, physical; /* `within`: the depth of the entry component, 0 outside of one */
    for (; at < end; at = stop) {
        stop = logical_end(at, end, &physical);
        char c = *at;
        if (c != 'B' && c != 'b' && c != 'E' && c != 'e' && c != 'U' && c != 'u')
            continue;
        fm_ical_line line;
        classify(&line, at, content_len(at, physical_end(at, stop))); /* a name this short is never folded */
        if (line.kind == FM_ICAL_BEGIN) {
            depth++;
            if (!within && is_entry_component(line.parts.value))
                within = depth;
        } else if (line.kind == FM_ICAL_END) {
            within = within == depth ? 0 : within;
            depth -= depth > 0;
        } else if (within && within == depth && fm_span_is(line.parts.name, "UID")) {
            return take_uid(uid, at, stop);
        }
    }
    return FM_OK;
}

fm_status fm_ical_crlf(fm_buf *out, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    while (at < end && !out->status) {
        const char *stop = physical_end(at, end);
        fm_buf_add(out, at, content_len(at, stop));
        if (stop[-1] == '\n')
            fm_buf_add(out, "\r\n", 2);
        at = stop;
    }
    return out->status;
}

fm_status fm_ical_lf(fm_buf *out, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    while (at < end && !out->status) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        stop = stop ? stop : end;
        fm_buf_add(out, at, (size_t)(stop - at));
        if (stop < end && (stop + 1 == end || stop[1] != '\n'))
            fm_buf_addc(out, '\n');
        at = stop < end ? stop + 1 : end;
    }
    return out->status;
}
