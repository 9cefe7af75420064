/**
 * @file zones.h
 * The time zones of one Lua state, shared by the modules that need them.
 */
#ifndef FM_BIND_BASE_ZONES_H
#define FM_BIND_BASE_ZONES_H

#include "core/zone/zone.h"
#include <lua.h>

/** The state's set of zones: made at first use, freed with the state; borrowed. Raises when memory runs out. [-0, +0,
 * m] */
fm_zones *fm_bind_zones(lua_State *L);

#endif
