#include "core/zone/file.h"
#include "core/date.h"

#include <stdlib.h>
#include <string.h>

/* Sizes of the parts of a TZif file, RFC 8536 section 3. */
enum { HEADER_BYTES = 44, TYPE_BYTES = 6, MAX_TRANSITIONS = 100000, MAX_RULE_BYTES = 255 };

typedef struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
} counts;

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_i64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

/* Reads the header at `at`; returns whether it is one whose numbers can be meant. */
static bool read_header(counts *out, const unsigned char *at, size_t len)
{
    if (len < HEADER_BYTES || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return false;
    *out = (counts){read_u32(at + 20), read_u32(at + 24), read_u32(at + 28),
                    read_u32(at + 32), read_u32(at + 36), read_u32(at + 40)};
    return out->type >= 1 && out->type <= 256 && out->time <= MAX_TRANSITIONS && out->leap <= MAX_TRANSITIONS &&
           out->chars >= 1 && out->chars <= MAX_TRANSITIONS && out->isut <= 256 && out->isstd <= 256;
}

/* Bytes of the data block that follows a header whose times take `time_bytes`. */
static size_t block_bytes(const counts *n, size_t time_bytes)
{
    return (size_t)n->time * (time_bytes + 1) + (size_t)n->type * TYPE_BYTES + n->chars +
           (size_t)n->leap * (time_bytes + 4) + n->isstd + n->isut;
}

static bool read_types(fm_zone_file *out, const unsigned char *types, const counts *n)
{
    const char *chars = (const char *)types + (size_t)n->type * TYPE_BYTES;
    for (size_t i = 0; i < n->type; i++) {
        const unsigned char *at = types + i * TYPE_BYTES;
        fm_zone_type *type = &out->types[i];
        type->offset_s = (int32_t)read_u32(at);
        type->daylight = at[4] != 0;
        if (at[5] >= n->chars || type->offset_s <= -FM_DAY_S || type->offset_s >= FM_DAY_S)
            return false;
        size_t abbr_len = strnlen(chars + at[5], n->chars - at[5]);
        if (abbr_len >= FM_ZONE_ABBR_MAX)
            return false;
        memcpy(type->abbr, chars + at[5], abbr_len);
    }
    return true;
}

static bool read_transitions(fm_zone_file *out, const unsigned char *times, const counts *n)
{
    const unsigned char *indexes = times + (size_t)n->time * 8;
    for (size_t i = 0; i < n->time; i++) {
        out->transitions[i].at = read_i64(times + i * 8);
        out->transitions[i].type = indexes[i];
        if (indexes[i] >= n->type || (i && out->transitions[i].at <= out->transitions[i - 1].at))
            return false;
    }
    return true;
}

/* The footer: the rule between two line feeds; an empty one is no rule. */
static bool read_footer(fm_zone_file *out, const unsigned char *at, size_t len)
{
    if (len < 2 || at[0] != '\n')
        return false;
    const unsigned char *end = memchr(at + 1, '\n', len - 1);
    if (!end || end - (at + 1) > MAX_RULE_BYTES)
        return false;
    char text[MAX_RULE_BYTES + 1] = "";
    memcpy(text, at + 1, (size_t)(end - (at + 1)));
    out->has_rule = text[0] != '\0';
    return !out->has_rule || fm_zone_rule_parse(&out->rule, text);
}

static fm_status read_blocks(fm_zone_file *out, const unsigned char *bytes, size_t len)
{
    counts n;
    if (!read_header(&n, bytes, len))
        return FM_EPARSE;
    size_t skip = HEADER_BYTES + block_bytes(&n, 4); /* the first block has 32-bit times */
    if (skip > len || !read_header(&n, bytes + skip, len - skip))
        return FM_EPARSE;
    const unsigned char *block = bytes + skip + HEADER_BYTES;
    size_t left = len - skip - HEADER_BYTES, size = block_bytes(&n, 8);
    if (size > left)
        return FM_EPARSE;
    out->types = calloc(n.type, sizeof *out->types);
    out->transitions = calloc(n.time ? n.time : 1, sizeof *out->transitions);
    if (!out->types || !out->transitions)
        return FM_ENOMEM;
    out->type_count = n.type;
    out->count = n.time;
    bool good = read_transitions(out, block, &n) && read_types(out, block + (size_t)n.time * 9, &n) &&
                read_footer(out, block + size, left - size);
    return good ? FM_OK : FM_EPARSE;
}

fm_status fm_zone_file_read(fm_zone_file *out, const unsigned char *bytes, size_t len)
{
    *out = (fm_zone_file){0};
    fm_status status = read_blocks(out, bytes, len);
    if (status)
        fm_zone_file_clear(out);
    return status;
}

void fm_zone_file_clear(fm_zone_file *file)
{
    free(file->transitions);
    free(file->types);
    *file = (fm_zone_file){0};
}

/* ------------------------------------------------------------------ the clock at an instant */

static const fm_zone_type *rule_at(const fm_zone_rule *rule, int64_t epoch)
{
    fm_date date;
    if (!rule->has_daylight || epoch < FM_EPOCH_MIN || epoch >= FM_EPOCH_END ||
        fm_date_from_epoch(&date, epoch + rule->standard.offset_s, FM_DATE_UTC, 0))
        return &rule->standard;
    int64_t on = fm_zone_when_in(&rule->to_daylight, date.year, rule->standard.offset_s);
    int64_t off = fm_zone_when_in(&rule->to_standard, date.year, rule->daylight.offset_s);
    bool daylight = on < off ? epoch >= on && epoch < off : epoch >= on || epoch < off;
    return daylight ? &rule->daylight : &rule->standard;
}

const fm_zone_type *fm_zone_file_at(const fm_zone_file *file, int64_t epoch)
{
    size_t low = 0, high = file->count; /* transitions[low - 1].at <= epoch < transitions[high].at */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->transitions[middle].at <= epoch)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == file->count && file->has_rule)
        return rule_at(&file->rule, epoch);
    return &file->types[low ? file->transitions[low - 1].type : 0];
}
