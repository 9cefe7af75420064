#include "bind/l_sys_files.h"
#include "bind/base/bind.h"
#include "bind/base/box.h"
#include "bind/base/row.h"
#include "bind/value/answer.h"
#include "util/file.h"
#include "util/stage.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rules, configurations, plans, keys. */
#define FILE_MAX_BYTES ((size_t)256 << 20)

static const char domain[] = "sys";

static int fail_errno(lua_State *L, int error, const char *path)
{
    fm_status status = error == ENOENT || error == ENOTDIR ? FM_ENOTFOUND
                       : error == EACCES || error == EPERM ? FM_EACCESS
                                                           : FM_EIO;
    fm_error err = {0};
    fm_error_set(&err, status, domain, "%s: %s", path, strerror(error));
    return fm_bind_fail(L, &err);
}

static int sys_stat(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct stat s;
    if (stat(path, &s))
        return fail_errno(L, errno, path);
    lua_createtable(L, 0, 6);
    lua_pushstring(L, S_ISREG(s.st_mode) ? "file" : S_ISDIR(s.st_mode) ? "folder" : "other");
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, s.st_size);
    lua_setfield(L, -2, "size");
    lua_pushinteger(L, (lua_Integer)s.st_ino);
    lua_setfield(L, -2, "inode");
    lua_pushinteger(L, s.st_mode & 07777);
    lua_setfield(L, -2, "mode");
    lua_pushboolean(L, s.st_uid == geteuid());
    lua_setfield(L, -2, "own");
    lua_pushinteger(L, (lua_Integer)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec);
    lua_setfield(L, -2, "mtime_ns");
    return 1;
}

static int sys_read(lua_State *L)
{
    const char *path = fm_bind_check_text(L, 1);
    fm_buf *text = fm_bind_push_buf(L, FILE_MAX_BYTES);
    fm_error err = {0};
    if (fm_file_read(text, NULL, path, &err))
        return fm_bind_fail(L, &err);
    lua_pushlstring(L, text->data, text->len);
    return 1;
}

static void close_folder(void *folder)
{
    closedir(folder);
}

static int sys_list(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    void **folder = fm_bind_box(L, close_folder);
    *folder = opendir(path);
    if (!*folder)
        return fail_errno(L, errno, path);
    lua_newtable(L);
    const struct dirent *entry;
    lua_Integer count = 0;
    while ((entry = readdir(*folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        lua_pushstring(L, entry->d_name);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int sys_absolute(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    void **resolved = fm_bind_box(L, free);
    *resolved = realpath(path, NULL);
    if (!*resolved)
        return fail_errno(L, errno, path);
    lua_pushstring(L, *resolved);
    return 1;
}

static int sys_replace(lua_State *L)
{
    size_t len;
    fm_error err = {0};
    const char *path = fm_bind_check_text(L, 1), *text = luaL_checklstring(L, 2, &len);
    return fm_bind_done(L, fm_stage_replace(&fm_bind_get(L)->env, path, text, len, &err), &err);
}

static int sys_make_folder(lua_State *L)
{
    const char *path = fm_bind_check_text(L, 1);
    fm_error err = {0};
    if (fm_bind_get(L)->env.read_only) {
        fm_error_set(&err, FM_EREADONLY, domain, "a dry run makes no folder %s", path);
        return fm_bind_fail(L, &err);
    }
    if (mkdir(path, 0700) && errno != EEXIST)
        return fail_errno(L, errno, path);
    lua_pushboolean(L, 1);
    return 1;
}

const luaL_Reg fm_bind_sys_file_functions[] = {{"absolute", sys_absolute},
                                               {"list", sys_list},
                                               {"make_folder", sys_make_folder},
                                               {"read", sys_read},
                                               {"replace", sys_replace},
                                               {"stat", sys_stat},
                                               {NULL, NULL}};
