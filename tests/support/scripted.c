#include "support/scripted.h"

#include <stdlib.h>

int test_scripted_start(void **state)
{
    test_scripted *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    test_server_start_scripted(&f->server, NULL);
    *state = f;
    return 0;
}

int test_scripted_stop(void **state)
{
    test_scripted *f = *state;
    test_server_stop(&f->server);
    free(f);
    return 0;
}

test_scripted *test_scripted_begin(void **state, const char *options)
{
    test_scripted *f = *state;
    test_server_clear(&f->server);
    test_server_options(&f->server, options);
    test_calendar_init(&f->calendar, &f->server);
    return f;
}

int test_scripted_end(void **state)
{
    test_calendar_free(&((test_scripted *)*state)->calendar);
    return 0;
}
