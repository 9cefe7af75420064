#include "core/json/scan.h"
#include "util/utf8.h"

#include <string.h>

/* Beyond what any text that fits memory can balance with digits: such a number is infinite or zero. */
#define EXPONENT_MAX INT64_C(1000000000000000)

void fm_json_begin(fm_json_scan *s, const char *text, size_t len, unsigned max_depth)
{
    if (!max_depth)
        max_depth = FM_JSON_DEPTH;
    *s = (fm_json_scan){
        .begin = text,
        .end = text + len,
        .line = 1,
        .max_depth = max_depth < FM_JSON_DEPTH_LIMIT ? max_depth : FM_JSON_DEPTH_LIMIT,
    };
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        s->begin += 3;
    s->at = s->begin;
}

bool fm_json_refuse(fm_json_scan *s, fm_status status, const char *problem)
{
    if (!s->status) {
        s->status = status;
        s->problem = problem;
    }
    return false;
}

static bool malformed(fm_json_scan *s, const char *at, const char *problem)
{
    s->at = at;
    return fm_json_refuse(s, FM_EPARSE, problem);
}

static void skip_space(fm_json_scan *s)
{
    const char *at = s->at;
    for (; at < s->end && (unsigned char)*at <= ' '; at++) {
        if (*at == '\n')
            s->line++;
        else if (*at != ' ' && *at != '\t' && *at != '\r')
            break;
    }
    s->at = at;
}

fm_json_type fm_json_peek(fm_json_scan *s)
{
    if (s->status)
        return FM_JSON_NONE;
    skip_space(s);
    if (s->at == s->end)
        return FM_JSON_NONE;
    switch (*s->at) {
    case '{':
        return FM_JSON_OBJECT;
    case '[':
        return FM_JSON_ARRAY;
    case '"':
        return FM_JSON_STRING;
    case 'n':
        return FM_JSON_NULL;
    case 't':
        return FM_JSON_TRUE;
    case 'f':
        return FM_JSON_FALSE;
    case '-':
        return FM_JSON_NUMBER;
    default:
        return *s->at >= '0' && *s->at <= '9' ? FM_JSON_NUMBER : FM_JSON_NONE;
    }
}

/* ------------------------------------------------------------------ strings */

#define EVERY_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS  UINT64_C(0x8080808080808080)

/* A set high bit for the first byte that is a quote, a backslash, a control character or not ASCII; bits above the
 * first may be wrong, which is why only the first is used. */
static uint64_t special_bytes(uint64_t word)
{
    uint64_t quote = word ^ (EVERY_BYTE * '"');
    uint64_t backslash = word ^ (EVERY_BYTE * '\\');
    return (((word - EVERY_BYTE * 0x20) & ~word) | ((quote - EVERY_BYTE) & ~quote) |
            ((backslash - EVERY_BYTE) & ~backslash) | word) &
           HIGH_BITS;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

const char *fm_json_skip_plain(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t special = special_bytes(word);
        if (special) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return at + (__builtin_ctzll(special) >> 3);
#else
            break;
#endif
        }
        at += 8;
    }
    while (at < end && is_plain((unsigned char)*at))
        at++;
    return at;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Length of the escape at the backslash `at`, 0 where it is none. */
static size_t escape_length(const char *at, const char *end)
{
    if (end - at < 2)
        return 0;
    if (at[1] != 'u')
        return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
    if (end - at < 6)
        return 0;
    for (int i = 2; i < 6; i++)
        if (!is_hex(at[i]))
            return 0;
    return 6;
}

bool fm_json_string_at(fm_json_scan *s, fm_json_string *string)
{
    if (s->status)
        return false;
    if (s->at == s->end || *s->at != '"')
        return malformed(s, s->at, "a string is expected");
    const char *at = s->at + 1;
    *string = (fm_json_string){.at = at};
    for (;;) {
        at = fm_json_skip_plain(at, s->end);
        if (at == s->end)
            return malformed(s, at, "the string does not end");
        if (*at == '"')
            break;
        size_t step;
        if (*at == '\\') {
            step = escape_length(at, s->end);
            if (!step)
                return malformed(s, at, "this escape does not exist");
            string->escaped = true;
        } else if ((unsigned char)*at < 0x20) {
            return malformed(s, at, "a control character must be escaped in a string");
        } else {
            step = fm_utf8_character(at, (size_t)(s->end - at));
            if (!step)
                return malformed(s, at, "this is not UTF-8");
        }
        at += step;
    }
    string->len = (size_t)(at - string->at);
    s->at = at + 1;
    return true;
}

/* ------------------------------------------------------------------ numbers */

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* Takes digits into the mantissa; returns the first byte that is none. */
static const char *take_digits(fm_json_number *n, const char *at, const char *end)
{
    for (; is_digit(at, end); at++) {
        n->mantissa = n->mantissa * 10 + (uint64_t)(*at - '0');
        if (n->digits || *at != '0')
            n->digits++;
    }
    return at;
}

static const char *take_exponent(fm_json_number *n, const char *at, const char *end)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (!is_digit(at, end))
        return NULL;
    int64_t exponent = 0;
    for (; is_digit(at, end); at++)
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (*at - '0');
    n->exponent += negative ? -exponent : exponent;
    return at;
}

/* Whether the mantissa with its sign is a 64-bit integer; -0 is not one, it would lose its sign. */
static bool fits_integer(fm_json_number *n, bool negative)
{
    if (n->digits > 19 || n->mantissa > (uint64_t)INT64_MAX + negative || (negative && n->mantissa == 0))
        return false;
    n->integer = negative ? (int64_t)(0 - n->mantissa) : (int64_t)n->mantissa;
    return true;
}

bool fm_json_number_at(fm_json_scan *s, fm_json_number *number)
{
    if (s->status)
        return false;
    const char *at = s->at;
    bool negative = at < s->end && *at == '-';
    *number = (fm_json_number){.at = at};
    at += negative;
    if (!is_digit(at, s->end))
        return malformed(s, at, "a number needs a digit here");
    const char *digits = at;
    at = take_digits(number, at, s->end);
    if (*digits == '0' && at - digits > 1)
        return malformed(s, digits, "a number must not start with 0");
    bool whole = true;
    if (at < s->end && *at == '.') {
        whole = false;
        const char *fraction = at + 1;
        at = take_digits(number, fraction, s->end);
        if (at == fraction)
            return malformed(s, at, "a number needs a digit after its point");
        number->exponent = -(int64_t)(at - fraction);
    }
    if (at < s->end && (*at == 'e' || *at == 'E')) {
        whole = false;
        const char *exponent = at + 1;
        at = take_exponent(number, exponent, s->end);
        if (!at)
            return malformed(s, exponent, "a number needs a digit in its exponent");
    }
    number->is_integer = whole && fits_integer(number, negative);
    number->len = (size_t)(at - s->at);
    s->at = at;
    return true;
}

/* ------------------------------------------------------------------ values */

bool fm_json_word_at(fm_json_scan *s)
{
    static const struct {
        const char *text;
        size_t len;
    } words[] = {{"null", 4}, {"true", 4}, {"false", 5}};
    if (s->status)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((size_t)(s->end - s->at) < words[i].len || memcmp(s->at, words[i].text, words[i].len) != 0)
            continue;
        s->at += words[i].len;
        return true;
    }
    return malformed(s, s->at, "a value is expected");
}

bool fm_json_open(fm_json_scan *s)
{
    if (s->status)
        return false;
    if (s->depth == s->max_depth)
        return fm_json_refuse(s, FM_ELIMIT, "it is nested too deeply");
    s->depth++;
    s->at++;
    return true;
}

/* Steps over the comma between two parts, or over the closing bracket. True where another part follows. */
static bool next_part(fm_json_scan *s, bool first, char close)
{
    if (s->status)
        return false;
    skip_space(s);
    if (s->at == s->end)
        return malformed(s, s->at, close == '}' ? "the object does not end" : "the array does not end");
    if (*s->at == close) {
        s->at++;
        s->depth--;
        return false;
    }
    if (first)
        return true;
    if (*s->at != ',')
        return malformed(s, s->at, close == '}' ? "',' or '}' is expected" : "',' or ']' is expected");
    s->at++;
    skip_space(s);
    if (s->at < s->end && *s->at == close)
        return malformed(s, s->at, "a comma must not be the last thing in an object or array");
    return true;
}

bool fm_json_member(fm_json_scan *s, bool first, fm_json_string *name)
{
    if (!next_part(s, first, '}'))
        return false;
    if (s->at == s->end || *s->at != '"')
        return malformed(s, s->at, "a member's name in quotes is expected");
    if (!fm_json_string_at(s, name))
        return false;
    skip_space(s);
    if (s->at == s->end || *s->at != ':')
        return malformed(s, s->at, "':' is expected");
    s->at++;
    skip_space(s);
    return true;
}

bool fm_json_element(fm_json_scan *s, bool first)
{
    return next_part(s, first, ']');
}

bool fm_json_skip(fm_json_scan *s, fm_json_span *value)
{
    fm_json_string string;
    fm_json_number number;
    fm_json_type type = fm_json_peek(s);
    const char *start = s->at;
    switch (type) {
    case FM_JSON_OBJECT:
        fm_json_open(s);
        for (bool first = true; fm_json_member(s, first, &string); first = false)
            fm_json_skip(s, NULL);
        break;
    case FM_JSON_ARRAY:
        fm_json_open(s);
        for (bool first = true; fm_json_element(s, first); first = false)
            fm_json_skip(s, NULL);
        break;
    case FM_JSON_STRING:
        fm_json_string_at(s, &string);
        break;
    case FM_JSON_NUMBER:
        fm_json_number_at(s, &number);
        break;
    default:
        fm_json_word_at(s);
        break;
    }
    if (value)
        *value = (fm_json_span){start, (size_t)(s->at - start)};
    return s->status == FM_OK;
}

bool fm_json_finish(fm_json_scan *s)
{
    if (s->status)
        return false;
    skip_space(s);
    return s->at == s->end || malformed(s, s->at, "nothing may follow the value");
}

fm_status fm_json_error(const fm_json_scan *s, fm_error *err)
{
    if (!s->status)
        return FM_OK;
    const char *line = s->at; /* a line end is never inside a token, so `line` counts are right wherever it failed */
    while (line > s->begin && line[-1] != '\n')
        line--;
    unsigned column = (unsigned)(s->at - line) + 1;
    fm_error_set(err, s->status, "json", "line %u, column %u: %s", s->line, column, s->problem);
    if (err) {
        err->line = s->line;
        err->column = column;
    }
    return s->status;
}

fm_status fm_json_check(const char *text, size_t len, unsigned max_depth, fm_error *err)
{
    fm_json_scan s;
    fm_json_begin(&s, text, len, max_depth);
    fm_json_skip(&s, NULL);
    fm_json_finish(&s);
    return fm_json_error(&s, err);
}
