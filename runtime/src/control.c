#include "control.h"

#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "budget.h"
#include "clock.h"
#include "config.h"
#include "identity.h"
#include "memory.h"
#include "os.h"
#include "state.h"
#include "switches.h"
#include "thread.h"

struct answer {
    char *text;
    size_t size;
};

static int say(struct answer *answer, int result, const char *text)
{
    snprintf(answer->text, answer->size, "%s", text);
    return result;
}

/* All records are armed anew, by their threads: what a mode, or a threshold, means. */
static void rearm(void)
{
    tkai_budget_configure();
    tkai_state_header()->timed_cost_ns = tkai_state.timed_cost * tkai_clock.ns_per_tick;
    tkai_state.generation++;
    tkai_thread_recall(0);
}

static int set_mode(const char *name, struct answer *answer)
{
    TkaMode mode;

    if (tkai_config_mode(name, &mode) != 0) {
        return say(answer, -1, "mode: it is off, count, sampled or exact");
    }
    tkai_state.config.mode = mode;
    snprintf(tkai_state_header()->mode, sizeof tkai_state_header()->mode, "%s",
             tkai_config_mode_name(mode));
    rearm();
    tkai_switches_apply_all();
    snprintf(answer->text, answer->size, "mode %s", tkai_config_mode_name(mode));
    return 0;
}

static int set_threshold(const char *text, struct answer *answer)
{
    TkaConfig *config = &tkai_state.config;

    if (tkai_config_number(text, 0.001, 1000, &config->overhead_threshold) != 0) {
        return say(answer, -1, "threshold: it is a number of percent, 0.001 to 1000");
    }
    tkai_state.share = config->overhead_threshold / 100;
    tkai_state_header()->overhead_threshold = config->overhead_threshold;
    rearm();
    snprintf(answer->text, answer->size, "threshold %g %%", config->overhead_threshold);
    return 0;
}

static int set_bottleneck(const char *text, struct answer *answer)
{
    TkaConfig *config = &tkai_state.config;

    if (tkai_config_number(text, 0, 1e9, &config->bottleneck_threshold_ms) != 0) {
        return say(answer, -1, "bottleneck: it is a number of milliseconds");
    }
    tkai_budget_configure();
    snprintf(answer->text, answer->size, "calls of %g ms and more are captured",
             config->bottleneck_threshold_ms);
    return 0;
}

static int set_functions(const char *glob, int on, struct answer *answer)
{
    int count;

    if (glob[0] == '\0') {
        return say(answer, -1, "on, off: which functions? * stands for all");
    }
    count = tkai_switches_request(glob, on);
    if (count < 0) {
        return say(answer, -1, "too many requests, or one too long; use wider patterns");
    }
    snprintf(answer->text, answer->size, "%d %s %s", count,
             count == 1 ? "function" : "functions", on ? "on" : "off");
    return 0;
}

static int set_memory(const char *text, struct answer *answer)
{
    static const char *const names[] = {"off", "sampled", "exact"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            if (tkai_memory.hooks == NULL) {
                return say(answer, -1, "memory: the program was not linked with libtka-mem "
                                       "(tka-cc --memory, tka run --memory)");
            }
            tkai_memory_set_mode(i);
            snprintf(answer->text, answer->size, "memory %s", text);
            return 0;
        }
    }
    return say(answer, -1, "memory: it is off, sampled or exact");
}

static int tell_status(struct answer *answer)
{
    uint32_t sites, off;

    tkai_switches_count(&sites, &off);
    snprintf(answer->text, answer->size,
             "mode %s, threshold %g %%, bottleneck %g ms, %u of %u probes off",
             tkai_config_mode_name(tkai_state.config.mode),
             tkai_state.config.overhead_threshold,
             tkai_state.config.bottleneck_threshold_ms, off, sites);
    return 0;
}

struct change {
    const char *verb, *rest;
    struct answer *answer;
    int result;                         /* out: 1: another kind of request */
};

static void change_loaded(void *argument)
{
    struct change *change = argument;
    const char *verb = change->verb, *rest = change->rest;
    struct answer *answer = change->answer;
    struct tkai_os_mask old;
    int result = 1;

    tkai_switches_look();
    tkai_state_lock(&old);
    if (strcmp(verb, "mode") == 0) {
        result = set_mode(rest, answer);
    } else if (strcmp(verb, "threshold") == 0) {
        result = set_threshold(rest, answer);
    } else if (strcmp(verb, "bottleneck") == 0) {
        result = set_bottleneck(rest, answer);
    } else if (strcmp(verb, "memory") == 0) {
        result = set_memory(rest, answer);
    } else if (strcmp(verb, "on") == 0 || strcmp(verb, "off") == 0) {
        result = set_functions(rest, verb[1] == 'n', answer);
    } else if (strcmp(verb, "status") == 0) {
        result = tell_status(answer);
    }
    tkai_state_unlock(&old);
    change->result = result;
}

/* What changes how calls are recorded; 1: another kind of request. */
static int change(const char *verb, const char *rest, struct answer *answer)
{
    struct change change = {verb, rest, answer, 1};

    tkai_identity_while_loaded(change_loaded, &change);
    return change.result;
}

/* What stores, and so must not hold the lock. */
static int store(const char *verb, const char *rest, tkai_store_now *now,
                 struct answer *answer)
{
    if (strcmp(verb, "dump") == 0) {
        return now() == 0 ? say(answer, 0, "stored")
                          : say(answer, -1, tkai_state_header()->note);
    }
    if (strcmp(verb, "start") == 0 && rest[0] != '\0') {
        return tkai_stretch_begin(rest, now) == 0
                   ? say(answer, 0, "session started")
                   : say(answer, -1, "a session is open already, or storing failed");
    }
    if (strcmp(verb, "stop") == 0) {
        return tkai_stretch_end(now) == 0
                   ? say(answer, 0, "session stopped")
                   : say(answer, -1, "no session is open, or storing failed");
    }
    return say(answer, -1, "not a request: mode, threshold, bottleneck, memory, on, off, "
                           "start, stop, dump, status");
}

int tkai_control_carry_out(const char *request, tkai_store_now *now, char *text,
                           size_t text_size)
{
    struct answer answer = {text, text_size};
    size_t length = strcspn(request, " ");
    const char *rest = request + length + strspn(request + length, " ");
    char verb[16];
    int result;

    snprintf(verb, sizeof verb, "%.*s", (int)length, request);
    text[0] = '\0';
    result = change(verb, rest, &answer);
    return result == 1 ? store(verb, rest, now, &answer) : result;
}

void tkai_control_serve(tkai_store_now *now)
{
    struct tka_live_control *control = &tkai_state_header()->control;
    uint32_t asked = __atomic_load_n(&control->asked, __ATOMIC_ACQUIRE);
    char request[sizeof control->request], answer[sizeof control->answer];

    if (asked == control->done) {
        return;
    }
    snprintf(request, sizeof request, "%.*s", (int)sizeof request - 1, control->request);
    control->failed = tkai_control_carry_out(request, now, answer, sizeof answer);
    memcpy(control->answer, answer, sizeof answer);
    __atomic_store_n(&control->done, asked, __ATOMIC_RELEASE);
    syscall(SYS_futex, &control->done, FUTEX_WAKE, 64, NULL, NULL, 0);
}
