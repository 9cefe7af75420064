#include "state/absence.h"
#include "util/alloc.h"
#include "util/buf.h"

#include <stdlib.h>

/* A path and a sentence. */
#define SUSPECT_MAX 65536

/* Rows of a target that are there; ?2: those that are unconfirmed are left out. */
#define THERE  "FROM remote WHERE target = ?1 AND gone = 0 AND (unconfirmed = 0 OR ?2 = 0)"
#define NAMED  " AND id IN (SELECT id FROM seen WHERE shown = 0)"
#define UNSEEN " AND id NOT IN (SELECT id FROM seen WHERE shown = 1)"
/* The event is shown under another name. */
#define MOVED                                                                                                          \
    " AND uid IN (SELECT other.uid FROM remote AS other JOIN seen ON seen.id = other.id"                               \
    " WHERE other.target = ?1 AND seen.shown = 1)"
/* No object is left which a missing row may be. */
#define NO_SUSPECT                                                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM remote AS other WHERE other.target = ?1 AND other.unread IS NOT NULL"              \
    " AND other.doubt = 2 AND other.gone = 0)"

#define COUNT "SELECT count(*) "
#define GONE                                                                                                           \
    "UPDATE remote SET gone = 1, pending = 1, unconfirmed = 0, doubt = 0, unread = NULL WHERE id IN (SELECT id "
#define MISSING "UPDATE remote SET doubt = 1, pending = 1, unread = ?3 WHERE id IN (SELECT id "

/* The same rows, counted and changed. */
typedef struct inference {
    const char *count, *change;
} inference;

#define INFERENCE(change, rows)                                                                                        \
    {                                                                                                                  \
        COUNT rows, change rows ")"                                                                                    \
    }

static const inference named_gone = INFERENCE(GONE, THERE NAMED " AND doubt <> 1");
static const inference named_moved = INFERENCE(GONE, THERE NAMED MOVED);
static const inference named_missing = INFERENCE(MISSING, THERE NAMED " AND doubt <> 1");
static const inference unseen_gone = INFERENCE(GONE, THERE UNSEEN " AND doubt <> 1");
static const inference unseen_moved = INFERENCE(GONE, THERE UNSEEN MOVED);
static const inference unseen_missing = INFERENCE(MISSING, THERE UNSEEN " AND doubt <> 1");
static const inference missing_gone = INFERENCE(GONE, THERE UNSEEN " AND doubt = 1" NO_SUSPECT);

fm_status fm_absence_begin(fm_absence *a, fm_target *t, bool spare_own, fm_error *err)
{
    *a = (fm_absence){.target = t, .spare_own = spare_own};
    return fm_db_run(t->state, err, "DELETE FROM seen", "");
}

void fm_absence_end(fm_absence *a)
{
    free(a->suspect);
    a->suspect = NULL;
}

static fm_status note(fm_absence *a, int64_t row, bool shown, fm_error *err)
{
    return fm_db_run(a->target->state, err,
                     "INSERT INTO seen (id, shown) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET shown = excluded.shown",
                     "ii", row, (int64_t)shown);
}

fm_status fm_absence_shown(fm_absence *a, int64_t row, fm_error *err)
{
    return note(a, row, true, err);
}

fm_status fm_absence_named(fm_absence *a, int64_t row, fm_error *err)
{
    return note(a, row, false, err);
}

fm_status fm_absence_suspect(fm_absence *a, const char *href, const char *why, fm_error *err)
{
    fm_buf text;
    if (a->suspect)
        return FM_OK;
    fm_buf_init(&text, SUSPECT_MAX);
    fm_buf_addf(&text, "it is not where it was, and %s there cannot be read (%s)", href, why);
    a->suspect = fm_buf_take(&text, NULL);
    return a->suspect ? FM_OK : fm_error_no_memory(err, FM_STATE_DOMAIN);
}

static fm_status count_rows(int64_t *count, fm_absence *a, const char *sql, fm_error *err)
{
    return fm_db_number(count, a->target->state, err, sql, "ii", a->target->id, (int64_t)a->spare_own);
}

static fm_status open_page(fm_absence *a, fm_db_page *page, fm_error *err)
{
    return page->open ? FM_OK : fm_db_page_begin(page, a->target->state, err);
}

static fm_status infer(fm_absence *a, fm_db_page *page, const inference *what, size_t *gone, fm_error *err)
{
    int64_t count;
    fm_state *s = a->target->state;
    fm_status status = count_rows(&count, a, what->count, err);
    if (status || !count)
        return status;
    status = open_page(a, page, err);
    if (status)
        return status;
    if (!gone)
        return fm_db_run(s, err, what->change, "iis", a->target->id, (int64_t)a->spare_own, a->suspect);
    *gone += (size_t)count;
    return fm_db_run(s, err, what->change, "ii", a->target->id, (int64_t)a->spare_own);
}

static fm_status infer_all(fm_absence *a, fm_db_page *page, bool complete, size_t *gone, fm_error *err)
{
    fm_status status;
    if (a->suspect) {
        status = infer(a, page, complete ? &unseen_moved : &named_moved, gone, err);
        return status ? status : infer(a, page, complete ? &unseen_missing : &named_missing, NULL, err);
    }
    status = infer(a, page, complete ? &unseen_gone : &named_gone, gone, err);
    return status || !complete ? status : infer(a, page, &missing_gone, gone, err);
}

fm_status fm_absence_open(bool *open, fm_absence *a, fm_error *err)
{
    int64_t count;
    fm_status status = count_rows(&count, a, COUNT THERE " AND unread IS NOT NULL AND doubt = 1", err);
    *open = count > 0;
    return status;
}

fm_status fm_absence_conclude(fm_absence *a, fm_db_page *page, bool complete, size_t *gone, fm_error *err)
{
    static const inference cleared =
        INFERENCE("UPDATE remote SET doubt = 0 WHERE id IN (SELECT id ", THERE " AND unread IS NOT NULL AND doubt = 2");
    bool open = false;
    size_t count = 0;
    fm_status status = infer_all(a, page, complete, gone, err);
    if (!status)
        status = fm_absence_open(&open, a, err);
    return status || open || !complete ? status : infer(a, page, &cleared, &count, err);
}

fm_status fm_absence_confirm(fm_absence *a, fm_db_page *page, fm_error *err)
{
#define CONFIRMED                                                                                                      \
    "FROM remote WHERE target = ?1 AND unconfirmed = 1 AND ?2 = ?2 AND id IN (SELECT id FROM seen WHERE shown = 1)"
    static const inference confirmed =
        INFERENCE("UPDATE remote SET unconfirmed = 0 WHERE id IN (SELECT id ", CONFIRMED);
    size_t count = 0;
    return infer(a, page, &confirmed, &count, err);
}
