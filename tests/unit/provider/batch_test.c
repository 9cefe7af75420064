#include "provider/batch.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#define WRITES 7
#define PLACES 3

/* How a write ends: in begin() already, or when the test says so. */
typedef enum fate { LATER, DONE, REFUSED, UNREACHABLE, SERVER_ERROR, ENDS_ALL } fate;

typedef struct world {
    fm_batch batch;
    fm_write writes[WRITES];
    fate fates[WRITES];
    fm_batch_job *jobs[WRITES]; /* under way */
    size_t begun, told, released, most_at_once, at_once, ends;
    size_t fails_at; /* the caller's function fails at this outcome; 0: never */
    fm_error error;  /* that the operation ended with */
} world;

typedef struct job {
    fm_batch_job base;
    char *text;
} job;

static const fm_error no_answer = {.status = FM_ENETWORK, .message = "no answer"};
static const fm_error server_error = {.status = FM_ESERVER, .http_status = 500, .message = "an error"};
static const fm_error forbidden = {.status = FM_EACCESS, .http_status = 403, .message = "no"};

static void meet(fm_batch_job *base, fate how)
{
    if (how == DONE)
        fm_batch_conclude(base, FM_OUTCOME_DONE);
    else if (how == REFUSED)
        fm_batch_refused(base, &forbidden);
    else if (how == UNREACHABLE)
        fm_batch_failed(base, &no_answer);
    else if (how == SERVER_ERROR)
        fm_batch_failed(base, &server_error);
    else if (how == ENDS_ALL)
        fm_batch_fail(base->batch, &forbidden);
}

static void begin(fm_batch_job *base)
{
    world *w = base->batch->owner;
    size_t number = (size_t)(base->write - w->writes);
    assert_int_equal(number, w->begun++);
    assert_null(((job *)base)->text);
    ((job *)base)->text = strdup("owned");
    w->jobs[number] = base;
    if (++w->at_once > w->most_at_once)
        w->most_at_once = w->at_once;
    meet(base, w->fates[number]);
}

static void release(fm_batch_job *base)
{
    world *w = base->batch->owner;
    free(((job *)base)->text);
    w->released++;
    w->at_once--;
}

static void end(void *owner, const fm_error *error)
{
    world *w = owner;
    w->ends++;
    if (error)
        w->error = *error;
}

static fm_status on_written(void *data, fm_write *write, fm_error *err)
{
    world *w = data;
    assert_int_not_equal(write->outcome, FM_OUTCOME_NONE);
    w->told++;
    return w->told == w->fails_at ? fm_error_set(err, FM_EIO, "test", "the disk is full") : FM_OK;
}

static const fm_batch_class klass = {.job_size = sizeof(job), .begin = begin, .release = release, .end = end};

static void start(world *w, const fate fates[WRITES], size_t count)
{
    memcpy(w->fates, fates, sizeof w->fates);
    assert_int_equal(fm_batch_init(&w->batch, &klass, w, PLACES, w->writes, count, on_written, w), FM_OK);
    fm_batch_begin(&w->batch);
}

static void test_places_are_taken_again(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){0}, WRITES);
    assert_int_equal(w.begun, PLACES);
    fm_batch_begin(&w.batch);
    assert_int_equal(w.begun, PLACES);
    for (size_t i = 0; i < WRITES; i++) {
        assert_int_equal(w.ends, 0);
        meet(w.jobs[i], DONE);
    }
    assert_int_equal(w.told, WRITES);
    assert_int_equal(w.most_at_once, PLACES);
    assert_int_equal(w.ends, 1);
    assert_int_equal(w.error.status, FM_OK);
    fm_batch_free(&w.batch);
    assert_int_equal(w.released, WRITES);
}

static void test_writes_that_end_at_once(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){DONE, REFUSED, DONE, SERVER_ERROR, DONE, DONE, DONE}, WRITES);
    assert_int_equal(w.told, WRITES);
    assert_int_equal(w.ends, 1);
    assert_int_equal(w.writes[1].outcome, FM_OUTCOME_REFUSED);
    assert_int_equal(w.writes[1].error.status, FM_EACCESS);
    assert_int_equal(w.writes[3].outcome, FM_OUTCOME_FAILED);
    assert_int_equal(w.writes[3].error.http_status, 500);
    fm_batch_free(&w.batch);
}

static void test_a_refusal_of_what_may_have_arrived(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){0}, 2);
    w.jobs[0]->lost = true;
    meet(w.jobs[0], REFUSED);
    meet(w.jobs[1], REFUSED);
    assert_int_equal(w.writes[0].outcome, FM_OUTCOME_FAILED);
    assert_int_equal(w.writes[0].error.http_status, 403);
    assert_int_equal(w.writes[1].outcome, FM_OUTCOME_REFUSED);
    fm_batch_free(&w.batch);
}

static void test_nothing_to_write(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){0}, 0);
    assert_int_equal(w.ends, 1);
    fm_batch_free(&w.batch);
}

static void test_an_event_that_is_gone(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){0}, 1);
    fm_batch_gone(w.jobs[0]);
    assert_int_equal(w.writes[0].outcome, FM_OUTCOME_CHANGED);
    assert_true(w.writes[0].current_gone);
    fm_batch_free(&w.batch);
}

/* Any answer in between, also one that says no, means that there is somebody. */
static void test_the_third_in_a_row_that_nobody_answers_ends_it(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){UNREACHABLE, UNREACHABLE, REFUSED, UNREACHABLE, UNREACHABLE, UNREACHABLE, DONE}, WRITES);
    assert_int_equal(w.ends, 1);
    assert_int_equal(w.error.status, FM_ENETWORK);
    assert_int_equal(w.told, 6);
    fm_batch_free(&w.batch);
    world errors = {0};
    start(&errors, (fate[WRITES]){SERVER_ERROR, SERVER_ERROR, SERVER_ERROR, SERVER_ERROR, DONE, DONE, DONE}, WRITES);
    assert_int_equal(errors.told, WRITES);
    assert_int_equal(errors.error.status, FM_OK);
    fm_batch_free(&errors.batch);
}

static void test_a_failure_of_all_begins_nothing_more(void **state)
{
    (void)state;
    world w = {0};
    start(&w, (fate[WRITES]){DONE, ENDS_ALL, DONE, DONE, DONE, DONE, DONE}, WRITES);
    assert_int_equal(w.begun, 2);
    assert_int_equal(w.told, 1);
    assert_int_equal(w.ends, 1);
    assert_int_equal(w.error.status, FM_EACCESS);
    fm_batch_free(&w.batch);
    assert_int_equal(w.released, 2);
}

static void test_a_caller_that_fails_ends_it(void **state)
{
    (void)state;
    world w = {.fails_at = 2};
    start(&w, (fate[WRITES]){0}, WRITES);
    meet(w.jobs[0], DONE);
    meet(w.jobs[1], DONE);
    assert_int_equal(w.ends, 1);
    assert_int_equal(w.error.status, FM_EIO);
    assert_string_equal(w.error.message, "the disk is full");
    assert_int_equal(w.begun, PLACES + 1);
    fm_batch_free(&w.batch);
    assert_int_equal(w.released, w.begun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_are_taken_again),
        cmocka_unit_test(test_writes_that_end_at_once),
        cmocka_unit_test(test_a_refusal_of_what_may_have_arrived),
        cmocka_unit_test(test_nothing_to_write),
        cmocka_unit_test(test_an_event_that_is_gone),
        cmocka_unit_test(test_the_third_in_a_row_that_nobody_answers_ends_it),
        cmocka_unit_test(test_a_failure_of_all_begins_nothing_more),
        cmocka_unit_test(test_a_caller_that_fails_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
