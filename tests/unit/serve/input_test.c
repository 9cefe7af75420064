#include "serve/input.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES 8

typedef struct stream {
    int ends[2];
    fm_input *input;
} stream;

static int open_stream(void **state)
{
    stream *s = calloc(1, sizeof *s);
    assert_int_equal(pipe(s->ends), 0);
    assert_int_equal(fm_input_new(&s->input, s->ends[0], MAX_BYTES, NULL), FM_OK);
    assert_int_equal(fm_input_descriptor(s->input), s->ends[0]);
    *state = s;
    return 0;
}

static int close_stream(void **state)
{
    stream *s = *state;
    fm_input_free(s->input);
    close(s->ends[0]);
    if (s->ends[1] >= 0)
        close(s->ends[1]);
    free(s);
    return 0;
}

static void say(const stream *s, const char *text)
{
    assert_int_equal(write(s->ends[1], text, strlen(text)), strlen(text));
}

static void hang_up(stream *s)
{
    close(s->ends[1]);
    s->ends[1] = -1;
}

static void assert_found(const stream *s, fm_input_found expected, const char *text)
{
    fm_input_found found;
    const char *line;
    size_t len;
    assert_int_equal(fm_input_take(s->input, &found, &line, &len, NULL), FM_OK);
    assert_int_equal(found, expected);
    if (text) {
        assert_int_equal(len, strlen(text));
        assert_memory_equal(line, text, len);
    }
}

static void test_lines_come_as_they_are_complete(void **state)
{
    stream *s = *state;
    assert_found(s, FM_INPUT_NONE, NULL);
    say(s, "one\n\ntw");
    assert_found(s, FM_INPUT_LINE, "one");
    assert_found(s, FM_INPUT_LINE, "");
    assert_found(s, FM_INPUT_NONE, NULL);
    say(s, "o\n12345678\n");
    assert_found(s, FM_INPUT_LINE, "two");
    assert_found(s, FM_INPUT_LINE, "12345678");
    assert_found(s, FM_INPUT_NONE, NULL);
}

static void test_the_last_line_needs_no_end(void **state)
{
    stream *s = *state;
    say(s, "one\nlast");
    hang_up(s);
    assert_found(s, FM_INPUT_LINE, "one");
    assert_found(s, FM_INPUT_LINE, "last");
    assert_found(s, FM_INPUT_END, NULL);
    assert_found(s, FM_INPUT_END, NULL);
}

static void test_what_is_too_long_is_told_once_and_passed_over(void **state)
{
    stream *s = *state;
    say(s, "123456789");
    assert_found(s, FM_INPUT_TOO_LONG, NULL);
    assert_found(s, FM_INPUT_NONE, NULL);
    say(s, "still the same line");
    assert_found(s, FM_INPUT_NONE, NULL);
    say(s, "its end\nnext\nanother long one\n");
    assert_found(s, FM_INPUT_LINE, "next");
    assert_found(s, FM_INPUT_TOO_LONG, NULL);
    say(s, "this one has no end");
    hang_up(s);
    assert_found(s, FM_INPUT_TOO_LONG, NULL);
    assert_found(s, FM_INPUT_END, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_come_as_they_are_complete, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(test_the_last_line_needs_no_end, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(test_what_is_too_long_is_told_once_and_passed_over, open_stream, close_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
