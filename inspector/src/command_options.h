/* command_options - the command line of a sub-command, from a table of options.
 *
 *     const Option options[] = {
 *         {"limit", 'n', OPTION_COUNT, &limit, "N", "show N functions"},
 *         {0}};
 *     options_parse(own, common, ORDER_ANY, &line, error)
 *
 * Accepts --name VALUE, --name=VALUE, -n VALUE, -nVALUE; "--" ends the options.
 * Values stay where they are in argv. The same table prints the help.
 */
#ifndef TKA_COMMAND_OPTIONS_H
#define TKA_COMMAND_OPTIONS_H

#include <stdbool.h>

#include "failure.h"
#include "textbuf.h"

typedef enum OptionKind {
    OPTION_FLAG,   /* bool */
    OPTION_STRING, /* const char * */
    OPTION_COUNT,  /* uint64_t */
    OPTION_REAL    /* double, 0 or more */
} OptionKind;

typedef struct Option {
    const char *name; /* NULL ends a table */
    char letter;      /* 0: none */
    OptionKind kind;
    void *value;
    const char *argument; /* what the help calls the value */
    const char *help;
} Option;

typedef enum OperandOrder {
    ORDER_ANY,          /* options may follow operands */
    ORDER_OPTIONS_FIRST /* the first operand ends the options */
} OperandOrder;

/* A command's arguments, without the command's name. options_parse() moves the
 * operands to the front and counts them. */
typedef struct CommandLine {
    char **arguments;
    int count;
    bool help; /* --help or -h was among them */
} CommandLine;

bool options_parse(const Option *own, const Option *common, OperandOrder order,
                   CommandLine *line, Error *error);

/* A line or more for each option of the table. */
void options_help(const Option *table, Text *out);

#endif
