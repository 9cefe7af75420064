#include "provider/caldav/profile.h"

const fm_caldav_profile fm_caldav_generic = {
    .name = "caldav",
    .multiget_batch = 50,
    .query_above = 100,
};
