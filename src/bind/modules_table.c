#include "bind/modules.h"

const luaL_Reg fm_bind_modules[] = {
    {NULL, NULL},
};
