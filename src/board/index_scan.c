#include "board/index_scan.h"
#include "core/json/value.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A piece of an entry's text that its print leaves out. */
typedef struct cut {
    const char *from, *to;
} cut;

typedef struct scan {
    fm_index *ix;
    fm_json_scan json;
    fm_hash *hash;
    size_t entry_room, member_room;
    cut *cuts; /* of the top-level entry under way, in order */
    size_t cut_count, cut_room;
} scan;

/* What the members of an entry say; of duplicates the last. */
typedef struct facts {
    fm_json_span id, title, epic_id, sync, court_sync; /* len 0: absent */
    bool dated, done, says_epic, court_dated, bad_subitems;
    size_t children; /* number of the first entry that may be a subitem */
} facts;

/* Makes room for one more element of an array that holds `count`. False: memory ran out, and the walk ends. */
static bool grow(scan *sc, void **array, size_t count, size_t *room, size_t size)
{
    return fm_grow(array, room, count + 1, size) ? fm_json_refuse(&sc->json, FM_ENOMEM, "memory ran out") : true;
}

static uint32_t offset(const scan *sc, const char *at)
{
    return (uint32_t)(at - sc->ix->text);
}

/* FNV-1a, 32 bits. */
uint32_t fm_index_hash(uint32_t before, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        before = (before ^ (unsigned char)bytes[i]) * UINT32_C(16777619);
    return before;
}

/* ------------------------------------------------------------------ what is left out of prints */

/* Walks along the members of an object and cuts some out, as removing them would. */
typedef struct cutter {
    bool kept;        /* a member before this one was kept */
    const char *lead; /* start of the first members, all cut so far */
    const char *end;  /* end of the member before */
} cutter;

static void add_cut(scan *sc, const char *from, const char *to)
{
    if (grow(sc, (void **)&sc->cuts, sc->cut_count, &sc->cut_room, sizeof *sc->cuts))
        sc->cuts[sc->cut_count++] = (cut){from, to};
}

static void keep_member(scan *sc, cutter *c, const fm_json_string *name)
{
    if (c->lead)
        add_cut(sc, c->lead, name->at - 1);
    c->lead = NULL;
    c->kept = true;
}

static void cut_member(scan *sc, cutter *c, const fm_json_string *name)
{
    if (c->kept)
        add_cut(sc, c->end, sc->json.at);
    else if (!c->lead)
        c->lead = name->at - 1;
}

/* At the closing bracket, which was stepped over. */
static void end_cutter(scan *sc, const cutter *c)
{
    if (c->lead)
        add_cut(sc, c->lead, sc->json.at - 1);
}

/* The print of a text without the cuts from number `first` on. */
static void print_content(scan *sc, fm_print *print, const char *at, const char *end, size_t first)
{
    fm_print_begin(sc->hash, FM_PRINT_CONTENT);
    for (size_t i = first; i < sc->cut_count; i++) {
        fm_hash_add(sc->hash, at, (size_t)(sc->cuts[i].from - at));
        at = sc->cuts[i].to;
    }
    fm_hash_add(sc->hash, at, (size_t)(end - at));
    if (fm_print_end(print, sc->hash, NULL))
        fm_json_refuse(&sc->json, FM_ECRYPTO, "hashing failed");
}

static void print_sync(scan *sc, fm_print *print, const fm_json_span *sync)
{
    if (sync->len && fm_print_of(print, sc->hash, FM_PRINT_SYNC, sync->at, sync->len, NULL))
        fm_json_refuse(&sc->json, FM_ECRYPTO, "hashing failed");
}

/* ------------------------------------------------------------------ members */

typedef enum member { OTHER, ID, TYPE, TITLE, STATUS, EPIC_ID, DUE_DATE, METADATA, SUBITEMS, CALENDAR_SYNC } member;

static member member_named(const fm_json_string *name)
{
    static const struct {
        const char *name;
        size_t len;
    } names[] = {
        [ID] = {"id", 2},
        [TYPE] = {"type", 4},
        [TITLE] = {"title", 5},
        [STATUS] = {"status", 6},
        [EPIC_ID] = {"epicId", 6},
        [DUE_DATE] = {"dueDate", 7},
        [METADATA] = {"metadata", 8},
        [SUBITEMS] = {"subitems", 8},
        [CALENDAR_SYNC] = {"calendarSync", 12},
    };
    for (size_t i = ID; i < sizeof names / sizeof names[0]; i++)
        if ((name->escaped || name->len == names[i].len) && fm_json_string_is(name, names[i].name, names[i].len))
            return (member)i;
    return OTHER;
}

static bool is_null(const fm_json_span *value)
{
    return value->len == 0 || value->at[0] == 'n';
}

/* What stands for nothing where an object or a list is wanted: null, and both of them empty. */
static bool is_nothing(const fm_json_span *value)
{
    if (is_null(value))
        return true;
    size_t at = 1;
    while (at < value->len && strchr(" \t\r\n", value->at[at]))
        at++;
    return (value->at[0] == '[' && value->at[at] == ']') || (value->at[0] == '{' && value->at[at] == '}');
}

static bool string_is(const fm_json_span *value, const char *text)
{
    fm_json_string string;
    return fm_json_string_of(value, &string) && fm_json_string_is(&string, text, strlen(text));
}

/* The statuses that count as done among an epic's items. */
static bool is_done(const fm_json_span *status)
{
    static const char *const done[] = {"done", "completed", "closed", "archived"};
    for (size_t i = 0; i < sizeof done / sizeof done[0]; i++)
        if (string_is(status, done[i]))
            return true;
    return false;
}

static void scan_entry(scan *sc, fm_entry_kind kind, uint32_t owner);

static void scan_metadata(scan *sc, facts *f)
{
    fm_json_string name;
    fm_json_span value;
    cutter c = {0};
    f->court_dated = false;
    f->court_sync = (fm_json_span){0};
    if (fm_json_peek(&sc->json) != FM_JSON_OBJECT) {
        fm_json_skip(&sc->json, &value);
        f->court_dated = !is_nothing(&value); /* cannot be read, which is not absent */
        return;
    }
    fm_json_open(&sc->json);
    for (bool first = true; fm_json_member(&sc->json, first, &name); first = false) {
        if (fm_json_string_is(&name, "courtDateSync", 13)) {
            fm_json_skip(&sc->json, &f->court_sync);
            cut_member(sc, &c, &name);
        } else {
            keep_member(sc, &c, &name);
            fm_json_skip(&sc->json, &value);
            if (fm_json_string_is(&name, "courtDate", 9))
                f->court_dated = !is_null(&value);
        }
        c.end = sc->json.at;
    }
    end_cutter(sc, &c);
}

static void hide_from(scan *sc, size_t first)
{
    for (size_t i = first; i < sc->ix->count; i++)
        sc->ix->entries[i].flags |= FM_ENTRY_HIDDEN;
}

/* Refuses the next value, if it is one: text that breaks off is malformed before it is anything else. */
static void refuse_value(scan *sc, const char *problem)
{
    fm_json_scan start = sc->json;
    if (!fm_json_skip(&sc->json, NULL))
        return;
    sc->json = start;
    fm_json_refuse(&sc->json, FM_EINVAL, problem);
}

/* Steps over what stands in the place of an entry. Among the board's own it may stand for any of them. */
static void scan_no_object(scan *sc, uint32_t owner)
{
    if (owner == FM_ENTRY_NONE)
        refuse_value(sc, "items and epics of a board hold objects");
    else
        fm_json_skip(&sc->json, NULL);
}

/* Steps over an array; its objects are entries. False: it is no list of objects, and not nothing. */
static bool scan_entries(scan *sc, fm_entry_kind kind, uint32_t owner)
{
    bool all_objects = true;
    fm_json_span value;
    if (fm_json_peek(&sc->json) != FM_JSON_ARRAY) {
        fm_json_skip(&sc->json, &value);
        return is_nothing(&value);
    }
    fm_json_open(&sc->json);
    for (bool first = true; fm_json_element(&sc->json, first); first = false) {
        if (fm_json_peek(&sc->json) == FM_JSON_OBJECT) {
            scan_entry(sc, kind, owner);
        } else {
            scan_no_object(sc, owner);
            all_objects = false;
        }
    }
    return all_objects;
}

static void scan_member(scan *sc, facts *f, member which, uint32_t self)
{
    fm_json_span value;
    switch (which) {
    case METADATA:
        scan_metadata(sc, f);
        return;
    case SUBITEMS:
        hide_from(sc, f->children);
        f->children = sc->ix->count;
        f->bad_subitems = !scan_entries(sc, FM_ENTRY_SUBITEM, self);
        return;
    default:
        break;
    }
    if (!fm_json_skip(&sc->json, &value))
        return;
    switch (which) {
    case ID:
        f->id = value;
        break;
    case TYPE:
        f->says_epic = string_is(&value, "epic");
        break;
    case TITLE:
        f->title = value;
        break;
    case STATUS:
        f->done = is_done(&value);
        break;
    case EPIC_ID:
        f->epic_id = value;
        break;
    case DUE_DATE:
        f->dated = !is_null(&value);
        break;
    case CALENDAR_SYNC:
        f->sync = value;
        break;
    default:
        break;
    }
}

/* Walks over the members of an entry. */
static void scan_members(scan *sc, facts *f, uint32_t self)
{
    fm_json_string name;
    cutter c = {0};
    fm_json_open(&sc->json);
    for (bool first = true; fm_json_member(&sc->json, first, &name); first = false) {
        member which = member_named(&name);
        if (which != CALENDAR_SYNC)
            keep_member(sc, &c, &name);
        scan_member(sc, f, which, self);
        if (which == CALENDAR_SYNC)
            cut_member(sc, &c, &name);
        c.end = sc->json.at;
    }
    end_cutter(sc, &c);
}

/* ------------------------------------------------------------------ entries */

/* Adds an entry; the number it got, FM_ENTRY_NONE where memory ran out. */
static uint32_t add_entry(scan *sc, const fm_entry *e)
{
    if (!grow(sc, (void **)&sc->ix->entries, sc->ix->count, &sc->entry_room, sizeof *e))
        return FM_ENTRY_NONE;
    sc->ix->entries[sc->ix->count] = *e;
    return (uint32_t)sc->ix->count++;
}

/*
 * Hashes an id. False where it cannot be one: too long, or with control characters, since ids become
 * keys, which are handed to programs that end strings at a zero byte.
 */
static bool hash_id(uint32_t *hash, const fm_json_string *id)
{
    char decoded[FM_INDEX_ID_MAX];
    if (id->len > FM_INDEX_ID_MAX)
        return false;
    *hash = fm_index_hash(FM_INDEX_HASH_START, id->at, id->len);
    if (!id->escaped)
        return true;
    size_t len = fm_json_unescape(decoded, id);
    *hash = fm_index_hash(FM_INDEX_HASH_START, decoded, len);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)decoded[i] < 0x20)
            return false;
    return true;
}

static void take_id(const scan *sc, fm_entry *e, const facts *f)
{
    fm_json_string id;
    bool dated = f->dated || (f->court_dated && e->kind == FM_ENTRY_EPIC);
    bool is_string = fm_json_string_of(&f->id, &id);
    if (is_null(&f->id) || (is_string && id.len == 0)) {
        e->flags |= dated ? FM_ENTRY_NAMELESS : FM_ENTRY_HIDDEN;
    } else if (!is_string || !hash_id(&e->hash, &id)) {
        e->flags |= dated ? FM_ENTRY_BAD_ID : FM_ENTRY_HIDDEN;
    } else {
        e->id_at = offset(sc, id.at);
        e->id_len = (uint16_t)id.len;
    }
}

static void take_subitems(fm_entry *e, const facts *f)
{
    if (f->bad_subitems)
        e->flags = (uint8_t)((e->flags & ~FM_ENTRY_HIDDEN) | FM_ENTRY_BAD_SUBITEMS);
}

static void take_epic_id(const scan *sc, fm_entry *item, const facts *f)
{
    fm_json_string id;
    if (!fm_json_string_of(&f->epic_id, &id) || !hash_id(&item->epic.hash, &id))
        return;
    item->epic.at = offset(sc, f->epic_id.at);
    item->epic.len = (uint32_t)f->epic_id.len;
}

/* A subitem's event shows its parent's title. */
static void mix_title(scan *sc, const facts *f, uint32_t self)
{
    fm_print title;
    if (f->children == sc->ix->count || !f->title.len)
        return;
    if (fm_print_of(&title, sc->hash, FM_PRINT_PARENT, f->title.at, f->title.len, NULL))
        fm_json_refuse(&sc->json, FM_ECRYPTO, "hashing failed");
    for (size_t i = f->children; i < sc->ix->count; i++)
        if (sc->ix->entries[i].owner == self)
            fm_print_mix(&sc->ix->entries[i].content, &title);
}

static void add_court_date(scan *sc, const facts *f, uint32_t epic)
{
    if (!f->court_dated && is_null(&f->court_sync))
        return;
    fm_entry e = sc->ix->entries[epic];
    e.kind = FM_ENTRY_COURT_DATE;
    e.owner = epic;
    e.flags = f->court_dated ? FM_ENTRY_DATED : 0;
    if (!e.id_len)
        e.flags |= FM_ENTRY_HIDDEN; /* the epic has the problem */
    e.hash = fm_index_hash(e.hash, FM_COURT_DATE_SUFFIX, sizeof FM_COURT_DATE_SUFFIX - 1);
    e.sync = (fm_print){{0}};
    print_sync(sc, &e.sync, &f->court_sync);
    add_entry(sc, &e);
}

/* Steps over an object that is an entry. */
static void scan_entry(scan *sc, fm_entry_kind kind, uint32_t owner)
{
    const char *start = sc->json.at;
    size_t first_cut = sc->cut_count;
    fm_entry e = {.at = offset(sc, start), .line = sc->json.line, .owner = owner};
    uint32_t self = add_entry(sc, &e);
    if (self == FM_ENTRY_NONE)
        return;
    facts f = {.children = sc->ix->count};
    scan_members(sc, &f, self);
    if (sc->json.status)
        return;
    e.len = offset(sc, sc->json.at) - e.at;
    e.kind = kind == FM_ENTRY_ITEM && f.says_epic ? FM_ENTRY_EPIC : kind;
    e.flags = (uint8_t)((f.dated ? FM_ENTRY_DATED : 0) | (f.done ? FM_ENTRY_DONE : 0));
    if (e.kind == FM_ENTRY_ITEM)
        take_epic_id(sc, &e, &f);
    take_id(sc, &e, &f);
    take_subitems(&e, &f);
    print_content(sc, &e.content, start, sc->json.at, first_cut);
    print_sync(sc, &e.sync, &f.sync);
    sc->ix->entries[self] = e;
    mix_title(sc, &f, self);
    if (e.kind == FM_ENTRY_EPIC)
        add_court_date(sc, &f, self);
    if (owner == FM_ENTRY_NONE)
        sc->cut_count = 0;
}

/* ------------------------------------------------------------------ the board */

static void add_member(scan *sc, const fm_json_string *name, const fm_json_span *value)
{
    fm_index *ix = sc->ix;
    if (grow(sc, (void **)&ix->members, ix->member_count, &sc->member_room, sizeof *ix->members))
        ix->members[ix->member_count++] = (fm_board_member){*name, *value};
}

/* What stands for an empty list: null, and the {} that some languages write for it. Anything else in its place is a
 * board gone wrong, and must not look as if all entries were deleted. */
static void scan_no_list(scan *sc)
{
    fm_json_type type = fm_json_peek(&sc->json);
    fm_json_scan start = sc->json;
    fm_json_string name;
    if (type == FM_JSON_OBJECT && fm_json_open(&sc->json) && !fm_json_member(&sc->json, true, &name))
        return;
    if (type == FM_JSON_NULL) {
        fm_json_skip(&sc->json, NULL);
        return;
    }
    sc->json = start;
    refuse_value(sc, "items and epics of a board are arrays");
}

/* Steps over `items` or `epics`; the entries of a duplicate before it do not count. */
static void scan_list(scan *sc, fm_entry_kind kind, size_t from_to[2])
{
    for (size_t i = from_to[0]; i < from_to[1]; i++)
        sc->ix->entries[i].flags |= FM_ENTRY_HIDDEN;
    from_to[0] = sc->ix->count;
    if (fm_json_peek(&sc->json) == FM_JSON_ARRAY)
        scan_entries(sc, kind, FM_ENTRY_NONE);
    else
        scan_no_list(sc);
    from_to[1] = sc->ix->count;
}

static void scan_root(scan *sc)
{
    size_t items[2] = {0}, epics[2] = {0};
    fm_json_string name;
    if (fm_json_peek(&sc->json) != FM_JSON_OBJECT) {
        fm_json_refuse(&sc->json, FM_EPARSE, "a board is a JSON object");
        return;
    }
    fm_json_open(&sc->json);
    for (bool first = true; fm_json_member(&sc->json, first, &name); first = false) {
        const char *start = sc->json.at;
        if (fm_json_string_is(&name, "items", 5))
            scan_list(sc, FM_ENTRY_ITEM, items);
        else if (fm_json_string_is(&name, "epics", 5))
            scan_list(sc, FM_ENTRY_EPIC, epics);
        else
            fm_json_skip(&sc->json, NULL);
        add_member(sc, &name, &(fm_json_span){start, (size_t)(sc->json.at - start)});
    }
    fm_json_finish(&sc->json);
}

/* Gives back what the growing arrays have too much. */
static void shrink(scan *sc)
{
    fm_index *ix = sc->ix;
    fm_entry *entries = ix->count ? realloc(ix->entries, ix->count * sizeof *entries) : NULL;
    if (entries)
        ix->entries = entries;
    free(sc->cuts);
}

static fm_status begin(scan *sc, fm_index *ix, fm_hash *hash, unsigned depth, fm_error *err)
{
    *sc = (scan){.ix = ix, .hash = hash};
    if (ix->len > FM_BOARD_MAX_BYTES)
        return fm_error_set(err, FM_ELIMIT, "board", "the board is larger than %zu MiB", FM_BOARD_MAX_BYTES >> 20);
    fm_json_begin(&sc->json, ix->text, ix->len, depth);
    return FM_OK;
}

fm_status fm_index_scan_board(fm_index *ix, fm_hash *hash, fm_error *err)
{
    scan sc;
    fm_status status = begin(&sc, ix, hash, FM_JSON_DEPTH, err);
    if (status)
        return status;
    scan_root(&sc);
    shrink(&sc);
    return fm_json_error(&sc.json, err);
}

fm_status fm_index_scan_entry(fm_index *ix, bool epic, fm_hash *hash, fm_error *err)
{
    scan sc;
    fm_status status = begin(&sc, ix, hash, FM_JSON_DEPTH, err);
    if (status)
        return status;
    if (fm_json_peek(&sc.json) == FM_JSON_OBJECT)
        scan_entry(&sc, epic ? FM_ENTRY_EPIC : FM_ENTRY_ITEM, FM_ENTRY_NONE);
    else
        fm_json_refuse(&sc.json, FM_EPARSE, "an entry is a JSON object");
    shrink(&sc);
    return fm_json_error(&sc.json, err);
}
