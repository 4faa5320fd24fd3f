#define _POSIX_C_SOURCE 200809L
#include "trial.h"

#include <stdio.h>
#include <time.h>

#include <tka/store.h>

#include "lab_source.h"

#define NAME      "store"
#define FUNCTIONS 2000

#define LIMIT_ROWS_PER_SECOND 50000

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The program leaves a live file; a new database is made from it. */
static bool fold(Lab *lab, double *ns, uint64_t *rows, Error *error)
{
    const LabRun run = {.program = NAME,
                        .build = BUILD_INSTRUMENTED,
                        .mode = "exact",
                        .interval = "0",
                        .killed = true};
    TkaFoldResult result = {0};
    Database *database;
    bool ok;

    if (!lab_run(lab, &run, error)) {
        return false;
    }
    *ns = now_ns();
    if (tka_store_fold(lab->data, lab->database, TKA_FOLD_DEAD, &result) != 0) {
        return error_set(error, STATUS_FAILURE, "%s", result.error);
    }
    *ns = now_ns() - *ns;
    if (result.recovered == 0) {
        return error_set(error, STATUS_FAILURE, "the program left nothing to store");
    }
    database = database_open(lab->database, error);
    ok = database && database_row_count(database, rows, error);
    database_close(database);
    return ok;
}

static bool run(Lab *lab, Validation *list, Error *error)
{
    int rounds = lab->quick ? 3 : 7;
    Repeats rates = {0}, times = {0};
    Text source = {0};
    uint64_t rows = 0;
    Finding *finding;
    bool ok;

    lab_source_many(FUNCTIONS, &source);
    ok = lab_build(lab, NAME, source.data, BUILD_INSTRUMENTED, error);
    text_release(&source);
    for (int round = 0; ok && round < rounds; round++) {
        double ns;

        ok = fold(lab, &ns, &rows, error);
        if (ok) {
            repeats_add(&rates, (double)rows / ns * 1e9);
            repeats_add(&times, ns);
        }
    }
    if (ok) {
        finding = validation_add(list, NAME, "rows stored into a new database");
        finding_judge(finding, UNIT_ROWS, &rates, AT_LEAST, LIMIT_ROWS_PER_SECOND);
        finding_note(finding, "%llu rows of %d functions with histograms in %.0f ms",
                     (unsigned long long)rows, FUNCTIONS, repeats_median(&times) / 1e6);
    }
    return ok;
}

const Trial trial_store = {NAME, "how fast figures are stored", run};
