#include "state/db.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ targets */

static fm_target *known_target(const fm_state *s, const char *name)
{
    for (fm_target *t = s->targets; t; t = t->next)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

static fm_status find_id(int64_t *id, fm_state *s, const char *name, fm_error *err)
{
    return fm_db_number(id, s, err, "SELECT id FROM target WHERE name = ?", "s", name);
}

fm_status fm_state_target(fm_target **out, fm_state *s, const char *name, fm_error *err)
{
    int64_t id;
    *out = known_target(s, name);
    fm_status status = find_id(&id, s, name, err);
    if (!status && !id) {
        status = fm_db_run(s, err, "INSERT INTO target (name) VALUES (?) ON CONFLICT DO NOTHING", "s", name);
        if (!status)
            status = find_id(&id, s, name, err);
    }
    if (status || *out) {
        if (*out)
            (*out)->id = id; /* a rollback may have taken the row back */
        return status;
    }
    fm_target *t = calloc(1, sizeof *t);
    if (t)
        t->name = strdup(name);
    if (!t || !t->name) {
        free(t);
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    }
    t->id = id;
    t->state = s;
    t->next = s->targets;
    s->targets = t;
    *out = t;
    return FM_OK;
}

fm_status fm_state_targets(fm_cursor **out, fm_state *s, fm_error *err)
{
    return fm_db_query(out, s, err, "SELECT name FROM target ORDER BY id", "");
}

const char *fm_target_name(const fm_target *t)
{
    return t->name;
}

/* ------------------------------------------------------------------ binding */

fm_status fm_target_binding_of(fm_cursor **cursor, bool *bound, fm_target_binding *binding, fm_target *t, fm_error *err)
{
    *bound = false;
    *binding = (fm_target_binding){0};
    fm_status status = fm_db_row(cursor, t->state, err,
                                 "SELECT provider, account, calendar_id, endpoint, calendar_name, discovery"
                                 " FROM target WHERE id = ? AND provider IS NOT NULL",
                                 "i", t->id);
    if (status < 0) {
        fm_cursor_free(*cursor);
        *cursor = NULL;
        return status;
    }
    if (status == FM_PENDING) {
        *bound = true;
        binding->provider = fm_db_text(*cursor, 0);
        binding->account = fm_db_text(*cursor, 1);
        binding->calendar_id = fm_db_text(*cursor, 2);
        binding->endpoint = fm_db_text(*cursor, 3);
        binding->name = fm_db_text(*cursor, 4);
        binding->discovery = fm_db_text(*cursor, 5);
    }
    return FM_OK;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static fm_status write_binding(fm_target *t, const fm_target_binding *b, fm_error *err)
{
    return fm_db_run(t->state, err,
                     "UPDATE target SET provider = ?, account = ?, calendar_id = ?, endpoint = ?, calendar_name = ?,"
                     " discovery = ? WHERE id = ?",
                     "ssssssi", b->provider, b->account, b->calendar_id, b->endpoint, b->name, b->discovery, t->id);
}

static fm_status wipe(fm_target *t, fm_error *err)
{
    static const char *const statements[] = {
        "DELETE FROM remote WHERE target = ?",
        "DELETE FROM mark WHERE target = ?",
        "DELETE FROM intent WHERE target = ?",
        "UPDATE target SET token = NULL WHERE id = ?",
    };
    fm_status status = FM_OK;
    for (size_t i = 0; !status && i < sizeof statements / sizeof statements[0]; i++)
        status = fm_db_run(t->state, err, statements[i], "i", t->id);
    return status;
}

fm_status fm_target_bind(fm_rebind *out, fm_target *t, const fm_target_binding *binding, fm_error *err)
{
    fm_cursor *cursor = NULL;
    fm_target_binding old;
    bool bound;
    fm_status status = fm_target_binding_of(&cursor, &bound, &old, t, err);
    if (status)
        return status;
    bool equal = bound && same(old.provider, binding->provider) && same(old.account, binding->account) &&
                 same(old.calendar_id, binding->calendar_id) && same(old.endpoint, binding->endpoint);
    bool identical = equal && same(old.name, binding->name) && same(old.discovery, binding->discovery);
    fm_cursor_free(cursor);
    *out = !bound ? FM_REBIND_NEW : equal ? FM_REBIND_SAME : FM_REBIND_CHANGED;
    if (identical)
        return FM_OK;
    fm_db_page page;
    status = fm_db_page_begin(&page, t->state, err);
    if (!status && bound && !equal)
        status = wipe(t, err);
    if (!status)
        status = write_binding(t, binding, err);
    return fm_db_page_end(&page, status, err);
}

fm_status fm_target_set_discovery(fm_target *t, const char *discovery, fm_error *err)
{
    return fm_db_run(t->state, err, "UPDATE target SET discovery = ? WHERE id = ?", "si", discovery, t->id);
}

fm_status fm_target_token(char **token, fm_target *t, fm_error *err)
{
    size_t len;
    return fm_db_value(token, &len, t->state, err, "SELECT token FROM target WHERE id = ?", "i", t->id);
}

fm_status fm_target_set_token(fm_target *t, const char *token, fm_error *err)
{
    return fm_db_run(t->state, err, "UPDATE target SET token = ? WHERE id = ?", "si", token, t->id);
}
