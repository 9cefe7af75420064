/**
 * @file fingerprint.h
 * Prints: short hashes that tell whether something is as it was (SHA-256, cut to 16 bytes).
 *
 * What an entry's event depends on has several parts, known at different times: the entry's text, its
 * parent's title, an epic's item counts, the policy's context. Each part has a print of its own, made
 * under its own tag; mixing adds prints up, in any order. A change of any part changes the sum. This
 * recognises changes, it does not withstand somebody who makes collisions: whoever writes the board
 * could write the change itself.
 */
#ifndef FM_BOARD_FINGERPRINT_H
#define FM_BOARD_FINGERPRINT_H

#include "core/crypto.h"

/** Bytes of a print. */
#define FM_PRINT_BYTES 16
/** Bytes of an entry's fingerprint: a print of what its event depends on, and one of its calendarSync. */
#define FM_BOARD_FINGERPRINT_BYTES 32

typedef struct fm_print {
    unsigned char bytes[FM_PRINT_BYTES];
} fm_print;

/** What a print is of. */
typedef enum fm_print_tag {
    FM_PRINT_CONTENT = 'c', /**< an entry's text */
    FM_PRINT_SYNC = 's',    /**< its calendarSync */
    FM_PRINT_PARENT = 'p',  /**< its parent's title */
    FM_PRINT_COUNTS = 'n',  /**< an epic's item counts */
    FM_PRINT_CONTEXT = 'x'  /**< what the policy says it depends on */
} fm_print_tag;

/** Starts a print; what follows is added with fm_hash_add(). */
void fm_print_begin(fm_hash *hash, fm_print_tag tag);
/** Ends it. FM_ECRYPTO where hashing failed. */
fm_status fm_print_end(fm_print *print, fm_hash *hash, fm_error *err);
/** A print of some bytes. */
fm_status fm_print_of(fm_print *print, fm_hash *hash, fm_print_tag tag, const void *bytes, size_t len, fm_error *err);
/** Adds a print to a sum; adding it again takes it out. */
void fm_print_mix(fm_print *sum, const fm_print *part);

#endif
