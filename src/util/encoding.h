/**
 * @file encoding.h
 * Bytes as text and back: hex, base32hex, base64, base64url (RFC 4648). Pure functions, no allocation
 * but in the fm_buf variants, so that keys can be decoded straight into secret memory.
 *
 * Decoding is strict: no white space, no other characters, unused bits must be zero, so that each byte
 * string has one spelling (letter case of hex and base32hex, and padding, aside).
 */
#ifndef FM_UTIL_ENCODING_H
#define FM_UTIL_ENCODING_H

#include "util/buf.h"
#include <stddef.h>

typedef enum fm_encoding {
    FM_HEX,       /**< lower case; either case is read */
    FM_BASE32HEX, /**< RFC 4648 section 7, lower case without padding, as Google's event ids want it */
    FM_BASE64,    /**< section 4, padded; read with or without padding */
    FM_BASE64URL  /**< section 5, without padding; read with or without */
} fm_encoding;

/** Characters that `len` bytes become, padding included, without a terminating zero. */
size_t fm_encoding_text_size(fm_encoding encoding, size_t len);
/** Most bytes that `len` characters can become. */
size_t fm_encoding_byte_size(fm_encoding encoding, size_t len);

/** Writes fm_encoding_text_size() characters to `out`, no terminating zero. */
void fm_encoding_encode(char *out, fm_encoding encoding, const void *bytes, size_t len);
/**
 * Reads `len` characters into `out`, which has room for fm_encoding_byte_size() bytes; their number goes
 * to `*out_len`. FM_EPARSE for text that is no such encoding; `out` may then hold a part of it.
 */
fm_status fm_encoding_decode(void *out, size_t *out_len, fm_encoding encoding, const char *text, size_t len);

/** Appends the text of `bytes`. FM_ENOMEM, FM_ELIMIT. */
fm_status fm_encoding_append(fm_buf *out, fm_encoding encoding, const void *bytes, size_t len);

/** The value of a hex digit in either case; -1 for whatever is none. */
int fm_encoding_hex_digit(char c);

#endif
