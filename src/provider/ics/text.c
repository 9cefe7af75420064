/*
 * Texts of an object as their lines spell them. Some programs still write vCalendar 1.0 (ENCODING=QUOTED-PRINTABLE, in
 * a CHARSET), whose lines go on in the next one after a "=" at the end.
 */
#include "provider/ics/text.h"
#include "core/ical/value.h"
#include "util/encoding.h"

#include <string.h>

static const char *const encoding_params[] = {"ENCODING", "CHARSET", "QUOTED-PRINTABLE"};

bool fm_ics_is_encoding_param(fm_span name)
{
    for (size_t i = 0; i < sizeof encoding_params / sizeof encoding_params[0]; i++)
        if (fm_span_is(name, encoding_params[i]))
            return true;
    return false;
}

static bool is_quoted_printable(const fm_ical_parts *line)
{
    fm_span name, value;
    for (size_t at = 0; fm_ical_next_param(line->params, &at, &name, &value);)
        if (fm_span_is(name, "QUOTED-PRINTABLE") ||
            (fm_span_is(name, "ENCODING") && fm_span_is(value, "QUOTED-PRINTABLE")))
            return true;
    return false;
}

static bool goes_on(fm_span value)
{
    value = fm_span_trim(value);
    return value.len && value.at[value.len - 1] == '=';
}

size_t fm_ics_text_lines(const fm_ics_object *o, size_t at)
{
    size_t count = 1;
    if (!is_quoted_printable(&fm_ical_at(o->doc, at)->parts))
        return count;
    for (; goes_on(fm_ical_at(o->doc, at + count - 1)->parts.value); count++)
        if (fm_ical_at(o->doc, at + count)->kind != FM_ICAL_OTHER)
            break;
    return count;
}

/* ------------------------------------------------------------------ decoding */

/* One byte in Latin-1, whose numbers are those of Unicode; in any other charset, as it stands. */
static void add_byte(fm_buf *out, unsigned char byte, bool latin)
{
    if (latin && byte >= 0x80) {
        fm_buf_addc(out, (char)(0xC0 | (byte >> 6)));
        fm_buf_addc(out, (char)(0x80 | (byte & 0x3F)));
    } else {
        fm_buf_addc(out, (char)byte);
    }
}

static void decode_line(fm_buf *out, fm_span value, bool latin)
{
    if (goes_on(value)) {
        value = fm_span_trim(value);
        value.len--;
    }
    for (size_t i = 0; i < value.len; i++) {
        int high = value.at[i] == '=' && i + 2 < value.len ? fm_encoding_hex_digit(value.at[i + 1]) : -1;
        int low = high >= 0 ? fm_encoding_hex_digit(value.at[i + 2]) : -1;
        bool unfolded = value.at[i] == '=' && i + 1 < value.len && value.at[i + 1] == '='; /* it went on here */
        if (low >= 0) {
            add_byte(out, (unsigned char)(high * 16 + low), latin);
            i += 2;
        } else if (!unfolded) {
            add_byte(out, (unsigned char)value.at[i], latin);
        }
    }
}

fm_status fm_ics_text_value(fm_span *value, fm_buf *decoded, const fm_ics_object *o, size_t at)
{
    const fm_ical_parts *line = &fm_ical_at(o->doc, at)->parts;
    fm_span charset;
    *value = line->value;
    if (!line->params.len || !is_quoted_printable(line))
        return FM_OK;
    bool latin = fm_ical_param(line, "CHARSET", &charset) &&
                 (fm_span_is(charset, "ISO-8859-1") || fm_span_is(charset, "WINDOWS-1252"));
    size_t count = fm_ics_text_lines(o, at);
    for (size_t i = 0; i < count; i++)
        decode_line(decoded, fm_ical_at(o->doc, at + i)->parts.value, latin);
    *value = (fm_span){decoded->data, decoded->len};
    return decoded->status;
}

fm_status fm_ics_add_text(fm_buf *out, const fm_ics_object *o, const char *name)
{
    size_t at = fm_ical_find_property(o->doc, o->master, FM_ICAL_NONE, name);
    fm_span value;
    fm_buf decoded;
    if (at == FM_ICAL_NONE)
        return FM_OK;
    fm_buf_init(&decoded, out->max_bytes);
    fm_status status = fm_ics_text_value(&value, &decoded, o, at);
    if (!status)
        status = fm_ical_unescape(out, value.at, value.len);
    fm_buf_free(&decoded);
    return status;
}

fm_status fm_ics_take(char **member, fm_buf *value)
{
    fm_status status = value->status;
    if (!status && value->len)
        status = fm_event_set(member, value->data);
    fm_buf_reset(value);
    return status;
}
