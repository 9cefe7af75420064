#include "board/fingerprint.h"

#include <string.h>

void fm_print_begin(fm_hash *hash, fm_print_tag tag)
{
    unsigned char byte = (unsigned char)tag;
    fm_hash_add(hash, &byte, 1);
}

fm_status fm_print_end(fm_print *print, fm_hash *hash, fm_error *err)
{
    unsigned char digest[FM_SHA256_SIZE];
    fm_status status = fm_hash_finish(digest, hash, err);
    memcpy(print->bytes, digest, sizeof print->bytes);
    return status;
}

fm_status fm_print_of(fm_print *print, fm_hash *hash, fm_print_tag tag, const void *bytes, size_t len, fm_error *err)
{
    fm_print_begin(hash, tag);
    fm_hash_add(hash, bytes, len);
    return fm_print_end(print, hash, err);
}

void fm_print_mix(fm_print *sum, const fm_print *part)
{
    for (size_t i = 0; i < sizeof sum->bytes; i++)
        sum->bytes[i] ^= part->bytes[i];
}
