#include "state/db.h"
#include "util/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct fm_cursor {
    fm_state *state;
    fm_db_statement *statement;
    size_t place; /* in the cache, NOT_CACHED: none */
};

#define NOT_CACHED SIZE_MAX

/* A prepared statement for `sql`: the cached one, or a fresh one where that is in use. */
static fm_status prepare(fm_cursor *cursor, const char *sql, fm_error *err)
{
    fm_state *s = cursor->state;
    size_t i = 0;
    cursor->place = NOT_CACHED;
    while (i < s->statement_count && s->statements[i].sql != sql)
        i++;
    if (i < s->statement_count && !s->statements[i].in_use) {
        s->statements[i].in_use = true;
        cursor->statement = s->statements[i].statement;
        cursor->place = i;
        return FM_OK;
    }
    fm_status status = s->driver->prepare(&cursor->statement, s, sql, err);
    if (!status && i == s->statement_count && i < FM_STATE_STATEMENTS_MAX) {
        s->statements[i].sql = sql;
        s->statements[i].statement = cursor->statement;
        s->statements[i].in_use = true;
        s->statement_count++;
        cursor->place = i;
    }
    return status;
}

static void give_back(const fm_cursor *cursor)
{
    const fm_db_driver *driver = cursor->state->driver;
    if (cursor->place == NOT_CACHED) {
        driver->finalize(cursor->statement);
        return;
    }
    driver->reset(cursor->statement);
    cursor->state->statements[cursor->place].in_use = false;
}

fm_status fm_db_run(fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    fm_cursor cursor = {.state = s};
    fm_status status = prepare(&cursor, sql, err);
    if (status)
        return status;
    va_list args;
    va_start(args, types);
    status = s->driver->bind(s, cursor.statement, types, args, false, err);
    va_end(args);
    if (!status)
        status = s->driver->step(s, cursor.statement, err);
    give_back(&cursor);
    return status == FM_PENDING ? FM_OK : status;
}

static fm_status query(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, va_list args)
{
    *out = NULL;
    fm_cursor *cursor = malloc(sizeof *cursor);
    if (!cursor)
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    *cursor = (fm_cursor){.state = s};
    fm_status status = prepare(cursor, sql, err);
    if (status) {
        free(cursor);
        return status;
    }
    s->references++;
    status = s->driver->bind(s, cursor->statement, types, args, true, err);
    if (status)
        fm_cursor_free(cursor);
    else
        *out = cursor;
    return status;
}

fm_status fm_db_query(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    fm_status status = query(out, s, err, sql, types, args);
    va_end(args);
    return status;
}

fm_status fm_db_next(fm_cursor *cursor, fm_error *err)
{
    return cursor->state->driver->step(cursor->state, cursor->statement, err);
}

void fm_cursor_free(fm_cursor *cursor)
{
    if (!cursor)
        return;
    give_back(cursor);
    fm_state_close(cursor->state); /* gives its reference back */
    free(cursor);
}

static fm_status first_row(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types,
                           va_list args)
{
    fm_status status = query(out, s, err, sql, types, args);
    return status ? status : fm_db_next(*out, err);
}

fm_status fm_db_row(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    fm_status status = first_row(out, s, err, sql, types, args);
    va_end(args);
    return status;
}

static fm_status copy_value(char **value, size_t *len, fm_cursor *cursor, fm_error *err)
{
    size_t bytes;
    const char *found = fm_db_bytes(cursor, 0, &bytes);
    if (!found)
        return FM_OK;
    if (!(*value = malloc(bytes + 1)))
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    memcpy(*value, found, bytes);
    (*value)[bytes] = '\0';
    *len = bytes;
    return FM_OK;
}

fm_status fm_db_value(char **value, size_t *len, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    fm_cursor *cursor;
    *value = NULL;
    *len = 0;
    va_list args;
    va_start(args, types);
    fm_status status = first_row(&cursor, s, err, sql, types, args);
    va_end(args);
    if (status == FM_PENDING)
        status = copy_value(value, len, cursor, err);
    fm_cursor_free(cursor);
    return status;
}

fm_status fm_db_number(int64_t *out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    fm_cursor *cursor;
    *out = 0;
    va_list args;
    va_start(args, types);
    fm_status status = first_row(&cursor, s, err, sql, types, args);
    va_end(args);
    if (status == FM_PENDING)
        *out = fm_db_integer(cursor, 0);
    fm_cursor_free(cursor);
    return status < 0 ? status : FM_OK;
}

const char *fm_db_text(fm_cursor *cursor, int column)
{
    return cursor->state->driver->text(cursor->statement, column);
}

const char *fm_db_bytes(fm_cursor *cursor, int column, size_t *len)
{
    return cursor->state->driver->bytes(cursor->statement, column, len);
}

int64_t fm_db_integer(fm_cursor *cursor, int column)
{
    return cursor->state->driver->integer(cursor->statement, column);
}

fm_status fm_names_next(fm_cursor *cursor, const char **name, fm_error *err)
{
    fm_status status = fm_db_next(cursor, err);
    *name = status == FM_PENDING ? fm_db_text(cursor, 0) : NULL;
    return status;
}
