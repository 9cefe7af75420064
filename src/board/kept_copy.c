#include "board/kept_copy.h"
#include "board/board_impl.h"
#include "core/json/value.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A text that is copied up to some value, which is left out. */
typedef struct copy {
    fm_buf out;
    const char *done; /* what is before it has been copied or left out */
    bool differs;
} copy;

static void leave_out(copy *c, const fm_json_span *value)
{
    fm_buf_add(&c->out, c->done, (size_t)(value->at - c->done));
    fm_buf_adds(&c->out, "null");
    c->done = value->at + value->len;
    c->differs = true;
}

/* Walks an object: leaves out the credentials in it, and down to `levels` below it. */
static void walk(copy *c, fm_json_scan *s, int levels)
{
    fm_json_string name;
    if (fm_json_peek(s) != FM_JSON_OBJECT) {
        fm_json_skip(s, NULL);
        return;
    }
    fm_json_open(s);
    for (bool first = true; fm_json_member(s, first, &name); first = false) {
        fm_json_span value;
        if (fm_json_string_is(&name, "credentials", 11)) {
            if (fm_json_skip(s, &value))
                leave_out(c, &value);
        } else if (levels) {
            walk(c, s, levels - 1);
        } else {
            fm_json_skip(s, NULL);
        }
    }
}

static void walk_board(copy *c, fm_json_scan *s)
{
    fm_json_string name;
    if (fm_json_peek(s) != FM_JSON_OBJECT || !fm_json_open(s))
        return;
    for (bool first = true; fm_json_member(s, first, &name); first = false) {
        if (fm_json_string_is(&name, "calendarConfig", 14))
            walk(c, s, 1);
        else
            fm_json_skip(s, NULL);
    }
}

/* Moves the file there. False where that cannot be done, as from one file system to another. */
static bool move(const char *file, const char *keep)
{
    return chmod(file, 0600) == 0 && rename(file, keep) == 0;
}

fm_status fm_board_keep_copy(const fm_env *env, const char *keep, const fm_json_span *text, const char *file,
                             fm_error *err)
{
    copy c = {.done = text->at};
    fm_json_scan s;
    fm_status status = FM_OK;
    fm_buf_init(&c.out, 2 * FM_BOARD_MAX_BYTES);
    fm_json_begin(&s, text->at, text->len, FM_JSON_DEPTH_LIMIT);
    walk_board(&c, &s);
    if (s.status)
        status = fm_json_error(&s, err);
    else if (c.differs || !file || !move(file, keep)) {
        fm_buf_add(&c.out, c.done, (size_t)(text->at + text->len - c.done));
        (void)unlink(keep); /* its mode may be another */
        status =
            c.out.status ? fm_error_no_memory(err, "board") : fm_stage_replace(env, keep, c.out.data, c.out.len, err);
    }
    fm_buf_free(&c.out);
    return status;
}
