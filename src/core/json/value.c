#include "core/json/value.h"
#include "util/encoding.h"
#include "util/utf8.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ strings */

static uint32_t hex4(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (uint32_t)fm_encoding_hex_digit(at[i]);
    return value;
}

/* Decodes \uXXXX at `at`, two of them where they are a surrogate pair; returns the bytes read. */
static size_t unescape_unicode(const char *at, const char *end, char out[4], size_t *written)
{
    uint32_t unit = hex4(at + 2);
    size_t read = 6;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        uint32_t low = unit <= 0xDBFF && end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8) : 0;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            read = 12;
        } else {
            unit = 0xFFFD;
        }
    }
    *written = fm_utf8_put(out, unit);
    return read;
}

/* Decodes the escape at the backslash `at`; returns the bytes read. */
static size_t unescape_one(const char *at, const char *end, char out[4], size_t *written)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    if (at[1] == 'u')
        return unescape_unicode(at, end, out, written);
    const char *name = strchr(names, at[1]);
    if (name)
        out[0] = meanings[name - names];
    else
        out[0] = at[1];
    *written = 1;
    return 2;
}

size_t fm_json_unescape(char *out, const fm_json_string *raw)
{
    const char *at = raw->at, *end = at + raw->len;
    char *to = out;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash ? backslash : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (!backslash)
            break;
        size_t written;
        at += unescape_one(at, end, to, &written);
        to += written;
    }
    return (size_t)(to - out);
}

/* Delivers the characters of a string as bytes, a few at a time. */
typedef struct decoder {
    const char *at, *end;
    char ready[4];
    size_t next, count;
} decoder;

/* The next decoded byte, -1 at the end. */
static int next_byte(decoder *d)
{
    if (d->next < d->count)
        return (unsigned char)d->ready[d->next++];
    if (d->at == d->end)
        return -1;
    if (*d->at != '\\')
        return (unsigned char)*d->at++;
    d->at += unescape_one(d->at, d->end, d->ready, &d->count);
    d->next = 1;
    return (unsigned char)d->ready[0];
}

static bool string_equal(const fm_json_string *a, const fm_json_string *b)
{
    if (!a->escaped && !b->escaped)
        return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
    decoder left = {.at = a->at, .end = a->at + a->len}, right = {.at = b->at, .end = b->at + b->len};
    for (;;) {
        int byte = next_byte(&left);
        if (byte != next_byte(&right))
            return false;
        if (byte < 0)
            return true;
    }
}

bool fm_json_string_is(const fm_json_string *string, const char *bytes, size_t len)
{
    if (!string->escaped)
        return string->len == len && memcmp(string->at, bytes, len) == 0;
    decoder d = {.at = string->at, .end = string->at + string->len};
    for (size_t i = 0; i < len; i++)
        if (next_byte(&d) != (unsigned char)bytes[i])
            return false;
    return next_byte(&d) < 0;
}

bool fm_json_string_of(const fm_json_span *value, fm_json_string *string)
{
    if (value->len < 2 || value->at[0] != '"')
        return false;
    *string = (fm_json_string){.at = value->at + 1, .len = value->len - 2};
    string->escaped = memchr(string->at, '\\', string->len) != NULL;
    return true;
}

static void add_escape(fm_buf *out, unsigned char c)
{
    static const char meanings[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *meaning = c ? strchr(meanings, c) : NULL;
    if (meaning)
        fm_buf_add(out, (char[]){'\\', names[meaning - meanings]}, 2);
    else
        fm_buf_addf(out, "\\u%04x", c);
}

fm_status fm_json_add_string(fm_buf *out, const char *bytes, size_t len)
{
    const char *at = bytes, *end = bytes + len, *run = at; /* what is copied as it is */
    fm_buf_reserve(out, len + 2);                          /* at once; escapes may still make it grow */
    fm_buf_addc(out, '"');
    while ((at = fm_json_skip_plain(at, end)) < end) {
        size_t length = fm_utf8_character(at, (size_t)(end - at));
        if (!length)
            return FM_EINVAL;
        if (length == 1) {
            fm_buf_add(out, run, (size_t)(at - run));
            add_escape(out, (unsigned char)*at);
            run = at + 1;
        }
        at += length;
    }
    fm_buf_add(out, run, (size_t)(end - run));
    return fm_buf_addc(out, '"');
}

/* ------------------------------------------------------------------ numbers */

/*
 * The host may have set a locale with another decimal point. newlocale() of "C" for all categories
 * hands out a static object, so asking each time costs nothing and there is no state to keep.
 */
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* More digits than this cannot change the nearest double, but for whether anything but zeros follows. */
#define DIGITS_MAX 780

/* The same value as digits and an exponent, short enough for strtod(), which must see the C locale. */
static double slow_real(const fm_json_number *n)
{
    char text[DIGITS_MAX + 40];
    size_t len = 0;
    int64_t exponent = n->exponent;
    bool more = false;
    for (const char *at = n->at; at < n->at + n->len && (*at | 0x20) != 'e'; at++) {
        if (*at == '-' || *at == '.' || (*at == '0' && len == 0))
            continue;
        if (len < DIGITS_MAX) {
            text[len++] = *at;
        } else {
            exponent++;
            more = more || *at != '0';
        }
    }
    if (more) {
        text[len++] = '1';
        exponent--;
    }
    snprintf(text + len, sizeof text - len, "%se%" PRId64, len ? "" : "0", exponent);
    locale_t c = c_locale(), old = uselocale(c);
    double value = strtod(text, NULL);
    uselocale(old);
    freelocale(c);
    return *n->at == '-' ? -value : value;
}

double fm_json_real(const fm_json_number *n)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (n->is_integer)
        return (double)n->integer;
    /* Both factors are exact, so one operation rounds once: the nearest double. */
    bool exact = n->digits <= 15 && n->exponent >= -22 && n->exponent <= 22;
    if (!exact)
        return slow_real(n);
    double value = (double)n->mantissa;
    value = n->exponent < 0 ? value / powers[-n->exponent] : value * powers[n->exponent];
    return *n->at == '-' ? -value : value;
}

fm_status fm_json_add_integer(fm_buf *out, int64_t value)
{
    char text[24], *at = text + sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        *--at = '-';
    return fm_buf_add(out, at, (size_t)(text + sizeof text - at));
}

fm_status fm_json_add_real(fm_buf *out, double value)
{
    if (!isfinite(value))
        return FM_EINVAL;
    if (fabs(value) < 1e15 && value == (double)(int64_t)value && !(value == 0 && signbit(value)))
        return fm_json_add_integer(out, (int64_t)value);
    char text[32];
    locale_t c = c_locale(), old = uselocale(c);
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    uselocale(old);
    freelocale(c);
    return fm_buf_adds(out, text);
}

/* ------------------------------------------------------------------ equality */

static bool integer_is(int64_t integer, double real)
{
    return real >= -9223372036854775808.0 && real < 9223372036854775808.0 && (double)(int64_t)real == real &&
           (int64_t)real == integer;
}

static bool numbers_equal(const fm_json_number *a, const fm_json_number *b)
{
    if (a->is_integer && b->is_integer)
        return a->integer == b->integer;
    if (a->is_integer)
        return integer_is(a->integer, fm_json_real(b));
    if (b->is_integer)
        return integer_is(b->integer, fm_json_real(a));
    return fm_json_real(a) == fm_json_real(b);
}

static bool values_equal(fm_json_scan *a, fm_json_scan *b);

bool fm_json_find_member(const fm_json_span *object, const char *name, size_t len, fm_json_span *value)
{
    fm_json_scan s;
    fm_json_begin(&s, object->at, object->len, FM_JSON_DEPTH_LIMIT);
    if (fm_json_peek(&s) != FM_JSON_OBJECT)
        return false;
    bool found = false;
    fm_json_string at;
    fm_json_open(&s);
    for (bool first = true; fm_json_member(&s, first, &at); first = false) {
        bool is = fm_json_string_is(&at, name, len);
        fm_json_skip(&s, is ? value : NULL);
        found = found || is;
    }
    return found;
}

/* The last member of this name in the object at `object`, a copy of which is walked. */
static bool last_named(fm_json_scan object, const fm_json_string *name, fm_json_scan *value)
{
    bool found = false;
    fm_json_string at;
    fm_json_open(&object);
    for (bool first = true; fm_json_member(&object, first, &at); first = false) {
        if (string_equal(&at, name)) {
            *value = object;
            found = true;
        }
        fm_json_skip(&object, NULL);
    }
    return found;
}

/* Every member of b counts in a, with the same last value. */
static bool members_equal(const fm_json_scan *a, const fm_json_scan *b)
{
    fm_json_scan walk = *b;
    fm_json_string name;
    fm_json_open(&walk);
    for (bool first = true; fm_json_member(&walk, first, &name); first = false) {
        fm_json_scan mine, theirs;
        if (!last_named(*a, &name, &mine) || !last_named(*b, &name, &theirs) || !values_equal(&mine, &theirs))
            return false;
        fm_json_skip(&walk, NULL);
    }
    return true;
}

/* Every member of a has a namesake in b. */
static bool names_known(const fm_json_scan *a, const fm_json_scan *b)
{
    fm_json_scan walk = *a, ignored;
    fm_json_string name;
    fm_json_open(&walk);
    for (bool first = true; fm_json_member(&walk, first, &name); first = false) {
        if (!last_named(*b, &name, &ignored))
            return false;
        fm_json_skip(&walk, NULL);
    }
    return true;
}

static bool elements_equal(fm_json_scan *a, fm_json_scan *b)
{
    fm_json_open(a);
    fm_json_open(b);
    for (bool first = true;; first = false) {
        bool more = fm_json_element(a, first);
        if (more != fm_json_element(b, first))
            return false;
        if (!more)
            return true;
        fm_json_scan left = *a, right = *b;
        if (!values_equal(&left, &right))
            return false;
        fm_json_skip(a, NULL);
        fm_json_skip(b, NULL);
    }
}

static bool values_equal(fm_json_scan *a, fm_json_scan *b)
{
    fm_json_type type = fm_json_peek(a);
    if (type != fm_json_peek(b))
        return false;
    fm_json_string left, right;
    fm_json_number one, other;
    switch (type) {
    case FM_JSON_OBJECT:
        return members_equal(a, b) && names_known(a, b);
    case FM_JSON_ARRAY:
        return elements_equal(a, b);
    case FM_JSON_STRING:
        return fm_json_string_at(a, &left) && fm_json_string_at(b, &right) && string_equal(&left, &right);
    case FM_JSON_NUMBER:
        return fm_json_number_at(a, &one) && fm_json_number_at(b, &other) && numbers_equal(&one, &other);
    default:
        return true;
    }
}

bool fm_json_equal(const fm_json_span *a, const fm_json_span *b)
{
    if (a->len == b->len && memcmp(a->at, b->at, a->len) == 0)
        return true;
    fm_json_scan left, right;
    fm_json_begin(&left, a->at, a->len, FM_JSON_DEPTH_LIMIT);
    fm_json_begin(&right, b->at, b->len, FM_JSON_DEPTH_LIMIT);
    return values_equal(&left, &right);
}
