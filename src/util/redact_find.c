#include "util/redact_find.h"
#include "util/encoding.h"
#include "util/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static void hide(fm_redact_marks *m, size_t from, size_t to)
{
    memset(m->hidden + from, 1, to - from);
}

static bool lies_in(const fm_redact_stretch *stretch, size_t at)
{
    return at >= stretch->from && at < stretch->to;
}

/* ------------------------------------------------------------------ one character in its spelling */

/* How a text may spell the bytes of a secret. Within one text the spelling does not change. */
typedef enum spelling { PLAIN, PERCENT, BACKSLASH, ENTITY, SPELLINGS } spelling;

/* The bytes that one spelled character stands for. */
typedef struct taken {
    unsigned char bytes[4];
    size_t count;  /* of `bytes` */
    size_t length; /* of its spelling */
} taken;

/* Reads up to `most` digits of a base; returns how many there were. */
static size_t read_number(const char *s, size_t len, size_t most, int base, uint32_t *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < len && n < most; n++) {
        int digit = fm_encoding_hex_digit(s[n]);
        if (digit < 0 || digit >= base)
            break;
        *value = *value * (uint32_t)base + (uint32_t)digit;
    }
    return n;
}

static taken take_byte(unsigned char c, size_t length)
{
    return (taken){.bytes = {c}, .count = 1, .length = length};
}

static taken take_code_point(uint32_t c, size_t length)
{
    taken t = {.length = length};
    char text[4];
    bool valid = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    t.count = fm_utf8_put(text, valid ? c : 0xFFFD);
    memcpy(t.bytes, text, t.count);
    return t;
}

static taken take_percent(const char *s, size_t len)
{
    uint32_t value;
    if (*s == '+')
        return take_byte(' ', 1);
    if (*s == '%' && read_number(s + 1, len - 1, 2, 16, &value) == 2)
        return take_byte((unsigned char)value, 3);
    return take_byte((unsigned char)*s, 1);
}

static taken take_backslash(const char *s, size_t len)
{
    static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    uint32_t value, low;
    if (*s != '\\' || len < 2)
        return take_byte((unsigned char)*s, 1);
    if (s[1] == 'x' && read_number(s + 2, len - 2, 2, 16, &value) == 2)
        return take_byte((unsigned char)value, 4);
    if (s[1] == 'u' && read_number(s + 2, len - 2, 4, 16, &value) == 4) {
        if (value >= 0xD800 && value < 0xDC00 && len >= 12 && s[6] == '\\' && s[7] == 'u' &&
            read_number(s + 8, 4, 4, 16, &low) == 4)
            return take_code_point(0x10000 + ((value & 0x3FF) << 10) + (low & 0x3FF), 12);
        return take_code_point(value, 6);
    }
    const char *name = memchr(names, s[1], sizeof names - 1);
    return take_byte((unsigned char)*(name ? &values[name - names] : &s[1]), 2);
}

static taken take_entity(const char *s, size_t len)
{
    static const struct {
        const char *name;
        char value;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    if (*s != '&')
        return take_byte((unsigned char)*s, 1);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t n = strlen(entities[i].name);
        if (n <= len && memcmp(s, entities[i].name, n) == 0)
            return take_byte((unsigned char)entities[i].value, n);
    }
    if (len > 3 && s[1] == '#') {
        size_t prefix = s[2] == 'x' ? 3 : 2;
        uint32_t value;
        size_t digits = read_number(s + prefix, len - prefix, 7, prefix == 3 ? 16 : 10, &value);
        if (digits && prefix + digits < len && s[prefix + digits] == ';')
            return take_code_point(value, prefix + digits + 1);
    }
    return take_byte((unsigned char)*s, 1);
}

static taken take(spelling how, const char *s, size_t len)
{
    switch (how) {
    case PERCENT:
        return take_percent(s, len);
    case BACKSLASH:
        return take_backslash(s, len);
    case ENTITY:
        return take_entity(s, len);
    default:
        return take_byte((unsigned char)*s, 1);
    }
}

/* ------------------------------------------------------------------ a known secret */

/* The length of the secret's spelling at the start of `s`, 0 where it does not stand there. */
static size_t match_spelled(spelling how, const char *s, size_t len, const char *secret, size_t secret_len)
{
    size_t at = 0, done = 0;
    while (done < secret_len) {
        if (at == len)
            return 0;
        taken t = take(how, s + at, len - at);
        /* A plus sign may also be meant as one: only forms write a space so. */
        if (how == PERCENT && s[at] == '+' && secret[done] == '+')
            t.bytes[0] = '+';
        if (t.count > secret_len - done || memcmp(t.bytes, secret + done, t.count) != 0)
            return 0;
        at += t.length;
        done += t.count;
    }
    return at;
}

static void find_spelled(fm_redact_marks *m, const char *secret, size_t secret_len)
{
    static const char escapes[SPELLINGS] = {[PERCENT] = '%', [BACKSLASH] = '\\', [ENTITY] = '&'};
    for (size_t i = 0; i < m->len; i++) {
        char c = m->text[i];
        bool plain = c == secret[0], plus = c == '+' && secret[0] == ' ';
        for (spelling how = PLAIN; how < SPELLINGS; how++) {
            if (!plain && !(how != PLAIN && c == escapes[how]) && !(how == PERCENT && plus))
                continue;
            size_t n = match_spelled(how, m->text + i, m->len - i, secret, secret_len);
            if (n)
                hide(m, i, i + n);
        }
    }
}

/* The k-th base64 digit (0 to 63) of the secret with `lead` other bytes before it; it must be all the secret's own. */
static unsigned base64_digit(const unsigned char *secret, size_t len, size_t lead, size_t k)
{
    size_t bit = 6 * k - 8 * lead, byte = bit / 8;
    unsigned pair = (unsigned)secret[byte] << 8 | (byte + 1 < len ? secret[byte + 1] : 0u);
    return pair >> (10 - bit % 8) & 0x3F;
}

/* The value of a base64 or base64url digit, -1 for what is none. */
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* One base64 digit, percent-encoded or not; its length in `*length`. */
static int take_base64(const char *s, size_t len, size_t *length)
{
    uint32_t value;
    *length = 1;
    if (*s == '%' && read_number(s + 1, len - 1, 2, 16, &value) == 2) {
        *length = 3;
        return base64_value((char)value);
    }
    return base64_value(*s);
}

/* The digits next to those that match hold bits of the secret too, so the whole run of them is hidden. */
static void hide_base64_run(fm_redact_marks *m, fm_redact_stretch *last, size_t from, size_t to)
{
    if (lies_in(last, from))
        return;
    while (from > 0 && (base64_value(m->text[from - 1]) >= 0 || m->text[from - 1] == '%'))
        from--;
    while (to < m->len && (base64_value(m->text[to]) >= 0 || m->text[to] == '%' || m->text[to] == '='))
        to++;
    *last = (fm_redact_stretch){from, to};
    hide(m, from, to);
}

static void find_base64(fm_redact_marks *m, const char *secret, size_t secret_len)
{
    const unsigned char *bytes = (const unsigned char *)secret;
    fm_redact_stretch run = {0};
    for (size_t lead = 0; lead < 3; lead++) {
        size_t first = (8 * lead + 5) / 6, end = 8 * (lead + secret_len) / 6;
        for (size_t i = 0; i < m->len; i++) {
            size_t at = i, k = first, length;
            while (k < end && at < m->len &&
                   take_base64(m->text + at, m->len - at, &length) == (int)base64_digit(bytes, secret_len, lead, k)) {
                at += length;
                k++;
            }
            if (k == end)
                hide_base64_run(m, &run, i, at);
        }
    }
}

void fm_redact_find_value(fm_redact_marks *m, const char *secret, size_t len)
{
    find_spelled(m, secret, len);
    find_base64(m, secret, len);
}

/* ------------------------------------------------------------------ secret by its place */

typedef enum place {
    PLACE_NONE,
    PLACE_HEADER, /* "Name: …" to the end of the line, "name": "…", name=… */
    PLACE_WORD,   /* "name: …" in prose too, "name": "…", name=… */
    PLACE_MEMBER  /* "name": "…" and name=…, for words that prose uses */
} place;

/* Names are compared without case, '-' and '_'. */
static place place_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        place place;
    } places[] = {
        {"authorization", PLACE_HEADER}, {"proxyauthorization", PLACE_HEADER},
        {"cookie", PLACE_HEADER},        {"setcookie", PLACE_HEADER},
        {"xauthtoken", PLACE_HEADER},    {"password", PLACE_WORD},
        {"apppassword", PLACE_WORD},     {"passwd", PLACE_WORD},
        {"passphrase", PLACE_WORD},      {"clientsecret", PLACE_WORD},
        {"accesstoken", PLACE_WORD},     {"refreshtoken", PLACE_WORD},
        {"idtoken", PLACE_WORD},         {"codeverifier", PLACE_WORD},
        {"devicecode", PLACE_WORD},      {"token", PLACE_MEMBER},
        {"refresh", PLACE_MEMBER},       {"code", PLACE_MEMBER},
        {"secret", PLACE_MEMBER},        {"assertion", PLACE_MEMBER},
        {"pass", PLACE_MEMBER},          {"pwd", PLACE_MEMBER},
        {"apikey", PLACE_MEMBER},        {"calendarencryptionkey", PLACE_WORD},
    };
    char folded[24];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '-' || name[i] == '_')
            continue;
        if (n == sizeof folded - 1)
            return PLACE_NONE;
        folded[n++] = (char)tolower((unsigned char)name[i]);
    }
    folded[n] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(folded, places[i].name) == 0)
            return places[i].place;
    return PLACE_NONE;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static size_t skip_blanks(const fm_redact_marks *m, size_t i)
{
    while (i < m->len && (m->text[i] == ' ' || m->text[i] == '\t'))
        i++;
    return i;
}

static size_t end_of_line(const fm_redact_marks *m, size_t i)
{
    while (i < m->len && m->text[i] != '\r' && m->text[i] != '\n')
        i++;
    return i;
}

static size_t end_of_quoted(const fm_redact_marks *m, size_t i, char quote)
{
    while (i < m->len && m->text[i] != quote)
        i += m->text[i] == '\\' && i + 1 < m->len ? 2 : 1;
    return i;
}

/* A zero byte does, too. */
static bool ends_bare(char c)
{
    return strchr("&;,\"'<>#()[]{} \t\r\n", c) != NULL;
}

static size_t end_of_bare(const fm_redact_marks *m, size_t i)
{
    while (i < m->len && !ends_bare(m->text[i]))
        i++;
    return i;
}

/* A status such as 404 after "code=" is worth more than it gives away. */
static bool is_short_number(const fm_redact_marks *m, size_t from)
{
    size_t to = from;
    while (to < m->len && to - from <= 3 && isdigit((unsigned char)m->text[to]))
        to++;
    return to - from <= 3 && (to == m->len || ends_bare(m->text[to]));
}

/* Hides from `from` to where such a stretch ends; one that begins within the last of its kind ended there, too. */
static void hide_stretch(fm_redact_marks *m, fm_redact_stretch *last, size_t from,
                         size_t (*end_of)(const fm_redact_marks *, size_t))
{
    if (lies_in(last, from))
        return;
    *last = (fm_redact_stretch){from, end_of(m, from)};
    hide(m, last->from, last->to);
}

/* Hides the value after a name that ends at `i`. */
static void hide_value(fm_redact_marks *m, size_t i, place kind)
{
    bool quoted_name = i < m->len && (m->text[i] == '"' || m->text[i] == '\'');
    i = skip_blanks(m, i + quoted_name);
    if (i == m->len || (m->text[i] != ':' && m->text[i] != '='))
        return;
    bool colon = m->text[i] == ':';
    i = skip_blanks(m, i + 1);
    if (i == m->len)
        return;
    if (colon && kind == PLACE_HEADER && !quoted_name) {
        hide_stretch(m, &m->line, i, end_of_line);
        return;
    }
    char quote = m->text[i];
    if (quote == '"' || quote == '\'') {
        hide(m, i + 1, end_of_quoted(m, i + 1, quote));
        return;
    }
    if (colon && (kind == PLACE_MEMBER || quoted_name))
        return; /* prose, or a JSON number */
    if (!is_short_number(m, i))
        hide_stretch(m, &m->word, i, end_of_bare);
}

static void hide_userinfo(fm_redact_marks *m, size_t i)
{
    size_t at = 0;
    for (size_t end = i; end < m->len && !strchr("/?#\\\"'<> \t\r\n", m->text[end]); end++)
        if (m->text[end] == '@')
            at = end;
    if (at > i)
        hide(m, i, at);
}

void fm_redact_find_places(fm_redact_marks *m)
{
    size_t i = 0;
    while (i < m->len) {
        if (m->len - i > 3 && memcmp(m->text + i, "://", 3) == 0) {
            i += 3;
            hide_userinfo(m, i);
        } else if (is_name(m->text[i])) {
            size_t from = i;
            while (i < m->len && is_name(m->text[i]))
                i++;
            place kind = place_of(m->text + from, i - from);
            if (kind != PLACE_NONE)
                hide_value(m, i, kind);
        } else {
            i++;
        }
    }
}
