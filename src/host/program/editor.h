/**
 * @file editor.h
 * The terminal as the prompt sees it (lua/fmcal/prompt): a userdata that reads lines, with editing, history and
 * completion where standard input is a terminal that can move its cursor. Only fmcal-lua has it; the library does not.
 */
#ifndef FM_HOST_PROGRAM_EDITOR_H
#define FM_HOST_PROGRAM_EDITOR_H

#include <lua.h>

/**
 * Pushes the terminal. Its methods:
 *
 *   t:read(prompt) -> line | nil at the end of input | false after Ctrl-C
 *   t:history(path)        keeps history in this file, mode 0600; makes its folders, mode 0700. False where it cannot
 *   t:remember(line)       adds a line to the history and saves it
 *   t:completer(f)         Tab calls f(text before the cursor) -> text to insert, lines to show (either may be nil)
 *
 * @param rearm  called around each read, so that Ctrl-C reaches the code that runs next and not what was before
 * @param data   passed to `rearm`, borrowed while the state lives
 * Raises when memory runs out. [-0, +1, m]
 */
void fm_editor_push_terminal(lua_State *L, void (*rearm)(void *data), void *data);

#endif
