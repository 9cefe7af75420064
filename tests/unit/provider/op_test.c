#include "provider/op.h"
#include "support/cmocka.h"

typedef struct job {
    int runs, releases;
    fm_status status;
} job;

static fm_status job_run(void *data, fm_error *err)
{
    job *j = data;
    j->runs++;
    return j->status ? fm_error_set(err, j->status, "test", "no") : FM_OK;
}

static void job_release(void *data)
{
    ((job *)data)->releases++;
}

static void a_call_runs_once_at_its_first_step(void **state)
{
    (void)state;
    job j = {0};
    fm_op *op = NULL;
    assert_int_equal(fm_op_call_new(&op, job_run, &j, job_release, NULL), FM_OK);
    assert_int_equal(j.runs, 0);
    assert_int_equal(fm_op_step(op, 0, NULL), FM_OK);
    assert_int_equal(fm_op_step(op, 0, NULL), FM_OK);
    assert_int_equal(j.runs, 1);
    fm_op_free(op);
    assert_int_equal(j.releases, 1);
}

static void a_failure_is_the_operations_and_stays(void **state)
{
    (void)state;
    job j = {.status = FM_EIO};
    fm_op *op = NULL;
    fm_error err = {0};
    assert_int_equal(fm_op_call_new(&op, job_run, &j, job_release, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, NULL, &err), FM_EIO);
    assert_string_equal(err.message, "no");
    assert_int_equal(fm_op_step(op, 0, &err), FM_EIO);
    assert_int_equal(j.runs, 1);
    fm_op_free(op);
}

static void an_interrupt_cancels_before_the_next_step(void **state)
{
    (void)state;
    job j = {0};
    fm_op *op = NULL;
    volatile int interrupted = 1;
    fm_env env;
    fm_env_default(&env);
    env.interrupted = &interrupted;
    assert_int_equal(fm_op_call_new(&op, job_run, &j, job_release, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &env, NULL), FM_ECANCELED);
    assert_int_equal(j.runs, 0);
    fm_op_free(op);
    assert_int_equal(j.releases, 1);
    fm_op_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_runs_once_at_its_first_step),
        cmocka_unit_test(a_failure_is_the_operations_and_stays),
        cmocka_unit_test(an_interrupt_cancels_before_the_next_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
