/* The signed assertion of a service account. */
#include "core/crypto.h"
#include "core/json/tree.h"
#include "core/json/value.h"
#include "provider/google/google_impl.h"
#include "util/alloc.h"
#include "util/encoding.h"

#include <string.h>

#define LIFE_S  3600
#define JWT_MAX 16384

static const char scopes[] = "https://www.googleapis.com/auth/calendar.events "
                             "https://www.googleapis.com/auth/calendar.calendarlist.readonly";

static void add_claim(fm_buf *out, const char *name, const char *value)
{
    fm_buf_addf(out, "%s\"%s\":", out->len ? "," : "{", name);
    fm_json_add_string(out, value, strlen(value));
}

static fm_status sign(fm_buf *jwt, const char *private_key, fm_error *err)
{
    fm_buf signature;
    fm_buf_init(&signature, JWT_MAX);
    fm_status status = fm_crypto_sign_rs256(&signature, private_key, strlen(private_key), jwt->data, jwt->len, err);
    if (!status) {
        fm_buf_addc(jwt, '.');
        fm_encoding_append(jwt, FM_BASE64URL, signature.data, signature.len);
    }
    fm_buf_free(&signature);
    return status ? status : jwt->status;
}

static fm_status make(fm_buf *jwt, const char *email, const char *private_key, const char *key_id, const char *audience,
                      int64_t now_s, fm_error *err)
{
    fm_buf head, claims;
    fm_buf_init(&head, JWT_MAX);
    fm_buf_init(&claims, JWT_MAX);
    add_claim(&head, "alg", "RS256");
    add_claim(&head, "typ", "JWT");
    if (key_id)
        add_claim(&head, "kid", key_id);
    fm_buf_addc(&head, '}');
    add_claim(&claims, "iss", email);
    add_claim(&claims, "scope", scopes);
    add_claim(&claims, "aud", audience);
    fm_buf_addf(&claims, ",\"iat\":%lld,\"exp\":%lld}", (long long)now_s, (long long)now_s + LIFE_S);
    fm_encoding_append(jwt, FM_BASE64URL, head.data, head.len);
    fm_buf_addc(jwt, '.');
    fm_encoding_append(jwt, FM_BASE64URL, claims.data, claims.len);
    bool failed = head.status || claims.status || jwt->status;
    fm_buf_free(&head);
    fm_buf_free(&claims);
    return failed ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : sign(jwt, private_key, err);
}

fm_status fm_google_jwt_form(fm_buf *out, const fm_secret *secret, const char *audience, int64_t now_s, fm_error *err)
{
    size_t len;
    fm_buf jwt;
    fm_status status;
    const char *text = fm_secret_bytes(secret, &len);
    cJSON *key = fm_json_tree(text, len);
    const char *email = fm_json_tree_text(key, "client_email"), *private_key = fm_json_tree_text(key, "private_key");
    fm_buf_init(&jwt, JWT_MAX);
    if (email && private_key)
        status = make(&jwt, email, private_key, fm_json_tree_text(key, "private_key_id"), audience, now_s, err);
    else
        status = fm_error_set(err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                              "the setting \"service_account\" is no JSON key of a service account: it has no "
                              "client_email or private_key");
    fm_json_tree_wipe(key);
    if (!status) {
        fm_buf_adds(out, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");
        status = fm_buf_add(out, jwt.data, jwt.len) ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
    }
    fm_buf_free(&jwt);
    return status;
}
