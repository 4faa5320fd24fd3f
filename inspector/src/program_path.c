#define _GNU_SOURCE
#include "program_path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"

char *program_own_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    if (!slash) {
        return duplicate_text(".");
    }
    *slash = '\0';
    return duplicate_text(path);
}

char *program_in_path(const char *name)
{
    char *folders = duplicate_text(getenv("PATH")), *rest = folders, *folder;
    char *found = NULL;

    while (!found && (folder = strsep(&rest, ":"))) {
        char *path = format_new("%s/%s", *folder ? folder : ".", name);

        if (access(path, X_OK) == 0) {
            found = path;
        } else {
            free(path);
        }
    }
    free(folders);
    return found;
}

char *program_tka_cc(void)
{
    char *folder = program_own_folder(), *path = format_new("%s/tka-cc", folder);

    free(folder);
    if (access(path, X_OK) != 0) {
        free(path);
        path = program_in_path("tka-cc");
    }
    return path;
}
