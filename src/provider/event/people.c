#include "provider/event/people.h"

#include <ctype.h>
#include <string.h>

static bool is_in(const fm_strings *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

fm_status fm_people_add(fm_strings *people, fm_span address)
{
    static const char scheme[] = "mailto:";
    const size_t scheme_len = sizeof scheme - 1;
    fm_buf plain;
    address = fm_span_trim(address);
    if (address.len >= scheme_len && fm_span_is((fm_span){address.at, scheme_len}, scheme))
        address = fm_span_trim((fm_span){address.at + scheme_len, address.len - scheme_len});
    fm_buf_init(&plain, SIZE_MAX / 4);
    for (size_t i = 0; i < address.len; i++)
        fm_buf_addc(&plain, (char)tolower((unsigned char)address.at[i]));
    fm_status status = plain.status;
    if (!status && plain.len && !is_in(people, plain.data))
        status = fm_strings_add(people, plain.data);
    fm_buf_free(&plain);
    return status;
}

bool fm_people_others(const fm_strings *people, const fm_strings *own)
{
    for (size_t i = 0; i < people->count; i++)
        if (!is_in(own, people->items[i]))
            return true;
    return false;
}
