/*
 * Lua module fmcal.http: requests over core/http/http.h on the client of the Lua state.
 *   box of a batch  owns its requests and what came of them
 * Calls block: the client is stepped until all requests of the call are done. Answers are copied into C
 * memory meanwhile and become tables afterwards.
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/value/secret.h"
#include "core/http/http.h"
#include "core/url.h"
#include "util/alloc.h"
#include "util/redact.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_http(lua_State *L);

/* Most requests in one call of all(), and most headers of one request. */
#define REQUESTS_MAX 100000
#define HEADERS_MAX  64
/* Most bytes of a form. It is reserved at once, so that growing leaves no copies of secrets behind. */
#define FORM_MAX 65536
#define STEP_MS  200
/* Most bytes of the names of sign-ins. */
#define OFFERS_MAX 4096

/* One request: its settings, and its answer once `done`. */
typedef struct exchange {
    struct batch *batch;
    fm_http_config config; /* strings borrowed from the keeper of the batch, secrets owned */
    fm_http_call *call;    /* NULL before it is sent and when it is done */
    int code;
    unsigned attempts;
    char *url, *body; /* owned */
    char *offers;     /* the sign-ins that a 401 names, owned; NULL for none */
    size_t body_len;
    fm_buf form;        /* body that was made of the option `form`; wiped */
    bool secret_form;   /* a secret is in it */
    fm_strings headers; /* name, value, name, value, … */
    fm_error error;     /* status FM_OK: an answer came */
} exchange;

typedef struct batch {
    size_t count, left;
    exchange items[];
} batch;

static void release_batch(void *data)
{
    batch *b = data;
    for (size_t i = 0; i < b->count; i++) {
        exchange *x = &b->items[i];
        fm_http_cancel(x->call);
        fm_secret_unref(x->config.password);
        fm_secret_unref(x->config.bearer);
        free(x->url);
        free(x->body);
        free(x->offers);
        if (x->form.cap)
            explicit_bzero(x->form.data, x->form.cap);
        fm_buf_free(&x->form);
        fm_strings_clear(&x->headers);
    }
    free(b);
}

/* Pushes a box that owns `count` empty requests, and a keeper for the strings they borrow. [-0, +2, v] */
static batch *push_batch(lua_State *L, size_t count, int *keeper)
{
    void **slot = fm_bind_box(L, release_batch);
    batch *b = *slot = calloc(1, sizeof *b + count * sizeof(exchange));
    if (!b)
        fm_bind_no_memory(L);
    b->count = b->left = count;
    for (size_t i = 0; i < count; i++) {
        b->items[i].batch = b;
        fm_buf_init(&b->items[i].form, FORM_MAX);
    }
    *keeper = fm_bind_new_keeper(L);
    return b;
}

/* ------------------------------------------------------------------ answers */

/* The names of the sign-ins that a 401 offers. */
static fm_status copy_offers(exchange *x, const fm_http_reply *reply)
{
    fm_buf names;
    if (reply->code != 401)
        return FM_OK;
    fm_buf_init(&names, OFFERS_MAX);
    fm_status status = fm_http_reply_schemes(&names, reply);
    if (!status && names.len && !(x->offers = fm_buf_take(&names, NULL)))
        status = FM_ENOMEM;
    fm_buf_free(&names);
    return status;
}

static fm_status copy_reply(exchange *x, const fm_http_reply *reply)
{
    const char *name, *value;
    fm_status status = FM_OK;
    x->code = reply->code;
    x->attempts = reply->attempts;
    x->url = strdup(reply->url);
    x->body = malloc(reply->body_len + 1);
    if (!x->url || !x->body)
        return FM_ENOMEM;
    memcpy(x->body, reply->body, reply->body_len + 1);
    x->body_len = reply->body_len;
    status = copy_offers(x, reply);
    for (size_t i = 0; !status && fm_http_reply_header_at(reply, i, &name, &value); i++) {
        status = fm_strings_add(&x->headers, name);
        if (!status)
            status = fm_strings_add(&x->headers, value);
    }
    return status;
}

static void on_done(void *data, const fm_http_reply *reply)
{
    exchange *x = data;
    x->call = NULL;
    x->batch->left--;
    if (reply->status)
        x->error = reply->error;
    else if (copy_reply(x, reply))
        fm_error_no_memory(&x->error, "http");
}

/* Sets headers[name] in the table on top; what comes again is joined (RFC 9110 section 5.2). [-0, +0, m] */
static void set_header(lua_State *L, const char *name, const char *value)
{
    luaL_Buffer lower;
    luaL_buffinit(L, &lower);
    for (; *name; name++)
        luaL_addchar(&lower, (char)tolower((unsigned char)*name));
    luaL_pushresult(&lower);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TSTRING)
        lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), value);
    else
        lua_pushstring(L, value);
    lua_remove(L, -2);
    lua_rawset(L, -3);
}

/* [-0, +1, m] */
static void push_answer(lua_State *L, const exchange *x)
{
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, x->code);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, x->body, x->body_len);
    lua_setfield(L, -2, "body");
    lua_pushstring(L, x->url);
    lua_setfield(L, -2, "url");
    lua_pushinteger(L, x->attempts);
    lua_setfield(L, -2, "attempts");
    if (x->offers) {
        lua_pushstring(L, x->offers);
        lua_setfield(L, -2, "offers");
    }
    lua_createtable(L, 0, (int)(x->headers.count / 2));
    for (size_t i = 0; i + 1 < x->headers.count; i += 2)
        set_header(L, x->headers.items[i], x->headers.items[i + 1]);
    lua_setfield(L, -2, "headers");
}

/* ------------------------------------------------------------------ settings */

/* A password or token: a secret's reference, or a new secret of a string, masked from now on. [-0, +0, v] */
static void read_secret(lua_State *L, int index, const char *name, fm_secret **out)
{
    lua_getfield(L, index, name);
    if (!lua_isnil(L, -1)) {
        size_t len;
        fm_secret *secret = fm_bind_to_secret(L, -1);
        if (secret) {
            *out = fm_secret_ref(secret);
        } else {
            luaL_argexpected(L, lua_type(L, -1) == LUA_TSTRING, index, "a string or a secret");
            const char *bytes = lua_tolstring(L, -1, &len);
            *out = fm_secret_new(bytes, len);
            if (!*out)
                fm_bind_no_memory(L);
            fm_redact_add(fm_bind_get(L)->env.redact, *out);
        }
    }
    lua_pop(L, 1);
}

static int64_t read_time(lua_State *L, int index, const char *name, int64_t fallback)
{
    lua_Integer ms = fm_bind_row_integer(L, index, name, (lua_Integer)fallback);
    if (ms < 0 || ms > INT_MAX)
        luaL_error(L, "member '%s' must be milliseconds from 0 to %d", name, INT_MAX);
    return ms;
}

static unsigned read_count(lua_State *L, int index, const char *name, unsigned fallback)
{
    lua_Integer count = fm_bind_row_integer(L, index, name, fallback);
    if (count < 1 || count > 1000)
        luaL_error(L, "member '%s' must be between 1 and 1000", name);
    return (unsigned)count;
}

static size_t read_size(lua_State *L, int index, const char *name, size_t fallback)
{
    lua_Integer bytes = fm_bind_row_integer(L, index, name, (lua_Integer)fallback);
    if (bytes < 1)
        luaL_error(L, "member '%s' must be positive", name);
    return (size_t)bytes;
}

/* A text member, NULL where it is absent; the keeper keeps it. [-0, +0, v] */
static const char *read_text(lua_State *L, int index, int keeper, const char *name)
{
    const char *text = fm_bind_row_text(L, index, name);
    fm_bind_keep(L, keeper);
    return text;
}

static void read_config(lua_State *L, int index, int keeper, exchange *x)
{
    fm_http_config *config = &x->config;
    fm_http_config_init(config);
    config->username = read_text(L, index, keeper, "username");
    read_secret(L, index, "password", &config->password);
    read_secret(L, index, "bearer", &config->bearer);
    config->ca_file = read_text(L, index, keeper, "ca_file");
    config->proxy = read_text(L, index, keeper, "proxy");
    config->allow_http = fm_bind_row_boolean(L, index, "allow_http", false);
    config->http2 = fm_bind_row_boolean(L, index, "http2", true);
    config->total_timeout_ms = read_time(L, index, "timeout_ms", config->total_timeout_ms);
    config->connect_timeout_ms = read_time(L, index, "connect_timeout_ms", config->connect_timeout_ms);
    config->stall_timeout_ms = read_time(L, index, "stall_timeout_ms", config->stall_timeout_ms);
    config->backoff_ms = read_time(L, index, "backoff_ms", config->backoff_ms);
    config->max_wait_ms = read_time(L, index, "max_wait_ms", config->max_wait_ms);
    config->refused_wait_ms = read_time(L, index, "refused_wait_ms", config->refused_wait_ms);
    config->retry_for_ms = read_time(L, index, "retry_for_ms", config->retry_for_ms);
    config->max_attempts = read_count(L, index, "max_attempts", config->max_attempts);
    config->max_in_flight = read_count(L, index, "max_in_flight", config->max_in_flight);
    config->max_body_bytes = read_size(L, index, "max_bytes", config->max_body_bytes);
}

/* Reads the table of headers; the keeper keeps the strings. [-0, +0, v] */
static size_t read_headers(lua_State *L, int index, int keeper, fm_http_header *headers)
{
    size_t count = 0;
    if (lua_getfield(L, index, "headers") != LUA_TNIL) {
        if (!lua_istable(L, -1))
            luaL_error(L, "member 'headers' must be a table");
        int table = lua_gettop(L);
        lua_pushnil(L);
        while (lua_next(L, table)) {
            if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
                luaL_error(L, "headers must have strings as names and values");
            if (count == HEADERS_MAX)
                luaL_error(L, "a request has at most %d headers", HEADERS_MAX);
            headers[count++] = (fm_http_header){fm_bind_text(L, -2), fm_bind_text(L, -1)};
            fm_bind_keep(L, keeper);
            lua_pushvalue(L, -1);
            fm_bind_keep(L, keeper);
        }
    }
    lua_pop(L, 1);
    return count;
}

/* Encodes the table of form members into `x->form`. False where there is none. [-0, +0, v] */
static bool read_form(lua_State *L, int index, exchange *x)
{
    int type = lua_getfield(L, index, "form");
    if (type != LUA_TNIL && type != LUA_TTABLE)
        luaL_error(L, "member 'form' must be a table");
    if (type == LUA_TTABLE && fm_buf_reserve(&x->form, FORM_MAX) != FM_OK)
        fm_bind_no_memory(L);
    if (type == LUA_TTABLE) {
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
            const fm_secret *secret = fm_bind_to_secret(L, -1);
            size_t len, name_len;
            if (lua_type(L, -2) != LUA_TSTRING || !(secret || lua_type(L, -1) == LUA_TSTRING))
                luaL_error(L, "a form must have strings as names, and strings or secrets as values");
            const char *name = lua_tolstring(L, -2, &name_len);
            const char *value = secret ? fm_secret_bytes(secret, &len) : lua_tolstring(L, -1, &len);
            x->secret_form = x->secret_form || secret;
            if (x->form.len)
                fm_buf_addc(&x->form, '&');
            fm_url_encode(&x->form, name, name_len);
            fm_buf_addc(&x->form, '=');
            fm_url_encode(&x->form, value, len);
        }
        if (x->form.status)
            luaL_error(L, "a form has at most %d bytes", FORM_MAX);
    }
    lua_pop(L, 1);
    return type == LUA_TTABLE;
}

/* What is only read may be asked again whatever happened; the rest only where the server has not begun. */
static unsigned retry_of(lua_State *L, int index, const char *method)
{
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"};
    if (!fm_bind_row_boolean(L, index, "retry", true))
        return 0;
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
        if (strcmp(method, reading[i]) == 0)
            return FM_HTTP_RETRY_ALL;
    return FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED;
}

/* Queues the request that the table at `index` describes. [-0, +0, v] */
static void submit(lua_State *L, int index, int keeper, exchange *x)
{
    fm_http_header headers[HEADERS_MAX + 1];
    size_t body_len = 0;
    read_config(L, index, keeper, x);
    const char *method = read_text(L, index, keeper, "method");
    const char *url = read_text(L, index, keeper, "url");
    if (!url)
        luaL_error(L, "member 'url' is missing");
    if (!method)
        method = "GET";
    const char *body = fm_bind_row_bytes(L, index, "body", &body_len);
    fm_bind_keep(L, keeper);
    size_t header_count = read_headers(L, index, keeper, headers);
    if (read_form(L, index, x)) {
        if (body)
            luaL_error(L, "members 'body' and 'form' exclude each other");
        headers[header_count++] = (fm_http_header){"Content-Type", "application/x-www-form-urlencoded"};
        body = x->form.data;
        body_len = x->form.len;
    }
    fm_http_request request = {.config = &x->config,
                               .method = method,
                               .url = url,
                               .headers = headers,
                               .header_count = header_count,
                               .body = body,
                               .body_len = body_len,
                               .retry = retry_of(L, index, method),
                               .secret_body = x->secret_form,
                               .keep_redirects = !fm_bind_row_boolean(L, index, "follow", true),
                               .done = on_done,
                               .data = x};
    if (fm_http_submit(fm_bind_http(L), &request, &x->call, &x->error))
        x->batch->left--;
}

/* Steps until all requests of the batch are done. */
static fm_status run(lua_State *L, batch *b, fm_error *err)
{
    fm_http *http = fm_bind_http(L);
    while (b->left) {
        fm_status status = fm_http_step(http, STEP_MS, err);
        if (status == FM_ECANCELED)
            fm_bind_take_interrupt(L); /* the caller reports it */
        if (status < 0)
            return status;
    }
    return FM_OK;
}

/* ------------------------------------------------------------------ functions */

/* Sends the request that the table at the absolute index `options` describes; returns its results. */
static int request_one(lua_State *L, int options)
{
    fm_error err = {0};
    int keeper;
    batch *b = push_batch(L, 1, &keeper);
    submit(L, options, keeper, &b->items[0]);
    fm_status status = run(L, b, &err);
    if (!status && b->items[0].error.status)
        err = b->items[0].error;
    if (err.status)
        return fm_bind_fail(L, &err);
    push_answer(L, &b->items[0]);
    return 1;
}

static int http_request(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    return request_one(L, 1);
}

static int http_forget(lua_State *L)
{
    fm_http *http = fm_bind_get(L)->http;
    if (http)
        fm_http_forget(http);
    return 0;
}

/* http.get(url [, options]) and its kin: the options, copied, with method, url and body set. */
static int request_by_name(lua_State *L, const char *method, int has_body)
{
    luaL_checkstring(L, 1);
    if (has_body)
        luaL_checkstring(L, 2);
    int given = has_body ? 3 : 2;
    lua_settop(L, given);
    lua_newtable(L);
    int options = lua_gettop(L);
    if (!lua_isnil(L, given)) {
        luaL_checktype(L, given, LUA_TTABLE);
        lua_pushnil(L);
        while (lua_next(L, given)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, options);
        }
    }
    lua_pushstring(L, method);
    lua_setfield(L, options, "method");
    lua_pushvalue(L, 1);
    lua_setfield(L, options, "url");
    if (has_body) {
        lua_pushvalue(L, 2);
        lua_setfield(L, options, "body");
    }
    return request_one(L, options);
}

static int http_get(lua_State *L)
{
    return request_by_name(L, "GET", 0);
}

static int http_head(lua_State *L)
{
    return request_by_name(L, "HEAD", 0);
}

static int http_delete(lua_State *L)
{
    return request_by_name(L, "DELETE", 0);
}

static int http_post(lua_State *L)
{
    return request_by_name(L, "POST", 1);
}

static int http_put(lua_State *L)
{
    return request_by_name(L, "PUT", 1);
}

static int http_patch(lua_State *L)
{
    return request_by_name(L, "PATCH", 1);
}

/* [-0, +1, m] */
static void push_result(lua_State *L, const exchange *x)
{
    if (!x->error.status) {
        push_answer(L, x);
        return;
    }
    lua_createtable(L, 0, 1);
    fm_bind_push_error(L, &x->error);
    lua_setfield(L, -2, "error");
}

static int http_all(lua_State *L)
{
    fm_error err = {0};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer count = (lua_Integer)fm_bind_check_length(L, 1, REQUESTS_MAX);
    int keeper;
    batch *b = push_batch(L, (size_t)count, &keeper);
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_geti(L, 1, i) != LUA_TTABLE)
            return luaL_error(L, "request %d is no table", (int)i);
        submit(L, lua_gettop(L), keeper, &b->items[i - 1]);
        lua_pop(L, 1);
    }
    if (run(L, b, &err))
        return fm_bind_fail(L, &err);
    lua_createtable(L, (int)count, 0);
    for (lua_Integer i = 1; i <= count; i++) {
        push_result(L, &b->items[i - 1]);
        lua_rawseti(L, -2, i);
    }
    return 1;
}

static const luaL_Reg http_functions[] = {
    {"all", http_all},   {"forget", http_forget}, {"delete", http_delete},
    {"get", http_get},   {"head", http_head},     {"patch", http_patch},
    {"post", http_post}, {"put", http_put},       {"request", http_request},
    {NULL, NULL},
};

int luaopen_fmcal_http(lua_State *L)
{
    luaL_newlib(L, http_functions);
    return 1;
}
