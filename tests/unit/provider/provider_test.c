#include "fmcal/provider.h"
#include "provider/op.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

/* A provider that records which of its functions were reached. */
typedef struct probe {
    fm_provider base;
    fm_binding binding;
    bool opened;
} probe;

static int fini_calls;
static int slot_calls;
static fm_status init_status;

static fm_status probe_init(fm_provider *p, const struct fm_options *options, fm_error *err)
{
    (void)p;
    (void)options;
    return init_status ? fm_error_set(err, init_status, "probe", "setting \"x\" is missing") : FM_OK;
}

static void probe_fini(fm_provider *p)
{
    (void)p;
    fini_calls++;
}

static fm_status probe_open(fm_provider *p, fm_op **op, fm_error *err)
{
    ((probe *)p)->opened = true;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

static const fm_binding *probe_binding(const fm_provider *p)
{
    const probe *self = (const probe *)p;
    return self->opened ? &self->binding : NULL;
}

static fm_status probe_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    (void)p;
    (void)fn;
    (void)data;
    slot_calls++;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

static fm_status probe_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err)
{
    (void)p;
    (void)token;
    (void)sink;
    slot_calls++;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

static fm_status probe_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                             fm_op **op, fm_error *err)
{
    (void)p;
    (void)hrefs;
    (void)count;
    (void)sink;
    slot_calls++;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

static fm_status probe_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                             fm_error *err)
{
    (void)p;
    (void)writes;
    (void)count;
    (void)fn;
    (void)data;
    slot_calls++;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

static fm_status probe_encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                              struct fm_buf *out, fm_error *err)
{
    (void)p;
    (void)event;
    (void)old;
    (void)old_len;
    (void)out;
    (void)err;
    return FM_OK;
}

static fm_status probe_decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    (void)p;
    (void)text;
    (void)len;
    if (fm_event_set(&event->title, "half decoded"))
        return FM_ENOMEM;
    return fm_error_set(err, FM_EPARSE, "probe", "no event in it");
}

static const fm_provider_class probe_class = {
    .abi_version = FM_PROVIDER_ABI,
    .name = "probe",
    .instance_size = sizeof(probe),
    .init = probe_init,
    .fini = probe_fini,
    .open = probe_open,
    .binding = probe_binding,
    .list = probe_list,
    .changes = probe_changes,
    .fetch = probe_fetch,
    .apply = probe_apply,
    .encode = probe_encode,
    .decode = probe_decode,
};

static fm_env env;
static const fm_context context = {.env = &env};

static int reset(void **state)
{
    (void)state;
    fm_env_default(&env);
    fini_calls = slot_calls = 0;
    init_status = FM_OK;
    return 0;
}

static fm_provider *opened(void)
{
    fm_provider *p = NULL;
    fm_op *op = NULL;
    assert_int_equal(fm_provider_new(&p, &probe_class, &context, NULL, NULL), FM_OK);
    assert_int_equal(fm_provider_open(p, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &env, NULL), FM_OK);
    fm_op_free(op);
    return p;
}

static fm_status no_object(void *data, const fm_object *object, fm_error *err)
{
    (void)data;
    (void)object;
    (void)err;
    return FM_OK;
}

static void new_refuses_a_class_of_another_interface_or_with_gaps(void **state)
{
    (void)state;
    fm_provider *p = NULL;
    fm_error err = {0};
    fm_provider_class klass = probe_class;
    klass.abi_version++;
    assert_int_equal(fm_provider_new(&p, &klass, &context, NULL, &err), FM_EINVAL);
    assert_null(p);
    klass = probe_class;
    klass.fetch = NULL;
    assert_int_equal(fm_provider_new(&p, &klass, &context, NULL, &err), FM_EINVAL);
    klass = probe_class;
    klass.instance_size = 1;
    assert_int_equal(fm_provider_new(&p, &klass, &context, NULL, &err), FM_EINVAL);
    assert_int_equal(fini_calls, 0);
}

static void new_cleans_up_when_init_fails(void **state)
{
    (void)state;
    fm_provider *p = NULL;
    fm_error err = {0};
    init_status = FM_EINVAL;
    assert_int_equal(fm_provider_new(&p, &probe_class, &context, NULL, &err), FM_EINVAL);
    assert_null(p);
    assert_int_equal(fini_calls, 1);
    assert_non_null(strstr(err.message, "\"x\""));
}

static void calls_before_open_are_refused(void **state)
{
    (void)state;
    fm_provider *p = NULL;
    fm_op *op = NULL;
    fm_object_sink sink = {.object = no_object};
    const char *const hrefs[] = {"a"};
    assert_int_equal(fm_provider_new(&p, &probe_class, &context, NULL, NULL), FM_OK);
    assert_int_equal(fm_provider_changes(p, NULL, &sink, &op, NULL), FM_EINVAL);
    assert_int_equal(fm_provider_fetch(p, hrefs, 1, &sink, &op, NULL), FM_EINVAL);
    assert_int_equal(fm_provider_apply(p, NULL, 0, NULL, NULL, &op, NULL), FM_EINVAL);
    assert_null(op);
    assert_int_equal(slot_calls, 0);
    fm_provider_free(p);
}

static void a_dry_run_refuses_apply_and_nothing_else(void **state)
{
    (void)state;
    fm_provider *p = opened();
    fm_op *op = NULL;
    fm_write write = {.kind = FM_WRITE_CREATE, .uid = "u", .text = "t", .text_len = 1};
    fm_object_sink sink = {.object = no_object};
    const char *const hrefs[] = {"a"};
    fm_error err = {0};
    env.read_only = true;
    assert_int_equal(fm_provider_apply(p, &write, 1, NULL, NULL, &op, &err), FM_EREADONLY);
    assert_null(op);
    assert_int_equal(slot_calls, 0);
    assert_int_equal(fm_provider_fetch(p, hrefs, 1, &sink, &op, &err), FM_OK);
    fm_op_free(op);
    assert_int_equal(slot_calls, 1);
    fm_provider_free(p);
}

static void apply_names_the_write_that_lacks_something(void **state)
{
    (void)state;
    fm_provider *p = opened();
    fm_op *op = NULL;
    fm_error err = {0};
    fm_write writes[] = {
        {.kind = FM_WRITE_CREATE, .uid = "u", .text = "t", .text_len = 1},
        {.kind = FM_WRITE_DELETE, .uid = "u"},
    };
    assert_int_equal(fm_provider_apply(p, writes, 2, NULL, NULL, &op, &err), FM_EINVAL);
    assert_string_equal(err.message, "write 2 needs an href");
    writes[1] = (fm_write){.kind = FM_WRITE_UPDATE, .uid = "u", .href = "h"};
    assert_int_equal(fm_provider_apply(p, writes, 2, NULL, NULL, &op, &err), FM_EINVAL);
    assert_string_equal(err.message, "write 2 needs a text");
    writes[1] = (fm_write){.kind = FM_WRITE_DELETE, .href = "h"};
    assert_int_equal(fm_provider_apply(p, writes, 2, NULL, NULL, &op, &err), FM_EINVAL);
    assert_string_equal(err.message, "write 2 needs a uid");
    assert_int_equal(slot_calls, 0);
    fm_provider_free(p);
}

static void empty_batches_reach_no_provider(void **state)
{
    (void)state;
    fm_provider *p = opened();
    fm_op *op = NULL;
    fm_object_sink sink = {.object = no_object};
    assert_int_equal(fm_provider_apply(p, NULL, 0, NULL, NULL, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &env, NULL), FM_OK);
    fm_op_free(op);
    assert_int_equal(fm_provider_fetch(p, NULL, 0, &sink, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &env, NULL), FM_OK);
    fm_op_free(op);
    assert_int_equal(slot_calls, 0);
    fm_provider_free(p);
}

static void a_failed_decode_leaves_an_empty_event(void **state)
{
    (void)state;
    fm_provider *p = opened();
    fm_event event = {0};
    assert_int_equal(fm_provider_decode(p, "", 0, &event, NULL), FM_EPARSE);
    assert_null(event.title);
    fm_provider_free(p);
}

static void disconnect_is_done_at_once_without_the_function(void **state)
{
    (void)state;
    fm_provider *p = opened();
    fm_op *op = NULL;
    assert_int_equal(fm_provider_disconnect(p, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, NULL, NULL), FM_OK);
    fm_op_free(op);
    fm_provider_free(p);
}

static void write_clear_frees_what_came_out(void **state)
{
    (void)state;
    fm_write write = {.kind = FM_WRITE_UPDATE, .uid = "u", .outcome = FM_OUTCOME_CHANGED, .current_gone = true};
    write.new_href = strdup("h");
    write.new_etag = strdup("e");
    write.current_text = strdup("t");
    write.current_len = 1;
    fm_write_clear(&write);
    assert_null(write.new_href);
    assert_null(write.new_etag);
    assert_null(write.current_text);
    assert_int_equal(write.current_len, 0);
    assert_false(write.current_gone);
    assert_int_equal(write.outcome, FM_OUTCOME_NONE);
    assert_string_equal(write.uid, "u");
}

static void the_registry_finds_what_it_lists(void **state)
{
    (void)state;
    for (const fm_provider_class *const *klass = fm_provider_classes(); *klass; klass++)
        assert_ptr_equal(fm_provider_find((*klass)->name), *klass);
    assert_null(fm_provider_find("no such provider"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(new_refuses_a_class_of_another_interface_or_with_gaps, reset),
        cmocka_unit_test_setup(new_cleans_up_when_init_fails, reset),
        cmocka_unit_test_setup(calls_before_open_are_refused, reset),
        cmocka_unit_test_setup(a_dry_run_refuses_apply_and_nothing_else, reset),
        cmocka_unit_test_setup(apply_names_the_write_that_lacks_something, reset),
        cmocka_unit_test_setup(empty_batches_reach_no_provider, reset),
        cmocka_unit_test_setup(a_failed_decode_leaves_an_empty_event, reset),
        cmocka_unit_test_setup(disconnect_is_done_at_once_without_the_function, reset),
        cmocka_unit_test_setup(write_clear_frees_what_came_out, reset),
        cmocka_unit_test_setup(the_registry_finds_what_it_lists, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
