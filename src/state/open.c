/* Opening a state, and where one lies: which driver has it. */
#include "state/db.h"
#include "util/alloc.h"
#include "util/lock.h"

#include <stdlib.h>
#include <string.h>

/* All states lie in files of SQLite's so far; that of a server would be told by its name, "SCHEME://…". */
static const fm_db_driver *driver_of(const char *path)
{
    (void)path;
    return &fm_sqlite_driver;
}

fm_status fm_state_open(fm_state **out, const char *path, const fm_env *env, const fm_state_options *options,
                        fm_error *err)
{
    *out = NULL;
    if (!*path)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "the name of the state is empty");
    fm_state *s = calloc(1, sizeof *s);
    if (!s)
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    s->references = 1;
    s->env = env;
    s->driver = driver_of(path);
    bool in_memory = strcmp(path, ":memory:") == 0;
    fm_status status;
    if (fm_text_set(&s->path, path) || fm_text_set(&s->given, in_memory ? NULL : path))
        status = fm_error_no_memory(err, FM_STATE_DOMAIN);
    else
        status = s->driver->open(s, options, err);
    if (status)
        fm_state_close(s);
    else
        *out = s;
    return status;
}

/* ------------------------------------------------------------------ where it lies */

bool fm_state_exists(const char *path)
{
    return driver_of(path)->exists(path);
}

int fm_state_mode(const char *path)
{
    return driver_of(path)->mode(path);
}

const char *fm_state_path(const fm_state *s)
{
    return s->given;
}

fm_status fm_state_lock(fm_lock **out, const fm_state *s, int timeout_ms, fm_error *err)
{
    *out = NULL;
    if (!s->given)
        return fm_error_set(err, FM_EUNSUPPORTED, FM_STATE_DOMAIN, "a state in memory needs no lock");
    return s->driver->lock(out, s, timeout_ms, err);
}

fm_status fm_state_beside(char **out, const fm_state *s, const char *name, fm_error *err)
{
    *out = s->given ? s->driver->beside(s, name) : NULL;
    return s->given && !*out ? fm_error_no_memory(err, FM_STATE_DOMAIN) : FM_OK;
}
