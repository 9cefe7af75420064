#include "provider/vdir.h"
#include "support/cmocka.h"
#include "support/folder.h"
#include "util/buf.h"
#include "util/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fm_env env;
static char logged[4096];

static void keep_log(void *data, fm_log_level level, const char *domain, const char *line)
{
    (void)data;
    (void)level;
    (void)domain;
    snprintf(logged, sizeof logged, "%s", line);
}

static int setup(void **state)
{
    fm_env_default(&env);
    env.log = keep_log;
    logged[0] = '\0';
    return folder_make(state);
}

/* ------------------------------------------------------------------ a provider in use */

typedef struct settings {
    const char *endpoint, *calendar_id, *discovery;
    bool bound;
} settings;

static fm_status make(fm_provider **out, const settings *s, fm_error *err)
{
    fm_options *options = fm_options_new();
    const fm_context context = {.env = &env};
    assert_non_null(options);
    if (s->endpoint)
        assert_int_equal(fm_options_set_string(options, "endpoint", s->endpoint), FM_OK);
    if (s->calendar_id)
        assert_int_equal(fm_options_set_string(options, "calendar_id", s->calendar_id), FM_OK);
    if (s->discovery)
        assert_int_equal(fm_options_set_string(options, "discovery", s->discovery), FM_OK);
    assert_int_equal(fm_options_set_bool(options, "bound", s->bound), FM_OK);
    fm_status status = fm_provider_new(out, fm_provider_find("vdir"), &context, options, err);
    fm_options_free(options);
    return status;
}

static fm_status run(fm_op *op, fm_error *err)
{
    fm_status status = fm_op_step(op, 0, err);
    fm_op_free(op);
    return status;
}

static fm_status try_open(fm_provider **out, const settings *s, fm_error *err)
{
    fm_op *op = NULL;
    fm_status status = make(out, s, err);
    if (!status)
        status = fm_provider_open(*out, &op, err);
    if (!status)
        status = run(op, err);
    if (status) {
        fm_provider_free(*out);
        *out = NULL;
    }
    return status;
}

static fm_provider *open_settings(const settings *s)
{
    fm_provider *p;
    fm_error err = {0};
    if (try_open(&p, s, &err))
        fail_msg("%s", err.message);
    return p;
}

static fm_provider *open_folder(void **state)
{
    return open_settings(&(settings){.endpoint = *state});
}

/* What the caller knows and what it is told, as text: "changed a.ics uid=… …". */
typedef struct listing {
    fm_buf said;
    const char *known_href, *known_etag;
    char etag[128]; /* of the last changed object */
    int pages;
} listing;

static const char *known(void *data, const char *href)
{
    const listing *l = data;
    return l->known_href && strcmp(l->known_href, href) == 0 ? l->known_etag : NULL;
}

static fm_status note(void *data, const fm_object *object, fm_error *err)
{
    static const char *const kinds[] = {"changed", "seen", "deleted", "unread"};
    listing *l = data;
    (void)err;
    fm_buf_addf(&l->said, "%s %s", kinds[object->kind], object->href);
    if (object->uid)
        fm_buf_addf(&l->said, " %s", object->uid);
    if (object->kind == FM_OBJECT_UNREAD)
        fm_buf_addf(&l->said, ": %s", object->why);
    if (object->kind == FM_OBJECT_CHANGED) {
        assert_true(object->text_len > 0);
        snprintf(l->etag, sizeof l->etag, "%s", object->etag);
    }
    return fm_buf_addc(&l->said, '\n');
}

static fm_status page(void *data, const char *token, bool complete, fm_error *err)
{
    listing *l = data;
    (void)err;
    assert_null(token);
    assert_true(complete);
    l->pages++;
    return FM_OK;
}

static fm_object_sink sink_of(listing *l)
{
    return (fm_object_sink){.data = l, .known_etag = known, .object = note, .page = page};
}

static fm_status list_changes(fm_provider *p, listing *l, fm_error *err)
{
    fm_op *op = NULL;
    const fm_object_sink sink = sink_of(l);
    fm_buf_init(&l->said, 1 << 16);
    l->pages = 0;
    fm_status status = fm_provider_changes(p, NULL, &sink, &op, err);
    return status ? status : run(op, err);
}

static void assert_changes(fm_provider *p, listing *l, const char *said)
{
    fm_error err = {0};
    if (list_changes(p, l, &err))
        fail_msg("%s", err.message);
    assert_string_equal(l->said.data, said);
    assert_int_equal(l->pages, 1);
    fm_buf_free(&l->said);
}

static int told;

static fm_status count_written(void *data, fm_write *write, fm_error *err)
{
    (void)data;
    (void)err;
    assert_true(write->outcome != FM_OUTCOME_NONE);
    told++;
    return FM_OK;
}

static fm_status try_apply(fm_provider *p, fm_write *writes, size_t count, fm_error *err)
{
    fm_op *op = NULL;
    told = 0;
    fm_status status = fm_provider_apply(p, writes, count, count_written, NULL, &op, err);
    return status ? status : run(op, err);
}

static void apply(fm_provider *p, fm_write *writes, size_t count)
{
    fm_error err = {0};
    if (try_apply(p, writes, count, &err))
        fail_msg("%s", err.message);
    assert_int_equal(told, count);
}

#define EVENT(uid, title)                                                                                              \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" uid "\r\nDTSTART;VALUE=DATE:20260215\r\nSUMMARY:" title   \
    "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

static fm_write writing(fm_write_kind kind, const char *uid, const char *href, const char *etag, const char *text)
{
    return (fm_write){
        .kind = kind, .uid = uid, .href = href, .etag = etag, .text = text, .text_len = text ? strlen(text) : 0};
}

/* ------------------------------------------------------------------ settings */

static void assert_refused(const settings *s, fm_status status, const char *says)
{
    fm_provider *p;
    fm_error err = {0};
    assert_int_equal(try_open(&p, s, &err), status);
    if (!strstr(err.message, says))
        fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_settings(void **state)
{
    assert_refused(&(settings){0}, FM_EINVAL, "endpoint");
    assert_refused(&(settings){.endpoint = *state, .calendar_id = "../x"}, FM_EINVAL, "calendar_id");
    assert_refused(&(settings){.endpoint = *state, .calendar_id = ".hidden"}, FM_EINVAL, "calendar_id");
    assert_refused(&(settings){.endpoint = folder_write(state, "file", "x")}, FM_EEXIST, "file");
}

static void assert_bound(const settings *s, const char *id, const char *name)
{
    fm_provider *p = open_settings(s);
    const fm_binding *binding = fm_provider_binding(p);
    assert_string_equal(binding->calendar_id, id);
    assert_string_equal(binding->name, name);
    assert_true(binding->writable);
    char *root = realpath(s->endpoint, NULL);
    assert_string_equal(binding->account, root);
    free(root);
    fm_provider_free(p);
}

static void test_choosing_a_calendar(void **state)
{
    const settings plain = {.endpoint = *state};
    const char *base = strrchr(*state, '/') + 1;
    assert_bound(&plain, ".", base);
    assert_bound(&(settings){.endpoint = *state, .calendar_id = "primary"}, ".", base);
    folder_write(state, "displayname", "All of it\n");
    assert_bound(&plain, ".", "All of it");
    assert_bound(&(settings){.endpoint = *state, .calendar_id = "work"}, "work", "work"); /* makes it */
    assert_bound(&plain, "work", "work");
    folder_write(state, "work/displayname", "Work \xE2\x98\x82");
    assert_bound(&(settings){.endpoint = *state, .calendar_id = "Work \xE2\x98\x82"}, "work", "Work \xE2\x98\x82");
    assert_int_equal(mkdir(folder_path(state, "home"), 0700), 0);
    assert_refused(&plain, FM_EINVAL, "home, work");
    assert_bound(&(settings){.endpoint = *state, .calendar_id = "."}, ".", "All of it");
    assert_refused(&(settings){.endpoint = *state, .calendar_id = "wrok"}, FM_ENOTFOUND, "which has home, work");
    /* What was chosen before is chosen again, in the same folder only. */
    char before[600];
    char *root = realpath(*state, NULL);
    snprintf(before, sizeof before, "%s\nwork", root);
    free(root);
    assert_bound(&(settings){.endpoint = *state, .discovery = before}, "work", "Work \xE2\x98\x82");
    assert_refused(&(settings){.endpoint = *state, .discovery = "/elsewhere\nwork"}, FM_EINVAL, "home, work");
    assert_int_equal(mkdir(folder_path(state, "primary"), 0700), 0);
    assert_bound(&plain, "primary", "primary");
    folder_write(state, "a.ics", EVENT("a", "A"));
    assert_bound(&plain, "primary", "primary");
    assert_int_equal(rmdir(folder_path(state, "primary")), 0);
    assert_bound(&plain, ".", "All of it");
}

static void test_a_missing_folder(void **state)
{
    const settings missing = {.endpoint = folder_path(state, "deep/er"), .calendar_id = "c"};
    settings bound = missing;
    bound.bound = true;
    assert_refused(&bound, FM_ENOTFOUND, "deep/er");
    assert_int_equal(folder_count(state), 0);
    env.read_only = true;
    fm_provider *p = open_settings(&missing);
    listing l = {0};
    assert_changes(p, &l, "");
    assert_int_equal(folder_count(state), 0);
    fm_provider_free(p);
    env.read_only = false;
    p = open_settings(&missing);
    assert_int_equal(rmdir(folder_path(state, "deep/er/c")), 0);
    fm_error err = {0};
    assert_int_equal(list_changes(p, &l, &err), FM_ENOTFOUND);
    assert_int_equal(l.pages, 0);
    fm_write w = writing(FM_WRITE_CREATE, "a", NULL, NULL, EVENT("a", "A"));
    assert_int_equal(try_apply(p, &w, 1, &err), FM_ENOTFOUND);
    assert_int_equal(w.outcome, FM_OUTCOME_NONE);
    fm_provider_free(p);
    assert_refused(&bound, FM_ENOTFOUND, "deep/er");
}

static fm_status print_calendar(void *data, const fm_calendar *c, fm_error *err)
{
    (void)err;
    return fm_buf_addf(data, "%s|%s|%s|%s\n", c->id, c->name, c->color ? c->color : "", c->primary ? "primary" : "");
}

static void test_listing_calendars(void **state)
{
    fm_provider *p;
    fm_error err = {0};
    fm_op *op;
    fm_buf out;
    fm_buf_init(&out, 4096);
    assert_int_equal(mkdir(folder_path(state, "work"), 0700), 0);
    assert_int_equal(mkdir(folder_path(state, "home"), 0700), 0);
    assert_int_equal(mkdir(folder_path(state, ".git"), 0700), 0);
    folder_write(state, "work/displayname", "Work\n");
    folder_write(state, "work/color", "#FF8800ff\n");
    folder_write(state, "home/color", "red; rm -rf");
    folder_write(state, "home/displayname", "\xFF\xFE");
    assert_int_equal(make(&p, &(settings){.endpoint = *state}, &err), FM_OK);
    assert_int_equal(fm_provider_list(p, print_calendar, &out, &op, &err), FM_OK);
    assert_int_equal(run(op, &err), FM_OK);
    assert_string_equal(out.data, "home|home||\nwork|Work|#FF8800|\n");
    folder_write(state, "a.ics", EVENT("a", "A"));
    fm_buf_reset(&out);
    assert_int_equal(fm_provider_list(p, print_calendar, &out, &op, &err), FM_OK);
    assert_int_equal(run(op, &err), FM_OK);
    assert_non_null(strstr(out.data, "|primary\nhome|"));
    fm_buf_free(&out);
    fm_provider_free(p);
}

/* ------------------------------------------------------------------ reading */

static void test_listing(void **state)
{
    fm_provider *p = open_folder(state);
    listing l = {0};
    assert_changes(p, &l, "");
    folder_write(state, "b.ics", EVENT("b@x", "B"));
    folder_write(state, "a.ics", EVENT("a@x", "A"));
    folder_write(state, ".hidden.ics", EVENT("h", "H"));
    folder_write(state, "c.ics.tmp", EVENT("t", "T"));
    folder_write(state, "displayname", "Name");
    folder_write(state, "todo.ics", "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nEND:VCALENDAR\n");
    assert_changes(p, &l, "changed a.ics a@x\nchanged b.ics b@x\n");
    char etag[128];
    snprintf(etag, sizeof etag, "%s", l.etag);
    l.known_href = "b.ics";
    l.known_etag = etag;
    assert_changes(p, &l, "changed a.ics a@x\nseen b.ics\n");
    folder_write(state, "b.ics", EVENT("b@x", "C")); /* as long as before, in place, at once */
    assert_changes(p, &l, "changed a.ics a@x\nchanged b.ics b@x\n");
    assert_int_equal(unlink(folder_path(state, "a.ics")), 0);
    assert_changes(p, &l, "changed b.ics b@x\n");
    fm_provider_free(p);
}

#define TASK "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nEND:VCALENDAR\n"

static void test_files_that_are_not_understood(void **state)
{
    fm_provider *p = open_folder(state);
    listing l = {.known_href = "torn.ics", .known_etag = "1-2-3"};
    folder_write(state, "torn.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n");
    folder_write(state, "bare.ics", "BEGIN:VEVENT\nUID:bare\nEND:VEVENT\n");
    folder_write(state, "nameless.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n");
    folder_write(state, "ok.ics", EVENT("ok", "A"));
    folder_write(state, "todo.ics", TASK);
    assert_changes(p, &l,
                   "unread bare.ics bare: this is no calendar object: it does not begin with VCALENDAR\n"
                   "unread nameless.ics: the calendar object has no UID\n"
                   "changed ok.ics ok\n"
                   "unread torn.ics: line 3: the calendar object is cut short: an END is missing\n");
    fm_provider_free(p);
}

static void test_a_file_that_was_an_event_s(void **state)
{
    fm_provider *p = open_folder(state);
    listing l = {.known_href = "a.ics", .known_etag = ""};
    folder_write(state, "a.ics", TASK);
    assert_changes(p, &l, "unread a.ics: it holds no event any more\n");
    assert_int_equal(unlink(folder_path(state, "a.ics")), 0);
    assert_int_equal(mkdir(folder_path(state, "a.ics"), 0700), 0);
    fm_error err = {0};
    assert_int_equal(list_changes(p, &l, &err), FM_OK);
    assert_non_null(strstr(l.said.data, "unread a.ics: "));
    assert_non_null(strstr(l.said.data, "is not a file"));
    fm_buf_free(&l.said);
    fm_provider_free(p);
}

static void test_fetching(void **state)
{
    fm_provider *p = open_folder(state);
    fm_error err = {0};
    fm_op *op;
    listing l = {0};
    const char *const hrefs[] = {"a.ics", "gone.ics", "../a.ics", "displayname"};
    folder_write(state, "a.ics", EVENT("a@x", "A"));
    folder_write(state, "displayname", "Name");
    fm_buf_init(&l.said, 4096);
    const fm_object_sink sink = sink_of(&l);
    assert_int_equal(fm_provider_fetch(p, hrefs, 4, &sink, &op, &err), FM_OK);
    assert_int_equal(run(op, &err), FM_OK);
    assert_string_equal(l.said.data, "changed a.ics a@x\ndeleted gone.ics\ndeleted ../a.ics\ndeleted displayname\n");
    assert_int_equal(l.pages, 0);
    fm_buf_free(&l.said);
    fm_provider_free(p);
}

/* ------------------------------------------------------------------ writing */

static void test_create_update_delete(void **state)
{
    fm_provider *p = open_folder(state);
    fm_write w = writing(FM_WRITE_CREATE, "X-1@fleetmonitor", NULL, NULL, EVENT("X-1@fleetmonitor", "A"));
    apply(p, &w, 1);
    assert_int_equal(w.outcome, FM_OUTCOME_DONE);
    assert_string_equal(w.new_href, "X-1.ics");
    char etag[128];
    snprintf(etag, sizeof etag, "%s", w.new_etag);
    fm_write_clear(&w);
    listing l = {.known_href = "X-1.ics", .known_etag = etag};
    assert_changes(p, &l, "seen X-1.ics\n");
    w = writing(FM_WRITE_UPDATE, "X-1@fleetmonitor", "X-1.ics", etag, EVENT("X-1@fleetmonitor", "B"));
    apply(p, &w, 1);
    assert_int_equal(w.outcome, FM_OUTCOME_DONE);
    char *content = folder_read(folder_path(state, "X-1.ics"), NULL);
    assert_string_equal(content, EVENT("X-1@fleetmonitor", "B"));
    free(content);
    fm_write again = writing(FM_WRITE_UPDATE, "X-1@fleetmonitor", "X-1.ics", etag, EVENT("X-1@fleetmonitor", "C"));
    apply(p, &again, 1);
    assert_int_equal(again.outcome, FM_OUTCOME_CHANGED);
    assert_string_equal(again.current_text, EVENT("X-1@fleetmonitor", "B"));
    assert_false(again.current_gone);
    snprintf(etag, sizeof etag, "%s", again.new_etag);
    fm_write_clear(&again);
    fm_write_clear(&w);
    w = writing(FM_WRITE_DELETE, "X-1@fleetmonitor", "X-1.ics", "1-2-3", NULL);
    apply(p, &w, 1);
    assert_int_equal(w.outcome, FM_OUTCOME_CHANGED);
    fm_write_clear(&w);
    w.etag = etag;
    apply(p, &w, 1);
    assert_int_equal(w.outcome, FM_OUTCOME_DONE);
    apply(p, &w, 1); /* gone already: as asked */
    assert_int_equal(w.outcome, FM_OUTCOME_DONE);
    fm_write_clear(&w);
    w = writing(FM_WRITE_UPDATE, "X-1@fleetmonitor", "X-1.ics", NULL, EVENT("X-1@fleetmonitor", "D"));
    apply(p, &w, 1);
    assert_int_equal(w.outcome, FM_OUTCOME_CHANGED);
    assert_true(w.current_gone);
    fm_write_clear(&w);
    assert_int_equal(folder_count(state), 0);
    fm_provider_free(p);
}

static void test_a_uid_is_in_one_file(void **state)
{
    fm_provider *p = open_folder(state);
    folder_write(state, "from-phone.ics", EVENT("X-1@fleetmonitor", "Other"));
    folder_write(state, "X-2.ics", EVENT("somebody else's", "Other"));
    fm_write w[] = {
        writing(FM_WRITE_CREATE, "X-1@fleetmonitor", NULL, NULL, EVENT("X-1@fleetmonitor", "A")),
        writing(FM_WRITE_CREATE, "X-2@fleetmonitor", NULL, NULL, EVENT("X-2@fleetmonitor", "A")),
        writing(FM_WRITE_CREATE, "X-3@fleetmonitor", NULL, NULL, EVENT("X-3@fleetmonitor", "A")),
        writing(FM_WRITE_CREATE, "X-3@fleetmonitor", NULL, NULL, EVENT("X-3@fleetmonitor", "B")),
    };
    apply(p, w, 4);
    assert_int_equal(w[0].outcome, FM_OUTCOME_CHANGED);
    assert_string_equal(w[0].new_href, "from-phone.ics");
    assert_string_equal(w[0].current_text, EVENT("X-1@fleetmonitor", "Other"));
    assert_int_equal(w[1].outcome, FM_OUTCOME_DONE);
    assert_int_equal(strlen(w[1].new_href), 44);
    assert_int_equal(w[2].outcome, FM_OUTCOME_DONE);
    assert_int_equal(w[3].outcome, FM_OUTCOME_CHANGED);
    assert_string_equal(w[3].current_text, EVENT("X-3@fleetmonitor", "A"));
    for (size_t i = 0; i < 4; i++)
        fm_write_clear(&w[i]);
    assert_int_equal(folder_count(state), 4);
    fm_provider_free(p);
}

static void test_hrefs_are_file_names(void **state)
{
    fm_provider *p = open_folder(state);
    folder_write(state, "displayname", "Name");
    static const char *const bad[] = {"../a.ics", "displayname", ".a.ics", "a/b.ics"};
    for (size_t i = 0; i < 4; i++) {
        fm_write w = writing(FM_WRITE_DELETE, "a", bad[i], NULL, NULL);
        apply(p, &w, 1);
        assert_int_equal(w.outcome, FM_OUTCOME_REFUSED);
        assert_non_null(strstr(w.error.message, bad[i]));
        fm_write_clear(&w);
    }
    assert_int_equal(folder_count(state), 1);
    fm_provider_free(p);
}

static void test_many_writes(void **state)
{
    enum { MANY = 150 };
    fm_provider *p = open_folder(state);
    static fm_write w[MANY];
    static char uids[MANY][32], texts[MANY][256];
    for (int i = 0; i < MANY; i++) {
        snprintf(uids[i], sizeof uids[i], "M-%d@fleetmonitor", i);
        snprintf(texts[i], sizeof texts[i], EVENT("%s", "x"), uids[i]);
        w[i] = writing(FM_WRITE_CREATE, uids[i], NULL, NULL, texts[i]);
    }
    apply(p, w, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(w[i].outcome, FM_OUTCOME_DONE);
        fm_write_clear(&w[i]);
    }
    assert_int_equal(folder_count(state), MANY);
    volatile int interrupted = 1;
    env.interrupted = &interrupted;
    fm_error err = {0};
    assert_int_equal(try_apply(p, w, MANY, &err), FM_ECANCELED);
    assert_int_equal(told, 0);
    fm_provider_free(p);
}

static void test_encode_and_decode(void **state)
{
    fm_provider *p = open_folder(state);
    fm_event event = {0}, back = {0};
    fm_error err = {0};
    fm_buf text;
    fm_buf_init(&text, 1 << 16);
    fm_event_set(&event.uid, "a@fleetmonitor");
    fm_event_set(&event.title, "Title");
    fm_event_set(&event.due_date, "2026-02-15");
    assert_int_equal(fm_provider_encode(p, &event, NULL, 0, &text, &err), FM_OK);
    assert_int_equal(fm_provider_decode(p, text.data, text.len, &back, &err), FM_OK);
    assert_string_equal(back.title, "Title");
    fm_event_clear(&event);
    fm_event_clear(&back);
    fm_buf_free(&text);
    fm_provider_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_settings, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_choosing_a_calendar, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_a_missing_folder, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_listing_calendars, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_listing, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_files_that_are_not_understood, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_a_file_that_was_an_event_s, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_fetching, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_create_update_delete, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_a_uid_is_in_one_file, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_hrefs_are_file_names, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_many_writes, setup, folder_remove),
        cmocka_unit_test_setup_teardown(test_encode_and_decode, setup, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
