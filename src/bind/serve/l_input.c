/*
 * Lua module fmcal.input: lines of standard input as they come.
 * Userdata fmcal.input owns an fm_input; NULL = closed.
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "serve/input.h"

#include <unistd.h>

int luaopen_fmcal_input(lua_State *L);

/* Most bytes of a line that may be asked for. */
#define LINE_MAX_BYTES ((lua_Integer)256 << 20)

static void release_input(void *input)
{
    fm_input_free(input);
}

static int descriptor_of(const void *input)
{
    return fm_input_descriptor(input);
}

static const fm_bind_type input_type = {"fmcal.input", "input", release_input, .descriptor = descriptor_of};

static int input_open(lua_State *L)
{
    lua_Integer max_bytes = luaL_checkinteger(L, 1);
    luaL_argcheck(L, max_bytes > 0 && max_bytes <= LINE_MAX_BYTES, 1, "the most bytes of a line are needed");
    void **slot = fm_bind_new_handle(L, &input_type);
    fm_input *opened;
    fm_error err = {0};
    if (fm_input_new(&opened, STDIN_FILENO, (size_t)max_bytes, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = opened;
    return 1;
}

static int input_take(lua_State *L)
{
    static const char *const names[] = {
        [FM_INPUT_LINE] = "line", [FM_INPUT_TOO_LONG] = "too_long", [FM_INPUT_NONE] = "none", [FM_INPUT_END] = "end"};
    fm_error err = {0};
    fm_input_found found;
    const char *line;
    size_t len;
    fm_input *input = fm_bind_hold(L, 1, &input_type);
    if (fm_input_take(input, &found, &line, &len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushstring(L, names[found]);
    if (found != FM_INPUT_LINE)
        return 1;
    lua_pushlstring(L, line, len);
    return 2;
}

static int input_close(lua_State *L)
{
    return fm_bind_close(L, &input_type);
}

static int input_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", input_type.name, fm_bind_look(L, 1, &input_type) ? "open" : "closed");
    return 1;
}

static const luaL_Reg input_methods[] = {{"close", input_close}, {"take", input_take}, {NULL, NULL}};

static const luaL_Reg input_meta[] = {{"__tostring", input_tostring}, {NULL, NULL}};

static const luaL_Reg input_functions[] = {{"open", input_open}, {NULL, NULL}};

int luaopen_fmcal_input(lua_State *L)
{
    fm_bind_make_handle_type(L, &input_type, input_methods, input_meta);
    luaL_newlib(L, input_functions);
    return 1;
}
