#include "provider/vdir.h"
#include "provider/ics/codec.h"
#include "provider/op.h"
#include "provider/settings.h"
#include "provider/vdir/vdir_impl.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char domain[] = "vdir";

static fm_vdir *of(const fm_provider *p)
{
    return (fm_vdir *)p;
}

/* `calendarId` is a name, never a way out of the folder. */
static fm_status check_id(const char *id, fm_error *err)
{
    if (!id || strcmp(id, ".") == 0)
        return FM_OK;
    if (id[0] == '.' || strchr(id, '/'))
        return fm_error_set(
            err, FM_EINVAL, domain,
            "the setting \"calendar_id\" cannot be \"%.100s\": give the name of a subfolder of endpoint", id);
    return FM_OK;
}

static fm_status vdir_init(fm_provider *p, const struct fm_options *options, fm_error *err)
{
    fm_vdir *v = of(p);
    fm_settings s = {.options = options, .domain = domain, .err = err};
    fm_settings_text(&s, &v->endpoint, "endpoint", NULL);
    fm_settings_text(&s, &v->wanted, "calendar_id", NULL);
    fm_settings_text(&s, &v->discovery, "discovery", NULL);
    v->bound = fm_options_bool(options, "bound", false);
    if (!s.status && !v->endpoint)
        s.status = fm_error_set(err, FM_EINVAL, domain, "endpoint is missing: give the folder of the calendar");
    if (!s.status)
        s.status = check_id(v->wanted, err);
    if (v->wanted && strcmp(v->wanted, "primary") == 0) {
        free(v->wanted);
        v->wanted = NULL;
    }
    return s.status;
}

static void vdir_fini(fm_provider *p)
{
    fm_vdir *v = of(p);
    free(v->endpoint);
    free(v->wanted);
    free(v->discovery);
    free(v->choice);
    free(v->root);
    free(v->id);
    free(v->folder);
    free(v->name);
}

static const fm_binding *vdir_binding(const fm_provider *p)
{
    const fm_vdir *v = of(p);
    return v->is_open ? &v->binding : NULL;
}

/* ------------------------------------------------------------------ operations */

/* The arguments of a call, kept until its first step. */
typedef struct call {
    fm_vdir *v;
    fm_object_sink sink;
    const char *const *hrefs;
    fm_write *writes;
    size_t count;
    fm_calendar_fn calendar;
    fm_written_fn written;
    void *data;
    fm_status (*run)(const struct call *call, fm_error *err);
} call;

static fm_status step(void *data, fm_error *err)
{
    const call *c = data;
    return c->run(c, err);
}

static fm_status start(fm_op **op, const call *arguments, fm_error *err)
{
    call *c = malloc(sizeof *c);
    if (!c)
        return fm_error_no_memory(err, domain);
    *c = *arguments;
    return fm_op_call_new(op, step, c, free, err);
}

static fm_status run_open(const call *c, fm_error *err)
{
    return fm_vdir_choose(c->v, err);
}

static fm_status vdir_open(fm_provider *p, fm_op **op, fm_error *err)
{
    return start(op, &(call){.v = of(p), .run = run_open}, err);
}

static fm_status run_list(const call *c, fm_error *err)
{
    return fm_vdir_list_calendars(c->v, c->calendar, c->data, err);
}

static fm_status vdir_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    return start(op, &(call){.v = of(p), .run = run_list, .calendar = fn, .data = data}, err);
}

static fm_status run_changes(const call *c, fm_error *err)
{
    return fm_vdir_changes(c->v, &c->sink, err);
}

static fm_status vdir_start_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op,
                                    fm_error *err)
{
    (void)token; /* there are none: every listing is complete */
    return start(op, &(call){.v = of(p), .run = run_changes, .sink = *sink}, err);
}

static fm_status run_fetch(const call *c, fm_error *err)
{
    return fm_vdir_fetch(c->v, c->hrefs, c->count, &c->sink, err);
}

static fm_status vdir_start_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                                  fm_op **op, fm_error *err)
{
    return start(op, &(call){.v = of(p), .run = run_fetch, .hrefs = hrefs, .count = count, .sink = *sink}, err);
}

static fm_status run_apply(const call *c, fm_error *err)
{
    return fm_vdir_apply(c->v, c->writes, c->count, c->written, c->data, err);
}

static fm_status vdir_start_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data,
                                  fm_op **op, fm_error *err)
{
    return start(
        op, &(call){.v = of(p), .run = run_apply, .writes = writes, .count = count, .written = fn, .data = data}, err);
}

/* ------------------------------------------------------------------ the codec */

static fm_status vdir_encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                             struct fm_buf *out, fm_error *err)
{
    return fm_ics_encode(event, old, old_len, p->context.env, p->zones, out, err);
}

static fm_status vdir_decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    return fm_ics_decode(text, len, p->zones, event, err);
}

const fm_provider_class fm_provider_vdir = {
    .abi_version = FM_PROVIDER_ABI,
    .name = "vdir",
    .capabilities = 0,
    .endpoint = FM_ENDPOINT_PATH,
    .instance_size = sizeof(fm_vdir),
    .init = vdir_init,
    .fini = vdir_fini,
    .open = vdir_open,
    .binding = vdir_binding,
    .list = vdir_list,
    .changes = vdir_start_changes,
    .fetch = vdir_start_fetch,
    .apply = vdir_start_apply,
    .encode = vdir_encode,
    .decode = vdir_decode,
};
