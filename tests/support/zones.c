#include "support/zones.h"

fm_zones *zones;

int test_zones_setup(void **state)
{
    (void)state;
    zones = fm_zones_new(NULL);
    return zones == NULL;
}

int test_zones_teardown(void **state)
{
    (void)state;
    fm_zones_free(zones);
    return 0;
}
