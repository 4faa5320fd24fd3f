/* lab - where `tka validate` measures: a temporary folder, the compiler, tka-cc, and
 * programs that are compiled and run there, each run with a data folder of its own.
 *
 *     lab_open(&lab, wanted, error)
 *     lab_build(&lab, "work", source, BUILD_INSTRUMENTED, error)
 *     lab_run(&lab, &(LabRun){.program = "work", .build = BUILD_INSTRUMENTED}, error)
 *     lab_profile(&lab, &profile, error)
 *     lab_close(&lab)
 *
 * A signal that ends programs makes every call here fail from then on.
 */
#ifndef TKA_LAB_H
#define TKA_LAB_H

#include <stdbool.h>

#include "failure.h"
#include "profile.h"
#include "quiet_child.h"

typedef enum Build { BUILD_PLAIN, BUILD_INSTRUMENTED } Build;

typedef struct Lab {
    const char *folder;       /* of temp_folder */
    char *data, *database;    /* of the last run; there may be none */
    char *compiler;           /* as asked for: a program, maybe with arguments */
    char *instrumenter;       /* tka-cc; NULL: there is none */
    char *word_text, **words; /* the compiler's, word for word */
    size_t word_count;
    char *output; /* of the last run: text, at most OUTPUT_MOST bytes */
    QuietEnd end; /* of the last run */
    bool quick;
} Lab;

typedef struct LabRun {
    const char *program; /* as it was built */
    Build build;
    const char *arguments[3]; /* the first NULL ends them */
    const char *mode;         /* NULL: the default */
    const char *interval; /* ms between stores; NULL: 1000; "0": stores at the end only */
    int limit_ms;         /* 0: a minute */
    bool killed;          /* its end by SIGKILL is no failure */
} LabRun;

/* wanted: the compiler, or NULL: CC of the environment, else cc, gcc or clang of PATH.
 * Catches signals from here on. */
bool lab_open(Lab *lab, const char *wanted, Error *error);

/* The signal that came, or 0. The folder stays when keep is set. */
int lab_close(Lab *lab, bool keep);

/* False, with the compiler's first line, when it does not compile. */
bool lab_build(Lab *lab, const char *name, const char *source, Build build, Error *error);

/* False when it does not end with status 0. What ran before it is forgotten. */
bool lab_run(Lab *lab, const LabRun *run, Error *error);

/* What the last run recorded; its live file is folded if it left one. */
bool lab_profile(Lab *lab, Profile *profile, Error *error);

/* Of that profile; NULL when it is not there. */
const ProfileRow *lab_function(const Profile *profile, const char *name);

#endif
