#include "trial.h"

#include <stdio.h>

#include "lab_source.h"

#define NAME "cost"

/* What is promised of a call on a path of four. */
static const struct Promise {
    const char *what, *mode;
    ValueUnit unit;
    double limit;
} promises[] = {{"counted call, mode sampled", "sampled", UNIT_PAIRS, 0.06},
                {"timed call, mode exact", "exact", UNIT_PAIRS, 1.2},
                {"call with probes off", "off", UNIT_NS, 0.3}};

enum { MODES = sizeof promises / sizeof *promises };

/* Without probes in the program every cost would look like a promise kept. */
static bool has_probes(Lab *lab, Error *error)
{
    Profile profile = {0};
    bool ok =
        lab_profile(lab, &profile, error) &&
        (lab_function(&profile, "probed_1") ||
         error_set(error, STATUS_FAILURE, "the instrumented program has no probes"));

    profile_release(&profile);
    return ok;
}

static bool measure(Lab *lab, const struct Promise *promise, Repeats *ratio, Repeats *ns,
                    Error *error)
{
    /* No store thread: it would leave out what these loops spend on counting. */
    const LabRun run = {.program = NAME,
                        .build = BUILD_INSTRUMENTED,
                        .arguments = {lab->quick ? "50" : "150"},
                        .mode = promise->mode,
                        .interval = "0"};
    double pair, flat, chain;

    if (!lab_run(lab, &run, error)) {
        return false;
    }
    if (sscanf(lab->output, "%lf %lf %lf", &pair, &flat, &chain) != 3 || pair <= 0) {
        return error_set(error, STATUS_FAILURE, "the clock cannot be read twice");
    }
    repeats_add(ns, chain);
    repeats_add(ratio, promise->unit == UNIT_PAIRS ? chain / pair : chain);
    return true;
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    Repeats ratios[MODES] = {0}, ns[MODES] = {0};
    int rounds = lab->quick ? 5 : 9;

    if (!lab_build(lab, NAME, lab_source_cost, BUILD_INSTRUMENTED, error)) {
        return false;
    }
    for (int round = 0; round < rounds; round++) {
        for (int m = 0; m < MODES; m++) {
            if (!measure(lab, &promises[m], &ratios[m], &ns[m], error) ||
                (round == 0 && m == 0 && !has_probes(lab, error))) {
                return false;
            }
        }
    }
    for (int m = 0; m < MODES; m++) {
        Finding *finding = validation_add(list, NAME, promises[m].what);

        finding_judge(finding, promises[m].unit, &ratios[m], AT_MOST, promises[m].limit);
        if (promises[m].unit == UNIT_PAIRS) {
            finding_note(finding, "%.2f ns; a pair is two clock readings",
                         repeats_median(&ns[m]));
        }
    }
    return true;
}

const Trial trial_cost = {NAME, "what a probe costs a call", run};
