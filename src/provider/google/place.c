#include "provider/google/place.h"
#include "core/crypto.h"
#include "core/json/value.h"
#include "provider/google/event/object.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536
/* Tells one sign-in from another, and nothing about it: a hash of the token, cut short. */
#define MARK_BYTES 12
#define MARK_SIZE  (MARK_BYTES * 2 + 1)

void fm_google_place_clear(fm_google_place *place)
{
    free(place->id);
    free(place->account);
    free(place->name);
    free(place->zone);
    *place = (fm_google_place){0};
}

/* ------------------------------------------------------------------ the bookmark */

static bool mark_of(char mark[MARK_SIZE], const fm_google *p)
{
    static const char purpose[] = "fmcal bookmark";
    unsigned char digest[FM_SHA256_SIZE];
    const fm_google_credentials *c = &p->credentials;
    size_t len;
    const char *bytes = fm_secret_bytes(c->service_key ? c->service_key : c->refresh_token, &len);
    if (fm_crypto_hmac(digest, FM_SHA256, purpose, sizeof purpose, bytes, len, NULL))
        return false;
    fm_encoding_encode(mark, FM_HEX, digest, MARK_BYTES);
    mark[MARK_SIZE - 1] = '\0';
    return true;
}

static void add(fm_buf *out, const char *name, const char *value)
{
    fm_buf_addf(out, "%s\"%s\":", out->len ? "," : "{", name);
    fm_json_add_string(out, value, strlen(value));
}

static char *write_bookmark(const fm_google *p, const fm_google_place *place)
{
    fm_buf out;
    char mark[MARK_SIZE];
    if (!mark_of(mark, p))
        return NULL;
    fm_buf_init(&out, TEXT_MAX);
    add(&out, "api", p->api);
    add(&out, "sign_in", mark);
    add(&out, "calendar", p->remote.calendar);
    add(&out, "id", place->id);
    add(&out, "account", place->account);
    add(&out, "name", place->name);
    add(&out, "zone", place->zone);
    add(&out, "access", place->writable ? "write" : "read");
    fm_buf_addc(&out, '}');
    return fm_buf_take(&out, NULL);
}

fm_status fm_google_place_read(const fm_google *p, const char *text, fm_google_place *place)
{
    fm_json_span object = {text, strlen(text)};
    char mark[MARK_SIZE];
    if (fm_json_check(object.at, object.len, 0, NULL) || !mark_of(mark, p) || !fm_google_is(&object, "api", p->api) ||
        !fm_google_is(&object, "sign_in", mark) || !fm_google_is(&object, "calendar", p->remote.calendar))
        return FM_ENOTFOUND;
    fm_status status = fm_google_string(&place->id, &object, "id");
    if (!status)
        status = fm_google_string(&place->account, &object, "account");
    if (!status)
        status = fm_google_string(&place->name, &object, "name");
    if (!status)
        status = fm_google_string(&place->zone, &object, "zone");
    place->writable = fm_google_is(&object, "access", "write");
    if (!status && place->id && place->account && place->name && place->zone)
        return FM_OK;
    fm_google_place_clear(place);
    return status ? status : FM_ENOTFOUND;
}

/* ------------------------------------------------------------------ the place in use */

fm_status fm_google_bind(fm_google *p, fm_google_place *place, fm_error *err)
{
    char *bookmark = NULL;
    if (place->id && place->account && place->name && place->zone)
        bookmark = write_bookmark(p, place);
    if (!bookmark) {
        fm_google_place_clear(place);
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    }
    fm_google_place_clear(&p->place);
    p->place = *place;
    fm_remote_bind(&p->remote,
                   &(fm_binding){.account = p->place.account,
                                 .calendar_id = p->place.id,
                                 .name = p->place.name,
                                 .writable = p->place.writable},
                   bookmark);
    return FM_OK;
}
