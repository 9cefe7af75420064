/**
 * @file color.h
 * Colours of events: names of CSS, which RFC 7986 wants, and #rrggbb.
 */
#ifndef FM_PROVIDER_EVENT_COLOR_H
#define FM_PROVIDER_EVENT_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A colour and what somebody calls it. */
typedef struct fm_color {
    const char *name;
    uint32_t rgb;
} fm_color;

/** Reads a CSS name, in any case, or "#rrggbb". Returns whether it is one. */
bool fm_color_read(uint32_t *rgb, const char *text);
/** The colour of a list that comes nearest, the first of several; `count` is at least 1. */
const fm_color *fm_color_nearest(const fm_color *list, size_t count, uint32_t rgb);
/** The CSS name for a colour: the one that `text` is, in small letters, else the nearest. NULL where it is no colour.
 */
const char *fm_color_css_name(const char *text);

#endif
