/**
 * @file prompt.h
 * What fmcal-lua gives its prompt (lua/fmcal/prompt): the module fmcal.prompt.program, which only this program has.
 *
 *   terminal() -> terminal     reads lines: see editor.h
 *   follow(f), watch(co, what)  see watch.h
 *   stop_clock(), go_on()      the clock of deadlines: see clock.h
 *   stay()                     the script that runs ends here, and the prompt opens behind it
 */
#ifndef FM_HOST_PROGRAM_PROMPT_H
#define FM_HOST_PROGRAM_PROMPT_H

#include <lua.h>
#include <stdbool.h>

typedef struct fm_prompt {
    void (*rearm)(void *data); /**< see fm_editor_push_terminal() */
    void *data;                /**< for `rearm` */
    bool stays;                /**< stay() was called */
} fm_prompt;

/** Makes the module known to require. `prompt` is borrowed while the state lives. [-0, +0, m] */
void fm_prompt_preload(lua_State *L, fm_prompt *prompt);

#endif
