#include "trial.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "allocation.h"
#include "lab_source.h"
#include "units.h"

#define NAME "crash"

/* When the program is killed: long enough to have begun. */
#define FIRST_MS 250
#define LATER_MS 90

/* As crash.c keeps it in its file. */
typedef struct Truth {
    uint64_t begun, ended;
    char rest[112];
} Truth;

static const char *const functions[] = {"first", "second"};

enum { THREADS = sizeof functions / sizeof *functions };

static bool read_truth(const char *path, Truth truth[THREADS], Error *error)
{
    FILE *file = fopen(path, "rb");
    bool ok = file && fread(truth, sizeof *truth, THREADS, file) == THREADS;

    if (file) {
        fclose(file);
    }
    return ok || error_set(error, STATUS_FAILURE,
                           "the program did not get to count before it was killed");
}

/* A call that was going on at the end may be counted or not. */
static double wrong_calls(const Truth *truth, uint64_t told)
{
    return told < truth->ended   ? (double)(truth->ended - told)
           : told > truth->begun ? (double)(told - truth->begun)
                                 : 0;
}

static bool kill_and_compare(Lab *lab, int round, double *wrong, double *calls,
                             Error *error)
{
    char *path = format_new("%s/truth.%d", lab->folder, round);
    const LabRun run = {.program = NAME,
                        .build = BUILD_INSTRUMENTED,
                        .arguments = {path},
                        .mode = "count", /* sampled may suspend what costs too much */
                        .interval = "100",
                        .limit_ms = FIRST_MS + round * LATER_MS,
                        .killed = true};
    Truth truth[THREADS] = {{0}};
    Profile profile = {0};
    bool ok = lab_run(lab, &run, error) && read_truth(path, truth, error) &&
              lab_profile(lab, &profile, error);

    for (int i = 0; ok && i < THREADS; i++) {
        const ProfileRow *row = lab_function(&profile, functions[i]);

        *wrong += wrong_calls(&truth[i], row ? row->timing.calls : 0);
        *calls += (double)truth[i].ended;
    }
    profile_release(&profile);
    free(path);
    return ok;
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    int rounds = lab->quick ? 3 : 8;
    double wrong = 0, calls = 0;
    Finding *finding;
    Repeats sum = {0};

    if (!lab_build(lab, NAME, lab_source_crash, BUILD_INSTRUMENTED, error)) {
        return false;
    }
    for (int round = 0; round < rounds; round++) {
        if (!kill_and_compare(lab, round, &wrong, &calls, error)) {
            return false;
        }
    }
    repeats_add(&sum, wrong);
    finding = validation_add(list, NAME, "calls lost by kill -9");
    finding_judge(finding, UNIT_CALLS, &sum, AT_MOST, 0);
    finding_note(finding, "of %s calls, killed %d times", units_short_count(calls).text,
                 rounds);
    return true;
}

const Trial trial_crash = {NAME, "what kill -9 loses", run};
