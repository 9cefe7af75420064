#include "provider/caldav/profile.h"

const fm_caldav_profile fm_caldav_generic = {
    .name = "caldav",
    .multiget_batch = 50,
    .query_above = 100,
};

const fm_caldav_profile fm_caldav_apple = {
    .name = "apple",
    .default_endpoint = "https://caldav.icloud.com",
    .multiget_batch = 50,
    .query_above = 100,
    .no_uid_query = true,
    .refused_wait_ms = 2000,
};
