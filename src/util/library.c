#include "util/library.h"

#include <dlfcn.h>
#include <string.h>

bool fm_library_find(const char *soname, const fm_symbol *symbols, size_t count)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    size_t found = 0;
    while (library && found < count) {
        void *function = dlsym(library, symbols[found].name);
        if (!function)
            break;
        memcpy(symbols[found++].pointer, &function, sizeof function);
    }
    if (library)
        dlclose(library); /* RTLD_NODELETE keeps it */
    return library && found == count;
}
