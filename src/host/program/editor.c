/* The terminal of the prompt: userdata fmcal.terminal, which owns libedit's line editor and its history. */
#include "host/program/editor.h"

#include <errno.h>
#include <histedit.h>
#include <lauxlib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define TERMINAL "fmcal.terminal"
/* Lines of history that are kept. */
#define HISTORY_LINES 1000

typedef struct terminal {
    EditLine *editor; /* owned; NULL where standard input is no terminal, or one that cannot move its cursor */
    History *history; /* owned; NULL with it */
    void (*rearm)(void *data);
    void *data;
    lua_State *L;       /* the state that is in read(), for completion */
    const char *prompt; /* borrowed while in read() */
    bool has_file;      /* the history has a file: user value 2 */
    bool interrupted;   /* Ctrl-C was read */
} terminal;

/* User values of the userdata. */
enum { COMPLETER = 1, HISTORY_FILE = 2, USER_VALUES = 2 };

static terminal *to_terminal(lua_State *L)
{
    return luaL_checkudata(L, 1, TERMINAL);
}

static char *show_prompt(EditLine *editor)
{
    terminal *t = NULL;
    el_get(editor, EL_CLIENTDATA, &t);
    return (char *)t->prompt;
}

/*
 * Tab: asks the completer, which lives in Lua. libedit calls this from within read(), so the state is at rest;
 * the call is protected, so nothing jumps over libedit's frames.
 */
static unsigned char complete(EditLine *editor, int key)
{
    (void)key;
    terminal *t = NULL;
    el_get(editor, EL_CLIENTDATA, &t);
    lua_State *L = t->L;
    const LineInfo *line = el_line(editor);
    int top = lua_gettop(L);
    unsigned char answer = CC_REFRESH_BEEP;
    if (!lua_checkstack(L, 4) || lua_getiuservalue(L, 1, COMPLETER) != LUA_TFUNCTION)
        goto out;
    lua_pushlstring(L, line->buffer, (size_t)(line->cursor - line->buffer));
    if (lua_pcall(L, 1, 2, 0) != LUA_OK)
        goto out;
    const char *insert = lua_tostring(L, -2), *lines = lua_tostring(L, -1);
    if (insert && el_insertstr(editor, insert) == 0)
        answer = CC_REFRESH;
    if (lines) {
        printf("\n%s\n", lines);
        fflush(stdout);
        answer = CC_REDISPLAY;
    }
out:
    lua_settop(L, top);
    return answer;
}

static unsigned char interrupt(EditLine *editor, int key)
{
    (void)key;
    terminal *t = NULL;
    el_get(editor, EL_CLIENTDATA, &t);
    t->interrupted = true;
    return CC_EOF;
}

/*
 * While a line is typed Ctrl-C is a key like any other, read in its turn. As a signal it would come before or after
 * keys that were typed with it as luck has it: what is typed behind it may be read first.
 */
static void read_interrupts_as_keys(EditLine *editor)
{
    struct termios now;
    char key[] = {'\003', '\0'};
    if (tcgetattr(STDIN_FILENO, &now) == 0 && now.c_cc[VINTR] != _POSIX_VDISABLE)
        key[0] = (char)now.c_cc[VINTR];
    el_set(editor, EL_SETTY, "-d", "-intr", NULL);
    el_wset(editor, EL_ADDFN, L"fmcal-interrupt", L"Drop the line", interrupt);
    el_set(editor, EL_BIND, key, "fmcal-interrupt", NULL);
}

/* Whether the terminal can move its cursor: without that a line cannot be edited in its place. */
static bool can_edit(EditLine *editor)
{
    static const char *const needed[] = {"nd", "ce"}; /* to the right, clear to the end */
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char *sequence = NULL;
        if (el_get(editor, EL_GETTC, needed[i], &sequence) != 0 || !sequence || !*sequence)
            return false;
    }
    return true;
}

static void close_editor(terminal *t)
{
    if (t->editor)
        el_end(t->editor);
    if (t->history)
        history_end(t->history);
    t->editor = NULL;
    t->history = NULL;
}

static void open_editor(terminal *t)
{
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
    t->editor = el_init("fmcal-lua", stdin, stdout, stderr);
    t->history = history_init();
    if (!t->editor || !t->history || !can_edit(t->editor)) {
        close_editor(t);
        return;
    }
    HistEvent event;
    history(t->history, &event, H_SETSIZE, HISTORY_LINES);
    history(t->history, &event, H_SETUNIQUE, 1);
    el_set(t->editor, EL_CLIENTDATA, t);
    el_set(t->editor, EL_PROMPT, show_prompt);
    el_set(t->editor, EL_EDITOR, "emacs");
    el_set(t->editor, EL_HIST, history, t->history);
    el_wset(t->editor, EL_ADDFN, L"fmcal-complete", L"Complete a name", complete); /* el_set would leak copies */
    el_set(t->editor, EL_BIND, "^I", "fmcal-complete", NULL);
    el_set(t->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(t->editor, NULL);
    read_interrupts_as_keys(t->editor);
}

/*
 * Waits for a line of the terminal, or Ctrl-C, which is a signal here. It is held back until the wait begins, for one
 * that comes after the prompt was written and before would end nothing. False: it was Ctrl-C.
 */
static bool wait_for_line(terminal *t)
{
    sigset_t held_back, before;
    sigemptyset(&held_back);
    sigaddset(&held_back, SIGINT);
    sigaddset(&held_back, SIGTERM);
    sigprocmask(SIG_BLOCK, &held_back, &before);
    t->rearm(t->data);
    fputs(t->prompt, stdout);
    fflush(stdout);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    bool interrupted = ppoll(&input, 1, NULL, &before) < 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return !interrupted;
}

/* One line from standard input; nil at its end. */
static void push_line(lua_State *L)
{
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    int c, seen = 0;
    while ((c = getc(stdin)) != EOF && c != '\n') {
        luaL_addchar(&line, (char)c);
        seen = 1;
    }
    luaL_pushresult(&line);
    if (c == EOF && !seen)
        lua_pushnil(L);
}

/* Reads without an editor. */
static int read_plain(lua_State *L, terminal *t)
{
    if (!isatty(STDIN_FILENO)) {
        fputs(t->prompt, stdout);
        fflush(stdout);
        push_line(L);
        return 1;
    }
    if (wait_for_line(t))
        push_line(L);
    else
        lua_pushboolean(L, 0);
    clearerr(stdin); /* Ctrl-D ends one line's reading, not the terminal */
    if (!lua_isstring(L, -1)) {
        putchar('\n');
        fflush(stdout);
    }
    t->rearm(t->data);
    return 1;
}

static int terminal_read(lua_State *L)
{
    terminal *t = to_terminal(L);
    t->prompt = luaL_checkstring(L, 2);
    t->rearm(t->data);
    if (!t->editor)
        return read_plain(L, t);
    t->L = L;
    int count = 0;
    el_resize(t->editor);
    errno = 0;
    t->interrupted = false;
    const char *line = el_gets(t->editor, &count);
    bool interrupted = t->interrupted || (!line && errno == EINTR);
    t->L = NULL;
    t->rearm(t->data);
    if (line && count > 0 && !interrupted) {
        lua_pushlstring(L, line, (size_t)(line[count - 1] == '\n' ? count - 1 : count));
        return 1;
    }
    putchar('\n');
    fflush(stdout);
    if (interrupted)
        lua_pushboolean(L, 0);
    else
        lua_pushnil(L);
    return 1;
}

/* Makes the folders on the way to a file. */
static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

static int terminal_history(lua_State *L)
{
    terminal *t = to_terminal(L);
    size_t len;
    const char *path = luaL_checklstring(L, 2, &len);
    lua_settop(L, 2);
    char *folders = lua_newuserdatauv(L, len + 1, 0);
    memcpy(folders, path, len + 1);
    HistEvent event;
    t->has_file = t->history && make_folders(folders);
    if (t->has_file)
        history(t->history, &event, H_LOAD, path); /* fails where there is none yet */
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 1, HISTORY_FILE);
    lua_pushboolean(L, t->has_file);
    return 1;
}

static int terminal_remember(lua_State *L)
{
    terminal *t = to_terminal(L);
    const char *line = luaL_checkstring(L, 2);
    HistEvent event;
    if (t->history)
        history(t->history, &event, H_ENTER, line);
    if (t->has_file) {
        lua_getiuservalue(L, 1, HISTORY_FILE);
        history(t->history, &event, H_SAVE, lua_tostring(L, -1));
    }
    return 0;
}

static int terminal_completer(lua_State *L)
{
    to_terminal(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_setiuservalue(L, 1, COMPLETER);
    return 0;
}

static int terminal_close(lua_State *L)
{
    terminal *t = to_terminal(L);
    close_editor(t);
    t->has_file = false;
    return 0;
}

static const luaL_Reg terminal_methods[] = {
    {"completer", terminal_completer},
    {"history", terminal_history},
    {"read", terminal_read},
    {"remember", terminal_remember},
    {NULL, NULL},
};

static const luaL_Reg terminal_metamethods[] = {
    {"__gc", terminal_close},
    {"__close", terminal_close},
    {NULL, NULL},
};

void fm_editor_push_terminal(lua_State *L, void (*rearm)(void *data), void *data)
{
    terminal *t = lua_newuserdatauv(L, sizeof *t, USER_VALUES);
    *t = (terminal){.rearm = rearm, .data = data};
    if (luaL_newmetatable(L, TERMINAL)) {
        luaL_setfuncs(L, terminal_metamethods, 0);
        luaL_newlib(L, terminal_methods);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, -2);
    if (isatty(STDIN_FILENO))
        open_editor(t);
}
