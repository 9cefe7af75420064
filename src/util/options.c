#include "util/options.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef enum option_type { OPTION_STRING, OPTION_INT, OPTION_BOOL, OPTION_SECRET } option_type;

typedef struct option {
    char *name;
    option_type type;
    union {
        char *string;
        int64_t integer;
        bool boolean;
        fm_secret *secret;
    } value;
} option;

struct fm_options {
    option *items; /* in order of first setting; few enough to be searched in turn */
    size_t count, capacity;
};

static void clear_value(option *o)
{
    if (o->type == OPTION_STRING)
        free(o->value.string);
    else if (o->type == OPTION_SECRET)
        fm_secret_unref(o->value.secret);
}

fm_options *fm_options_new(void)
{
    return calloc(1, sizeof(fm_options));
}

void fm_options_free(fm_options *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->count; i++) {
        clear_value(&o->items[i]);
        free(o->items[i].name);
    }
    free(o->items);
    free(o);
}

static option *find(const fm_options *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].name, name) == 0)
            return &o->items[i];
    return NULL;
}

static option *find_typed(const fm_options *o, const char *name, option_type type)
{
    option *found = find(o, name);
    return found && found->type == type ? found : NULL;
}

static option *append(fm_options *o, const char *name)
{
    char *copy = NULL;
    if (fm_grow(&o->items, &o->capacity, o->count + 1, sizeof *o->items) || !(copy = strdup(name)))
        return NULL;
    o->items[o->count] = (option){.name = copy, .type = OPTION_BOOL};
    return &o->items[o->count++];
}

/* The member, made where it is missing, its old value let go. NULL when memory runs out. */
static option *emptied(fm_options *o, const char *name, option_type type)
{
    option *slot = find(o, name);
    if (!slot)
        slot = append(o, name);
    if (!slot)
        return NULL;
    clear_value(slot);
    slot->type = type;
    return slot;
}

fm_status fm_options_set_string(fm_options *o, const char *name, const char *value)
{
    char *copy = strdup(value);
    option *slot = copy ? emptied(o, name, OPTION_STRING) : NULL;
    if (!slot) {
        free(copy);
        return FM_ENOMEM;
    }
    slot->value.string = copy;
    return FM_OK;
}

fm_status fm_options_set_int(fm_options *o, const char *name, int64_t value)
{
    option *slot = emptied(o, name, OPTION_INT);
    if (!slot)
        return FM_ENOMEM;
    slot->value.integer = value;
    return FM_OK;
}

fm_status fm_options_set_bool(fm_options *o, const char *name, bool value)
{
    option *slot = emptied(o, name, OPTION_BOOL);
    if (!slot)
        return FM_ENOMEM;
    slot->value.boolean = value;
    return FM_OK;
}

fm_status fm_options_set_secret(fm_options *o, const char *name, fm_secret *value)
{
    fm_secret_ref(value); /* first: it may be the member's own */
    option *slot = emptied(o, name, OPTION_SECRET);
    if (!slot) {
        fm_secret_unref(value);
        return FM_ENOMEM;
    }
    slot->value.secret = value;
    return FM_OK;
}

const char *fm_options_string(const fm_options *o, const char *name, const char *fallback)
{
    option *found = find_typed(o, name, OPTION_STRING);
    return found ? found->value.string : fallback;
}

int64_t fm_options_int(const fm_options *o, const char *name, int64_t fallback)
{
    option *found = find_typed(o, name, OPTION_INT);
    return found ? found->value.integer : fallback;
}

bool fm_options_bool(const fm_options *o, const char *name, bool fallback)
{
    option *found = find_typed(o, name, OPTION_BOOL);
    return found ? found->value.boolean : fallback;
}

fm_secret *fm_options_secret(const fm_options *o, const char *name)
{
    option *found = find_typed(o, name, OPTION_SECRET);
    return found ? found->value.secret : NULL;
}

const char *fm_options_name(const fm_options *o, size_t n)
{
    return n < o->count ? o->items[n].name : NULL;
}
