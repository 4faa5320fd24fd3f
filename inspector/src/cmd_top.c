#define _POSIX_C_SOURCE 200809L
#include "subcommand.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "allocation.h"
#include "console.h"
#include "live_target.h"
#include "top_export.h"
#include "top_frame.h"
#include "top_screen.h"
#include "top_view.h"

#define ASK_WAIT_MS 1000 /* how long a key may keep the person waiting */

typedef struct TopOptions {
    Settings settings;
    double interval;
    uint64_t count, limit;
    const char *sort_name, *filter;
    bool batch;
} TopOptions;

/* A running program, looked at again and again. */
typedef struct Watch {
    const TopOptions *options;
    TkaLive *live;
    int pid;
    char *name;
    TkaLiveProfile profile; /* the last reading */
    LiveRates rates;
    TopFrame frame;
    double read_at; /* seconds, monotonic */
} Watch;

typedef enum Reading { READING_DONE, READING_ENDED, READING_FAILED } Reading;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static Reading read_again(Watch *watch, Error *error)
{
    ProcessUsage before = watch->frame.usage, usage = process_usage_read(watch->pid);
    double at = now(), seconds = watch->read_at > 0 ? at - watch->read_at : 0;
    char reason[256];

    if (tka_live_read(watch->live, &watch->profile, reason, sizeof reason) != 0) {
        if (*reason) {
            error_set(error, STATUS_FAILURE, "process %d: %s", watch->pid, reason);
        }
        return *reason ? READING_FAILED : READING_ENDED;
    }
    if (!watch->name) {
        watch->name = duplicate_text(watch->profile.name);
    }
    live_rates_add(&watch->rates, &watch->profile, seconds);
    watch->read_at = at;
    watch->frame.profile = &watch->profile;
    watch->frame.rates = &watch->rates;
    watch->frame.pid = watch->pid;
    top_frame_usage(&watch->frame, &before, &usage, seconds);
    return READING_DONE;
}

static bool watch_open(Watch *watch, const char *name, Error *error)
{
    watch->live = live_target_open(&watch->options->settings, name, &watch->pid, error);
    return watch->live != NULL;
}

static void watch_release(Watch *watch)
{
    top_frame_release(&watch->frame);
    live_rates_release(&watch->rates);
    tka_live_close(watch->live);
    free(watch->name);
}

static void tell_end(const Watch *watch)
{
    fflush(stdout);
    fprintf(stderr, "tka top: %s (process %d) has ended\n",
            watch->name && *watch->name ? watch->name : "it", watch->pid);
}

/* --- readings one after the other -------------------------------------------- */

static void sleep_until(double when)
{
    struct timespec time = {(time_t)when, 0};

    time.tv_nsec = (long)((when - (double)time.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

static bool print_reading(Watch *watch, TopSort sort, bool first, Error *error)
{
    const TopOptions *options = watch->options;
    TopLook look = {.limit = options->limit};
    Text out = {0};
    bool ok;

    top_frame_rows(&watch->frame, sort, options->filter);
    switch (options->settings.format) {
    case FORMAT_TEXT:
        text_put(&out, first ? "" : "\n");
        top_screen_add(&watch->frame, &look, &options->settings.terminal, &out);
        break;
    case FORMAT_JSON:
        top_export_json(&watch->frame, options->limit, &out);
        break;
    case FORMAT_CSV:
        if (first) {
            top_export_csv_titles(&out);
        }
        top_export_csv(&watch->frame, options->limit, &out);
        break;
    }
    ok = text_write(&out, stdout, error);
    text_release(&out);
    return ok;
}

static int print_readings(Watch *watch, TopSort sort, Error *error)
{
    const TopOptions *options = watch->options;
    Reading reading = read_again(watch, error);
    bool first = true;

    for (uint64_t i = 0;
         reading == READING_DONE && (!options->count || i < options->count); i++) {
        sleep_until(watch->read_at + options->interval);
        reading = read_again(watch, error);
        if (reading == READING_DONE && !print_reading(watch, sort, first, error)) {
            return -1;
        }
        first = false;
    }
    if (reading == READING_ENDED) {
        tell_end(watch);
    }
    return reading == READING_FAILED ? -1 : 0;
}

/* --- on the screen ------------------------------------------------------------ */

typedef struct Screen {
    Watch *watch;
    TopView view;
    bool chose;        /* a function is followed wherever it is sorted to: */
    size_t chosen;     /* its place in rates.items */
    char message[320]; /* of the last request, until the next key */
} Screen;

/* Let the selection be where the function now is that a key has selected. */
static void follow(Screen *screen)
{
    const TopFrame *frame = &screen->watch->frame;

    for (size_t i = 0; screen->chose && i < frame->count; i++) {
        if (frame->rows[i] == &frame->rates->items[screen->chosen]) {
            screen->view.selected = i;
        }
    }
    if (screen->view.selected >= frame->count) {
        screen->view.selected = frame->count ? frame->count - 1 : 0;
    }
}

static void choose(Screen *screen)
{
    const TopFrame *frame = &screen->watch->frame;

    screen->chose = screen->view.selected < frame->count;
    if (screen->chose) {
        screen->chosen =
            (size_t)(frame->rows[screen->view.selected] - frame->rates->items);
    }
}

static void draw(Screen *screen)
{
    const TopOptions *options = screen->watch->options;
    TopFrame *frame = &screen->watch->frame;
    Terminal terminal = options->settings.terminal;
    char footer[512];
    TopLook look = {.limit = options->limit,
                    .lines = console_lines(),
                    .interactive = true,
                    .past_p99 = screen->view.past_p99,
                    .footer = screen->message[0] ? screen->message : footer};
    Text out = {0};

    top_frame_rows(frame, screen->view.sort,
                   screen->view.filter[0] ? screen->view.filter : NULL);
    follow(screen);
    look.selected = screen->view.selected;
    terminal.width = options->settings.width ? terminal.width : console_columns();
    top_view_footer(&screen->view, footer, sizeof footer);
    top_screen_add(frame, &look, &terminal, &out);
    console_draw(&out);
    text_release(&out);
}

static void ask(Screen *screen, const char *request)
{
    char answer[256];
    bool ok = tka_live_ask(screen->watch->live, request, answer, sizeof answer,
                           ASK_WAIT_MS) == 0;

    snprintf(screen->message, sizeof screen->message, "%s%s",
             ok ? "" : "Refused: ", answer);
}

/* Its name as a pattern that hardly matches another. */
static void toggle(Screen *screen)
{
    const TopFrame *frame = &screen->watch->frame;
    const LiveRate *rate;
    char *request;

    if (screen->view.selected >= frame->count) {
        return;
    }
    rate = frame->rows[screen->view.selected];
    request = format_new("%s %s", rate->off_reason ? "on" : "off", rate->function.name);
    for (char *c = request; *c; c++) {
        *c = *c == '*' ? '?' : *c;
    }
    ask(screen, request);
    free(request);
}

/* False: to quit. */
static bool carry_out(Screen *screen, TopWish wish)
{
    if (wish == WISH_NOTHING) {
        return true;
    }
    screen->message[0] = '\0';
    switch (wish) {
    case WISH_QUIT:
        return false;
    case WISH_SELECT:
        choose(screen);
        break;
    case WISH_TOGGLE:
        toggle(screen);
        break;
    case WISH_EXACT:
        ask(screen, "mode exact");
        break;
    case WISH_SAMPLED:
        ask(screen, "mode sampled");
        break;
    case WISH_COUNT:
        ask(screen, "mode count");
        break;
    default:
        break;
    }
    draw(screen);
    return true;
}

static Reading show_until_end(Screen *screen, Error *error)
{
    Watch *watch = screen->watch;
    uint64_t shown = 0;
    Reading reading = read_again(watch, error);

    if (reading == READING_DONE) {
        draw(screen);
    }
    while (reading == READING_DONE) {
        double due = watch->read_at + screen->view.interval;
        int key = console_wait(screen->view.paused ? TOP_MOST_INTERVAL : due - now());

        if (key != KEY_NONE &&
            !carry_out(screen, top_view_key(&screen->view, key, watch->frame.count))) {
            return READING_DONE;
        }
        if (screen->view.paused || now() < due) {
            continue;
        }
        reading = read_again(watch, error);
        if (reading == READING_DONE) {
            draw(screen);
            if (++shown == watch->options->count) {
                break;
            }
        }
    }
    return reading;
}

static int show(Watch *watch, TopSort sort, Error *error)
{
    Screen screen = {.watch = watch,
                     .view = {.sort = sort, .interval = watch->options->interval}};
    Reading reading;

    if (watch->options->filter) {
        snprintf(screen.view.filter, sizeof screen.view.filter, "%s",
                 watch->options->filter);
    }
    if (!console_open(error)) {
        return -1;
    }
    reading = show_until_end(&screen, error);
    console_close();
    if (reading == READING_ENDED) {
        tell_end(watch);
    }
    console_end();
    return reading == READING_FAILED ? -1 : 0;
}

/* --- command line ------------------------------------------------------------- */

static int run(const Command *self, int count, char **arguments, Error *error)
{
    TopOptions options = {.interval = 1, .sort_name = "self"};
    const Option own[] = {
        {"interval", 'i', OPTION_REAL, &options.interval, "SECONDS",
         "between two readings (default: 1)"},
        {"count", 'c', OPTION_COUNT, &options.count, "N",
         "end after N readings (default: when the program does)"},
        {"sort", 0, OPTION_STRING, &options.sort_name, "KEY",
         "self, calls, total, mean, p50, p99 or name"},
        {"filter", 'f', OPTION_STRING, &options.filter, "GLOB",
         "functions whose name or file matches;\nwithout * or ?: contains it"},
        {"limit", 'n', OPTION_COUNT, &options.limit, "N", "at most N functions"},
        {"batch", 'b', OPTION_FLAG, &options.batch, NULL,
         "plain text, one reading after the other"},
        {0}};
    CommandLine line = {arguments, count, false};
    Parsed parsed = command_parse(self, own, ORDER_ANY, &line, &options.settings, error);
    Watch watch = {.options = &options, .frame = {.usage = {-1, -1, -1}}};
    TopSort sort;
    int result;

    if (parsed != PARSED_RUN) {
        return parsed == PARSED_HELP ? 0 : -1;
    }
    if (line.count > 1) {
        error_set(error, STATUS_USAGE, "one process, not also \"%s\"", line.arguments[1]);
        return -1;
    }
    if (!top_sort_find(options.sort_name, &sort)) {
        error_set(error, STATUS_USAGE,
                  "--sort \"%s\": it is self, calls, total, mean, p50, p99 or name",
                  options.sort_name);
        return -1;
    }
    if (options.interval < TOP_LEAST_INTERVAL || options.interval > TOP_MOST_INTERVAL) {
        error_set(error, STATUS_USAGE, "--interval: it is %g to %g seconds",
                  TOP_LEAST_INTERVAL, TOP_MOST_INTERVAL);
        return -1;
    }
    if (!watch_open(&watch, line.count ? line.arguments[0] : NULL, error)) {
        return -1;
    }
    result =
        !options.batch && options.settings.format == FORMAT_TEXT && console_possible()
            ? show(&watch, sort, error)
            : print_readings(&watch, sort, error);
    watch_release(&watch);
    return result;
}

const Command cmd_top = {
    .name = "top",
    .usage = "[OPTIONS] [PID|NAME]",
    .summary = "a running program, live",
    .details =
        "Shows what a running profiled process does now: calls and time per second, "
        "means\n"
        "and percentiles of the last interval. It is read from the process's live file,\n"
        "which disturbs it not at all. The process is named by its number or by the name "
        "of\n"
        "its session or program; the only one that runs may be left out.\n\n"
        "Keys: q quit, s sort, / filter, p pause, + - interval, g bars of calls or of "
        "p99,\n"
        "up and down select a function, o switches it off or on again; e, d, c: modes\n"
        "exact, sampled, count. In a pipe or with --batch it prints one reading after "
        "the\n"
        "other; --format json an object a line.",
    .examples = "  tka top                     the only one that runs\n"
                "  tka top server --sort p99   of the program server, slowest first\n"
                "  tka top 4242 -b -c 1 -i 10  once, over ten seconds\n"
                "  tka top 4242 --format json | jq .cpu_share\n",
    .run = run};
