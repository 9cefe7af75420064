#include "util/utf8.h"

#include <string.h>

static int is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Whether the second byte is one that the first allows (RFC 3629 section 4). */
static int second_allowed(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_continuation(second);
    }
}

size_t fm_utf8_character(const char *at, size_t left)
{
    const unsigned char *byte = (const unsigned char *)at;
    if (!left)
        return 0;
    if (byte[0] < 0x80)
        return 1;
    if (byte[0] < 0xC2 || byte[0] > 0xF4)
        return 0;
    size_t length = byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    if (left < length || !second_allowed(byte[0], byte[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_continuation(byte[i]))
            return 0;
    return length;
}

/* Whether eight bytes are ASCII, as those of most texts are. */
static bool are_ascii(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return !(word & UINT64_C(0x8080808080808080));
}

bool fm_utf8_valid(const char *bytes, size_t len)
{
    size_t length = 0;
    for (size_t at = 0; at < len; at += length) {
        bool plain = len - at >= sizeof(uint64_t) && are_ascii(bytes + at);
        length = plain ? sizeof(uint64_t) : fm_utf8_character(bytes + at, len - at);
        if (!length)
            return false;
    }
    return true;
}

size_t fm_utf8_put(char out[4], uint32_t character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3F));
    out[2] = (char)(0x80 | (character >> 6 & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}
