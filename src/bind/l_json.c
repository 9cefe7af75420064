/*
 * Lua module fmcal.json: text to values and back. Userdata fmcal.json.document owns a buffer with the
 * text of a document that is edited in place (core/json/edit.h).
 */
#include "bind/base/box.h"
#include "bind/base/handle.h"
#include "bind/base/list.h"
#include "bind/base/row.h"
#include "bind/value/answer.h"
#include "bind/value/json.h"
#include "core/crypto.h"
#include "core/json/edit.h"
#include "util/encoding.h"

#include <stdlib.h>

int luaopen_fmcal_json(lua_State *L);

/* Larger texts are refused; a document that grows beyond it, too. */
#define MAX_BYTES ((size_t)1 << 30)

/* ------------------------------------------------------------------ decode, encode */

/* Most names in the option `secret`. */
#define SECRETS_MAX 16

/* Pushes the option `secret`, one name or a list, as a list of names; NULL where it is absent. [-0, +2, v] */
static const char *const *push_secret_names(lua_State *L, int index)
{
    size_t count;
    int type = lua_getfield(L, index, "secret");
    luaL_argcheck(L, type == LUA_TNIL || type == LUA_TSTRING || type == LUA_TTABLE, index,
                  "member 'secret' must be a name or a list of names");
    if (type == LUA_TSTRING) {
        lua_createtable(L, 1, 0);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    }
    return type == LUA_TNIL ? NULL : fm_bind_check_strings(L, lua_gettop(L), "name of a secret", SECRETS_MAX, &count);
}

static int json_decode(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    fm_bind_json_reading reading = {0};
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        lua_Integer depth = fm_bind_row_integer(L, 2, "max_depth", FM_JSON_DEPTH);
        luaL_argcheck(L, depth >= 1 && depth <= FM_JSON_DEPTH_LIMIT, 2, "max_depth must be 1 to 1000");
        reading.max_depth = (unsigned)depth;
        reading.secret_members = push_secret_names(L, 2);
    }
    fm_error err = {0};
    if (fm_bind_push_json(L, text, len, &reading, &err))
        return fm_bind_fail(L, &err);
    return 1;
}

/* Lays the text out on lines; `compact` becomes the result. */
static fm_status lay_out(fm_buf *out, const fm_buf *compact, lua_Integer indent)
{
    static const char spaces[] = "                ";
    fm_json_style style;
    fm_json_style_default(&style);
    style.multi_line = true;
    style.unit = (fm_json_span){spaces, (size_t)indent};
    fm_json_span value = {compact->data, compact->len};
    return fm_json_layout(out, &value, &style);
}

static int json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    fm_bind_json_writing writing = {0};
    lua_Integer indent = -1;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        lua_Integer depth = fm_bind_row_integer(L, 2, "max_depth", FM_JSON_DEPTH);
        luaL_argcheck(L, depth >= 1 && depth <= FM_JSON_DEPTH_LIMIT, 2, "max_depth must be 1 to 1000");
        writing.max_depth = (unsigned)depth;
        writing.sort = fm_bind_row_boolean(L, 2, "sort", false);
        indent = fm_bind_row_integer(L, 2, "indent", -1);
        luaL_argcheck(L, indent >= -1 && indent <= 16, 2, "indent must be 0 to 16");
    }
    fm_error err = {0};
    fm_buf *text = fm_bind_push_buf(L, MAX_BYTES);
    if (fm_bind_add_json(L, 1, text, &writing, &err))
        return fm_bind_fail(L, &err);
    if (indent >= 0) {
        fm_buf *lines = fm_bind_push_buf(L, MAX_BYTES);
        if (lay_out(lines, text, indent))
            return fm_bind_no_memory(L);
        text = lines;
    }
    lua_pushlstring(L, text->data, text->len);
    return 1;
}

static int json_digest(lua_State *L)
{
    luaL_checkany(L, 1);
    fm_bind_json_writing writing = {.sort = true};
    unsigned char hash[FM_DIGEST_MAX];
    char out[2 * FM_DIGEST_MAX];
    size_t size = fm_digest_size(FM_SHA256);
    fm_error err = {0};
    fm_buf *text = fm_bind_push_buf(L, MAX_BYTES);
    fm_status status = fm_bind_add_json(L, 1, text, &writing, &err);
    if (!status)
        status = fm_crypto_hash(hash, FM_SHA256, text->data, text->len, &err);
    if (status)
        return fm_bind_fail(L, &err);
    fm_encoding_encode(out, FM_BASE64, hash, size);
    lua_pushlstring(L, out, fm_encoding_text_size(FM_BASE64, size));
    return 1;
}

static int json_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    fm_bind_mark_array(L);
    return 1;
}

/* ------------------------------------------------------------------ documents */

static void release_document(void *text)
{
    fm_buf_free(text);
    free(text);
}

static const fm_bind_type document_type = {"fmcal.json.document", "document", release_document};

static int json_document(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    void **slot = fm_bind_new_handle(L, &document_type);
    fm_error err = {0};
    if (fm_json_check(text, len, 0, &err))
        return fm_bind_fail(L, &err);
    fm_buf *document = *slot = malloc(sizeof *document);
    if (!document)
        return fm_bind_no_memory(L);
    fm_buf_init(document, MAX_BYTES);
    if (fm_buf_add(document, text, len)) {
        fm_error_set(&err, document->status, "json", "the text is too large");
        return fm_bind_fail(L, &err);
    }
    return 1;
}

static int document_get(lua_State *L)
{
    lua_settop(L, 2);
    const fm_buf *text = fm_bind_hold(L, 1, &document_type);
    size_t steps;
    fm_json_span value;
    const fm_json_step *path = fm_bind_check_path(L, 2, &steps);
    if (!fm_json_find(&value, text->data, text->len, path, steps))
        return 0;
    fm_error err = {0};
    fm_bind_json_reading reading = {.max_depth = FM_JSON_DEPTH_LIMIT};
    if (fm_bind_push_json(L, value.at, value.len, &reading, &err))
        return fm_bind_fail(L, &err);
    return 1;
}

/* Pushes the text of the value at `index`; its span stays valid as long as it is on the stack. [-0, +1] */
static fm_status push_text(lua_State *L, int index, fm_json_span *value, fm_error *err)
{
    fm_bind_json_writing writing = {.sort = true};
    fm_buf *text = fm_bind_push_buf(L, MAX_BYTES);
    fm_status status = fm_bind_add_json(L, index, text, &writing, err);
    *value = (fm_json_span){text->data, text->len};
    return status;
}

static int document_set(lua_State *L)
{
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    fm_buf *text = fm_bind_hold(L, 1, &document_type);
    size_t steps;
    const fm_json_step *path = fm_bind_check_path(L, 2, &steps);
    fm_json_span value;
    fm_error err = {0};
    fm_status status = push_text(L, 3, &value, &err);
    if (!status)
        status = fm_json_set(text, path, steps, &value, &err);
    return fm_bind_done(L, status, &err);
}

static int document_append(lua_State *L)
{
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    fm_buf *text = fm_bind_hold(L, 1, &document_type);
    size_t steps;
    const fm_json_step *path = fm_bind_check_path(L, 2, &steps);
    fm_json_span value;
    fm_error err = {0};
    fm_status status = push_text(L, 3, &value, &err);
    if (!status)
        status = fm_json_append(text, path, steps, &value, 1, &err);
    return fm_bind_done(L, status, &err);
}

static int document_remove(lua_State *L)
{
    lua_settop(L, 2);
    fm_buf *text = fm_bind_hold(L, 1, &document_type);
    size_t steps;
    const fm_json_step *path = fm_bind_check_path(L, 2, &steps);
    luaL_argcheck(L, steps > 0, 2, "the path is empty");
    fm_error err = {0};
    return fm_bind_done(L, fm_json_remove(text, path, steps, &err), &err);
}

static int document_text(lua_State *L)
{
    const fm_buf *text = fm_bind_open(L, 1, &document_type);
    lua_pushlstring(L, text->data, text->len);
    return 1;
}

static int document_close(lua_State *L)
{
    return fm_bind_close(L, &document_type);
}

static int document_tostring(lua_State *L)
{
    const fm_buf *text = fm_bind_look(L, 1, &document_type);
    if (text)
        lua_pushfstring(L, "fmcal.json.document (%I bytes)", (LUAI_UACINT)text->len);
    else
        lua_pushliteral(L, "fmcal.json.document (closed)");
    return 1;
}

static const luaL_Reg document_methods[] = {
    {"get", document_get},
    {"set", document_set},
    {"remove", document_remove},
    {"append", document_append},
    {"text", document_text},
    {"close", document_close},
    {NULL, NULL},
};

static const luaL_Reg document_meta[] = {
    {"__tostring", document_tostring},
    {NULL, NULL},
};

static const luaL_Reg json_functions[] = {
    {"decode", json_decode}, {"encode", json_encode},     {"digest", json_digest},
    {"array", json_array},   {"document", json_document}, {NULL, NULL},
};

int luaopen_fmcal_json(lua_State *L)
{
    fm_bind_make_handle_type(L, &document_type, document_methods, document_meta);
    luaL_newlib(L, json_functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    return 1;
}
