#define _GNU_SOURCE
#include "recovery.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <tka/store.h>

#include "allocation.h"

int recovery_live_files(const Location *location)
{
    char *path = format_new("%s/live", location->data_dir);
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = folder ? 0 : -1;

    while (folder && (entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);

        if (length > 4 && !strcmp(entry->d_name + length - 4, ".tka")) {
            count++;
        }
    }
    if (folder) {
        closedir(folder);
    }
    free(path);
    return count;
}

void recovery_fold(const Location *location, Text *notes)
{
    TkaFoldResult result;

    if (recovery_live_files(location) <= 0) {
        return;
    }
    memset(&result, 0, sizeof result);
    tka_store_fold(location->data_dir, location->database, TKA_FOLD_ALL, &result);
    if (result.recovered > 0) {
        text_format(notes,
                    "tka: recovered the counts of %d program%s that ended abruptly\n",
                    result.recovered, result.recovered == 1 ? "" : "s");
    }
    if (result.failed > 0) {
        text_format(notes,
                    "tka: %d live file%s could not be stored and wait%s in %s/live: %s\n",
                    result.failed, result.failed == 1 ? "" : "s",
                    result.failed == 1 ? "s" : "", location->data_dir, result.error);
    }
}
