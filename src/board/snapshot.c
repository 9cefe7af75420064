#include "board/snapshot.h"
#include "board/board_impl.h"
#include "core/json/edit.h"
#include "core/json/value.h"
#include "util/alloc.h"

#include <string.h>

#define STEP(text)                                                                                                     \
    {                                                                                                                  \
        text, sizeof text - 1, 0                                                                                       \
    }

/* The members that a snapshot is of: paths of one or two names. */
typedef struct mapped {
    fm_json_step path[2];
    size_t steps;
} mapped;

static const mapped of_entry[] = {
    {{STEP("title")}, 1},           {{STEP("description")}, 1}, {{STEP("dueDate")}, 1},  {{STEP("timeZone")}, 1},
    {{STEP("durationMinutes")}, 1}, {{STEP("tags")}, 1},        {{STEP("priority")}, 1}, {{STEP("calendarSync")}, 1},
};

static const mapped of_court_date[] = {
    {{STEP("metadata"), STEP("courtDate")}, 2},
    {{STEP("timeZone")}, 1},
    {{STEP("metadata"), STEP("courtDateSync")}, 2},
};

static void add_meaning(fm_hash *hash, fm_json_scan *s, fm_buf *scratch);

/* Length first, so that what follows cannot be taken for a part of it. */
static void add_string(fm_hash *hash, const fm_json_string *string, fm_buf *scratch)
{
    const char *bytes = string->at;
    uint64_t len = string->len;
    if (string->escaped) {
        fm_buf_reset(scratch);
        if (fm_buf_reserve(scratch, string->len))
            return;
        len = fm_json_unescape(scratch->data, string);
        bytes = scratch->data;
    }
    fm_hash_add(hash, &len, sizeof len);
    fm_hash_add(hash, bytes, (size_t)len);
}

static void add_number(fm_hash *hash, const fm_json_number *number)
{
    double real = fm_json_real(number);
    fm_hash_add(hash, &real, sizeof real);
    if (number->is_integer)
        fm_hash_add(hash, &number->integer, sizeof number->integer);
}

static void add_parts(fm_hash *hash, fm_json_scan *s, bool object, fm_buf *scratch)
{
    fm_json_string name;
    fm_json_open(s);
    for (bool first = true; object ? fm_json_member(s, first, &name) : fm_json_element(s, first); first = false) {
        fm_hash_add(hash, ",", 1);
        if (object)
            add_string(hash, &name, scratch);
        add_meaning(hash, s, scratch);
    }
    fm_hash_add(hash, "]", 1);
}

static void add_meaning(fm_hash *hash, fm_json_scan *s, fm_buf *scratch)
{
    fm_json_type type = fm_json_peek(s);
    unsigned char tag = (unsigned char)type;
    fm_json_string string;
    fm_json_number number;
    fm_hash_add(hash, &tag, 1);
    switch (type) {
    case FM_JSON_OBJECT:
    case FM_JSON_ARRAY:
        add_parts(hash, s, type == FM_JSON_OBJECT, scratch);
        break;
    case FM_JSON_STRING:
        if (fm_json_string_at(s, &string))
            add_string(hash, &string, scratch);
        break;
    case FM_JSON_NUMBER:
        if (fm_json_number_at(s, &number))
            add_number(hash, &number);
        break;
    default:
        fm_json_word_at(s);
        break;
    }
}

fm_status fm_board_snapshot(unsigned char *out, fm_board *b, const fm_board_place *place, fm_error *err)
{
    bool court_date = place->entry->kind == FM_ENTRY_COURT_DATE;
    const mapped *members = court_date ? of_court_date : of_entry;
    size_t count = court_date ? sizeof of_court_date / sizeof *members : sizeof of_entry / sizeof *members;
    fm_json_span object = fm_index_text(place->index, place->entry), value;
    fm_buf scratch;
    fm_buf_init(&scratch, FM_BOARD_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        unsigned char number = (unsigned char)i;
        if (!fm_json_find(&value, object.at, object.len, members[i].path, members[i].steps))
            continue;
        fm_json_scan s;
        fm_json_begin(&s, value.at, value.len, FM_JSON_DEPTH_LIMIT);
        fm_hash_add(b->hash, &number, 1);
        add_meaning(b->hash, &s, &scratch);
    }
    fm_status status = fm_hash_finish(out, b->hash, err);
    if (scratch.status)
        status = fm_error_no_memory(err, "board");
    fm_buf_free(&scratch);
    return status;
}
