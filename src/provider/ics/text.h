/**
 * @file text.h
 * Texts of an object as their lines spell them. Private to this folder.
 */
#ifndef FM_PROVIDER_ICS_TEXT_H
#define FM_PROVIDER_ICS_TEXT_H

#include "provider/ics/model.h"

/**
 * The TEXT value of a line, escapes included.
 * @param value    borrowed from the line, or, where the line is quoted-printable, from `decoded`, an empty buffer
 */
fm_status fm_ics_text_value(fm_span *value, fm_buf *decoded, const fm_ics_object *object, size_t at);
/** How many lines it takes: those of quoted-printable may go on in the next. */
size_t fm_ics_text_lines(const fm_ics_object *object, size_t at);
/** Whether a parameter says how a value is encoded, which a plain one is not. */
bool fm_ics_is_encoding_param(fm_span name);

/** Appends what the first line of a name means; nothing where there is none. */
fm_status fm_ics_add_text(fm_buf *out, const fm_ics_object *object, const char *name);
/** Makes a member of what a buffer holds, NULL where it holds nothing. Empties the buffer. */
fm_status fm_ics_take(char **member, fm_buf *value);

#endif
