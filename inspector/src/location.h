/* location - which database, and which folder of live files.
 *
 * Database: the file asked for; else TKA_PERFORMANCE_DB_PATH; else
 * performance.db in the data folder asked for, or in TKA_PERFORMANCE_DATA_DIR;
 * else in the nearest data/performance from the working directory upwards.
 * Data folder: the one asked for; else the environment's, unless the database
 * was asked for; else the folder of the database.
 */
#ifndef TKA_LOCATION_H
#define TKA_LOCATION_H

#include <stdbool.h>

#include "failure.h"

typedef struct Location {
    char *database, *data_dir; /* owned */
    const char *how;           /* found by, in a few words */
} Location;

/* database and data_dir: as asked for, or NULL. False when nothing is asked for
 * and nothing found. Does not look into the database, which may not exist. */
bool location_find(const char *database, const char *data_dir, Location *location,
                   Error *error);
void location_release(Location *location);

#endif
