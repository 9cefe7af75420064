#include "host/program/warnings.h"

#include <stdio.h>
#include <string.h>

static void control(fm_warnings *warnings, const char *word)
{
    if (strcmp(word, "@on") == 0)
        warnings->on = true;
    else if (strcmp(word, "@off") == 0)
        warnings->on = false;
}

static void warn(void *data, const char *text, int to_be_continued)
{
    fm_warnings *warnings = data;
    if (!warnings->unfinished && !to_be_continued && *text == '@') {
        control(warnings, text);
        return;
    }
    if (warnings->on)
        fprintf(stderr, "%s%s%s", warnings->unfinished ? "" : "Lua warning: ", text, to_be_continued ? "" : "\n");
    warnings->unfinished = to_be_continued;
}

void fm_warnings_install(lua_State *L, fm_warnings *warnings)
{
    lua_setwarnf(L, warn, warnings);
}
