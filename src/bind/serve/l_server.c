/*
 * Lua module fmcal.server: an HTTP server that is asked what has arrived (serve/http/server.h).
 *   fmcal.server            owns an fm_server; its user value is a table of its exchanges, by their addresses, weak
 *   fmcal.server.exchange   owns a reference to an fm_exchange; keeps the server alive
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/value/answer.h"
#include "serve/http/server.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int luaopen_fmcal_server(lua_State *L);

#define ADDRESSES_MAX 64
#define HEADERS_MAX   64

static void release_server(void *server)
{
    fm_server_free(server);
}

static void release_exchange(void *exchange)
{
    fm_exchange_unref(exchange);
}

static int descriptor_of(const void *server)
{
    return fm_server_descriptor(server);
}

static const fm_bind_type server_type = {"fmcal.server", "server", release_server, .descriptor = descriptor_of};
static const fm_bind_type exchange_type = {"fmcal.server.exchange", "exchange", release_exchange};

static fm_server *hold_server(lua_State *L)
{
    return fm_bind_hold(L, 1, &server_type);
}

static fm_exchange *open_exchange(lua_State *L)
{
    return fm_bind_open(L, 1, &exchange_type);
}

static fm_exchange *hold_exchange(lua_State *L)
{
    return fm_bind_hold(L, 1, &exchange_type);
}

/* ---------------------------------------------------------------- listening */

/* The strings of a list that is a member, NULL-terminated; they and the list stay on the stack. */
static const char *const *read_texts(lua_State *L, const char *name, const char *what)
{
    static const char *const none[] = {NULL};
    size_t count;
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return none;
    luaL_argexpected(L, lua_istable(L, -1), 1, "a list of strings as members");
    return fm_bind_check_strings(L, lua_gettop(L), what, ADDRESSES_MAX, &count);
}

static size_t read_descriptors(lua_State *L, int out[ADDRESSES_MAX])
{
    if (lua_getfield(L, 1, "descriptors") == LUA_TNIL)
        return 0;
    luaL_checktype(L, -1, LUA_TTABLE);
    int list = lua_gettop(L);
    size_t count = fm_bind_check_length(L, list, ADDRESSES_MAX);
    for (size_t i = 0; i < count; i++) {
        int is_integer;
        lua_geti(L, list, (lua_Integer)i + 1);
        lua_Integer fd = lua_tointegerx(L, -1, &is_integer);
        luaL_argcheck(L, is_integer && fd >= 0 && fd <= INT_MAX, 1, "descriptors are numbers from 0 on");
        out[i] = (int)fd;
        lua_pop(L, 1);
    }
    return count;
}

static lua_Integer read_limit(lua_State *L, const char *name, lua_Integer usual)
{
    lua_Integer value = fm_bind_row_integer(L, 1, name, usual);
    if (value < 1 || value > INT_MAX)
        luaL_error(L, "member '%s' must be between 1 and %d", name, INT_MAX);
    return value;
}

static void read_limits(lua_State *L, fm_server_limits *limits)
{
    fm_server_limits_init(limits);
    limits->connections = (unsigned)read_limit(L, "max_connections", limits->connections);
    limits->per_address = (unsigned)read_limit(L, "max_per_address", limits->per_address);
    limits->bodies_bytes = (size_t)read_limit(L, "bodies_bytes", (lua_Integer)limits->bodies_bytes);
    limits->stream_bytes = (size_t)read_limit(L, "stream_bytes", (lua_Integer)limits->stream_bytes);
    limits->head_ms = read_limit(L, "head_ms", limits->head_ms);
    limits->body_ms = read_limit(L, "body_ms", limits->body_ms);
    limits->send_ms = read_limit(L, "send_ms", limits->send_ms);
    limits->idle_ms = read_limit(L, "idle_ms", limits->idle_ms);
}

/* Pushes a table that keeps nothing alive. [-0, +1, m] */
static void push_weak_table(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

static int server_listen(lua_State *L)
{
    int descriptors[ADDRESSES_MAX];
    fm_server_config config = {.inherited = descriptors};
    const fm_env *env = &fm_bind_get(L)->env;
    fm_error err = {0};
    fm_server *server;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_checkstack(L, 8, "options");
    read_limits(L, &config.limits);
    config.addresses = read_texts(L, "addresses", "address");
    config.proxies = read_texts(L, "trusted_proxies", "network");
    config.inherited_count = read_descriptors(L, descriptors);
    void **slot = fm_bind_new_handle(L, &server_type);
    push_weak_table(L);
    lua_setiuservalue(L, -2, FM_BIND_LENDER);
    fm_status status = env->read_only ? fm_error_set(&err, FM_EREADONLY, "server", "a dry run serves nobody")
                                      : fm_server_open(&server, &config, env, &err);
    if (status)
        return fm_bind_fail(L, &err);
    *slot = server;
    return 1;
}

/* ---------------------------------------------------------------- the server */

static int server_addresses(lua_State *L)
{
    fm_server_address address;
    const fm_server *server = hold_server(L);
    lua_newtable(L);
    for (size_t i = 0; fm_server_address_at(server, i, &address); i++) {
        lua_createtable(L, 0, 4);
        fm_bind_set_text(L, "text", address.text);
        fm_bind_set_text(L, "host", address.host);
        fm_bind_set_boolean(L, "is_local", address.local);
        fm_bind_set_boolean(L, "is_wildcard", address.wildcard);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int server_trusts(lua_State *L)
{
    const char *address = fm_bind_check_text(L, 2);
    lua_pushboolean(L, fm_server_trusts(fm_bind_open(L, 1, &server_type), address));
    return 1;
}

static int server_counts(lua_State *L)
{
    fm_server_counts counts;
    fm_server_count(hold_server(L), &counts);
    lua_createtable(L, 0, 3);
    fm_bind_set_integer(L, "connections", (lua_Integer)counts.connections);
    fm_bind_set_integer(L, "answering", (lua_Integer)counts.answering);
    fm_bind_set_integer(L, "refused", (lua_Integer)counts.refused);
    return 1;
}

/* Pushes the handle of an exchange, whose reference it takes over. The table of exchanges is at `known`. [-0, +1, m] */
static void push_exchange(lua_State *L, void **box, int known)
{
    fm_exchange *exchange = *box;
    if (lua_rawgetp(L, known, exchange) == LUA_TUSERDATA) {
        fm_exchange_unref(exchange);
        *box = NULL;
        return;
    }
    lua_pop(L, 1);
    void **slot = fm_bind_new_handle(L, &exchange_type);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, FM_BIND_LENDER);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, known, exchange);
    *slot = exchange;
    *box = NULL;
}

static int server_step(lua_State *L)
{
    static const char *const kinds[] = {
        [FM_SERVER_HEAD] = "head", [FM_SERVER_REQUEST] = "request", [FM_SERVER_GONE] = "gone"};
    lua_Integer count = 0;
    lua_settop(L, 1);
    fm_error err = {0};
    fm_server_event event;
    lua_getiuservalue(L, 1, FM_BIND_LENDER);
    void **box = fm_bind_box(L, release_exchange);
    lua_newtable(L);
    int list = lua_gettop(L);
    fm_server *server = hold_server(L);
    fm_status status = fm_server_step(server, 0, &err);
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L);
    if (status)
        return fm_bind_fail(L, &err);
    while (fm_server_next(server, &event)) {
        *box = event.exchange;
        lua_createtable(L, 0, 2);
        fm_bind_set_text(L, "kind", kinds[event.kind]);
        push_exchange(L, box, 2);
        lua_setfield(L, -2, "exchange");
        lua_rawseti(L, list, ++count);
    }
    lua_pushvalue(L, list);
    return 1;
}

static int server_close(lua_State *L)
{
    return fm_bind_close(L, &server_type);
}

static int server_tostring(lua_State *L)
{
    fm_server_address address = {.text = "nowhere"};
    const fm_server *server = fm_bind_look(L, 1, &server_type);
    if (server)
        fm_server_address_at(server, 0, &address);
    lua_pushfstring(L, "%s (%s)", server_type.name, server ? address.text : "closed");
    return 1;
}

/* ---------------------------------------------------------------- requests */

/* Sets headers[name] in the table on top, its name in small letters; what comes again is joined. */
static bool set_header(void *state, const char *name, const char *value)
{
    lua_State *L = state;
    size_t len = strlen(value);
    luaL_Buffer lower;
    while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    luaL_buffinit(L, &lower);
    for (; *name; name++)
        luaL_addchar(&lower, (char)tolower((unsigned char)*name));
    luaL_pushresult(&lower);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TSTRING) {
        lua_pushstring(L, strcmp(lua_tostring(L, -2), "cookie") == 0 ? "; " : ", ");
        lua_pushlstring(L, value, len);
        lua_concat(L, 3);
    } else {
        lua_pop(L, 1);
        lua_pushlstring(L, value, len);
    }
    lua_rawset(L, -3);
    return true;
}

static int exchange_head(lua_State *L)
{
    fm_exchange_head head;
    fm_error err = {0};
    const fm_exchange *exchange = hold_exchange(L);
    if (fm_exchange_look(exchange, &head, &err))
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 8);
    fm_bind_set_text(L, "method", head.method);
    fm_bind_set_text(L, "target", head.target);
    fm_bind_set_text(L, "peer", head.peer);
    fm_bind_set_text(L, "listener", head.listener);
    fm_bind_set_text(L, "local_address", head.local);
    fm_bind_set_boolean(L, "is_trusted", head.trusted);
    fm_bind_set_boolean(L, "has_body", head.body);
    lua_createtable(L, 0, 8);
    fm_exchange_headers(exchange, set_header, L);
    lua_setfield(L, -2, "headers");
    return 1;
}

static int exchange_receive(lua_State *L)
{
    lua_Integer max_bytes = luaL_checkinteger(L, 2);
    luaL_argcheck(L, max_bytes >= 0 && max_bytes <= INT_MAX, 2, "bytes must not be negative");
    fm_error err = {0};
    fm_status status = fm_exchange_receive(open_exchange(L), (size_t)max_bytes, &err);
    if (status < 0)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, status == FM_OK);
    return 1;
}

static int exchange_body(lua_State *L)
{
    size_t len;
    const char *bytes = fm_exchange_body(hold_exchange(L), &len);
    lua_pushlstring(L, bytes, len);
    return 1;
}

/* ---------------------------------------------------------------- answers */

static int read_status(lua_State *L)
{
    lua_Integer status = luaL_checkinteger(L, 2);
    luaL_argcheck(L, status >= 200 && status <= 599, 2, "a status is from 200 to 599");
    return (int)status;
}

/* The headers of an answer, which the stack keeps; names and values are strings. [-0, +?, v] */
static void read_headers(lua_State *L, fm_header headers[HEADERS_MAX + 1])
{
    size_t count = 0;
    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_checkstack(L, 2 * HEADERS_MAX + 8, "headers");
    lua_pushnil(L);
    while (lua_next(L, 3)) {
        luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING, 3, "headers are strings");
        luaL_argcheck(L, count < HEADERS_MAX, 3, "too many headers");
        headers[count++] = (fm_header){fm_bind_text(L, -2), fm_bind_text(L, -1)};
        lua_pushvalue(L, -2); /* the value stays, and its name below it */
    }
    headers[count] = (fm_header){0};
}

static int exchange_respond(lua_State *L)
{
    fm_header headers[HEADERS_MAX + 1];
    size_t len;
    fm_error err = {0};
    int status = read_status(L);
    const char *body = luaL_optlstring(L, 4, "", &len);
    lua_settop(L, 4);
    read_headers(L, headers);
    return fm_bind_done(L, fm_exchange_respond(hold_exchange(L), status, headers, body, len, &err), &err);
}

static int exchange_stream(lua_State *L)
{
    fm_header headers[HEADERS_MAX + 1];
    fm_error err = {0};
    int status = read_status(L);
    lua_settop(L, 3);
    read_headers(L, headers);
    return fm_bind_done(L, fm_exchange_stream(hold_exchange(L), status, headers, &err), &err);
}

static int exchange_write(lua_State *L)
{
    size_t len;
    fm_error err = {0};
    const char *bytes = luaL_checklstring(L, 2, &len);
    return fm_bind_done(L, fm_exchange_write(hold_exchange(L), bytes, len, &err), &err);
}

static int exchange_finish(lua_State *L)
{
    fm_exchange_finish(open_exchange(L));
    return 0;
}

static int exchange_close(lua_State *L)
{
    return fm_bind_close(L, &exchange_type);
}

static int exchange_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", exchange_type.name, fm_bind_look(L, 1, &exchange_type) ? "open" : "closed");
    return 1;
}

/* ---------------------------------------------------------------- registration */

static const luaL_Reg server_methods[] = {{"addresses", server_addresses}, {"close", server_close},
                                          {"counts", server_counts},       {"step", server_step},
                                          {"trusts", server_trusts},       {NULL, NULL}};

static const luaL_Reg server_meta[] = {{"__tostring", server_tostring}, {NULL, NULL}};

static const luaL_Reg exchange_methods[] = {
    {"body", exchange_body},     {"close", exchange_close},     {"finish", exchange_finish},
    {"head", exchange_head},     {"receive", exchange_receive}, {"respond", exchange_respond},
    {"stream", exchange_stream}, {"write", exchange_write},     {NULL, NULL}};

static const luaL_Reg exchange_meta[] = {{"__tostring", exchange_tostring}, {NULL, NULL}};

static const luaL_Reg server_functions[] = {{"listen", server_listen}, {NULL, NULL}};

int luaopen_fmcal_server(lua_State *L)
{
    fm_bind_make_handle_type(L, &server_type, server_methods, server_meta);
    fm_bind_make_handle_type(L, &exchange_type, exchange_methods, exchange_meta);
    luaL_newlib(L, server_functions);
    return 1;
}
