#include "provider/remote/call.h"
#include "provider/remote/op.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

typedef struct world {
    fm_env env;
    fm_remote provider;
} world;

static int setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    fm_env_default(&w->env);
    w->provider.domain = "test";
    w->provider.base.context.env = &w->env;
    assert_int_equal(fm_http_new(&w->provider.base.context.http, &w->env, NULL), FM_OK);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    fm_http_free(w->provider.base.context.http);
    free(w);
    return 0;
}

static void destroy(fm_op *op)
{
    fm_remote_cancel_all((fm_remote_op *)op);
    free(op);
}

static fm_remote_op *made(world *w)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    fm_remote_op *op = fm_remote_op_new(sizeof *op, &klass, &w->provider.base, NULL);
    assert_non_null(op);
    assert_ptr_equal(op->p, &w->provider);
    return op;
}

static void test_ends_once(void **state)
{
    fm_remote_op *op = made(*state);
    fm_error late = {0}, err = {0};
    fm_error_set(&late, FM_ENETWORK, "test", "too late");
    fm_remote_op_end(op, FM_OK);
    fm_remote_op_fail(op, &late);
    assert_int_equal(fm_op_step(&op->op, 0, &err), FM_OK);
    assert_int_equal(err.status, FM_OK);
    fm_op_free(&op->op);
}

static void test_fails_with_what_is_described(void **state)
{
    fm_remote_op *op = made(*state);
    fm_error why = {0}, err = {0};
    fm_error_set(&why, FM_EAUTH, "test", "not let in");
    fm_remote_op_fail(op, &why);
    assert_int_equal(fm_op_step(&op->op, 0, &err), FM_EAUTH);
    assert_string_equal(err.message, "not let in");
    fm_op_free(&op->op);
}

static void test_a_failure_without_words_has_its_name(void **state)
{
    fm_remote_op *op = made(*state);
    fm_error err = {0};
    fm_remote_op_end(op, FM_ENOMEM);
    assert_int_equal(fm_op_step(&op->op, 0, &err), FM_ENOMEM);
    assert_string_equal(err.message, "nomem");
    assert_string_equal(err.domain, "test");
    fm_op_free(&op->op);
}

/* A defect of a provider ends in an error, not in waiting for ever. */
static void test_one_that_waits_for_nothing(void **state)
{
    fm_remote_op *op = made(*state);
    fm_error err = {0};
    assert_int_equal(fm_op_step(&op->op, 0, &err), FM_EPROTOCOL);
    assert_non_null(strstr(err.message, "waits for nothing"));
    fm_op_free(&op->op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ends_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fails_with_what_is_described, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_failure_without_words_has_its_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_that_waits_for_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
