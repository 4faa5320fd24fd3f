#include "trial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lab_source.h"
#include "units.h"

#define NAME "accuracy"

#define LIMIT_PERCENT 5.0

static const char *const functions[] = {"spin_200ns", "spin_2us", "spin_1ms"};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static const struct Mode {
    const char *name, *calls, *times[FUNCTIONS];
} modes[] = {{"sampled",
              "calls miscounted, mode sampled",
              {"mean of 200 ns, mode sampled", "mean of 2 us, mode sampled",
               "mean of 1 ms, mode sampled"}},
             {"exact",
              "calls miscounted, mode exact",
              {"mean of 200 ns, mode exact", "mean of 2 us, mode exact",
               "mean of 1 ms, mode exact"}}};

enum { MODES = sizeof modes / sizeof *modes };

/* Of one function in one mode, over the runs. */
typedef struct Errors {
    Repeats percent;  /* of the truth */
    Repeats interval; /* half the stated one, in percent of the truth */
    Repeats beyond;   /* how far the truth lies outside of it */
    Repeats mean;     /* ns */
} Errors;

typedef struct Outcome {
    Errors errors[FUNCTIONS];
    double miscounted, calls;
} Outcome;

static void add_errors(Errors *errors, const ProfileRow *row, double truth)
{
    Interval interval = profile_mean_interval(row);
    double mean = timing_mean(&row->timing);

    repeats_add(&errors->mean, mean);
    repeats_add(&errors->percent, fabs(mean / truth - 1) * 100);
    repeats_add(&errors->interval, (interval.high - interval.low) / 2 / truth * 100);
    repeats_add(&errors->beyond,
                fmax(0, fmax(interval.low - truth, truth - interval.high)));
}

/* One line of the program's output: the function as it knows it. */
static bool compare(const char *line, const Profile *profile, int at, Outcome *outcome,
                    Error *error)
{
    const ProfileRow *row = lab_function(profile, functions[at]);
    char name[32];
    long long calls;
    double truth, told;

    if (sscanf(line, "%31s %lld %lf", name, &calls, &truth) != 3 ||
        strcmp(name, functions[at]) != 0 || truth <= 0) {
        return error_set(error, STATUS_FAILURE, "the program's output is not its own");
    }
    told = row ? (double)row->timing.calls : 0;
    outcome->calls += (double)calls;
    outcome->miscounted += fabs(told - (double)calls);
    if (row && timing_reliable(&row->timing)) {
        add_errors(&outcome->errors[at], row, truth);
    }
    return true;
}

static bool measure(Lab *lab, const char *mode, Outcome *outcome, Error *error)
{
    const LabRun run = {.program = NAME,
                        .build = BUILD_INSTRUMENTED,
                        .arguments = {lab->quick ? "40" : "100"},
                        .mode = mode};
    Profile profile = {0};
    const char *line;
    bool ok = lab_run(lab, &run, error) && lab_profile(lab, &profile, error);

    line = lab->output;
    for (int at = 0; ok && at < FUNCTIONS; at++) {
        ok = compare(line, &profile, at, outcome, error);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    profile_release(&profile);
    return ok;
}

static void conclude(const struct Mode *mode, const Outcome *outcome, Validation *list)
{
    Finding *finding = validation_add(list, NAME, mode->calls);
    Repeats miscounted = {0};

    repeats_add(&miscounted, outcome->miscounted);
    finding_judge(finding, UNIT_CALLS, &miscounted, AT_MOST, 0);
    finding_note(finding, "of %s calls", units_short_count(outcome->calls).text);
    for (int at = 0; at < FUNCTIONS; at++) {
        const Errors *errors = &outcome->errors[at];
        double stated = repeats_median(&errors->interval);

        finding = validation_add(list, NAME, mode->times[at]);
        finding_judge(finding, UNIT_PERCENT, &errors->percent, AT_MOST, LIMIT_PERCENT);
        if (errors->percent.count == 0) {
            finding_note(finding, "no mean was told");
        } else if (finding->verdict != VERDICT_OK &&
                   repeats_median(&errors->beyond) <= 0) {
            finding->verdict = VERDICT_OK;
            finding_note(finding, "told as %.0f ns, within its +-%.1f%%",
                         repeats_median(&errors->mean), stated);
        } else {
            finding_note(finding, "told as %.0f ns", repeats_median(&errors->mean));
        }
    }
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    Outcome outcomes[MODES];
    int rounds = lab->quick ? 3 : 7;

    memset(outcomes, 0, sizeof outcomes);
    if (!lab_build(lab, NAME, lab_source_accuracy, BUILD_INSTRUMENTED, error)) {
        return false;
    }
    for (int round = 0; round < rounds; round++) {
        for (int m = 0; m < MODES; m++) {
            if (!measure(lab, modes[m].name, &outcomes[m], error)) {
                return false;
            }
        }
    }
    for (int m = 0; m < MODES; m++) {
        conclude(&modes[m], &outcomes[m], list);
    }
    return true;
}

const Trial trial_accuracy = {NAME, "how true calls and times are", run};
