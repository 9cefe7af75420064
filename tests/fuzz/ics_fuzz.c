/*
 * Calendar objects as strangers may send them: read, written back unchanged, updated. Whatever is read can be written
 * again, and the same update twice changes nothing the second time.
 */
#include "core/ical/ical.h"
#include "core/ical/vtimezone.h"
#include "provider/ics/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t fixed_now_us(void *data)
{
    (void)data;
    return INT64_C(1769344200000000);
}

static void require(int condition)
{
    if (!condition)
        abort();
}

/* The document comes out as it went in; its time zones answer for any instant. */
static void check_document(const char *text, size_t len)
{
    fm_ical *doc;
    if (fm_ical_parse(&doc, text, len, NULL, NULL))
        return;
    fm_buf out;
    fm_buf_init(&out, len);
    require(fm_ical_write(doc, &out) == FM_OK && out.len == len && memcmp(out.data, text, len) == 0);
    fm_buf_free(&out);
    size_t root = fm_ical_find_component(doc, FM_ICAL_NONE, FM_ICAL_NONE, NULL);
    for (size_t at = FM_ICAL_NONE; (at = fm_ical_find_component(doc, root, at, "VTIMEZONE")) != FM_ICAL_NONE;) {
        fm_vtimezone *zone;
        if (fm_vtimezone_read(&zone, doc, at, NULL))
            continue;
        for (int64_t t = -62000000000; t < 253000000000; t += 9999999999)
            (void)fm_vtimezone_to_utc(zone, t);
        fm_vtimezone_free(zone);
    }
    fm_ical_free(doc);
}

static void encode(fm_buf *out, const fm_event *event, const char *old, size_t old_len, fm_zones *zones)
{
    fm_env env;
    fm_env_default(&env);
    env.now_us = fixed_now_us;
    fm_buf_init(out, FM_ICS_MAX_BYTES);
    fm_status status = fm_ics_encode(event, old, old_len, &env, zones, out, NULL);
    require(status == FM_OK || status == FM_ELIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    fm_event event = {0};
    char *uid;
    require(fm_ical_uid(text, size, &uid) == FM_OK);
    free(uid);
    check_document(text, size);
    fm_zones *zones = fm_zones_new(NULL);
    if (zones && fm_ics_decode(text, size, zones, &event, NULL) == FM_OK) {
        fm_buf first, second;
        fm_event_set(&event.title, "Changed");
        encode(&first, &event, text, size, zones);
        if (first.len) {
            encode(&second, &event, first.data, first.len, zones);
            require(second.len == first.len && memcmp(second.data, first.data, first.len) == 0);
            fm_buf_free(&second);
        }
        fm_buf_free(&first);
    }
    fm_event_clear(&event);
    fm_zones_free(zones);
    return 0;
}
