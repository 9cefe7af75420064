#include "support/cmocka.h"
#include "util/library.h"

#include <stdbool.h>

static void test_functions_of_a_library_are_found(void **state)
{
    (void)state;
    double (*cosine)(double) = NULL;
    const fm_symbol symbols[] = {{"cos", &cosine}};
    assert_true(fm_library_find("libm.so.6", symbols, 1));
    assert_true(cosine(0) > 0.999);
}

static void test_a_library_may_lack_a_function(void **state)
{
    (void)state;
    double (*cosine)(double) = NULL, (*none)(double) = NULL;
    const fm_symbol symbols[] = {{"cos", &cosine}, {"fm_no_such_function", &none}};
    assert_false(fm_library_find("libm.so.6", symbols, 2));
    assert_null(none);
}

static void test_a_library_may_be_missing(void **state)
{
    (void)state;
    double (*cosine)(double) = NULL;
    const fm_symbol symbols[] = {{"cos", &cosine}};
    assert_false(fm_library_find("libfm_no_such_library.so.1", symbols, 1));
    assert_null(cosine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_of_a_library_are_found),
        cmocka_unit_test(test_a_library_may_lack_a_function),
        cmocka_unit_test(test_a_library_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
