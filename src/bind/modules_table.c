#include "bind/modules.h"

int luaopen_fmcal_credentials_core(lua_State *L);
int luaopen_fmcal_board(lua_State *L);
int luaopen_fmcal_child(lua_State *L);
int luaopen_fmcal_crypto(lua_State *L);
int luaopen_fmcal_http(lua_State *L);
int luaopen_fmcal_ical(lua_State *L);
int luaopen_fmcal_input(lua_State *L);
int luaopen_fmcal_json(lua_State *L);
int luaopen_fmcal_log(lua_State *L);
int luaopen_fmcal_loop(lua_State *L);
int luaopen_fmcal_loopback(lua_State *L);
int luaopen_fmcal_mock(lua_State *L);
int luaopen_fmcal_provider_core(lua_State *L);
int luaopen_fmcal_server(lua_State *L);
int luaopen_fmcal_service(lua_State *L);
int luaopen_fmcal_state(lua_State *L);
int luaopen_fmcal_sys(lua_State *L);
int luaopen_fmcal_time(lua_State *L);
int luaopen_fmcal_url(lua_State *L);
int luaopen_fmcal_watch(lua_State *L);
int luaopen_fmcal_worker(lua_State *L);

const luaL_Reg fm_bind_modules[] = {
    {"fmcal.credentials.core", luaopen_fmcal_credentials_core},
    {"fmcal.board", luaopen_fmcal_board},
    {"fmcal.child", luaopen_fmcal_child},
    {"fmcal.crypto", luaopen_fmcal_crypto},
    {"fmcal.http", luaopen_fmcal_http},
    {"fmcal.ical", luaopen_fmcal_ical},
    {"fmcal.input", luaopen_fmcal_input},
    {"fmcal.json", luaopen_fmcal_json},
    {"fmcal.log", luaopen_fmcal_log},
    {"fmcal.loop", luaopen_fmcal_loop},
    {"fmcal.loopback", luaopen_fmcal_loopback},
    {"fmcal.mock", luaopen_fmcal_mock},
    {"fmcal.provider.core", luaopen_fmcal_provider_core},
    {"fmcal.server", luaopen_fmcal_server},
    {"fmcal.service", luaopen_fmcal_service},
    {"fmcal.state", luaopen_fmcal_state},
    {"fmcal.sys", luaopen_fmcal_sys},
    {"fmcal.time", luaopen_fmcal_time},
    {"fmcal.url", luaopen_fmcal_url},
    {"fmcal.watch", luaopen_fmcal_watch},
    {"fmcal.worker", luaopen_fmcal_worker},
    {NULL, NULL},
};
