#include "trial.h"

#include <stdio.h>
#include <string.h>

#include "lab_source.h"

#define NAME  "toolchain"
#define WHAT  "compile, run and record a small program"
#define CALLS 3 /* of twice() in toolchain.c */

static bool recorded(Lab *lab, Error *error)
{
    Profile profile = {0};
    const ProfileRow *row;
    bool ok = lab_profile(lab, &profile, error);

    if (ok) {
        row = lab_function(&profile, "twice");
        ok = (row && row->timing.calls == CALLS) ||
             error_set(error, STATUS_FAILURE, "%llu of %d calls were recorded",
                       row ? (unsigned long long)row->timing.calls : 0, CALLS);
    }
    profile_release(&profile);
    return ok;
}

/* warning: 256 bytes; what tka-cc had to say. */
static bool try_instrumented(Lab *lab, const char *plain_output, char *warning,
                             Error *error)
{
    const LabRun run = {.program = NAME, .build = BUILD_INSTRUMENTED};

    warning[0] = '\0';
    if (!lab_build(lab, NAME, lab_source_toolchain, BUILD_INSTRUMENTED, error)) {
        return false;
    }
    snprintf(warning, 256, "%.*s", (int)strcspn(lab->output, "\n"), lab->output);
    if (!lab_run(lab, &run, error)) {
        return false;
    }
    if (strcmp(lab->output, plain_output) != 0) {
        return error_set(error, STATUS_FAILURE, "it prints something else");
    }
    return recorded(lab, error);
}

/* A compiler that does not work is the machine's fault; what happens with tka-cc in
 * front of it is a finding. */
static bool run(Lab *lab, Validation *list, Error *error)
{
    const LabRun plain = {.program = NAME, .build = BUILD_PLAIN};
    char output[64], warning[256];
    Finding *finding;

    if (!lab_build(lab, NAME, lab_source_toolchain, BUILD_PLAIN, error) ||
        !lab_run(lab, &plain, error)) {
        return false;
    }
    snprintf(output, sizeof output, "%s", lab->output);
    finding = validation_add(list, NAME, WHAT);
    if (!try_instrumented(lab, output, warning, error)) {
        finding->verdict = VERDICT_FAIL;
        finding_note(finding, "%s%s%s", error->text, *warning ? "; " : "", warning);
    } else {
        finding_note(finding, "%s", lab->instrumenter);
    }
    return true;
}

const Trial trial_toolchain = {NAME, "tka-cc with this compiler", run};
