#include "host/program/options.h"
#include "bind/embedded.h"

#include <string.h>

/* Takes one short option at argv[*i]; an argument that stands apart moves *i on. False where it is wrong. */
static bool read_short(fm_command_line *line, char **argv, int *i)
{
    const char *option = argv[*i];
    if (option[1] == 'e' || option[1] == 'l') {
        line->runs_code |= option[1] == 'e';
        if (option[2])
            return true;
        ++*i;
        line->lacks_argument = !argv[*i] || argv[*i][0] == '-';
        return !line->lacks_argument;
    }
    if (option[2])
        return false;
    switch (option[1]) {
    case 'i':
        line->interactive = true;
        line->version = true;
        return true;
    case 'v':
        line->version = true;
        return true;
    case 'E':
        line->ignore_variables = true;
        return true;
    default:
        return option[1] == 'W';
    }
}

static bool read_long(fm_command_line *line, const char *option)
{
    bool help = strcmp(option, "--help") == 0, version = strcmp(option, "--version") == 0;
    bool debug = strcmp(option, "--debug") == 0;
    line->help |= help;
    line->version |= version;
    line->debug |= debug;
    return help || version || debug;
}

bool fm_command_line_read(fm_command_line *line, int argc, char **argv)
{
    *line = (fm_command_line){0};
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        if (strcmp(argv[i], "--") == 0) {
            line->options_end = i;
            line->script = i + 1;
            return true;
        }
        const char *option = argv[i];
        if (!(option[1] == '-' ? read_long(line, option) : read_short(line, argv, &i))) {
            line->culprit = option;
            return false;
        }
    }
    line->options_end = line->script = i;
    return true;
}

char fm_command_line_next(const fm_command_line *line, char **argv, int *at, const char **argument)
{
    while (*at < line->options_end) {
        const char *option = argv[(*at)++];
        char letter = option[1];
        *argument = NULL;
        if (letter == 'W')
            return letter;
        if (letter == 'e' || letter == 'l') {
            *argument = option[2] ? option + 2 : argv[(*at)++];
            return letter;
        }
    }
    return 0;
}

void fm_command_line_usage(FILE *out, const char *program)
{
    fprintf(
        out,
        "usage: %s [options] [script [args]]\n"
        "Runs Lua scripts with fmcal's modules. A script is one of fmcal's own commands, or a file.\n"
        "Without a script, on a terminal, it opens the prompt.\n"
        "  -e code    run this Lua code\n"
        "  -i         open the prompt after the script\n"
        "  -l module  require a module into a global of that name; -l name=module into another\n"
        "  -v         show the version\n"
        "  --debug    run rules in this process, without their sandbox, and open the prompt where an error is raised\n"
        "  -E         ignore environment variables\n"
        "  -W         turn warnings on\n"
        "  --         stop reading options\n"
        "  -          stop reading options and run standard input\n",
        program);
    fputs("Commands, each of which has --help:\n ", out);
    for (const fm_embedded *file = fm_embedded_files; file->kind; file++)
        if (strcmp(file->kind, "script") == 0)
            fprintf(out, " %.*s", (int)strcspn(file->name, "."), file->name);
    fputc('\n', out);
}
