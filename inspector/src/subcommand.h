/* subcommand - what the sub-commands of tka have in common.
 *
 * Each sub-command is a Command in a file cmd_NAME.c, listed in main.c. Its run
 * gets the arguments after its name and returns tka's exit status, or -1 after
 * filling error.
 */
#ifndef TKA_SUBCOMMAND_H
#define TKA_SUBCOMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "command_options.h"
#include "database.h"
#include "failure.h"
#include "location.h"
#include "terminal.h"

typedef struct Command {
    const char *name;
    const char *usage;    /* what follows "tka NAME" */
    const char *summary;  /* one line of `tka help` */
    const char *details;  /* a paragraph or two */
    const char *examples; /* lines, each a command and what it shows */
    int (*run)(const struct Command *self, int count, char **arguments, Error *error);
    bool has_metrics; /* --format prometheus */
} Command;

extern const Command cmd_run, cmd_report, cmd_show, cmd_slow, cmd_sessions, cmd_top, cmd_ctl,
    cmd_advise, cmd_caches, cmd_doctor, cmd_leaks, cmd_memory, cmd_prune, cmd_services,
    cmd_validate;

typedef enum Format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV } Format;

/* What the options that all commands take were set to. Texts are borrowed from
 * the command line. */
typedef struct Settings {
    const char *database, *data_dir;
    const char *format_name;
    bool color, no_color;
    uint64_t width;
    Format format;     /* from format_name */
    bool metrics;      /* that was prometheus; format: FORMAT_TEXT */
    Terminal terminal; /* of standard output */
} Settings;

#define COMMON_OPTIONS 7 /* with the end mark */

typedef enum Parsed { PARSED_RUN, PARSED_HELP, PARSED_ERROR } Parsed;

/* Parse the arguments by the command's own table and the common options. Prints
 * the help when asked to: then the command has nothing more to do. */
Parsed command_parse(const Command *self, const Option *own, OperandOrder order,
                     CommandLine *line, Settings *settings, Error *error);

/* For a command that takes options only. */
bool command_no_operands(const Command *self, const CommandLine *line, Error *error);

/* Find the database, bring live files into it, open it. A terminal is told on
 * stderr which database is read. NULL on failure. location may be NULL. */
Database *command_open(const Settings *settings, Location *location, Error *error);

/* Write the output and return status; -1 when it could not be written. Releases
 * out. */
int command_finish(Text *out, int status, Error *error);

#endif
