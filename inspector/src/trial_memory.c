#include "trial.h"

#include <math.h>
#include <stdio.h>

#include "lab_source.h"

#define NAME    "memory"
#define PROGRAM "work"

/* A program may become larger by the larger of these. */
#define LIMIT_SHARE 0.05
#define LIMIT_MIB   8.0

/* 800 requests take a tenth of a second or more: it stores some times meanwhile. */
static bool resident_mib(Lab *lab, Build build, double *mib, Error *error)
{
    const LabRun run = {.program = PROGRAM,
                        .build = build,
                        .arguments = {"1000", "800"},
                        .interval = "20"};
    long kib = 0;

    if (!lab_run(lab, &run, error)) {
        return false;
    }
    *mib = sscanf(lab->output, "%*u %ld", &kib) == 1 ? (double)kib / 1024 : 0;
    return kib > 0 || error_set(error, STATUS_FAILURE, "the system does not tell");
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    Repeats plain = {0}, probed = {0}, more = {0};
    Finding *finding;

    if (!lab_build(lab, PROGRAM, lab_source_work, BUILD_PLAIN, error) ||
        !lab_build(lab, PROGRAM, lab_source_work, BUILD_INSTRUMENTED, error)) {
        return false;
    }
    for (int round = 0; round < 3; round++) {
        double one, other;

        if (!resident_mib(lab, BUILD_PLAIN, &one, error) ||
            !resident_mib(lab, BUILD_INSTRUMENTED, &other, error)) {
            return false;
        }
        repeats_add(&plain, one);
        repeats_add(&probed, other);
        repeats_add(&more, other - one);
    }
    finding = validation_add(list, NAME, "resident memory that TKA adds");
    finding_judge(finding, UNIT_MIB, &more, AT_MOST,
                  fmax(LIMIT_MIB, LIMIT_SHARE * repeats_median(&plain)));
    finding_note(finding, "%.1f MiB plain, %.1f instrumented", repeats_median(&plain),
                 repeats_median(&probed));
    validation_tell(list, NAME, "allocation tracking", VERDICT_SKIPPED, "not built yet");
    return true;
}

const Trial trial_memory = {NAME, "what it takes of memory", run};
