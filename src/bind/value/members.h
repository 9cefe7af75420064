/**
 * @file members.h
 * What a member of a board's credentials is: the settings that the providers' classes name, and the names that say
 * where a secret comes from or when it was stored. There is no other list of what is secret.
 */
#ifndef FM_BIND_VALUE_MEMBERS_H
#define FM_BIND_VALUE_MEMBERS_H

#include <lua.h>
#include <stdbool.h>

#include "util/buf.h"

/** Appends a member's name as providers spell it: camelCase becomes snake_case. */
void fm_bind_add_snake_case(fm_buf *out, const char *name);

/** Whether a setting of a provider is a secret. @param name  snake_case, or the whole path: its last part counts */
bool fm_bind_is_secret_setting(const char *name);
/** Whether a member of credentials may be seen: all but the secrets, and what nobody knows. @param name  camelCase */
bool fm_bind_is_public_member(const char *name);

/** Pushes a table: name in camelCase to "secret", "public", "path" (public too), "source" or "note". [-0, +1, m] */
void fm_bind_push_members(lua_State *L);
/** Pushes a setting's name in camelCase. [-0, +1, m] */
void fm_bind_push_camel_case(lua_State *L, const char *name);

#endif
