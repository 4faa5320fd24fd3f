#define _GNU_SOURCE
#include "location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"

#define DATABASE_NAME "performance.db"

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash) {
        return duplicate_text(".");
    }
    return slash == path ? duplicate_text("/")
                         : format_new("%.*s", (int)(slash - path), path);
}

/* The nearest folder upwards that has data/performance with something of TKA's;
 * NULL when there is none. */
static char *search_upwards(void)
{
    char *directory = getcwd(NULL, 0), *found = NULL;

    while (directory && !found) {
        char *slash = strrchr(directory, '/');
        char *folder = format_new("%s/data/performance", directory);
        char *database = format_new("%s/" DATABASE_NAME, folder);
        char *live = format_new("%s/live", folder);

        if (access(database, F_OK) == 0 || access(live, F_OK) == 0) {
            found = folder;
            folder = NULL;
        }
        free(database);
        free(live);
        free(folder);
        if (!slash || !*directory) {
            break;
        }
        *slash = '\0';
    }
    free(directory);
    return found;
}

static void from_database(Location *location, const char *database, const char *data_dir,
                          const char *how)
{
    location->database = duplicate_text(database);
    location->data_dir = data_dir ? duplicate_text(data_dir) : folder_of(database);
    location->how = how;
}

static void from_folder(Location *location, const char *folder, const char *how)
{
    location->data_dir = duplicate_text(folder);
    location->database = format_new("%s/" DATABASE_NAME, folder);
    location->how = how;
}

bool location_find(const char *database, const char *data_dir, Location *location,
                   Error *error)
{
    const char *variable_db = environment("TKA_PERFORMANCE_DB_PATH");
    const char *variable_dir = environment("TKA_PERFORMANCE_DATA_DIR");
    char *nearest;

    if (database) {
        from_database(location, database, data_dir, "--db");
    } else if (data_dir) {
        from_folder(location, data_dir, "--data-dir");
    } else if (variable_db) {
        from_database(location, variable_db, variable_dir, "TKA_PERFORMANCE_DB_PATH");
    } else if (variable_dir) {
        from_folder(location, variable_dir, "TKA_PERFORMANCE_DATA_DIR");
    } else if ((nearest = search_upwards())) {
        from_folder(location, nearest, "nearest data/performance");
        free(nearest);
    } else {
        return error_set(error, STATUS_FAILURE,
                         "no data/performance here or above; run a profiled program "
                         "first, or name a database with --db FILE");
    }
    return true;
}

void location_release(Location *location)
{
    free(location->database);
    free(location->data_dir);
    *location = (Location){0};
}
