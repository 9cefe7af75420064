#include "state/db.h"

fm_status fm_state_get(char **value, size_t *len, fm_state *s, const char *name, fm_error *err)
{
    return fm_db_value(value, len, s, err, "SELECT value FROM named WHERE name = ?", "s", name);
}

fm_status fm_state_set(fm_state *s, const char *name, const char *value, size_t len, fm_error *err)
{
    if (!value)
        return fm_db_run(s, err, "DELETE FROM named WHERE name = ?", "s", name);
    return fm_db_run(
        s, err, "INSERT INTO named (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        "sb", name, value, len);
}

fm_status fm_state_replaced(char **snapshot, size_t *len, fm_state *s, const char *key, fm_error *err)
{
    return fm_db_value(snapshot, len, s, err, "SELECT snapshot FROM replaced WHERE key = ?", "s", key);
}

fm_status fm_state_set_replaced(fm_state *s, const char *key, const char *snapshot, size_t len, fm_error *err)
{
    if (!snapshot)
        return fm_db_run(s, err, "DELETE FROM replaced WHERE key = ?", "s", key);
    return fm_db_run(s, err,
                     "INSERT INTO replaced (key, snapshot) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET snapshot = "
                     "excluded.snapshot",
                     "sb", key, snapshot, len);
}
