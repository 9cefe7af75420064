#include "provider/caldav/place.h"
#include "core/url.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* The lines in this order, each "name=value" with the value percent-encoded. */
#define FIRST_LINE "caldav 2"
#define TEXT_MAX   65536

void fm_caldav_place_clear(fm_caldav_place *place)
{
    free(place->url);
    free(place->id);
    free(place->account);
    free(place->name);
    fm_strings_clear(&place->addresses);
    *place = (fm_caldav_place){0};
}

/* ------------------------------------------------------------------ the bookmark */

static void add_line(fm_buf *out, const char *name, const char *value)
{
    fm_buf_addf(out, "\n%s=", name);
    fm_url_encode(out, value, strlen(value));
}

static char *write_bookmark(const fm_caldav *p, const fm_caldav_place *place)
{
    fm_buf out;
    fm_buf_init(&out, TEXT_MAX);
    fm_buf_adds(&out, FIRST_LINE);
    add_line(&out, "endpoint", p->endpoint);
    add_line(&out, "username", p->username ? p->username : "");
    add_line(&out, "calendar", p->remote.calendar);
    add_line(&out, "url", place->url);
    add_line(&out, "id", place->id);
    add_line(&out, "account", place->account);
    add_line(&out, "name", place->name);
    add_line(&out, "writable", place->writable ? "yes" : "no");
    add_line(&out, "sync", place->sync ? "yes" : "no");
    add_line(&out, "slow-multiget", place->slow_multiget ? "yes" : "no");
    for (size_t i = 0; i < place->addresses.count; i++)
        add_line(&out, "address", place->addresses.items[i]);
    return fm_buf_take(&out, NULL);
}

/* Reads the line at `*at`, which must have that name, and moves on; the value is owned by the caller. */
static char *read_line(const char **at, const char *name)
{
    size_t len = strlen(name);
    if (**at != '\n' || strncmp(*at + 1, name, len) != 0 || (*at)[len + 1] != '=')
        return NULL;
    const char *value = *at + len + 2;
    size_t value_len = strcspn(value, "\n");
    fm_buf out;
    fm_buf_init(&out, TEXT_MAX);
    fm_url_decode(&out, value, value_len);
    *at = value + value_len;
    return fm_buf_take(&out, NULL);
}

static bool line_says(const char **at, const char *name, const char *expected)
{
    char *value = read_line(at, name);
    bool same = value && strcmp(value, expected) == 0;
    free(value);
    return same;
}

static bool read_flag(const char **at, const char *name, bool *flag)
{
    char *value = read_line(at, name);
    bool valid = value && (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0);
    *flag = valid && value[0] == 'y';
    free(value);
    return valid;
}

static bool read_addresses(const char **at, fm_strings *addresses)
{
    bool valid = true;
    while (valid && **at) {
        char *value = read_line(at, "address");
        valid = value && !fm_strings_add(addresses, value);
        free(value);
    }
    return valid;
}

static bool is_absolute_url(const char *text)
{
    fm_url url;
    bool valid = fm_url_parse(&url, text, NULL) == FM_OK;
    fm_url_clear(&url);
    return valid;
}

fm_status fm_caldav_place_read(const fm_caldav *p, const char *text, fm_caldav_place *place)
{
    const char *at = text + strlen(FIRST_LINE);
    if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return FM_ENOTFOUND;
    bool same = line_says(&at, "endpoint", p->endpoint) && line_says(&at, "username", p->username ? p->username : "") &&
                line_says(&at, "calendar", p->remote.calendar);
    if (!same)
        return FM_ENOTFOUND;
    place->url = read_line(&at, "url");
    place->id = read_line(&at, "id");
    place->account = read_line(&at, "account");
    place->name = read_line(&at, "name");
    bool valid = place->url && place->id && place->account && place->name && is_absolute_url(place->url) &&
                 read_flag(&at, "writable", &place->writable) && read_flag(&at, "sync", &place->sync) &&
                 read_flag(&at, "slow-multiget", &place->slow_multiget) && read_addresses(&at, &place->addresses);
    if (valid)
        return FM_OK;
    fm_caldav_place_clear(place);
    return FM_ENOTFOUND;
}

/* ------------------------------------------------------------------ the place in use */

fm_status fm_caldav_bind(fm_caldav *p, fm_caldav_place *place, fm_error *err)
{
    char *bookmark = NULL;
    if (place->url && place->id && place->account && place->name)
        bookmark = write_bookmark(p, place);
    if (!bookmark) {
        fm_caldav_place_clear(place);
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    }
    fm_caldav_place_clear(&p->place);
    p->place = *place;
    fm_remote_bind(&p->remote,
                   &(fm_binding){.account = p->place.account,
                                 .calendar_id = p->place.id,
                                 .name = p->place.name,
                                 .writable = p->place.writable},
                   bookmark);
    p->from_bookmark = false;
    return FM_OK;
}
