#include "core/zone/name.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ Windows */

/* Behind "(UTC+01:00) " or "(GMT+01.00) ". */
static const char *without_offset(const char *name)
{
    if (strncasecmp(name, "(UTC", 4) != 0 && strncasecmp(name, "(GMT", 4) != 0)
        return name;
    const char *end = strchr(name, ')');
    return end ? end + 1 : name;
}

static int next_letter(const char **at)
{
    while (**at && !isalnum((unsigned char)**at))
        (*at)++;
    return **at ? tolower((unsigned char)*(*at)++) : '\0';
}

/* Whether two texts have the same letters and digits: they are parted by ", ", by "\, " or by "/". */
static bool same_letters(const char *a, const char *b)
{
    int x, y;
    do {
        x = next_letter(&a);
        y = next_letter(&b);
    } while (x && x == y);
    return x == y;
}

const char *fm_zone_from_windows(const char *name)
{
    for (size_t i = 0; i < fm_zone_windows_count; i++)
        if (strcasecmp(name, fm_zone_windows_list[i].name) == 0)
            return fm_zone_windows_list[i].iana;
    name = without_offset(name);
    for (size_t i = 0; i < fm_zone_windows_count && *name; i++)
        if (*fm_zone_windows_list[i].shown && same_letters(name, fm_zone_windows_list[i].shown))
            return fm_zone_windows_list[i].iana;
    return NULL;
}

/* ------------------------------------------------------------------ offsets */

bool fm_zone_from_offset(fm_buf *out, const char *text)
{
    if (strncasecmp(text, "UTC", 3) != 0 && strncasecmp(text, "GMT", 3) != 0)
        return false;
    char sign = text[3];
    if (sign != '+' && sign != '-')
        return false;
    int hours = 0, digits = 0;
    const char *at = text + 4;
    for (; digits < 2 && isdigit((unsigned char)*at); digits++)
        hours = hours * 10 + (*at++ - '0');
    if (digits == 0 || (*at && strcmp(at, "00") != 0 && strcmp(at, ":00") != 0))
        return false;
    if (hours == 0)
        return fm_buf_adds(out, "Etc/UTC") == FM_OK;
    /* The signs of these names are POSIX's: they count to the west. */
    return fm_buf_addf(out, "Etc/GMT%c%d", sign == '+' ? '-' : '+', hours) == FM_OK;
}

/* ------------------------------------------------------------------ letter case */

static bool same_but_case(const char *spelled, const char *asked, size_t asked_len)
{
    size_t i = 0;
    for (; i < asked_len && spelled[i]; i++) {
        char c = asked[i] == ' ' ? '_' : asked[i];
        if (tolower((unsigned char)c) != tolower((unsigned char)spelled[i]))
            return false;
    }
    return i == asked_len && !spelled[i];
}

/* Appends the name of the file in `folder` that is meant by `asked`. */
static fm_status add_spelling(fm_buf *out, const char *folder, const char *asked, size_t asked_len)
{
    DIR *dir = opendir(folder);
    fm_status status = FM_ENOTFOUND;
    for (struct dirent *entry; dir && status == FM_ENOTFOUND && (entry = readdir(dir)) != NULL;)
        if (same_but_case(entry->d_name, asked, asked_len))
            status = fm_buf_adds(out, entry->d_name);
    if (dir)
        closedir(dir);
    return status;
}

fm_status fm_zone_spelling(fm_buf *out, const char *folder, const char *path)
{
    fm_buf at, name;
    fm_buf_init(&at, PATH_MAX);
    fm_buf_init(&name, PATH_MAX);
    fm_status status = fm_buf_adds(&at, folder);
    for (const char *step = path, *end; step && !status; step = end) {
        size_t len = strcspn(step, "/");
        end = step[len] ? step + len + 1 : NULL;
        fm_buf_reset(&name);
        status = add_spelling(&name, at.data, step, len);
        if (!status)
            status = fm_buf_addf(&at, "/%s", name.data);
    }
    if (!status)
        status = fm_buf_adds(out, at.data + strlen(folder) + 1);
    fm_buf_free(&at);
    fm_buf_free(&name);
    return status;
}
