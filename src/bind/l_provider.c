/*
 * Lua module fmcal.provider.core: providers, over fmcal/provider.h.
 *   fmcal.provider  owns an fm_provider
 * Calls block: an operation is stepped until it is over, and its results are queued in C meanwhile.
 */
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/l_mock.h"
#include "bind/value/collect.h"
#include "bind/value/event.h"
#include "bind/value/json.h"
#include "bind/value/members.h"
#include "bind/value/options.h"
#include "bind/value/state.h"
#include "bind/value/writes.h"
#include "util/buf.h"

#include <stdlib.h>

int luaopen_fmcal_provider_core(lua_State *L);

/* Most bytes of one object's text. */
#define TEXT_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* Longest wait between two calls of a progress function, and between two looks at the interrupt flag. */
#define STEP_MS 200

typedef struct instance {
    fm_provider *provider;
    fm_env env; /* its world in a dry run of its own: the state's, which refuses writes */
} instance;

static void release_instance(void *object)
{
    instance *i = object;
    fm_provider_free(i->provider);
    free(i);
}

static const fm_bind_type provider_type = {"fmcal.provider", "provider", release_instance, .nests = true};

/* The provider at index 1, for what runs no Lua code before it is through with it. */
static const fm_provider *open_provider(lua_State *L)
{
    const instance *i = fm_bind_open(L, 1, &provider_type);
    return i->provider;
}

static fm_provider *hold_provider(lua_State *L)
{
    const instance *i = fm_bind_hold(L, 1, &provider_type);
    return i->provider;
}

static void free_op(void *op)
{
    fm_op_free(op);
}

static void free_sink(void *sink)
{
    fm_remote_sink_free(sink);
}

/* Runs the operation that `slot` owns, and frees it. */
static fm_status run(lua_State *L, void **slot, fm_op *op, fm_status started, fm_error *err)
{
    *slot = op;
    fm_status status = started ? started : fm_op_run(op, &fm_bind_get(L)->env, err);
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L); /* the caller reports it */
    fm_op_free(*slot);
    *slot = NULL;
    return status;
}

/* ------------------------------------------------------------------ making */

static int unknown_provider(lua_State *L, const char *name)
{
    fm_error err = {0};
    fm_buf names;
    fm_buf_init(&names, 512);
    for (const fm_provider_class *const *klass = fm_provider_classes(); *klass; klass++)
        fm_buf_addf(&names, "%s%s", names.len ? ", " : "", (*klass)->name);
    fm_error_set(&err, FM_EINVAL, "provider", "there is no provider \"%s\"; there are %s", name, names.data);
    fm_buf_free(&names);
    return fm_bind_fail(L, &err);
}

/* The class that is named at index 1; NULL with the error pushed. */
static const fm_provider_class *named_class(lua_State *L)
{
    const char *name = fm_bind_check_text(L, 1);
    const fm_provider_class *klass = fm_provider_find(name);
    if (!klass)
        unknown_provider(L, name);
    return klass;
}

static instance *new_instance(lua_State *L)
{
    void **slot = fm_bind_new_handle(L, &provider_type);
    instance *made = *slot = calloc(1, sizeof *made);
    if (!made)
        fm_bind_no_memory(L);
    return made;
}

static int core_new(lua_State *L)
{
    fm_bind_check_text(L, 1);
    lua_settop(L, 3);
    fm_mock_server *server = lua_isnoneornil(L, 3) ? NULL : fm_bind_open_mock_server(L, 3);
    const fm_provider_class *klass = named_class(L);
    if (!klass)
        return 2;
    fm_options *options = fm_bind_new_options(L, 2);
    fm_bind_context *world = fm_bind_get(L);
    fm_context context = {.env = &world->env,
                          .http = klass->capabilities & FM_CAP_REMOTE ? fm_bind_http(L) : world->http};
    instance *made = new_instance(L);
    made->env = world->env;
    if (fm_options_bool(options, "dry_run", false)) {
        made->env.read_only = true;
        context.env = &made->env;
    }
    fm_error err = {0};
    fm_status status = fm_provider_new(&made->provider, klass, &context, options, &err);
    if (!status && server)
        status = fm_mock_attach(made->provider, server, &err);
    return status ? fm_bind_fail(L, &err) : 1;
}

static int core_codec(lua_State *L)
{
    const fm_provider_class *klass = named_class(L);
    if (!klass)
        return 2;
    fm_context context = {.env = &fm_bind_get(L)->env};
    instance *made = new_instance(L);
    fm_error err = {0};
    return fm_provider_new_codec(&made->provider, klass, &context, &err) ? fm_bind_fail(L, &err) : 1;
}

static void set_capabilities(lua_State *L, uint32_t bits)
{
    fm_bind_set_boolean(L, "remote", bits & FM_CAP_REMOTE);
    fm_bind_set_boolean(L, "token", bits & FM_CAP_TOKEN);
    fm_bind_set_boolean(L, "one_uid_per_account", bits & FM_CAP_ONE_UID_PER_ACCOUNT);
}

static int core_traits(lua_State *L)
{
    static const char *const endpoints[] = {
        [FM_ENDPOINT_URL] = "url", [FM_ENDPOINT_PATH] = "path", [FM_ENDPOINT_URLS] = "urls"};
    const fm_provider_class *klass = named_class(L);
    if (!klass)
        return 2;
    lua_createtable(L, 0, 7);
    set_capabilities(L, klass->capabilities);
    fm_bind_set_boolean(L, "mock_server", klass->capabilities & FM_CAP_MOCK_SERVER);
    fm_bind_set_boolean(L, "disconnects", klass->disconnect != NULL);
    fm_bind_set_text(L, "endpoint", endpoints[klass->endpoint]);
    for (const fm_credential *c = klass->credentials; c && c->name; c++)
        if (c->flags & FM_CREDENTIAL_MAIN) {
            fm_bind_push_camel_case(L, c->name);
            lua_setfield(L, -2, "main_secret");
        }
    return 1;
}

static int core_names(lua_State *L)
{
    lua_newtable(L);
    for (const fm_provider_class *const *klass = fm_provider_classes(); *klass; klass++) {
        lua_pushstring(L, (*klass)->name);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    return 1;
}

static int provider_close(lua_State *L)
{
    return fm_bind_close(L, &provider_type);
}

/* ------------------------------------------------------------------ looking */

static int provider_name(lua_State *L)
{
    lua_pushstring(L, open_provider(L)->klass->name);
    return 1;
}

static int provider_capabilities(lua_State *L)
{
    uint32_t bits = open_provider(L)->klass->capabilities;
    lua_createtable(L, 0, 3);
    set_capabilities(L, bits);
    return 1;
}

static int provider_binding(lua_State *L)
{
    const fm_binding *binding = fm_provider_binding(hold_provider(L));
    if (!binding) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 5);
    fm_bind_set_text(L, "account", binding->account);
    fm_bind_set_text(L, "calendar_id", binding->calendar_id);
    fm_bind_set_text(L, "name", binding->name);
    fm_bind_set_text(L, "discovery", binding->discovery);
    fm_bind_set_boolean(L, "writable", binding->writable);
    return 1;
}

/* ------------------------------------------------------------------ operations */

static int provider_open(lua_State *L)
{
    fm_provider *p = hold_provider(L);
    void **slot = fm_bind_box(L, free_op);
    fm_error err = {0};
    fm_op *op = NULL;
    fm_status started = fm_provider_open(p, &op, &err);
    if (run(L, slot, op, started, &err))
        return fm_bind_fail(L, &err);
    return provider_binding(L);
}

static int provider_disconnect(lua_State *L)
{
    fm_provider *p = hold_provider(L);
    void **slot = fm_bind_box(L, free_op);
    fm_error err = {0};
    fm_op *op = NULL;
    fm_status started = fm_provider_disconnect(p, &op, &err);
    if (run(L, slot, op, started, &err))
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int provider_list(lua_State *L)
{
    fm_provider *p = hold_provider(L);
    fm_collect *found = fm_bind_new_collect(L);
    void **slot = fm_bind_box(L, free_op);
    fm_error err = {0};
    fm_op *op = NULL;
    fm_status started = fm_provider_list(p, fm_collect_calendar, found, &op, &err);
    if (run(L, slot, op, started, &err))
        return fm_bind_fail(L, &err);
    fm_bind_push_calendars(L, found);
    return 1;
}

static fm_status start_changes(fm_op **op, fm_provider *p, fm_target *t, fm_remote_sink *sink, fm_error *err)
{
    char *token = NULL;
    fm_status status = fm_target_token(&token, t, err);
    if (!status) {
        fm_object_sink callbacks = fm_remote_sink_callbacks(sink);
        status = fm_provider_changes(p, token, &callbacks, op, err);
    }
    free(token);
    return status;
}

static int provider_changes(lua_State *L)
{
    fm_sink_mode mode = lua_toboolean(L, 3) ? FM_SINK_CATCH_UP : FM_SINK_CHANGES;
    lua_settop(L, 2);
    fm_provider *p = hold_provider(L);
    fm_target *t = fm_bind_hold_target(L, 2);
    void **sink = fm_bind_box(L, free_sink);
    void **slot = fm_bind_box(L, free_op);
    fm_error err = {0};
    fm_remote_sink *made = NULL;
    fm_op *op = NULL;
    fm_status status = fm_remote_sink_new(&made, t, mode, &err);
    *sink = made;
    if (!status)
        status = start_changes(&op, p, t, made, &err);
    status = run(L, slot, op, status, &err);
    fm_remote_counts counts = made ? fm_remote_sink_counts(made) : (fm_remote_counts){0};
    fm_remote_sink_free(made); /* takes back what came after the last page */
    *sink = NULL;
    if (status)
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 5);
    fm_bind_set_integer(L, "changed", (lua_Integer)counts.changed);
    fm_bind_set_integer(L, "deleted", (lua_Integer)counts.deleted);
    fm_bind_set_integer(L, "seen", (lua_Integer)counts.seen);
    if (counts.unread)
        fm_bind_set_integer(L, "unread", (lua_Integer)counts.unread);
    fm_bind_set_boolean(L, "full", counts.full);
    return 1;
}

static int provider_fetch(lua_State *L)
{
    lua_settop(L, 3);
    size_t count;
    const char **hrefs = fm_bind_check_strings(L, 2, "href", FM_BIND_LIST_MAX, &count);
    fm_provider *p = hold_provider(L);
    fm_target *t = lua_isnil(L, 3) ? NULL : fm_bind_hold_target(L, 3);
    fm_collect *found = fm_bind_new_collect(L);
    void **sink = fm_bind_box(L, free_sink);
    void **slot = fm_bind_box(L, free_op);
    fm_error err = {0};
    fm_remote_sink *rows = NULL;
    fm_status status = t ? fm_remote_sink_new(&rows, t, FM_SINK_FETCH, &err) : FM_OK;
    *sink = rows;
    fm_object_sink store = rows ? fm_remote_sink_callbacks(rows) : (fm_object_sink){0};
    fm_object_sink callbacks = fm_collect_sink(found, rows ? &store : NULL);
    fm_op *op = NULL;
    if (!status)
        status = fm_provider_fetch(p, hrefs, count, &callbacks, &op, &err);
    status = run(L, slot, op, status, &err);
    if (!status && rows)
        status = fm_remote_sink_finish(rows, &err);
    fm_remote_sink_free(rows);
    *sink = NULL;
    if (status)
        return fm_bind_fail(L, &err);
    fm_bind_push_objects(L, found);
    return 1;
}

/* ------------------------------------------------------------------ apply */

/* Calls the progress function at index 3, where there is one, in protected mode. @return LUA_OK or an error's status */
static int report_progress(lua_State *L, const fm_writes *writes)
{
    if (lua_isnoneornil(L, 3))
        return LUA_OK;
    lua_pushvalue(L, 3);
    lua_pushinteger(L, (lua_Integer)writes->known);
    lua_pushinteger(L, (lua_Integer)writes->count);
    return lua_pcall(L, 2, 0, 0);
}

/* Steps until it is over; between the steps Lua may run. */
static fm_status step_apply(lua_State *L, fm_op *op, const fm_writes *writes, int *raised, fm_error *err)
{
    size_t told = 0;
    fm_status status = FM_PENDING;
    while (status == FM_PENDING && !*raised) {
        if (fm_bind_take_interrupt(L))
            status = fm_error_set(err, FM_ECANCELED, "provider", "interrupted");
        else
            status = fm_op_step(op, STEP_MS, err);
        if (writes->known != told) {
            told = writes->known;
            *raised = report_progress(L, writes);
        }
    }
    return status;
}

static int provider_apply(lua_State *L)
{
    if (!lua_isnoneornil(L, 3))
        luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    fm_provider *p = hold_provider(L);
    fm_writes *writes = fm_bind_new_writes(L, 2);
    void **slot = fm_bind_box(L, free_op);
    luaL_checkstack(L, 6, "apply");
    fm_error err = {0};
    fm_op *op = NULL;
    fm_status status = fm_provider_apply(p, writes->items, writes->count, fm_writes_written, writes, &op, &err);
    if (status)
        return fm_bind_fail(L, &err);
    *slot = op;
    int raised = LUA_OK;
    status = step_apply(L, op, writes, &raised, &err);
    fm_op_free(*slot);
    *slot = NULL;
    if (raised)
        return lua_error(L);
    fm_bind_push_results(L, writes);
    if (!status)
        return 1;
    fm_bind_push_error(L, &err);
    return 2;
}

/* ------------------------------------------------------------------ codec */

static int provider_encode(lua_State *L)
{
    lua_settop(L, 3);
    const fm_provider *p = hold_provider(L);
    size_t old_len = 0;
    const char *old = luaL_optlstring(L, 3, NULL, &old_len);
    fm_event *event = fm_bind_new_event(L);
    fm_bind_read_event(L, 2, event);
    fm_buf *out = fm_bind_push_buf(L, TEXT_MAX_BYTES);
    fm_error err = {0};
    if (fm_provider_encode(p, event, old, old_len, out, &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, out->data, out->len);
    return 1;
}

static int provider_decode(lua_State *L)
{
    lua_settop(L, 2);
    const fm_provider *p = hold_provider(L);
    size_t len;
    const char *text = luaL_checklstring(L, 2, &len);
    fm_event *event = fm_bind_new_event(L);
    fm_error err = {0};
    if (fm_provider_decode(p, text, len, event, &err))
        return fm_bind_fail(L, &err);
    fm_bind_push_event(L, event);
    return 1;
}

/* ------------------------------------------------------------------ registration */

static int provider_tostring(lua_State *L)
{
    const instance *i = fm_bind_look(L, 1, &provider_type);
    lua_pushfstring(L, "%s (%s)", provider_type.name, i && i->provider ? i->provider->klass->name : "closed");
    return 1;
}

static const luaL_Reg core_functions[] = {
    {"codec", core_codec}, {"names", core_names}, {"new", core_new}, {"traits", core_traits}, {NULL, NULL},
};

static const luaL_Reg provider_methods[] = {
    {"apply", provider_apply},
    {"binding", provider_binding},
    {"capabilities", provider_capabilities},
    {"changes", provider_changes},
    {"close", provider_close},
    {"decode", provider_decode},
    {"disconnect", provider_disconnect},
    {"encode", provider_encode},
    {"fetch", provider_fetch},
    {"list", provider_list},
    {"name", provider_name},
    {"open", provider_open},
    {NULL, NULL},
};

static const luaL_Reg provider_meta[] = {
    {"__tostring", provider_tostring},
    {NULL, NULL},
};

int luaopen_fmcal_provider_core(lua_State *L)
{
    fm_bind_make_handle_type(L, &provider_type, provider_methods, provider_meta);
    luaL_newlib(L, core_functions);
    return 1;
}
