#include "bind/value/board.h"
#include "board/board.h"

static void release_board(void *board)
{
    fm_board_close(board);
}

const fm_bind_type fm_bind_board_type = {"fmcal.board", "board", release_board};
