#include "serve/lines.h"

#include <string.h>

bool fm_lines_next(const fm_buf *inbox, size_t *taken, size_t *scanned, const char **line, size_t *len)
{
    const char *begin = inbox->data + *taken;
    const char *end = memchr(begin + *scanned, '\n', inbox->len - *taken - *scanned);
    if (!end) {
        *scanned = inbox->len - *taken;
        return false;
    }
    *line = begin;
    *len = (size_t)(end - begin);
    *taken += *len + 1;
    *scanned = 0;
    return true;
}
