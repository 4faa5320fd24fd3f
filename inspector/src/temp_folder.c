#define _GNU_SOURCE
#include "temp_folder.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Folders that nftw() holds open at once. */
#define OPEN_MOST 16

static char folder[PATH_MAX];

static int remove_one(const char *path, const struct stat *status, int kind,
                      struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    remove(path);
    return 0;
}

void temp_folder_clear(const char *path)
{
    nftw(path, remove_one, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
}

void temp_folder_remove(void)
{
    if (folder[0]) {
        temp_folder_clear(folder);
        folder[0] = '\0';
    }
}

void temp_folder_keep(void)
{
    folder[0] = '\0';
}

const char *temp_folder_make(Error *error)
{
    static bool registered;
    const char *base = getenv("TMPDIR");
    char name[PATH_MAX - sizeof "/tka-validate.XXXXXX"], made[PATH_MAX];

    if (!base || !*base) {
        base = "/tmp";
    }
    snprintf(name, sizeof name, "%s", base);
    snprintf(made, sizeof made, "%s/tka-validate.XXXXXX", name);
    if (!mkdtemp(made) || !realpath(made, folder)) {
        folder[0] = '\0';
        error_set(error, STATUS_FAILURE, "cannot make a folder in %s: %s", base,
                  strerror(errno));
        return NULL;
    }
    if (!registered) {
        registered = atexit(temp_folder_remove) == 0;
    }
    return folder;
}
