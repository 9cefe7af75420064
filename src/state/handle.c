/* Letting go of a state: its owner and its cursors hold it. */
#include "state/db.h"
#include "util/buf.h"
#include "util/log.h"

#include <stdarg.h>
#include <stdlib.h>

#define WARNING_MAX 65536

void fm_db_drop_statements(fm_state *s)
{
    for (size_t i = 0; i < s->statement_count; i++)
        s->driver->finalize(s->statements[i].statement);
    s->statement_count = 0;
}

static void free_targets(fm_state *s)
{
    while (s->targets) {
        fm_target *t = s->targets;
        s->targets = t->next;
        free(t->name);
        free(t);
    }
}

void fm_state_close(fm_state *s)
{
    if (!s || --s->references > 0)
        return;
    fm_db_drop_statements(s);
    s->driver->close(s);
    free_targets(s);
    free(s->warning);
    free(s->given);
    free(s->path);
    free(s);
}

const char *fm_state_warning(const fm_state *s)
{
    return s->warning;
}

void fm_state_warn(fm_state *s, const char *fmt, ...)
{
    fm_buf text;
    fm_buf_init(&text, WARNING_MAX);
    va_list args;
    va_start(args, fmt);
    fm_buf_addv(&text, fmt, args);
    va_end(args);
    free(s->warning);
    s->warning = fm_buf_take(&text, NULL);
    if (s->warning)
        fm_log(s->env, FM_LOG_INFO, FM_STATE_DOMAIN, "%s", s->warning);
}
