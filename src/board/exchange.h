/**
 * @file exchange.h
 * Saves a board beside programs that know nothing of a lock.
 *
 * The new text is exchanged with the file in one step, and what comes out is looked at. If another
 * program wrote meanwhile, the edits are done again on what it wrote, and that is exchanged in turn.
 * A member that the other program changed, too, stays as it wrote it, but for what only fmcal writes:
 * calendarSync, courtDateSync and members of the board itself.
 *
 * At any point in time, a power cut included, the file is a whole board: the old one, or a new one.
 */
#ifndef FM_BOARD_EXCHANGE_H
#define FM_BOARD_EXCHANGE_H

#include "board/board.h"
#include "board/edit_log.h"

/**
 * Whether a new version of the file can belong to whom this one belongs to: a process can give files of its own away
 * only where it is root.
 * @return FM_EINVAL says whose it is; FM_OK for a board from memory
 */
fm_status fm_board_check_owner(const fm_board *b, fm_error *err);

/**
 * Saves the edits. Nothing is written where they change nothing. Afterwards the board is as the file,
 * another program's changes included, and holds no edits.
 * @param keep     where the previous file goes (see kept_copy.h); NULL: it is removed
 * @param skipped  edits that were not done because the other program changed the same member, or
 *                 removed the entry, are added (copied); cleared by the caller
 * @return FM_EINVAL: a board from memory; FM_EREADONLY; FM_EPARSE: what another program wrote is no
 *         board; FM_EPRECONDITION: others keep writing; FM_EIO, FM_EACCESS, …. On failure the file is as
 *         it was or as another program wrote it, and the edits are still there.
 */
fm_status fm_board_save(fm_board *b, const char *keep, fm_edit_log *skipped, fm_error *err);

#endif
