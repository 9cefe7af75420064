/**
 * @file options.h
 * The command line of fmcal-lua: the options of `lua`, with its meanings.
 */
#ifndef FM_HOST_PROGRAM_OPTIONS_H
#define FM_HOST_PROGRAM_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

typedef struct fm_command_line {
    bool help;             /**< --help */
    bool version;          /**< -v, --version, or implied by -i */
    bool interactive;      /**< -i */
    bool ignore_variables; /**< -E */
    bool debug;            /**< --debug */
    bool runs_code;        /**< there is at least one -e */
    int script;            /**< index of the script's name in argv; argc if there is none. "-": standard input */
    int options_end;       /**< index behind the last option: -e, -l and -W stand before it */
    const char *culprit;   /**< where reading failed: the option that is wrong, borrowed from argv */
    bool lacks_argument;   /**< it is known, but what must follow it is missing */
} fm_command_line;

/** Reads the options in front of the script into `line`. False where one is wrong: `line->culprit`. */
bool fm_command_line_read(fm_command_line *line, int argc, char **argv);

/**
 * Steps through the options that do something (-e, -l, -W), in order.
 * @param at        index in argv, 1 at first; moved on
 * @param argument  the argument of -e and -l, borrowed from argv
 * @return 'e', 'l', 'W', or 0 at the end
 */
char fm_command_line_next(const fm_command_line *line, char **argv, int *at, const char **argument);

/** Writes the list of options. */
void fm_command_line_usage(FILE *out, const char *program);

#endif
