#include "support/cmocka.h"
#include "util/system_error.h"

#include <errno.h>
#include <string.h>

static void test_a_status_for_each_errno(void **state)
{
    (void)state;
    assert_int_equal(fm_system_status(ENOENT), FM_ENOTFOUND);
    assert_int_equal(fm_system_status(EEXIST), FM_EEXIST);
    assert_int_equal(fm_system_status(EACCES), FM_EACCESS);
    assert_int_equal(fm_system_status(EROFS), FM_EACCESS);
    assert_int_equal(fm_system_status(ENOMEM), FM_ENOMEM);
    assert_int_equal(fm_system_status(ELOOP), FM_EINVAL);
    assert_int_equal(fm_system_status(ENOSPC), FM_EIO);
    assert_int_equal(fm_system_status(EIO), FM_EIO);
}

static void test_the_message_says_what_and_why(void **state)
{
    (void)state;
    fm_error err;
    assert_int_equal(fm_system_error(&err, ENOENT, "file", "cannot read %s", "x.json"), FM_ENOTFOUND);
    assert_string_equal(err.message, "cannot read x.json: No such file or directory");
    assert_string_equal(err.domain, "file");
    fm_system_error(&err, ENOSPC, "file", "cannot write x.json");
    assert_non_null(strstr(err.message, "free some space"));
    assert_int_equal(fm_system_error(NULL, EIO, "file", "x"), FM_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_status_for_each_errno),
        cmocka_unit_test(test_the_message_says_what_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
