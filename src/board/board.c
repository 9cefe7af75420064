#include "board/unit.h"
#include "core/json/value.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ opening */

static fm_status make_board(fm_board **out, const fm_env *env, const char *name, fm_error *err)
{
    fm_board *b = calloc(1, sizeof *b);
    *out = NULL;
    if (!b)
        return fm_error_no_memory(err, "board");
    b->env = env;
    fm_buf_init(&b->text, FM_BOARD_MAX_BYTES);
    fm_buf_init(&b->origin, FM_BOARD_MAX_BYTES);
    b->name = strdup(name);
    fm_status status = b->name ? FM_OK : fm_error_no_memory(err, "board");
    if (!status)
        status = fm_hash_new(&b->hash, FM_SHA256, err);
    if (status)
        fm_board_close(b);
    else
        *out = b;
    return status;
}

void fm_board_close(fm_board *b)
{
    if (!b)
        return;
    fm_board_drop_edits(b);
    fm_edit_log_clear(&b->log);
    fm_index_free(&b->index);
    fm_buf_free(&b->text);
    fm_buf_free(&b->origin);
    fm_hash_free(b->hash);
    free(b->path);
    free(b->name);
    free(b);
}

static fm_status index_text(fm_board *b, fm_error *err)
{
    fm_status status = fm_index_build(&b->index, b->text.data, b->text.len, b->hash, err);
    return status ? fm_board_blame(b, 0, status, err) : FM_OK;
}

fm_status fm_board_open(fm_board **out, const fm_env *env, const char *path, fm_error *err)
{
    fm_board *b;
    fm_status status = make_board(&b, env, path, err);
    *out = NULL;
    if (status)
        return status;
    status = fm_file_resolve(&b->path, path, err);
    if (!status)
        status = fm_file_read(&b->text, &b->facts, b->path, err);
    if (!status)
        status = index_text(b, err);
    if (status)
        fm_board_close(b);
    else
        *out = b;
    return status;
}

fm_status fm_board_parse(fm_board **out, const fm_env *env, const char *text, size_t len, const char *name,
                         fm_error *err)
{
    fm_board *b;
    fm_status status = make_board(&b, env, name, err);
    *out = NULL;
    if (status)
        return status;
    status = fm_buf_add(&b->text, text, len);
    if (status)
        fm_error_set(err, status, "board", "%s is too large", name);
    else
        status = index_text(b, err);
    if (status)
        fm_board_close(b);
    else
        *out = b;
    return status;
}

const char *fm_board_path(const fm_board *b)
{
    return b->path;
}

const char *fm_board_name(const fm_board *b)
{
    return b->name;
}

int64_t fm_board_mtime_s(const fm_board *b)
{
    return b->facts.mtime_ns / 1000000000;
}

/* ------------------------------------------------------------------ reading */

fm_json_span fm_board_origin(const fm_board *b)
{
    const fm_buf *text = b->has_origin ? &b->origin : &b->text;
    return (fm_json_span){text->data, text->len};
}

fm_status fm_board_text(fm_json_span *text, fm_board *b, fm_error *err)
{
    fm_status status = fm_board_join_edits(b, err);
    *text = (fm_json_span){b->text.data, b->text.len};
    return status;
}

fm_status fm_board_index(const fm_index **out, fm_board *b, fm_error *err)
{
    fm_status status = fm_board_join_edits(b, err);
    *out = &b->index;
    return status;
}

fm_status fm_board_member_value(fm_json_span *value, fm_board *b, const char *name, size_t len, fm_error *err)
{
    bool is_list = (len == 5 && (memcmp(name, "items", 5) == 0 || memcmp(name, "epics", 5) == 0));
    if (b->whole.count || is_list) {
        fm_status status = fm_board_join_edits(b, err);
        if (status)
            return status;
    }
    const fm_board_member *member = fm_index_member(&b->index, name, len);
    if (!member)
        return fm_error_set(err, FM_ENOTFOUND, "board", "%s has no member %.*s", b->name, (int)len, name);
    const fm_unit *unit = fm_board_member_unit(b, member);
    *value = unit ? (fm_json_span){unit->text.data, unit->text.len} : member->value;
    return FM_OK;
}

static const fm_entry *find_usable(const fm_index *ix, const char *key, size_t len)
{
    const fm_entry *e = fm_index_find(ix, key, len);
    return e && fm_entry_usable(e) ? e : NULL;
}

static fm_status not_found(const fm_board *b, const char *key, size_t len, fm_error *err)
{
    return fm_error_set(err, FM_ENOTFOUND, "board", "%s has no usable entry %.*s", b->name,
                        (int)(len < 200 ? len : 200), key);
}

/*
 * Whether edits may have made an entry with this key that the index does not know yet. Appended text
 * is searched for the id: that costs less than putting everything together, and errs on that side.
 */
static bool may_be_new(const fm_board *b, const char *key, size_t len)
{
    static const char suffix[] = FM_COURT_DATE_SUFFIX;
    size_t suffix_len = sizeof suffix - 1;
    if (len > suffix_len && memcmp(key + len - suffix_len, suffix, suffix_len) == 0)
        len -= suffix_len;
    for (size_t i = 0; i < b->whole.count; i++) {
        const fm_json_span *value = &b->whole.edits[i]->value;
        if (memmem(value->at, value->len, key, len) || memchr(value->at, '\\', value->len))
            return true;
    }
    return b->structure_edited;
}

fm_status fm_board_find(fm_board_place *place, fm_board *b, const char *key, size_t len, fm_error *err)
{
    const fm_entry *known = find_usable(&b->index, key, len);
    if (!known && may_be_new(b, key, len)) {
        fm_status status = fm_board_join_edits(b, err);
        if (status)
            return status;
        known = find_usable(&b->index, key, len);
    }
    if (!known)
        return not_found(b, key, len, err);
    *place = (fm_board_place){.index = &b->index, .entry = known, .known = known, .line = known->line};
    const fm_entry *top = fm_index_top(&b->index, known);
    fm_unit *unit = fm_board_unit(b, top);
    if (!unit)
        return FM_OK;
    fm_status status = fm_unit_index(unit, b, err);
    if (status)
        return status;
    place->index = &unit->index;
    place->entry = find_usable(&unit->index, key, len);
    if (!place->entry)
        return not_found(b, key, len, err);
    place->line = top->line + place->entry->line - 1;
    return FM_OK;
}

const fm_entry *fm_board_parent(const fm_board_place *place)
{
    return place->entry->kind == FM_ENTRY_SUBITEM ? &place->index->entries[place->entry->owner] : NULL;
}

fm_status fm_board_gather(fm_board *b, fm_error *err)
{
    enum { MANY = 16 };
    return b->unit_count > MANY ? fm_board_join_edits(b, err) : FM_OK;
}

fm_status fm_board_fingerprint(unsigned char *out, fm_board *b, const fm_board_place *place, const void *context,
                               size_t context_len, fm_error *err)
{
    fm_print sum = place->entry->content, part;
    fm_status status = fm_entry_print(&part, place->known, b->hash, err);
    fm_print_mix(&sum, &part);
    if (!status)
        status = fm_print_of(&part, b->hash, FM_PRINT_CONTEXT, context, context_len, err);
    fm_print_mix(&sum, &part);
    memcpy(out, sum.bytes, FM_PRINT_BYTES);
    memcpy(out + FM_PRINT_BYTES, place->entry->sync.bytes, FM_PRINT_BYTES);
    return status;
}

fm_status fm_board_add_problem(fm_buf *out, const fm_board *b, const fm_index *ix, const fm_entry *e)
{
    fm_buf_addf(out, "%s, line %u: ", b->name, e->line);
    if (e->flags & FM_ENTRY_NAMELESS)
        return fm_buf_adds(out, "the entry has a date but no id; give it one");
    if (e->flags & FM_ENTRY_BAD_ID)
        return fm_buf_adds(out, "the id of the entry is no usable string; give it another one");
    if (e->flags & FM_ENTRY_BAD_SUBITEMS)
        return fm_buf_adds(out, "the subitems of the entry must be a list of objects");
    fm_buf_adds(out, "more than one entry has the id ");
    fm_index_add_key(ix, e, out);
    return fm_buf_adds(out, "; give each its own");
}
