/**
 * @file options.h
 * Settings from Lua: a nested table becomes fm_options (util/options.h).
 */
#ifndef FM_BIND_VALUE_OPTIONS_H
#define FM_BIND_VALUE_OPTIONS_H

#include "util/options.h"
#include <lua.h>

/**
 * Pushes a box that owns the settings in the table at `index` (absolute; nil or none: an empty set).
 * Names in camelCase become snake_case ("calendarId": "calendar_id"); nested members are spelled with
 * a dot, list members are numbered. Strings, whole numbers, booleans and secrets are taken, nil and
 * json.null left out; a member of any other kind raises, naming it. A string that is a password or
 * token by its name becomes a secret. [-0, +1, v]
 */
fm_options *fm_bind_new_options(lua_State *L, int index);

#endif
