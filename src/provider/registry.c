#include "provider/caldav/caldav.h"
#include "provider/google/google.h"
#include "provider/mock/server.h"
#include "provider/vdir.h"

#include <string.h>

static const fm_provider_class *const classes[] = {
    &fm_provider_apple, &fm_provider_caldav, &fm_provider_google, &fm_provider_mock, &fm_provider_vdir, NULL,
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

unsigned fm_provider_credential(const char *name)
{
    unsigned flags = 0;
    for (const fm_provider_class *const *klass = classes; *klass; klass++)
        for (const fm_credential *c = (*klass)->credentials; c && c->name; c++)
            if (strcmp(c->name, name) == 0)
                flags |= c->flags;
    return flags;
}
