#include "provider/classes.h"
#include "provider/vdir.h"

#include <string.h>

static const fm_provider_class *const classes[] = {
    &fm_provider_apple, &fm_provider_caldav, &fm_provider_google, &fm_provider_mock, &fm_vdir_class, NULL,
};

const fm_provider_class *const *fm_provider_classes(void)
{
    return classes;
}

const fm_provider_class *fm_provider_find(const char *name)
{
    for (const fm_provider_class *const *klass = classes; *klass; klass++)
        if (strcmp((*klass)->name, name) == 0)
            return *klass;
    return NULL;
}
