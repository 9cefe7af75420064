#include "core/http/retry.h"
#include "core/http/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>

/* More than a year of seconds is no wait, and would overflow as milliseconds. */
#define RETRY_AFTER_MAX_S INT64_C(31536000)

fm_http_failure fm_http_failure_of_code(int code)
{
    if (code == 429 || code == 503)
        return FM_HTTP_FAILURE_REFUSED;
    if (code == 500 || code == 502 || code == 504)
        return FM_HTTP_FAILURE_SERVER;
    return FM_HTTP_FAILURE_NONE;
}

bool fm_http_may_retry(unsigned retry, fm_http_failure failure)
{
    switch (failure) {
    case FM_HTTP_FAILURE_UNSENT:
        return retry & FM_HTTP_RETRY_UNSENT;
    case FM_HTTP_FAILURE_REFUSED:
        return retry & FM_HTTP_RETRY_REFUSED;
    case FM_HTTP_FAILURE_TRANSPORT:
        return retry & FM_HTTP_RETRY_TRANSPORT;
    case FM_HTTP_FAILURE_SERVER:
        return retry & FM_HTTP_RETRY_SERVER;
    case FM_HTTP_FAILURE_NONE:
    case FM_HTTP_FAILURE_FINAL:
        break;
    }
    return false;
}

int64_t fm_http_retry_after_ms(const char *value, int64_t now_us)
{
    while (*value == ' ' || *value == '\t')
        value++;
    int64_t seconds;
    if (isdigit((unsigned char)*value)) {
        char *end;
        unsigned long long given = strtoull(value, &end, 10);
        if (*end && !isspace((unsigned char)*end))
            return 0;
        seconds = given > (unsigned long long)RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int64_t)given;
    } else {
        time_t date = curl_getdate(value, NULL);
        if (date == -1)
            return 0;
        seconds = (int64_t)date - now_us / 1000000;
        if (seconds > RETRY_AFTER_MAX_S)
            seconds = RETRY_AFTER_MAX_S;
    }
    return seconds > 0 ? seconds * 1000 : 0;
}

/* Uniform in 0..most. A random source that fails leaves the longest wait. */
static int64_t random_up_to(const fm_env *env, int64_t most)
{
    uint64_t bits;
    if (most <= 0 || env->random(env->data, &bits, sizeof bits))
        return most > 0 ? most : 0;
    return (int64_t)(bits % ((uint64_t)most + 1));
}

int64_t fm_http_refused_wait_ms(const fm_env *env, unsigned refusals, int64_t first_ms, int64_t retry_after_ms)
{
    int64_t least = first_ms;
    for (unsigned i = 1; i < refusals && least < FM_HTTP_REFUSED_WAIT_MAX_MS; i++)
        least *= 2;
    if (least > FM_HTTP_REFUSED_WAIT_MAX_MS)
        least = FM_HTTP_REFUSED_WAIT_MAX_MS;
    if (retry_after_ms > least)
        least = retry_after_ms;
    return least + random_up_to(env, least < FM_HTTP_REFUSED_WAIT_MAX_MS ? least / 2 : first_ms);
}

int64_t fm_http_wait_ms(const fm_env *env, unsigned attempts, int64_t backoff_ms, int64_t max_wait_ms)
{
    int64_t span = backoff_ms;
    for (unsigned i = 1; i < attempts && span < max_wait_ms; i++)
        span *= 2;
    return random_up_to(env, span < max_wait_ms ? span : max_wait_ms);
}
