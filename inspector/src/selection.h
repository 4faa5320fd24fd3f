/* selection - the sessions that a command is about.
 */
#ifndef TKA_SELECTION_H
#define TKA_SELECTION_H

#include <stdbool.h>

#include "database.h"
#include "failure.h"
#include "model.h"

typedef struct Selection {
    SessionIds ids;
    bool single;     /* one run with its stretches, or one stretch */
    Session session; /* valid when single */
} Selection;

/* One session by id, uid, name or "last"; a run with its stretches. */
bool selection_session(Selection *selection, Database *database, const char *wanted,
                       Error *error);
bool selection_all(Selection *selection, Database *database, Error *error);

/* The runs marked with this TKA_RUN_ID; false when there are none. */
bool selection_marked(Selection *selection, Database *database, int64_t run_id,
                      Error *error);
void selection_release(Selection *selection);

#endif
