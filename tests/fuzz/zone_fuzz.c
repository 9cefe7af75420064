/* Files of time zones, and the footers in them. */
#include "core/zone/file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fm_zone_file file;
    if (fm_zone_file_read(&file, data, size) == FM_OK) {
        for (int64_t t = -62000000000; t < 253000000000; t += 999999999)
            if (!fm_zone_file_at(&file, t))
                abort();
        fm_zone_file_clear(&file);
    }
    char text[256];
    size_t len = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, len);
    text[len] = '\0';
    fm_zone_rule rule;
    if (fm_zone_rule_parse(&rule, text) && rule.has_daylight)
        (void)fm_zone_when_in(&rule.to_daylight, 2026, rule.standard.offset_s);
    return 0;
}
