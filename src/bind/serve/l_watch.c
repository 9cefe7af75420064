/*
 * Lua module fmcal.watch: what changes in folders.
 * Userdata fmcal.watch owns an fm_watch; NULL = closed.
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "serve/watch.h"

int luaopen_fmcal_watch(lua_State *L);

static void release_watch(void *watch)
{
    fm_watch_free(watch);
}

static int descriptor_of(const void *watch)
{
    return fm_watch_descriptor(watch);
}

static const fm_bind_type watch_type = {"fmcal.watch", "watch", release_watch, .descriptor = descriptor_of};

static int watch_open(lua_State *L)
{
    fm_error err = {0};
    fm_watch *opened;
    void **slot = fm_bind_new_handle(L, &watch_type);
    if (fm_watch_open(&opened, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = opened;
    return 1;
}

static int watch_add(lua_State *L)
{
    fm_error err = {0};
    const char *folder = fm_bind_check_text(L, 2);
    if (fm_watch_add(fm_bind_open(L, 1, &watch_type), folder, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static const char *const kind_names[] = {[FM_WATCH_WRITTEN] = "written",
                                         [FM_WATCH_GONE] = "gone",
                                         [FM_WATCH_FOLDER_GONE] = "folder_gone",
                                         [FM_WATCH_LOST] = "lost"};

static int watch_changes(lua_State *L)
{
    fm_watch_change change;
    fm_watch *watch = fm_bind_hold(L, 1, &watch_type);
    fm_watch_read(watch);
    lua_newtable(L);
    for (lua_Integer i = 1; fm_watch_next(watch, &change); i++) {
        lua_createtable(L, 0, 3);
        fm_bind_set_text(L, "kind", kind_names[change.kind]);
        fm_bind_set_text(L, "folder", change.folder);
        fm_bind_set_text(L, "name", change.name);
        lua_rawseti(L, -2, i);
    }
    return 1;
}

static int watch_close(lua_State *L)
{
    return fm_bind_close(L, &watch_type);
}

static int watch_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", watch_type.name, fm_bind_look(L, 1, &watch_type) ? "open" : "closed");
    return 1;
}

static const luaL_Reg watch_methods[] = {
    {"add", watch_add}, {"changes", watch_changes}, {"close", watch_close}, {NULL, NULL}};

static const luaL_Reg watch_meta[] = {{"__tostring", watch_tostring}, {NULL, NULL}};

static const luaL_Reg watch_functions[] = {{"open", watch_open}, {NULL, NULL}};

int luaopen_fmcal_watch(lua_State *L)
{
    fm_bind_make_handle_type(L, &watch_type, watch_methods, watch_meta);
    luaL_newlib(L, watch_functions);
    return 1;
}
