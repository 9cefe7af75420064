#include "state/db.h"

fm_status fm_state_begin(fm_state *s, fm_error *err)
{
    if (s->in_transaction)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "a transaction is under way already");
    fm_status status = fm_db_run(s, err, s->driver->begin, "");
    s->in_transaction = !status;
    return status;
}

fm_status fm_state_commit(fm_state *s, fm_error *err)
{
    if (!s->in_transaction)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "there is no transaction to commit");
    s->in_transaction = false;
    if (!s->driver->in_transaction(s))
        return fm_error_set(err, FM_EIO, FM_STATE_DOMAIN, "the transaction was rolled back after an earlier error");
    fm_status status = fm_db_run(s, err, "COMMIT", "");
    if (status && s->driver->in_transaction(s))
        fm_db_run(s, NULL, "ROLLBACK", "");
    return status;
}

fm_status fm_state_rollback(fm_state *s, fm_error *err)
{
    if (!s->in_transaction)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "there is no transaction to take back");
    s->in_transaction = false;
    return !s->driver->in_transaction(s) ? FM_OK : fm_db_run(s, err, "ROLLBACK", "");
}

fm_status fm_db_page_begin(fm_db_page *page, fm_state *s, fm_error *err)
{
    *page = (fm_db_page){.state = s, .nested = s->driver->in_transaction(s)};
    fm_status status = fm_db_run(s, err, page->nested ? "SAVEPOINT page" : s->driver->begin, "");
    page->open = !status;
    return status;
}

static void take_back(const fm_db_page *page)
{
    if (!page->state->driver->in_transaction(page->state))
        return; /* the database has done so after an error */
    fm_db_run(page->state, NULL, page->nested ? "ROLLBACK TO page" : "ROLLBACK", "");
    if (page->nested)
        fm_db_run(page->state, NULL, "RELEASE page", "");
}

fm_status fm_db_page_end(fm_db_page *page, fm_status status, fm_error *err)
{
    if (!page->open)
        return status;
    page->open = false;
    if (!status)
        status = fm_db_run(page->state, err, page->nested ? "RELEASE page" : "COMMIT", "");
    if (status)
        take_back(page);
    return status;
}
