#define _POSIX_C_SOURCE 200809L
#include "subcommand.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "csv_writer.h"
#include "json_writer.h"
#include "live_target.h"

#define DEFAULT_WAIT_MS 2000
#define MOST_WAIT_MS    3600000

typedef enum Argument {
    ARGUMENT_NONE,
    ARGUMENT_MODE,
    ARGUMENT_NUMBER,
    ARGUMENT_TEXT
} Argument;

static const struct Request {
    const char *verb;
    Argument argument;
    const char *wanted;
} requests[] = {{"mode", ARGUMENT_MODE, "off, count, sampled or exact"},
                {"threshold", ARGUMENT_NUMBER, "a number of percent"},
                {"bottleneck", ARGUMENT_NUMBER, "a number of milliseconds"},
                {"memory", ARGUMENT_TEXT, "sampled, exact or off"},
                {"off", ARGUMENT_TEXT, "functions, as a pattern: off 'parse_*'"},
                {"on", ARGUMENT_TEXT, "functions, as a pattern: on 'parse_*'"},
                {"start", ARGUMENT_TEXT, "a name for the session"},
                {"stop", ARGUMENT_NONE, NULL},
                {"dump", ARGUMENT_NONE, NULL},
                {"status", ARGUMENT_NONE, NULL}};

typedef struct CtlOptions {
    Settings settings;
    uint64_t wait_ms;
} CtlOptions;

typedef struct Reply {
    int pid;
    const char *request;
    bool ok;
    char answer[256];
} Reply;

static const struct Request *find_request(const char *verb)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (!strcmp(requests[i].verb, verb)) {
            return &requests[i];
        }
    }
    return NULL;
}

static bool is_mode(const char *name)
{
    return !strcmp(name, "off") || !strcmp(name, "count") || !strcmp(name, "sampled") ||
           !strcmp(name, "exact");
}

static bool is_number(const char *text)
{
    char *end;
    double number = strtod(text, &end);

    return end != text && !*end && number >= 0 && number < 1e18;
}

/* What is wrong usage is told without asking anybody. */
static bool check(char **words, int count, Error *error)
{
    const struct Request *request = find_request(words[0]);
    bool ok;

    if (!request) {
        return error_set(error, STATUS_USAGE,
                         "\"%s\" is not a request: mode, threshold, bottleneck, memory, off, on, "
                         "start, stop, dump or status",
                         words[0]);
    }
    switch (request->argument) {
    case ARGUMENT_NONE:
        return count == 1 ||
               error_set(error, STATUS_USAGE, "%s takes nothing, not \"%s\"", words[0],
                         words[1]);
    case ARGUMENT_MODE:
        ok = count == 2 && is_mode(words[1]);
        break;
    case ARGUMENT_NUMBER:
        ok = count == 2 && is_number(words[1]);
        break;
    default:
        ok = count > 1 && *words[1];
        break;
    }
    return ok || error_set(error, STATUS_USAGE, "%s wants %s", words[0], request->wanted);
}

static void join(char **words, int count, Text *request)
{
    for (int i = 0; i < count; i++) {
        text_format(request, "%s%s", i ? " " : "", words[i]);
    }
}

/* A process begins to listen a moment after its first profiled call. Returns what is
 * left of the wait, in ms. */
static int wait_for_listening(TkaLive *live, TkaLiveProfile *profile, int wait_ms,
                              Error *error)
{
    struct timespec pause = {0, 50000000};
    char reason[256];

    for (;; wait_ms -= 50) {
        if (tka_live_read(live, profile, reason, sizeof reason) != 0) {
            error_set(error, STATUS_FAILURE, "%s", *reason ? reason : "it has ended");
            return -1;
        }
        if (profile->listening || wait_ms < 50) {
            return wait_ms;
        }
        nanosleep(&pause, NULL);
    }
}

static bool ask(TkaLive *live, int wait_ms, Reply *reply, Error *error)
{
    TkaLiveProfile profile;

    wait_ms = wait_for_listening(live, &profile, wait_ms, error);
    if (wait_ms < 0) {
        return false;
    }
    reply->ok = tka_live_ask(live, reply->request, reply->answer, sizeof reply->answer,
                             wait_ms) == 0;
    return true;
}

static void print(const Settings *settings, const Reply *reply, Text *out)
{
    Json json = {.out = out};
    Csv csv = {.out = out};

    switch (settings->format) {
    case FORMAT_TEXT:
        if (reply->ok) {
            terminal_printable(&settings->terminal, out, reply->answer, 0);
            text_char(out, '\n');
        }
        break;
    case FORMAT_JSON:
        json_object(&json, NULL);
        json_integer(&json, "pid", reply->pid);
        json_text(&json, "request", reply->request);
        json_bool(&json, "ok", reply->ok);
        json_text(&json, "answer", reply->answer);
        json_end(&json);
        break;
    case FORMAT_CSV:
        text_put(out, "pid,request,ok,answer\n");
        csv_integer(&csv, reply->pid);
        csv_text(&csv, reply->request);
        csv_text(&csv, reply->ok ? "true" : "false");
        csv_text(&csv, reply->answer);
        csv_end_row(&csv);
        break;
    }
}

static int ctl(const CtlOptions *options, const char *name, const char *request,
               Error *error)
{
    Reply reply = {.request = request};
    TkaLive *live = live_target_open(&options->settings, name, &reply.pid, error);
    Text out = {0};
    Error unused;
    bool asked;

    if (!live) {
        return -1;
    }
    asked = ask(live, (int)options->wait_ms, &reply, error);
    tka_live_close(live);
    if (!asked) {
        return -1;
    }
    print(&options->settings, &reply, &out);
    if (!reply.ok) {
        error_set(error, STATUS_FAILURE, "process %d: %s", reply.pid, reply.answer);
    }
    return command_finish(&out, 0, reply.ok ? error : &unused) == 0 && reply.ok ? 0 : -1;
}

static int run(const Command *self, int count, char **arguments, Error *error)
{
    static char status[] = "status";
    char *ask_status[] = {status, NULL};
    CtlOptions options = {.wait_ms = DEFAULT_WAIT_MS};
    const Option own[] = {
        {"wait", 'w', OPTION_COUNT, &options.wait_ms, "MS",
         "how long to wait until it listens and\nanswers (default: 2000)"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    char **words = line.arguments;
    const char *name = NULL;
    Text request = {0};
    int result = -1;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (options.wait_ms > MOST_WAIT_MS) {
        options.wait_ms = MOST_WAIT_MS;
    }
    if (line.count > 0 && !find_request(words[0])) {
        name = *words++;
        line.count--;
    }
    if (line.count == 0) {
        words = ask_status;
        line.count = 1;
    }
    if (check(words, line.count, error)) {
        join(words, line.count, &request);
        result = ctl(&options, name, request.data, error);
    }
    text_release(&request);
    return result;
}

const Command cmd_ctl = {
    .name = "ctl",
    .usage = "[OPTIONS] [PID|NAME] [REQUEST]",
    .summary = "change what a running program records",
    .details =
        "Asks a running profiled process, by its number or by the name of its session "
        "or\n"
        "program; the only one that runs may be left out. Without a request: status.\n\n"
        "Requests:\n"
        "  mode off|count|sampled|exact\n"
        "                          how calls are recorded from now on\n"
        "  threshold PERCENT       what timing may cost of a function's time\n"
        "  bottleneck MS           calls of this length and more are captured\n"
        "  memory MODE             note allocations: sampled, exact or off; libtka-mem must\n"
        "                          be in the program\n"
        "  off PATTERN             no longer record these functions: by name, or all of "
        "a\n"
        "                          file by the file's name; * and ? as in a shell\n"
        "  on PATTERN              record them again; the last request that speaks of a\n"
        "                          function holds\n"
        "  start NAME              begin a session, as tka_session_start() does\n"
        "  stop                    end it\n"
        "  dump                    store the counts in the database now\n"
        "  status                  mode, thresholds, probes that are off",
    .examples =
        "  tka ctl 4242                status of process 4242\n"
        "  tka ctl 4242 mode exact     time every call from now on\n"
        "  tka ctl server off 'log_*'  of the program server; functions by name\n"
        "  tka ctl on '*'              all again, of the only one that runs\n"
        "  tka ctl start 'peak hour'   a session of what happens now; later: stop\n",
    .run = run};
