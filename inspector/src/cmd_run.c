#define _GNU_SOURCE
#include "subcommand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <tka/store.h>

#include "allocation.h"
#include "child.h"
#include "elf_file.h"
#include "profile.h"
#include "program_path.h"
#include "recovery.h"
#include "report_csv.h"
#include "report_json.h"
#include "report_text.h"
#include "selection.h"

/* Rows of the report after a run; `tka report` shows more. */
#define REPORT_ROWS 20

typedef struct RunOptions {
    Settings settings;
    const char *mode, *name, *output, *memory;
    bool quiet;
    uint64_t limit;
    int64_t run_id; /* marks the sessions of this run; a number no other run has */
} RunOptions;

static char *absolute(const char *path)
{
    char *directory, *result;

    if (path[0] == '/') {
        return duplicate_text(path);
    }
    directory = getcwd(NULL, 0);
    result = format_new("%s/%s", directory ? directory : ".", path);
    free(directory);
    return result;
}

/* Where the program is to record: as everywhere, and when there is nothing yet,
 * in data/performance here. Absolute, as the program may change directory. */
static void choose_location(const Settings *settings, Location *location)
{
    Error nothing_yet;
    char *relative;

    if (!location_find(settings->database, settings->data_dir, location, &nothing_yet)) {
        location->data_dir = duplicate_text("data/performance");
        location->database = duplicate_text("data/performance/performance.db");
        location->how = "new";
    }
    relative = location->data_dir;
    location->data_dir = absolute(relative);
    free(relative);
    relative = location->database;
    location->database = absolute(relative);
    free(relative);
}

/* libtka-mem in front of what is to be preloaded anyway; the caller's. NULL with the
 * error set: it is not there, or its path cannot be named. */
static char *preload_memory(Error *error)
{
    char *folder = program_own_folder();
    char *library = format_new("%s/../lib/libtka-mem.so", folder);
    const char *others = getenv("LD_PRELOAD");
    char *preload = NULL;

    if (access(library, R_OK) != 0) {
        error_set(error, STATUS_FAILURE, "%s: %s; --memory needs it", library,
                  strerror(errno));
    } else if (strpbrk(library, " :")) {
        error_set(error, STATUS_FAILURE,
                  "%s cannot be preloaded, as there is a blank or colon in its path",
                  library);
    } else {
        preload = others && *others ? format_new("%s:%s", library, others)
                                    : duplicate_text(library);
    }
    free(folder);
    free(library);
    return preload;
}

/* The sanitizer whose allocator the program has; NULL none that can be seen. */
static const char *sanitizer_of(const char *program)
{
    static const char *const marks[][2] = {{"__asan_init", "AddressSanitizer"},
                                           {"__tsan_init", "ThreadSanitizer"},
                                           {"__msan_init", "MemorySanitizer"},
                                           {"__hwasan_init", "HWAddressSanitizer"}};
    char *path = strchr(program, '/') ? duplicate_text(program) : program_in_path(program);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const char *found = NULL;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        size_t size = (size_t)st.st_size;
        void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

        for (size_t i = 0; bytes != MAP_FAILED && i < sizeof marks / sizeof *marks; i++) {
            if (elf_symbol(bytes, size, marks[i][0]) != ELF_SYMBOL_ABSENT) {
                found = marks[i][1];
            }
        }
        if (bytes != MAP_FAILED) {
            munmap(bytes, size);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    free(path);
    return found;
}

static bool run_program(const RunOptions *options, const Location *location,
                        char **arguments, ChildEnd *end, Error *error)
{
    char run_id[24], *preload = NULL;
    const char *sanitizer;
    bool ran;
    Variable variables[7] = {
        {"TKA_PERFORMANCE_DATA_DIR", location->data_dir},
        {"TKA_PERFORMANCE_DB_PATH", location->database},
        {"TKA_RUN_ID", run_id},
    };
    size_t count = 3;

    snprintf(run_id, sizeof run_id, "%lld", (long long)options->run_id);
    if (options->mode) {
        variables[count++] = (Variable){"TKA_PROFILING_MODE", options->mode};
    }
    if (options->name) {
        variables[count++] = (Variable){"TKA_SESSION_NAME", options->name};
    }
    if (options->memory) {
        variables[count++] =
            (Variable){"TKA_MONITORING_MEMORY_TRACKING", options->memory};
    }
    sanitizer = options->memory ? sanitizer_of(arguments[0]) : NULL;
    if (sanitizer) {
        fprintf(stderr, "tka run: memory is not noted: %s is built with %s, which has an "
                        "allocator of its own\n", arguments[0], sanitizer);
    } else if (options->memory && strcmp(options->memory, "off") != 0) {
        preload = preload_memory(error);
        if (!preload) {
            return false;
        }
        variables[count++] = (Variable){"LD_PRELOAD", preload};
    }
    ran = child_run(arguments, variables, count, end, error);
    free(preload);
    return ran;
}

/* Store what the program left behind and how it ended, which only its parent
 * knows. */
static void store_end(const Location *location, const ChildEnd *end)
{
    Text notes = {0};
    Error ignored;

    recovery_fold(location, &notes);
    text_write(&notes, stderr, &ignored);
    text_release(&notes);
    if (access(location->database, F_OK) == 0) {
        tka_store_exit(location->database, end->pid, end->started_at,
                       end->by_signal ? "signal" : "exit", end->status);
    }
}

static void compose(const RunOptions *options, const Profile *profile,
                    const Selection *selection, FILE *file, Text *out)
{
    Terminal terminal = terminal_detect(file,
                                        options->settings.no_color ? COLOR_NEVER
                                        : options->settings.color  ? COLOR_ALWAYS
                                                                   : COLOR_AUTO,
                                        options->settings.width);

    switch (options->settings.format) {
    case FORMAT_TEXT:
        report_text(profile, selection, &terminal, options->limit, out);
        break;
    case FORMAT_JSON:
        report_json(profile, selection, NULL, 0, out);
        break;
    case FORMAT_CSV:
        report_csv(profile, 0, out);
        break;
    }
}

static bool print_report(const RunOptions *options, const Profile *profile,
                         const Selection *selection, Error *error)
{
    FILE *file = options->output ? fopen(options->output, "w") : stderr;
    Text out = {0};
    bool ok;

    if (!file) {
        return error_set(error, STATUS_FAILURE, "%s: %s", options->output,
                         strerror(errno));
    }
    if (file == stderr && options->settings.format == FORMAT_TEXT) {
        text_put(&out, "\n");
    }
    compose(options, profile, selection, file, &out);
    ok = text_write(&out, file, error);
    text_release(&out);
    if (file != stderr && fclose(file) != 0 && ok) {
        ok = error_set(error, STATUS_FAILURE, "%s: %s", options->output, strerror(errno));
    }
    return ok;
}

static bool report_run(const RunOptions *options, const Location *location,
                       Error *error)
{
    Database *database = NULL;
    Selection selection = {0};
    Profile profile = {0};
    bool ok = access(location->database, F_OK) == 0 ||
              error_set(error, STATUS_FAILURE, "nothing was profiled");

    ok = ok && (database = database_open(location->database, error)) &&
         selection_marked(&selection, database, options->run_id, error) &&
         profile_load(&profile, database, &selection.ids, error);
    if (ok) {
        profile_sort(&profile, SORT_SELF);
        ok = print_report(options, &profile, &selection, error);
    }
    profile_release(&profile);
    selection_release(&selection);
    database_close(database);
    return ok;
}

/* Whoever asks for memory goes on with `tka leaks`, which must not judge another run. */
static void warn_if_nothing(const RunOptions *options, const Location *location)
{
    Database *database = NULL;
    Selection selection = {0};
    Error error;

    if (access(location->database, F_OK) != 0 ||
        !(database = database_open(location->database, &error)) ||
        !selection_marked(&selection, database, options->run_id, &error)) {
        fprintf(stderr, "tka run: nothing was recorded; what `tka leaks` tells is of an "
                        "earlier run\n");
    }
    selection_release(&selection);
    database_close(database);
}

static int64_t new_run_id(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000) * 1000 + getpid() % 1000;
}

static bool check_options(const RunOptions *options, const CommandLine *line,
                          Error *error)
{
    static const char *const modes[] = {"sampled", "exact", "count", "off"};

    if (options->memory && strcmp(options->memory, "sampled") &&
        strcmp(options->memory, "exact") && strcmp(options->memory, "off")) {
        return error_set(error, STATUS_USAGE,
                         "--memory \"%s\": it is sampled, exact or off", options->memory);
    }
    if (line->count == 0) {
        return error_set(error, STATUS_USAGE,
                         "name the program to run: tka run -- ./app");
    }
    for (size_t i = 0; options->mode && i < sizeof modes / sizeof *modes; i++) {
        if (!strcmp(options->mode, modes[i])) {
            return true;
        }
    }
    return !options->mode ||
           error_set(error, STATUS_USAGE,
                     "--mode \"%s\": it is sampled, exact, count or off", options->mode);
}

/* The program's status is tka's; what goes wrong afterwards is only told. */
static int run_and_report(const RunOptions *options, char **arguments, Error *error)
{
    Location location = {0};
    ChildEnd end = {0};
    bool ran;

    choose_location(&options->settings, &location);
    ran = run_program(options, &location, arguments, &end, error);
    if (ran) {
        signal(SIGPIPE, SIG_IGN); /* not before: the program inherits it */
        store_end(&location, &end);
        if (!options->quiet && !report_run(options, &location, error)) {
            fprintf(stderr, "tka run: %s; `tka doctor %s` tells what is instrumented\n",
                    error->text, arguments[0]);
        }
        if (options->quiet && options->memory) {
            warn_if_nothing(options, &location);
        }
    }
    location_release(&location);
    return !ran ? -1 : end.by_signal ? 128 + end.status : end.status;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    RunOptions options = {.limit = REPORT_ROWS};
    const Option own[] = {
        {"mode", 'm', OPTION_STRING, &options.mode, "MODE",
         "sampled (default), exact, count or off"},
        {"memory", 'M', OPTION_STRING, &options.memory, "MODE",
         "note allocations: sampled, or exact, which finds leaks; off"},
        {"name", 's', OPTION_STRING, &options.name, "NAME", "name of the session"},
        {"output", 'o', OPTION_STRING, &options.output, "FILE",
         "write the report there, not to standard error"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N",
         "at most N functions in text; 0: all (default: 20)"},
        {"quiet", 'q', OPTION_FLAG, &options.quiet, NULL, "no report"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed =
        command_parse(self, own, ORDER_OPTIONS_FIRST, &line, &options.settings, error);
    char **program;
    int status = -1;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (check_options(&options, &line, error)) {
        program = allocate_zeroed((size_t)line.count + 1, sizeof *program);
        memcpy(program, line.arguments, (size_t)line.count * sizeof *program);
        options.run_id = new_run_id();
        status = run_and_report(&options, program, error);
        free(program);
    }
    return status;
}

const Command cmd_run = {
    .name = "run",
    .usage = "[OPTIONS] [--] PROGRAM [ARGUMENTS]",
    .summary = "run a program, then show its profile",
    .details =
        "Runs a program built with tka-cc and prints a report when it has ended, on\n"
        "standard error, so that the program's own output stays as it is. Exit status "
        "is\n"
        "the program's; 128 + N when signal N ended it. It records in the nearest\n"
        "data/performance from here upwards, else in ./data/performance.",
    .examples = "  tka run ./app --fast             run, then report\n"
                "  tka run -m exact -s before -- ./app\n"
                "                                   time every call; call the session "
                "\"before\"\n"
                "  tka run --memory exact ./app; tka leaks\n"
                "                                   where memory went, and what was lost\n"
                "  tka run --format json -o p.json -- make test\n",
    .run = run};
