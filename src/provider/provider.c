#include "fmcal/provider.h"
#include "core/zone/zone.h"
#include "provider/op.h"
#include "util/alloc.h"

#include <stdlib.h>

static fm_status check_class(const fm_provider_class *klass, fm_error *err)
{
    if (klass->abi_version != FM_PROVIDER_ABI)
        return fm_error_set(err, FM_EINVAL, "provider", "provider \"%s\" was built for interface %u, this is %u",
                            klass->name, (unsigned)klass->abi_version, (unsigned)FM_PROVIDER_ABI);
    bool complete = klass->init && klass->fini && klass->open && klass->binding && klass->list && klass->changes &&
                    klass->fetch && klass->apply && klass->encode && klass->decode;
    if (!complete || klass->instance_size < sizeof(fm_provider))
        return fm_error_set(err, FM_EINVAL, "provider", "provider \"%s\" lacks a required function", klass->name);
    return FM_OK;
}

static fm_status make(fm_provider **out, const fm_provider_class *klass, const fm_context *context, fm_error *err)
{
    fm_status status = check_class(klass, err);
    if (status)
        return status;
    fm_provider *p = calloc(1, klass->instance_size);
    if (!p)
        return fm_error_no_memory(err, "provider");
    p->klass = klass;
    p->context = *context;
    p->zones = fm_zones_new(NULL);
    *out = p;
    return p->zones ? FM_OK : fm_error_no_memory(err, "provider");
}

/* Gives an instance out, or frees it. */
static fm_status hand_out(fm_provider **out, fm_provider *p, fm_status status)
{
    if (status)
        fm_provider_free(p);
    else
        *out = p;
    return status;
}

fm_status fm_provider_new(fm_provider **out, const fm_provider_class *klass, const fm_context *context,
                          const struct fm_options *options, fm_error *err)
{
    fm_provider *p = *out = NULL;
    fm_status status = make(&p, klass, context, err);
    if (!status)
        status = klass->init(p, options, err);
    return hand_out(out, p, status);
}

fm_status fm_provider_new_codec(fm_provider **out, const fm_provider_class *klass, const fm_context *context,
                                fm_error *err)
{
    fm_provider *p = *out = NULL;
    fm_status status = make(&p, klass, context, err);
    if (!status)
        p->codec_only = true;
    return hand_out(out, p, status);
}

void fm_provider_free(fm_provider *p)
{
    if (!p)
        return;
    p->klass->fini(p);
    fm_zones_free(p->zones);
    free(p);
}

/* A codec has no account to speak to. */
static fm_status check_account(const fm_provider *p, fm_error *err)
{
    if (!p->codec_only)
        return FM_OK;
    return fm_error_set(err, FM_EINVAL, "provider", "this \"%s\" only reads and writes the texts of events",
                        p->klass->name);
}

const fm_binding *fm_provider_binding(const fm_provider *p)
{
    return p->klass->binding(p);
}

static fm_status check_open(const fm_provider *p, fm_error *err)
{
    if (fm_provider_binding(p))
        return FM_OK;
    return fm_error_set(err, FM_EINVAL, "provider", "provider \"%s\" is not open", p->klass->name);
}

fm_status fm_provider_open(fm_provider *p, fm_op **op, fm_error *err)
{
    *op = NULL;
    fm_status status = check_account(p, err);
    return status ? status : p->klass->open(p, op, err);
}

fm_status fm_provider_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    *op = NULL;
    fm_status status = check_account(p, err);
    return status ? status : p->klass->list(p, fn, data, op, err);
}

fm_status fm_provider_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err)
{
    *op = NULL;
    fm_status status = check_open(p, err);
    if (status)
        return status;
    if (!sink->object || !sink->page)
        return fm_error_set(err, FM_EINVAL, "provider", "changes needs the functions object and page");
    return p->klass->changes(p, token, sink, op, err);
}

fm_status fm_provider_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                            fm_op **op, fm_error *err)
{
    *op = NULL;
    fm_status status = check_open(p, err);
    if (status)
        return status;
    if (!sink->object)
        return fm_error_set(err, FM_EINVAL, "provider", "fetch needs the function object");
    if (count == 0)
        return fm_op_call_new(op, NULL, NULL, NULL, err);
    return p->klass->fetch(p, hrefs, count, sink, op, err);
}

static fm_status check_write(const fm_write *write, size_t index, fm_error *err)
{
    const char *missing = NULL;
    if (!write->uid)
        missing = "a uid";
    else if (write->kind != FM_WRITE_CREATE && !write->href)
        missing = "an href";
    else if (write->kind != FM_WRITE_DELETE && !write->text)
        missing = "a text";
    if (missing)
        return fm_error_set(err, FM_EINVAL, "provider", "write %zu needs %s", index + 1, missing);
    return FM_OK;
}

fm_status fm_provider_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                            fm_error *err)
{
    *op = NULL;
    fm_status status = check_open(p, err);
    if (status)
        return status;
    if (p->context.env && p->context.env->read_only)
        return fm_error_set(err, FM_EREADONLY, "provider", "a dry run writes nothing to the calendar");
    for (size_t i = 0; i < count; i++) {
        status = check_write(&writes[i], i, err);
        if (status)
            return status;
        fm_write_clear(&writes[i]);
    }
    if (count == 0)
        return fm_op_call_new(op, NULL, NULL, NULL, err);
    return p->klass->apply(p, writes, count, fn, data, op, err);
}

fm_status fm_provider_encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                             struct fm_buf *out, fm_error *err)
{
    return p->klass->encode(p, event, old, old_len, out, err);
}

fm_status fm_provider_decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    fm_status status = p->klass->decode(p, text, len, event, err);
    if (status)
        fm_event_clear(event);
    return status;
}

fm_status fm_provider_disconnect(fm_provider *p, fm_op **op, fm_error *err)
{
    *op = NULL;
    fm_status status = check_account(p, err);
    if (status)
        return status;
    if (!p->klass->disconnect)
        return fm_op_call_new(op, NULL, NULL, NULL, err);
    return p->klass->disconnect(p, op, err);
}

void fm_write_clear(fm_write *write)
{
    free(write->new_href);
    free(write->new_etag);
    free(write->current_text);
    write->outcome = FM_OUTCOME_NONE;
    write->new_href = NULL;
    write->new_etag = NULL;
    write->current_text = NULL;
    write->current_len = 0;
    write->current_gone = false;
    write->error = (fm_error){0};
}
