/**
 * @file vdir.h
 * The provider "vdir": a folder of .ics files, one event each, as vdirsyncer and khal use it.
 *
 * Options:
 *  - `endpoint` (required): the folder. It holds one calendar, or one in each subfolder.
 *  - `calendar_id`: the subfolder; or the name in its file `displayname`; "." for the folder itself. Absent or
 *    "primary": a subfolder of that name where there is one; else the folder itself where it has .ics files or no
 *    subfolders; else its only subfolder. A name that is none of the subfolders there are is refused; where there are
 *    none it is made.
 *  - `bound` (boolean): this calendar was used before. A folder that is missing is then an error (FM_ENOTFOUND):
 *    otherwise it is made, for an empty new folder must not pass for a calendar whose events were deleted.
 *  - `discovery`: as the binding gave it: what "primary" chose last time is chosen again.
 *
 * In a dry run a folder that would be made is not, and lists as empty.
 *
 * The href of an object is its file name. Its ETag changes with every rewrite: time of change in
 * nanoseconds, inode and size; and a hash of the content where the file was changed so recently that its time
 * might not change with the next write. There are no tokens: every listing is complete, files whose ETag is known
 * are not read.
 *
 * Other programs may write at any time. Writes go through a hidden temporary file beside the target. Creating never
 * overwrites (RENAME_NOREPLACE, or a hard link). Replacing exchanges the two files and looks at what came out;
 * deleting renames aside and looks: what is not the expected version is put back and reported as changed. Where the
 * system cannot exchange files the check comes just before the rename.
 *
 * A file that cannot be read, or is no calendar object (half written, too large, without VCALENDAR or UID), is handed
 * on as FM_OBJECT_UNREAD, and so is one that held an event and holds none now. Files that never held a VEVENT, hidden
 * files and names that do not end in ".ics" are no events.
 *
 * Every operation is done at its first step.
 */
#ifndef FM_PROVIDER_VDIR_H
#define FM_PROVIDER_VDIR_H

#include "fmcal/provider.h"

extern const fm_provider_class fm_provider_vdir;

#endif
