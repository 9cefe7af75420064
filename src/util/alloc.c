#include "util/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16

fm_status fm_error_no_memory(fm_error *err, const char *domain)
{
    return fm_error_set(err, FM_ENOMEM, domain, "memory ran out");
}

fm_status fm_grow(void *array, size_t *room, size_t count, size_t size)
{
    if (count <= *room)
        return FM_OK;
    size_t wanted = *room < FIRST_ROOM / 2 ? FIRST_ROOM : *room > SIZE_MAX / 2 ? SIZE_MAX : *room * 2;
    if (wanted < count)
        wanted = count;
    void *elements, *grown;
    memcpy(&elements, array, sizeof elements); /* whatever the type of the pointer there is */
    if (wanted > SIZE_MAX / size || !(grown = realloc(elements, wanted * size)))
        return FM_ENOMEM;
    memcpy(array, &grown, sizeof grown);
    *room = wanted;
    return FM_OK;
}

fm_status fm_text_set(char **slot, const char *text)
{
    char *copy = NULL;
    if (text && !(copy = strdup(text)))
        return FM_ENOMEM;
    free(*slot);
    *slot = copy;
    return FM_OK;
}

fm_status fm_text_set_filled(char **slot, const char *text)
{
    return fm_text_set(slot, text && *text ? text : NULL);
}
