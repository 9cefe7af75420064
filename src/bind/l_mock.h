/**
 * @file l_mock.h
 * The userdata of fmcal.mock, for the binding that makes providers.
 */
#ifndef FM_BIND_L_MOCK_H
#define FM_BIND_L_MOCK_H

#include "provider/mock/server.h"
#include <lua.h>

/** The mock server at `index`; raises for anything else. Borrowed from the userdata. [-0, +0, v] */
fm_mock_server *fm_bind_open_mock_server(lua_State *L, int index);

#endif
