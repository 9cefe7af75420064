#include "fmcal/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts a message that filled its array at the last whole UTF-8 character. */
static void cut_at_character(char *s, size_t size)
{
    size_t len = strlen(s);
    if (len + 1 < size)
        return;
    size_t start = len;
    while (start > 0 && ((unsigned char)s[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)s[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (len - (start - 1) < want)
        s[start - 1] = '\0';
}

fm_status fm_error_set(fm_error *err, fm_status status, const char *domain, const char *fmt, ...)
{
    if (!err)
        return status;
    char message[FM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    cut_at_character(message, sizeof message);
    fm_error_clear(err);
    err->status = status;
    snprintf(err->domain, sizeof err->domain, "%s", domain ? domain : "");
    memcpy(err->message, message, sizeof message);
    return status;
}

fm_status fm_error_prefix(fm_error *err, const char *fmt, ...)
{
    if (!err)
        return FM_OK;
    char what[FM_ERROR_MESSAGE_MAX], joined[2 * FM_ERROR_MESSAGE_MAX + 2];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    snprintf(joined, sizeof joined, "%s: %s", what, err->message);
    memcpy(err->message, joined, sizeof err->message - 1);
    err->message[sizeof err->message - 1] = '\0';
    cut_at_character(err->message, sizeof err->message);
    return err->status;
}

void fm_error_clear(fm_error *err)
{
    if (err)
        *err = (fm_error){0};
}

static const char *const names[] = {
    "ok",     "nomem",       "invalid", "parse",    "limit",     "notfound", "exists",      "precondition",
    "access", "auth",        "network", "timeout",  "throttled", "server",   "protocol",    "locked",
    "io",     "uidconflict", "token",   "canceled", "crypto",    "readonly", "unsupported", "script",
};
#define NAMES (sizeof names / sizeof names[0])

const char *fm_status_name(fm_status status)
{
    if (status == FM_PENDING)
        return "pending";
    int i = -(int)status;
    return i < 0 || (size_t)i >= NAMES ? "unknown" : names[i];
}

fm_status fm_status_of_name(const char *name)
{
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(names[i], name) == 0)
            return (fm_status) - (int)i;
    return FM_OK;
}

int fm_status_is_transient(fm_status status)
{
    return status == FM_ENETWORK || status == FM_ETIMEOUT || status == FM_ETHROTTLED || status == FM_ESERVER;
}
