#include "board/compare.h"
#include "board/board_impl.h"
#include "board/unit.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef struct status_count {
    char *status;
    size_t count;
} status_count;

struct fm_compare {
    const fm_index *index;
    fm_hash *hash;
    fm_print context;
    char *day;
    unsigned char *unchanged; /* one for each entry of the index */
    char **gone;
    size_t gone_count, gone_room;
    status_count *counts;
    size_t count_count, count_room;
};

fm_status fm_compare_new(fm_compare **out, fm_board *b, const void *context, size_t context_len, const char *day,
                         fm_error *err)
{
    const fm_index *index;
    *out = NULL;
    fm_status status = fm_board_index(&index, b, err);
    if (status)
        return status;
    fm_compare *c = calloc(1, sizeof *c);
    if (!c)
        return fm_error_no_memory(err, "board");
    c->index = index;
    c->hash = b->hash;
    c->day = strdup(day);
    c->unchanged = calloc(index->count + 1, 1);
    if (!c->day || !c->unchanged)
        status = fm_error_no_memory(err, "board");
    else
        status = fm_print_of(&c->context, b->hash, FM_PRINT_CONTEXT, context, context_len, err);
    if (status)
        fm_compare_free(c);
    else
        *out = c;
    return status;
}

void fm_compare_free(fm_compare *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->gone_count; i++)
        free(c->gone[i]);
    for (size_t i = 0; i < c->count_count; i++)
        free(c->counts[i].status);
    free(c->gone);
    free(c->counts);
    free(c->unchanged);
    free(c->day);
    free(c);
}

static fm_status add_gone(fm_compare *c, const char *key)
{
    if (fm_grow(&c->gone, &c->gone_room, c->gone_count + 1, sizeof *c->gone))
        return FM_ENOMEM;
    char *copy = strdup(key);
    if (!copy)
        return FM_ENOMEM;
    c->gone[c->gone_count++] = copy;
    return FM_OK;
}

static fm_status count_status(fm_compare *c, const char *status)
{
    for (size_t i = 0; i < c->count_count; i++) {
        if (strcmp(c->counts[i].status, status) == 0) {
            c->counts[i].count++;
            return FM_OK;
        }
    }
    if (fm_grow(&c->counts, &c->count_room, c->count_count + 1, sizeof *c->counts))
        return FM_ENOMEM;
    char *copy = strdup(status);
    if (!copy)
        return FM_ENOMEM;
    c->counts[c->count_count++] = (status_count){copy, 1};
    return FM_OK;
}

/* Whether it belongs to the total: a court date that only has its courtDateSync left does not. */
static bool counts(const fm_entry *e)
{
    return fm_entry_usable(e) && (e->kind != FM_ENTRY_COURT_DATE || e->flags & FM_ENTRY_DATED);
}

static bool matches(const fm_compare *c, const fm_entry *e, const unsigned char *fingerprint, const char *day)
{
    if (!fingerprint || (day && strcmp(day, c->day) != 0) ||
        memcmp(fingerprint + FM_PRINT_BYTES, e->sync.bytes, FM_PRINT_BYTES) != 0)
        return false;
    fm_print sum = e->content, dependencies;
    if (fm_entry_print(&dependencies, e, c->hash, NULL))
        return false;
    fm_print_mix(&sum, &dependencies);
    fm_print_mix(&sum, &c->context);
    return memcmp(fingerprint, sum.bytes, FM_PRINT_BYTES) == 0;
}

fm_status fm_compare_row(void *compare, const char *key, const unsigned char *fingerprint, const char *status,
                         const char *day)
{
    fm_compare *c = compare;
    const fm_entry *e = fm_index_find(c->index, key, strlen(key));
    if (!e)
        return add_gone(c, key);
    if (!fm_entry_usable(e) || !matches(c, e, fingerprint, day))
        return FM_OK;
    c->unchanged[e - c->index->entries] = 1;
    return counts(e) ? count_status(c, status ? status : "") : FM_OK;
}

const fm_entry *fm_compare_changed(const fm_compare *c, size_t *at)
{
    while (*at < c->index->count) {
        size_t i = (*at)++;
        if (!c->unchanged[i] && fm_entry_usable(&c->index->entries[i]))
            return &c->index->entries[i];
    }
    return NULL;
}

const char *fm_compare_gone(const fm_compare *c, size_t n)
{
    return n < c->gone_count ? c->gone[n] : NULL;
}

size_t fm_compare_total(const fm_compare *c)
{
    size_t total = 0;
    for (size_t i = 0; i < c->index->count; i++)
        total += counts(&c->index->entries[i]);
    return total;
}

const char *fm_compare_count(const fm_compare *c, size_t n, size_t *count)
{
    if (n >= c->count_count)
        return NULL;
    *count = c->counts[n].count;
    return c->counts[n].status;
}
