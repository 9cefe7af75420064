#include "board/board_impl.h"

fm_status fm_board_blame(const fm_board *b, unsigned line, fm_status status, fm_error *err)
{
    if (line) {
        fm_error_prefix(err, "%s, line %u", b->name, line);
        if (err)
            err->line = line;
    } else {
        fm_error_prefix(err, "%s", b->name);
    }
    return status;
}
