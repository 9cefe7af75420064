#include "util/encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Each encoding cuts the bits of its input into digits; `group` digits hold whole bytes. */
typedef struct scheme {
    const char *digits;
    unsigned bits;  /* per digit */
    unsigned group; /* digits after which bytes and digits end together */
    bool fold;      /* upper-case letters are read as lower-case ones */
    bool pads;      /* written with padding */
    bool reads_pad; /* read with padding */
} scheme;

static const scheme schemes[] = {
    [FM_HEX] = {.digits = "0123456789abcdef", .bits = 4, .group = 2, .fold = true},
    [FM_BASE32HEX] = {.digits = "0123456789abcdefghijklmnopqrstuv", .bits = 5, .group = 8, .fold = true},
    [FM_BASE64] = {.digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                   .bits = 6,
                   .group = 4,
                   .pads = true,
                   .reads_pad = true},
    [FM_BASE64URL] = {.digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                      .bits = 6,
                      .group = 4,
                      .reads_pad = true},
};

size_t fm_encoding_text_size(fm_encoding encoding, size_t len)
{
    const scheme *s = &schemes[encoding];
    size_t whole = s->group * s->bits / 8; /* bytes of a group */
    size_t rest = len % whole;
    size_t digits = len / whole * s->group;
    if (!rest)
        return digits;
    return digits + (s->pads ? s->group : (rest * 8 + s->bits - 1) / s->bits);
}

size_t fm_encoding_byte_size(fm_encoding encoding, size_t len)
{
    const scheme *s = &schemes[encoding];
    return len / s->group * (s->group * s->bits / 8) + len % s->group * s->bits / 8;
}

void fm_encoding_encode(char *out, fm_encoding encoding, const void *bytes, size_t len)
{
    const scheme *s = &schemes[encoding];
    const unsigned char *in = bytes;
    uint32_t pending = 0; /* bits not yet written, the lowest `count` of it */
    unsigned count = 0;
    size_t written = 0;
    for (size_t i = 0; i < len; i++) {
        pending = pending << 8 | in[i];
        count += 8;
        while (count >= s->bits) {
            count -= s->bits;
            out[written++] = s->digits[pending >> count & ((1u << s->bits) - 1)];
        }
    }
    if (count)
        out[written++] = s->digits[pending << (s->bits - count) & ((1u << s->bits) - 1)];
    while (s->pads && written % s->group)
        out[written++] = '=';
}

static int digit_value(const scheme *s, char c)
{
    if (s->fold && c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    const char *at = c ? strchr(s->digits, c) : NULL;
    return at ? (int)(at - s->digits) : -1;
}

/* The length without correct padding; `len` itself where there is none or it is not correct. */
static size_t without_padding(const scheme *s, const char *text, size_t len)
{
    size_t digits = len;
    if (!s->reads_pad || len % s->group)
        return len;
    while (digits && len - digits < 2 && text[digits - 1] == '=')
        digits--;
    return digits;
}

fm_status fm_encoding_decode(void *out, size_t *out_len, fm_encoding encoding, const char *text, size_t len)
{
    const scheme *s = &schemes[encoding];
    unsigned char *bytes = out;
    uint32_t pending = 0;
    unsigned count = 0;
    *out_len = 0;
    len = without_padding(s, text, len);
    for (size_t i = 0; i < len; i++) {
        int value = digit_value(s, text[i]);
        if (value < 0)
            return FM_EPARSE;
        pending = pending << s->bits | (uint32_t)value;
        count += s->bits;
        if (count >= 8) {
            count -= 8;
            bytes[(*out_len)++] = (unsigned char)(pending >> count);
        }
    }
    /* What is left must be less than a digit, and zero. */
    if (count >= s->bits || (pending & ((1u << count) - 1)))
        return FM_EPARSE;
    return FM_OK;
}

fm_status fm_encoding_append(fm_buf *out, fm_encoding encoding, const void *bytes, size_t len)
{
    size_t size = fm_encoding_text_size(encoding, len);
    if (fm_buf_reserve(out, size))
        return out->status;
    fm_encoding_encode(out->data + out->len, encoding, bytes, len);
    out->len += size;
    out->data[out->len] = '\0';
    return FM_OK;
}

int fm_encoding_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
