/**
 * @file index.h
 * Where the entries of a board lie in its text, and what is needed to tell which of them changed: found
 * in one pass over the text, 76 bytes an entry and 10 for the table of keys.
 *
 * Entries are items, epics (in `epics`, or in `items` with type "epic"), subitems at any depth, and
 * the court dates of epics (`metadata.courtDate`; also where only `metadata.courtDateSync` is left of
 * one). Of duplicate members the last counts, `items` and `epics` included.
 *
 * The text is borrowed and must neither move nor change while the index is used.
 */
#ifndef FM_BOARD_INDEX_H
#define FM_BOARD_INDEX_H

#include "board/fingerprint.h"
#include "core/json/scan.h"
#include "util/buf.h"

/** Texts are at most this long: places in them take 32 bits. */
#define FM_BOARD_MAX_BYTES ((size_t)1 << 30)

/** What stands behind an epic's id in the key of its court date. */
#define FM_COURT_DATE_SUFFIX ".court-date"

/** No entry. */
#define FM_ENTRY_NONE UINT32_MAX

typedef enum fm_entry_kind { FM_ENTRY_ITEM, FM_ENTRY_SUBITEM, FM_ENTRY_EPIC, FM_ENTRY_COURT_DATE } fm_entry_kind;

enum {
    FM_ENTRY_HIDDEN = 1,    /**< no entry: it has neither id nor date, or a later duplicate took its place */
    FM_ENTRY_DATED = 2,     /**< it has a date */
    FM_ENTRY_DONE = 4,      /**< its status says that it is done */
    FM_ENTRY_AMBIGUOUS = 8, /**< another entry has the same key */
    FM_ENTRY_NAMELESS = 16, /**< it has a date and no id */
    FM_ENTRY_BAD_ID = 32,   /**< its id is no string, too long, or holds control characters */
    /** Its subitems are no list of objects: which there are, or were, cannot be told. */
    FM_ENTRY_BAD_SUBITEMS = 64,
    /** Entries with one of these are left out of everything but the list of problems. */
    FM_ENTRY_PROBLEM = FM_ENTRY_AMBIGUOUS | FM_ENTRY_NAMELESS | FM_ENTRY_BAD_ID | FM_ENTRY_BAD_SUBITEMS
};

/** One entry. Places are offsets into the text. */
typedef struct fm_entry {
    uint32_t at, len; /**< the object; of a court date the epic's */
    uint32_t line;    /**< 1-based */
    uint32_t owner;   /**< index of the entry it is in: a subitem's parent, a court date's epic */
    uint32_t id_at;   /**< its id as written, without quotes */
    uint16_t id_len;  /**< bytes, 0 where it has none */
    uint8_t kind;     /**< fm_entry_kind */
    uint8_t flags;    /**< FM_ENTRY_… */
    union {
        struct {
            uint32_t at, len, hash; /**< an item's epicId as written, with quotes; len 0 for none */
        } epic;
        struct {
            uint32_t total, done; /**< an epic's items */
        } counts;
    };
    uint32_t hash;    /**< of its key; 0 where it has none */
    uint32_t unit;    /**< the patch's: 1 + number of the edited copy of a top-level entry, 0 for none */
    fm_print content; /**< of its text without calendarSync and courtDateSync, with its parent's title */
    fm_print sync;    /**< of its own calendarSync, zero where it has none */
} fm_entry;

/** A member of the board's own object. */
typedef struct fm_board_member {
    fm_json_string name;
    fm_json_span value;
} fm_board_member;

typedef struct fm_index {
    const char *text; /**< borrowed */
    size_t len;
    fm_entry *entries; /**< owned; in the board's order */
    size_t count;
    uint32_t *slots; /**< hash table: 1 + number of the entry, 0 where free */
    size_t slot_count;
    fm_board_member *members; /**< owned */
    size_t member_count;
} fm_index;

/**
 * Indexes a board's text.
 * @param hash  scratch, between two hashes
 * @return FM_EPARSE (with line and column), FM_ELIMIT, FM_ENOMEM; the index is empty then
 */
fm_status fm_index_build(fm_index *ix, const char *text, size_t len, fm_hash *hash, fm_error *err);

/** Indexes one object, an entry with what is in it, as if it stood among the items (or epics). */
fm_status fm_index_build_entry(fm_index *ix, const char *text, size_t len, bool epic, fm_hash *hash, fm_error *err);

/** Frees what the index owns and empties it. */
void fm_index_free(fm_index *ix);

/** The entry with a key, problems or not; of several the first. NULL for none. */
fm_entry *fm_index_find(const fm_index *ix, const char *key, size_t len);

/** The top-level entry that an entry of the index is in: itself, its epic, its outermost parent. */
fm_entry *fm_index_top(const fm_index *ix, const fm_entry *e);

/** Appends an entry's key. Buffer failures. */
fm_status fm_index_add_key(const fm_index *ix, const fm_entry *e, fm_buf *out);

/** Whether it is an entry that a run deals with: not hidden, and without a problem. */
bool fm_entry_usable(const fm_entry *e);

/** The text of an entry's object. */
fm_json_span fm_index_text(const fm_index *ix, const fm_entry *e);

/** A member of the board's own object: of several the last. NULL for none. */
const fm_board_member *fm_index_member(const fm_index *ix, const char *name, size_t len);

/** The print of what the entry's event depends on beyond `content`: an epic's counts. */
fm_status fm_entry_print(fm_print *print, const fm_entry *e, fm_hash *hash, fm_error *err);

#endif
