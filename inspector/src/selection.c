#include "selection.h"

#include <stdio.h>

bool selection_session(Selection *selection, Database *database, const char *wanted,
                       Error *error)
{
    if (!database_find_session(database, wanted, &selection->session, error)) {
        return false;
    }
    selection->single = true;
    session_ids_add(&selection->ids, selection->session.id);
    return selection->session.parent_id ||
           database_stretches(database, selection->session.id, &selection->ids, error);
}

bool selection_all(Selection *selection, Database *database, Error *error)
{
    SessionList list = {0};
    bool ok = database_sessions(database, 0, &list, error);

    for (size_t i = list.count; ok && i-- > 0;) {
        session_ids_add(&selection->ids, list.items[i].id);
    }
    session_list_release(&list);
    return ok;
}

bool selection_marked(Selection *selection, Database *database, int64_t run_id,
                      Error *error)
{
    SessionIds runs = {0};
    char id[24];
    bool ok = database_runs_marked(database, run_id, &runs, error);

    if (ok && runs.count == 0) {
        ok = error_set(error, STATUS_FAILURE, "nothing was profiled");
    } else if (ok && runs.count == 1) {
        snprintf(id, sizeof id, "%lld", (long long)runs.items[0]);
        ok = selection_session(selection, database, id, error);
    }
    for (size_t i = 0; ok && runs.count > 1 && i < runs.count; i++) {
        session_ids_add(&selection->ids, runs.items[i]);
        ok = database_stretches(database, runs.items[i], &selection->ids, error);
    }
    session_ids_release(&runs);
    return ok;
}

void selection_release(Selection *selection)
{
    session_ids_release(&selection->ids);
    session_release(&selection->session);
}
