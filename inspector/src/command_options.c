#include "command_options.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMN 26

typedef struct Parser {
    const Option *tables[2];
    CommandLine *line;
    int at; /* the argument being read */
    Error *error;
} Parser;

static const Option *find(const Parser *parser, const char *name, size_t length,
                          char letter)
{
    for (size_t t = 0; t < 2; t++) {
        for (const Option *o = parser->tables[t]; o && o->name; o++) {
            if (letter ? o->letter == letter
                       : strlen(o->name) == length && !strncmp(o->name, name, length)) {
                return o;
            }
        }
    }
    return NULL;
}

static bool set_number(const Option *option, const char *text, Error *error)
{
    char *end = NULL;
    bool ok;

    errno = 0;
    if (option->kind == OPTION_COUNT) {
        *(uint64_t *)option->value = strtoull(text, &end, 10);
        ok = *text >= '0' && *text <= '9';
    } else {
        double number = strtod(text, &end);

        *(double *)option->value = number;
        ok = number >= 0 && number < 1e18;
    }
    if (!ok || errno || end == text || *end) {
        return error_set(error, STATUS_USAGE, "--%s wants a number, not \"%s\"",
                         option->name, text);
    }
    return true;
}

static bool set_value(const Option *option, char *text, Error *error)
{
    if (option->kind == OPTION_STRING) {
        *(const char **)option->value = text;
        return true;
    }
    return set_number(option, text, error);
}

/* attached: the value in the same argument, or NULL. */
static bool apply(Parser *parser, const Option *option, char *attached)
{
    CommandLine *line = parser->line;

    if (option->kind == OPTION_FLAG) {
        *(bool *)option->value = true;
        return !attached || error_set(parser->error, STATUS_USAGE, "--%s takes no value",
                                      option->name);
    }
    if (!attached) {
        if (parser->at + 1 >= line->count) {
            return error_set(parser->error, STATUS_USAGE, "--%s wants a value: %s",
                             option->name, option->argument);
        }
        attached = line->arguments[++parser->at];
    }
    return set_value(option, attached, parser->error);
}

static bool parse_long(Parser *parser, char *argument)
{
    char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const Option *option = find(parser, name, length, 0);

    if (!strcmp(name, "help")) {
        parser->line->help = true;
        return true;
    }
    if (!option) {
        return error_set(parser->error, STATUS_USAGE, "unknown option \"%s\"; see --help",
                         argument);
    }
    return apply(parser, option, equals ? equals + 1 : NULL);
}

static bool parse_letters(Parser *parser, char *argument)
{
    for (char *c = argument + 1; *c; c++) {
        const Option *option = find(parser, NULL, 0, *c);

        if (*c == 'h') {
            parser->line->help = true;
        } else if (!option) {
            return error_set(parser->error, STATUS_USAGE,
                             "unknown option \"-%c\"; see --help", *c);
        } else if (option->kind == OPTION_FLAG) {
            apply(parser, option, NULL);
        } else {
            return apply(parser, option, c[1] ? c + 1 : NULL);
        }
    }
    return true;
}

/* What follows from the current argument on are operands. */
static void take_rest(Parser *parser, int *operands)
{
    for (; parser->at < parser->line->count; parser->at++) {
        parser->line->arguments[(*operands)++] = parser->line->arguments[parser->at];
    }
}

bool options_parse(const Option *own, const Option *common, OperandOrder order,
                   CommandLine *line, Error *error)
{
    Parser parser = {.tables = {own, common}, .line = line, .error = error};
    int operands = 0;

    for (; parser.at < line->count; parser.at++) {
        char *argument = line->arguments[parser.at];

        if (!strcmp(argument, "--")) {
            parser.at++;
            take_rest(&parser, &operands);
        } else if (argument[0] != '-' || !argument[1]) {
            if (order == ORDER_OPTIONS_FIRST) {
                take_rest(&parser, &operands);
            } else {
                line->arguments[operands++] = argument;
            }
        } else if (!(argument[1] == '-' ? parse_long(&parser, argument)
                                        : parse_letters(&parser, argument))) {
            return false;
        }
    }
    line->count = operands;
    return true;
}

void options_help(const Option *table, Text *out)
{
    for (const Option *o = table; o->name; o++) {
        size_t start = out->size, used;

        text_put(out, "  ");
        if (o->letter) {
            text_format(out, "-%c, ", o->letter);
        }
        text_format(out, "--%s", o->name);
        if (o->kind != OPTION_FLAG) {
            text_format(out, " %s", o->argument);
        }
        used = out->size - start;
        if (used + 1 >= HELP_COLUMN) {
            text_char(out, '\n');
            used = 0;
        }
        text_repeat(out, ' ', HELP_COLUMN - used);
        for (const char *c = o->help; *c; c++) {
            text_char(out, *c);
            text_repeat(out, ' ', *c == '\n' ? HELP_COLUMN : 0);
        }
        text_char(out, '\n');
    }
}
