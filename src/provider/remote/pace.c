#include "provider/remote/pace.h"

#define MINUTE_MS 60000

void fm_remote_pace_init(fm_remote_pace *pace, int64_t per_minute, int64_t now_ms)
{
    *pace = (fm_remote_pace){.per_minute = per_minute, .left = (double)per_minute, .at_ms = now_ms};
}

static double left_at(const fm_remote_pace *pace, int64_t now_ms)
{
    double left = pace->left + (double)(now_ms - pace->at_ms) * (double)pace->per_minute / MINUTE_MS;
    return left < (double)pace->per_minute ? left : (double)pace->per_minute;
}

bool fm_remote_pace_take(fm_remote_pace *pace, int64_t now_ms)
{
    pace->left = left_at(pace, now_ms);
    pace->at_ms = now_ms;
    if (pace->left < 1)
        return false;
    pace->left -= 1;
    return true;
}

int64_t fm_remote_pace_wait_ms(const fm_remote_pace *pace, int64_t now_ms)
{
    double missing = 1 - left_at(pace, now_ms);
    return missing <= 0 ? 0 : (int64_t)(missing * MINUTE_MS / (double)pace->per_minute) + 1;
}
