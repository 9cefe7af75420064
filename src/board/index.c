#include "board/index.h"
#include "board/index_scan.h"
#include "core/json/value.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

void fm_index_free(fm_index *ix)
{
    free(ix->entries);
    free(ix->slots);
    free(ix->members);
    *ix = (fm_index){0};
}

bool fm_entry_usable(const fm_entry *e)
{
    return !(e->flags & (FM_ENTRY_HIDDEN | FM_ENTRY_PROBLEM));
}

fm_json_span fm_index_text(const fm_index *ix, const fm_entry *e)
{
    return (fm_json_span){ix->text + e->at, e->len};
}

const fm_board_member *fm_index_member(const fm_index *ix, const char *name, size_t len)
{
    for (size_t i = ix->member_count; i-- > 0;)
        if (fm_json_string_is(&ix->members[i].name, name, len))
            return &ix->members[i];
    return NULL;
}

/* ------------------------------------------------------------------ keys */

/* Room for a decoded id and the suffix of a court date. */
typedef char key_bytes[FM_INDEX_ID_MAX + sizeof FM_COURT_DATE_SUFFIX];

/* The bytes of an entry's key: in the text where they stand there as they are, else in `scratch`. */
static const char *key_of(const fm_index *ix, const fm_entry *e, key_bytes scratch, size_t *len)
{
    fm_json_string id = {.at = ix->text + e->id_at, .len = e->id_len};
    id.escaped = memchr(id.at, '\\', id.len) != NULL;
    *len = id.len;
    if (!id.escaped && e->kind != FM_ENTRY_COURT_DATE)
        return id.at;
    *len = fm_json_unescape(scratch, &id);
    if (e->kind == FM_ENTRY_COURT_DATE) {
        memcpy(scratch + *len, FM_COURT_DATE_SUFFIX, sizeof FM_COURT_DATE_SUFFIX - 1);
        *len += sizeof FM_COURT_DATE_SUFFIX - 1;
    }
    return scratch;
}

fm_status fm_index_add_key(const fm_index *ix, const fm_entry *e, fm_buf *out)
{
    key_bytes scratch;
    size_t len;
    const char *key = key_of(ix, e, scratch, &len);
    return fm_buf_add(out, key, len);
}

static bool key_is(const fm_index *ix, const fm_entry *e, const char *key, size_t len)
{
    key_bytes scratch;
    size_t found_len;
    const char *found = key_of(ix, e, scratch, &found_len);
    return found_len == len && memcmp(found, key, len) == 0;
}

static bool same_key(const fm_index *ix, const fm_entry *a, const fm_entry *b)
{
    key_bytes scratch;
    size_t len;
    const char *key = key_of(ix, a, scratch, &len);
    return key_is(ix, b, key, len);
}

static size_t first_slot(const fm_index *ix, uint32_t hash)
{
    return (hash ^ hash >> 15) & (ix->slot_count - 1);
}

static size_t next_slot(const fm_index *ix, size_t at)
{
    return (at + 1) & (ix->slot_count - 1);
}

static fm_entry *find_hashed(const fm_index *ix, uint32_t hash, const char *key, size_t len)
{
    if (!ix->slot_count)
        return NULL;
    for (size_t at = first_slot(ix, hash); ix->slots[at]; at = next_slot(ix, at)) {
        fm_entry *e = &ix->entries[ix->slots[at] - 1];
        if (e->hash == hash && key_is(ix, e, key, len))
            return e;
    }
    return NULL;
}

fm_entry *fm_index_find(const fm_index *ix, const char *key, size_t len)
{
    return find_hashed(ix, fm_index_hash(FM_INDEX_HASH_START, key, len), key, len);
}

/* Whether the entry has a key that another could have, too. */
static bool has_key(const fm_entry *e)
{
    return !(e->flags & (FM_ENTRY_HIDDEN | FM_ENTRY_NAMELESS | FM_ENTRY_BAD_ID));
}

/* Puts an entry into the table, or finds that its key is taken: then both are ambiguous. */
static void place_entry(fm_index *ix, uint32_t number)
{
    fm_entry *e = &ix->entries[number];
    size_t at = first_slot(ix, e->hash);
    for (; ix->slots[at]; at = next_slot(ix, at)) {
        fm_entry *other = &ix->entries[ix->slots[at] - 1];
        if (other->hash != e->hash || !same_key(ix, e, other))
            continue;
        other->flags |= FM_ENTRY_AMBIGUOUS;
        e->flags |= FM_ENTRY_AMBIGUOUS;
        return;
    }
    ix->slots[at] = number + 1;
}

static fm_status fill_slots(fm_index *ix, fm_error *err)
{
    ix->slot_count = 4;
    while (ix->slot_count < ix->count * 3 / 2 + 1)
        ix->slot_count *= 2;
    ix->slots = calloc(ix->slot_count, sizeof *ix->slots);
    if (!ix->slots)
        return fm_error_no_memory(err, "board");
    for (size_t i = 0; i < ix->count; i++)
        if (has_key(&ix->entries[i]))
            place_entry(ix, (uint32_t)i);
    return FM_OK;
}

/* ------------------------------------------------------------------ epics */

/* The epic that an item names, NULL for none. */
static fm_entry *epic_of(const fm_index *ix, const fm_entry *item)
{
    fm_json_span written = {ix->text + item->epic.at, item->epic.len};
    fm_json_string id;
    if (!fm_json_string_of(&written, &id) || id.len > FM_INDEX_ID_MAX)
        return NULL;
    char decoded[FM_INDEX_ID_MAX];
    size_t len = id.escaped ? fm_json_unescape(decoded, &id) : id.len;
    fm_entry *epic = find_hashed(ix, item->epic.hash, id.escaped ? decoded : id.at, len);
    return epic && epic->kind == FM_ENTRY_EPIC ? epic : NULL;
}

static void count_items(fm_index *ix)
{
    for (size_t i = 0; i < ix->count; i++) {
        const fm_entry *item = &ix->entries[i];
        if (item->kind != FM_ENTRY_ITEM || !item->epic.len || item->flags & FM_ENTRY_HIDDEN)
            continue;
        fm_entry *epic = epic_of(ix, item);
        if (!epic)
            continue;
        epic->counts.total++;
        epic->counts.done += (item->flags & FM_ENTRY_DONE) != 0;
    }
    for (size_t i = 0; i < ix->count; i++)
        if (ix->entries[i].kind == FM_ENTRY_COURT_DATE)
            ix->entries[i].counts = ix->entries[ix->entries[i].owner].counts;
}

fm_status fm_entry_print(fm_print *print, const fm_entry *e, fm_hash *hash, fm_error *err)
{
    *print = (fm_print){{0}};
    if (e->kind != FM_ENTRY_EPIC && e->kind != FM_ENTRY_COURT_DATE)
        return FM_OK;
    uint32_t counts[] = {e->counts.total, e->counts.done};
    return fm_print_of(print, hash, FM_PRINT_COUNTS, counts, sizeof counts, err);
}

/* ------------------------------------------------------------------ building */

static fm_status finish(fm_index *ix, fm_status status, fm_error *err)
{
    if (!status)
        status = fill_slots(ix, err);
    if (!status)
        count_items(ix);
    if (status)
        fm_index_free(ix);
    return status;
}

fm_entry *fm_index_top(const fm_index *ix, const fm_entry *e)
{
    size_t top = (size_t)(e - ix->entries);
    while (ix->entries[top].owner != FM_ENTRY_NONE)
        top = ix->entries[top].owner;
    return &ix->entries[top];
}

fm_status fm_index_build(fm_index *ix, const char *text, size_t len, fm_hash *hash, fm_error *err)
{
    *ix = (fm_index){.text = text, .len = len};
    return finish(ix, fm_index_scan_board(ix, hash, err), err);
}

fm_status fm_index_build_entry(fm_index *ix, const char *text, size_t len, bool epic, fm_hash *hash, fm_error *err)
{
    *ix = (fm_index){.text = text, .len = len};
    return finish(ix, fm_index_scan_entry(ix, epic, hash, err), err);
}
