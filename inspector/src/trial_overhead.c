#include "trial.h"

#include <math.h>
#include <stdio.h>

#include "lab_source.h"

#define NAME    "overhead"
#define PROGRAM "work"

#define LIMIT_PERCENT 1.0

/* The stated overhead may differ from the one measured by the larger of these. */
#define STATED_SHARE  0.2
#define STATED_POINTS 0.5

static bool cpu_time(Lab *lab, Build build, const char *turns, double *ns, Error *error)
{
    const LabRun run = {.program = PROGRAM,
                        .build = build,
                        .arguments = {turns, lab->quick ? "6000" : "12000"}};
    bool ok = lab_run(lab, &run, error);

    *ns = lab->end.cpu_ns;
    return ok;
}

static bool stated_percent(Lab *lab, double *percent, Error *error)
{
    Profile profile = {0};
    bool ok = lab_profile(lab, &profile, error);

    *percent = ok ? overhead_share(&profile.overhead) * 100 : NAN;
    profile_release(&profile);
    return ok;
}

/* One after the other, so that both see the same machine. */
static bool measure_pair(Lab *lab, const char *turns, bool plain_first, Repeats *measured,
                         Repeats *stated, Error *error)
{
    double plain = 0, probed, percent;

    if ((plain_first && !cpu_time(lab, BUILD_PLAIN, turns, &plain, error)) ||
        !cpu_time(lab, BUILD_INSTRUMENTED, turns, &probed, error) ||
        !stated_percent(lab, &percent, error) ||
        (!plain_first && !cpu_time(lab, BUILD_PLAIN, turns, &plain, error))) {
        return false;
    }
    repeats_add(measured, (probed / plain - 1) * 100);
    repeats_add(stated, percent);
    return true;
}

static void conclude(const Repeats *measured, const Repeats *stated, Validation *list)
{
    double outside = repeats_median(measured), told = repeats_median(stated);
    Finding *finding = validation_add(list, NAME, "CPU time of a program, mode sampled");
    Repeats differences = {0};

    finding_judge(finding, UNIT_PERCENT, measured, AT_MOST, LIMIT_PERCENT);
    finding_note(finding, "functions of 1 us and more");
    for (size_t i = 0; i < measured->count; i++) {
        repeats_add(&differences, stated->values[i] - measured->values[i]);
    }
    finding = validation_add(list, NAME, "the same, as tka report states it");
    finding->unit = UNIT_POINTS;
    finding->value = fabs(told - outside);
    finding->spread = repeats_spread(&differences);
    finding->limit = fmax(STATED_SHARE * fabs(outside), STATED_POINTS);
    finding->verdict =
        verdict_judge(finding->value, finding->spread, AT_MOST, finding->limit);
    finding_note(finding, "stated %.2f%%", told);
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    const LabRun calibration = {.program = PROGRAM, .build = BUILD_PLAIN};
    Repeats measured = {0}, stated = {0};
    int rounds = lab->quick ? 5 : 9;
    char turns[32];

    if (!lab_build(lab, PROGRAM, lab_source_work, BUILD_PLAIN, error) ||
        !lab_build(lab, PROGRAM, lab_source_work, BUILD_INSTRUMENTED, error) ||
        !lab_run(lab, &calibration, error)) {
        return false;
    }
    snprintf(turns, sizeof turns, "%.16s", lab->output);
    for (int round = 0; round < rounds; round++) {
        if (!measure_pair(lab, turns, round % 2 == 0, &measured, &stated, error)) {
            return false;
        }
    }
    conclude(&measured, &stated, list);
    return true;
}

const Trial trial_overhead = {NAME, "what the whole program pays", run};
