#include "subcommand.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "recovery.h"

static void fill_common(Settings *settings, Option options[COMMON_OPTIONS])
{
    const Option common[COMMON_OPTIONS] = {
        {"db", 0, OPTION_STRING, &settings->database, "FILE", "database to read"},
        {"data-dir", 0, OPTION_STRING, &settings->data_dir, "DIR",
         "data folder: its live files, its performance.db"},
        {"format", 0, OPTION_STRING, &settings->format_name, "text|json|csv",
         "how to print (default: text)"},
        {"color", 0, OPTION_FLAG, &settings->color, NULL, "colours, even in a pipe"},
        {"no-color", 0, OPTION_FLAG, &settings->no_color, NULL, "no colours"},
        {"width", 0, OPTION_COUNT, &settings->width, "N",
         "columns to fit (default: the terminal's; in a pipe no limit)"},
        {0}};

    memcpy(options, common, sizeof common);
}

static void print_help(const Command *self, const Option *own, const Option *common)
{
    Text out = {0};
    Error ignored;

    text_format(&out, "Usage: tka %s %s\n\n%s\n", self->name, self->usage, self->details);
    if (own[0].name) {
        text_put(&out, "\nOptions:\n");
        options_help(own, &out);
    }
    text_put(&out, "\nCommon options:\n");
    options_help(common, &out);
    text_format(&out, "\nExamples:\n%s", self->examples);
    text_write(&out, stdout, &ignored);
    text_release(&out);
}

static bool set_format(const Command *self, Settings *settings, Error *error)
{
    static const char *const names[] = {"text", "json", "csv"};

    if (!settings->format_name) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(settings->format_name, names[i])) {
            settings->format = (Format)i;
            return true;
        }
    }
    settings->metrics = self->has_metrics && !strcmp(settings->format_name, "prometheus");
    return settings->metrics ||
           error_set(error, STATUS_USAGE, "--format \"%s\": it is text, json%s",
                     settings->format_name,
                     self->has_metrics ? ", csv or prometheus" : " or csv");
}

Parsed command_parse(const Command *self, const Option *own, OperandOrder order,
                     CommandLine *line, Settings *settings, Error *error)
{
    Option common[COMMON_OPTIONS];

    fill_common(settings, common);
    if (!options_parse(own, common, order, line, error)) {
        return PARSED_ERROR;
    }
    if (line->help) {
        print_help(self, own, common);
        return PARSED_HELP;
    }
    if (!set_format(self, settings, error)) {
        return PARSED_ERROR;
    }
    settings->terminal = terminal_detect(stdout,
                                         settings->no_color ? COLOR_NEVER
                                         : settings->color  ? COLOR_ALWAYS
                                                            : COLOR_AUTO,
                                         settings->width);
    return PARSED_RUN;
}

bool command_no_operands(const Command *self, const CommandLine *line, Error *error)
{
    return line->count == 0 ||
           error_set(error, STATUS_USAGE, "unexpected \"%s\"; see tka %s --help",
                     line->arguments[0], self->name);
}

Database *command_open(const Settings *settings, Location *location, Error *error)
{
    Location place = {0};
    Text notes = {0};
    Database *database = NULL;
    Error ignored;

    if (location_find(settings->database, settings->data_dir, &place, error)) {
        recovery_fold(&place, &notes);
        text_write(&notes, stderr, &ignored);
        database = database_open(place.database, error);
        if (database && settings->terminal.is_terminal && isatty(STDERR_FILENO)) {
            fprintf(stderr, "Database: %s (%s)\n", place.database, place.how);
        }
    }
    text_release(&notes);
    if (location) {
        *location = place;
    } else {
        location_release(&place);
    }
    return database;
}

int command_finish(Text *out, int status, Error *error)
{
    bool ok = text_write(out, stdout, error);

    text_release(out);
    return ok ? status : -1;
}
