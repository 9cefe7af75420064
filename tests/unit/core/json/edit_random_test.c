#include "core/json/edit.h"
#include "core/json/value.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

/*
 * Random edits of random documents against a model: a tree that keeps each scalar as it is spelled and
 * knows nothing of white space. After each edit the document, laid out without white space, must be the
 * model's text; and what is in front of and behind the place must be the same bytes as before.
 */

#define DOCUMENTS 3000
#define EDITS     10
#define BOM       "\xEF\xBB\xBF"

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

/* ------------------------------------------------------------------ model */

typedef struct node {
    char kind;     /* '{', '[', or 's' for a scalar */
    char text[40]; /* of a scalar */
    size_t count;
    struct part {
        const char *name; /* as written, with quotes */
        struct node *value;
    } parts[24];
} node;

/* Nodes live as long as one document. */
static node arena[8192];
static size_t used;

static node *new_node(char kind)
{
    assert_true(used < sizeof arena / sizeof arena[0]);
    node *n = &arena[used++];
    n->kind = kind;
    n->text[0] = '\0';
    n->count = 0;
    return n;
}

static const char *const names[] = {"\"a\"",       "\"b\"",      "\"\\u0061\"", "\"\xC3\xA9\"",
                                    "\"\\u00e9\"", "\"x\\\"y\"", "\"\""};
/* The same names decoded; names[i] means meanings[i]. */
static const char *const meanings[] = {"a", "b", "a", "\xC3\xA9", "\xC3\xA9", "x\"y", ""};
#define NAMES (sizeof names / sizeof names[0])

static const char *meaning_of(const char *name)
{
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(names[i], name) == 0)
            return meanings[i];
    fail();
    return NULL;
}

/* How a name comes out when it is written anew. */
static const char *written(const char *meaning)
{
    static const char *const spelled[] = {"\"a\"", "\"b\"", "\"\xC3\xA9\"", "\"x\\\"y\"", "\"\""};
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++)
        if (strcmp(meaning_of(spelled[i]), meaning) == 0)
            return spelled[i];
    fail();
    return NULL;
}

static node *random_node(int depth)
{
    static const char *const scalars[] = {
        "null", "true",         "0",           "12345678901234567890", "1.10",         "1.1",      "-0", "1e2", "100",
        "\"\"", "\"a\\u0000\"", "\"\\u00e9\"", "\"\xC3\xA9\"",         "\"\\\\ \\/\"", "\"a,]}\"",
    };
    unsigned kind = pick(depth > 2 ? 3 : 6);
    if (kind < 3) {
        node *n = new_node('s');
        const char *text = scalars[pick(sizeof scalars / sizeof scalars[0])];
        memcpy(n->text, text, strlen(text) + 1);
        return n;
    }
    node *n = new_node(kind == 3 ? '[' : '{');
    n->count = pick(5);
    for (size_t i = 0; i < n->count; i++) {
        n->parts[i].name = names[pick(NAMES)];
        n->parts[i].value = random_node(depth + 1);
    }
    return n;
}

static void render(fm_buf *out, const node *n)
{
    if (n->kind == 's') {
        fm_buf_adds(out, n->text);
        return;
    }
    fm_buf_addc(out, n->kind);
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            fm_buf_addc(out, ',');
        if (n->kind == '{')
            fm_buf_addf(out, "%s:", n->parts[i].name);
        render(out, n->parts[i].value);
    }
    fm_buf_addc(out, n->kind == '{' ? '}' : ']');
}

static bool nodes_equal(const node *a, const node *b)
{
    fm_buf left, right;
    fm_buf_init(&left, 1 << 20);
    fm_buf_init(&right, 1 << 20);
    render(&left, a);
    render(&right, b);
    fm_json_span one = {left.data, left.len}, other = {right.data, right.len};
    bool equal = fm_json_equal(&one, &other);
    fm_buf_free(&left);
    fm_buf_free(&right);
    return equal;
}

static node **find_part(node *n, const fm_json_step *step)
{
    if (n->kind == '[')
        return !step->name && step->index < n->count ? &n->parts[step->index].value : NULL;
    for (size_t i = n->kind == '{' && step->name ? n->count : 0; i-- > 0;)
        if (strcmp(meaning_of(n->parts[i].name), step->name) == 0)
            return &n->parts[i].value;
    return NULL;
}

static void remove_part(node *n, size_t at)
{
    memmove(&n->parts[at], &n->parts[at + 1], (n->count - at - 1) * sizeof n->parts[0]);
    n->count--;
}

static void remove_named(node *n, const char *meaning)
{
    for (size_t i = n->count; i-- > 0;)
        if (strcmp(meaning_of(n->parts[i].name), meaning) == 0)
            remove_part(n, i);
}

/* What the missing steps make around a value; NULL where they cannot. */
static node *wrap(const fm_json_step *path, size_t steps, node *value)
{
    if (!steps)
        return value;
    node *inner = wrap(path + 1, steps - 1, value);
    if (!inner || (!path->name && path->index))
        return NULL;
    node *n = new_node(path->name ? '{' : '[');
    n->count = 1;
    n->parts[0].name = path->name ? written(path->name) : NULL;
    n->parts[0].value = inner;
    return n;
}

static bool model_set(node **at, const fm_json_step *path, size_t steps, node *value);

static bool model_replace(node **at, node *value)
{
    node *old = *at;
    if (nodes_equal(old, value))
        return true;
    if (old->kind != '{' || value->kind != '{') {
        *at = value;
        return true;
    }
    for (size_t i = 0; i < value->count; i++) {
        const char *meaning = meaning_of(value->parts[i].name);
        fm_json_step step = {meaning, strlen(meaning), 0};
        model_set(at, &step, 1, value->parts[i].value);
    }
    for (size_t i = old->count; i-- > 0;) {
        const char *meaning = meaning_of(old->parts[i].name);
        fm_json_step step = {meaning, strlen(meaning), 0};
        if (!find_part(value, &step))
            remove_part(old, i);
    }
    return true;
}

static bool model_set(node **at, const fm_json_step *path, size_t steps, node *value)
{
    for (; steps; path++, steps--) {
        node **next = find_part(*at, path);
        if (next) {
            at = next;
            continue;
        }
        node *n = *at;
        bool is_null = n->kind == 's' && strcmp(n->text, "null") == 0;
        bool fits = n->kind == (path->name ? '{' : '[') && (path->name || path->index == n->count);
        node *made = is_null || fits ? wrap(is_null ? path : path + 1, is_null ? steps : steps - 1, value) : NULL;
        if (!made)
            return false;
        if (is_null) {
            *at = made;
            return true;
        }
        n->parts[n->count].name = path->name ? written(path->name) : NULL;
        n->parts[n->count++].value = made;
        return true;
    }
    return model_replace(at, value);
}

static bool model_remove(node *root, const fm_json_step *path, size_t steps)
{
    for (; steps > 1; path++, steps--) {
        node **next = find_part(root, path);
        if (!next)
            return true;
        root = *next;
    }
    if (!find_part(root, path))
        return true;
    if (path->name)
        remove_named(root, path->name);
    else
        remove_part(root, path->index);
    return true;
}

static bool model_append(node **at, const fm_json_step *path, size_t steps, node *value)
{
    node **found = at;
    for (size_t i = 0; found && i < steps; i++)
        found = find_part(*found, &path[i]);
    if (found && (*found)->kind == '[') {
        (*found)->parts[(*found)->count++].value = value;
        return true;
    }
    if (found && ((*found)->kind != 's' || strcmp((*found)->text, "null") != 0))
        return false;
    node *list = new_node('[');
    list->count = 1;
    list->parts[0].value = value;
    return model_set(at, path, steps, list);
}

/* ------------------------------------------------------------------ documents */

typedef struct spacing {
    const char *line_end; /* NULL: all on one line */
    const char *unit, *colon, *gap, *pad;
} spacing;

static const spacing spacings[] = {
    {NULL, "", ":", "", ""},    {NULL, "", ": ", " ", ""},      {NULL, "", " : ", " ", " "}, {"\n", "  ", ": ", "", ""},
    {"\n", "\t", ": ", "", ""}, {"\r\n", "    ", ": ", "", ""}, {"\r\n", "", ":", "", ""},
};

static void add_line(fm_buf *out, const spacing *s, int depth)
{
    fm_buf_adds(out, s->line_end);
    for (int i = 0; i < depth; i++)
        fm_buf_adds(out, s->unit);
}

/* Writes the model with white space; now and then a container has another layout than what is around it. */
static void write_document(fm_buf *out, const node *n, const spacing *s, int depth)
{
    static const spacing one_line = {NULL, "", ": ", " ", " "};
    if (n->kind == 's') {
        fm_buf_adds(out, n->text);
        return;
    }
    if (s->line_end && pick(4) == 0)
        s = &one_line;
    fm_buf_addc(out, n->kind);
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            fm_buf_adds(out, ",");
        if (s->line_end)
            add_line(out, s, depth + 1);
        else
            fm_buf_adds(out, i ? s->gap : s->pad);
        if (n->kind == '{')
            fm_buf_addf(out, "%s%s", n->parts[i].name, s->colon);
        write_document(out, n->parts[i].value, s, depth + 1);
    }
    if (s->line_end && n->count)
        add_line(out, s, depth);
    else
        fm_buf_adds(out, s->pad);
    fm_buf_addc(out, n->kind == '{' ? '}' : ']');
}

static void minify(fm_buf *out, const fm_buf *doc)
{
    static const fm_json_style none = {.colon = {":", 1}, .gap = {"", 0}, .pad = {"", 0}};
    fm_json_span value;
    assert_true(fm_json_find(&value, doc->data, doc->len, NULL, 0));
    fm_json_layout(out, &value, &none);
}

/* ------------------------------------------------------------------ checks */

static size_t common_start(const fm_buf *a, const fm_buf *b)
{
    size_t n = 0;
    while (n < a->len && n < b->len && a->data[n] == b->data[n])
        n++;
    return n;
}

static size_t common_end(const fm_buf *a, const fm_buf *b, size_t start)
{
    size_t n = 0;
    while (n < a->len - start && n < b->len - start && a->data[a->len - 1 - n] == b->data[b->len - 1 - n])
        n++;
    return n;
}

static bool has_bare_newline(const fm_buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] == '\n' && (i == 0 || text->data[i - 1] != '\r'))
            return true;
    return false;
}

/* An edit in one place leaves all bytes in front of it and behind it. `old_len`: what it may have taken out. */
static void check_bytes(const fm_buf *before, const fm_buf *after, size_t old_len)
{
    size_t start = common_start(before, after), end = common_end(before, after, start);
    if (before->len - start - end > old_len)
        fail_msg("more than one place changed\n%s\n%s", before->data, after->data);
}

static void check_layout(const fm_buf *before, const fm_buf *after)
{
    if (!memchr(before->data, '\n', before->len))
        assert_null(memchr(after->data, '\n', after->len));
    if (memchr(before->data, '\n', before->len) && !has_bare_newline(before))
        assert_false(has_bare_newline(after));
    assert_int_equal(memcmp(before->data, BOM, 3) == 0, memcmp(after->data, BOM, 3) == 0);
    char last = before->data[before->len - 1], now = after->data[after->len - 1];
    if (last == '\n' || last == ' ')
        assert_int_equal(last, now);
    else
        assert_true(now != '\n' && now != ' ');
}

static void check_model(const fm_buf *doc, const node *root)
{
    fm_buf have, want;
    fm_buf_init(&have, 1 << 20);
    fm_buf_init(&want, 1 << 20);
    assert_int_equal(fm_json_check(doc->data, doc->len, 0, NULL), FM_OK);
    minify(&have, doc);
    render(&want, root);
    if (strcmp(have.data, want.data) != 0)
        fail_msg("seed %llu: the document is\n%s\nnot\n%s", (unsigned long long)seed, have.data, want.data);
    fm_buf_free(&have);
    fm_buf_free(&want);
}

static size_t random_path(fm_json_step path[4], const node *root)
{
    size_t steps = 0;
    while (steps < 4 && (steps == 0 || pick(3))) {
        fm_json_step *step = &path[steps++];
        bool list = root && root->kind == '[';
        if (pick(20) == 0)
            list = !list;
        const char *meaning = meanings[pick(NAMES)];
        *step = list ? (fm_json_step){.index = pick(5)} : (fm_json_step){meaning, strlen(meaning), 0};
        node **next = root ? find_part((node *)root, step) : NULL;
        root = next ? *next : NULL;
    }
    return steps;
}

static void edit_once(fm_buf *doc, node **root)
{
    fm_json_step path[4];
    size_t steps = random_path(path, *root);
    unsigned operation = pick(4);
    node *value = random_node(2);
    fm_buf text, before;
    fm_buf_init(&text, 1 << 20);
    fm_buf_init(&before, 1 << 20);
    render(&text, value);
    fm_buf_add(&before, doc->data, doc->len);
    fm_json_span span = {text.data, text.len}, old = {0};
    bool there = fm_json_find(&old, doc->data, doc->len, path, steps);
    bool merges = there && *old.at == '{' && value->kind == '{';
    bool extends = operation == 3 && there && *old.at == '[';
    size_t old_len = extends ? 0 : there ? old.len : sizeof "null" - 1;
    bool expected;
    fm_status status;
    if (operation < 2) {
        expected = model_set(root, path, steps, value);
        status = fm_json_set(doc, path, steps, &span, NULL);
    } else if (operation == 2) {
        expected = model_remove(*root, path, steps);
        status = fm_json_remove(doc, path, steps, NULL);
    } else {
        expected = model_append(root, path, steps, value);
        status = fm_json_append(doc, path, steps, &span, 1, NULL);
    }
    assert_int_equal(status, expected ? FM_OK : FM_EINVAL);
    check_model(doc, *root);
    check_layout(&before, doc);
    if (operation != 2 && !merges)
        check_bytes(&before, doc, old_len);
    fm_buf_free(&text);
    fm_buf_free(&before);
}

static void random_document(fm_buf *doc, node **root)
{
    const spacing *s = &spacings[pick(sizeof spacings / sizeof spacings[0])];
    used = 0;
    *root = random_node(pick(10) ? 0 : 2);
    if (pick(4) == 0)
        fm_buf_adds(doc, BOM);
    write_document(doc, *root, s, 0);
    if (pick(2))
        fm_buf_adds(doc, s->line_end ? s->line_end : " ");
}

static void test_random_edits(void **state)
{
    (void)state;
    seed = UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < DOCUMENTS; i++) {
        fm_buf doc;
        node *root;
        fm_buf_init(&doc, 1 << 20);
        random_document(&doc, &root);
        check_model(&doc, root);
        for (int n = 0; n < EDITS; n++)
            edit_once(&doc, &root);
        fm_buf_free(&doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_edits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
