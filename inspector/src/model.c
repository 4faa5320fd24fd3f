#include "model.h"

#include <stdlib.h>

#include "allocation.h"

const char *off_reason_text(OffReason reason)
{
    return reason == OFF_BUDGET ? "budget" : reason == OFF_REQUEST ? "request" : "";
}

void session_release(Session *session)
{
    char *const texts[] = {session->uid,         session->name,       session->host,
                           session->command,     session->executable, session->directory,
                           session->build_id,    session->git_commit, session->tags,
                           session->tka_version, session->mode,       session->exit_kind};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(texts[i]);
    }
    *session = (Session){0};
}

void session_list_release(SessionList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        session_release(&list->items[i]);
    }
    free(list->items);
    *list = (SessionList){0};
}

void session_ids_add(SessionIds *ids, int64_t id)
{
    ids->items = grow_array(ids->items, ids->count, &ids->capacity, sizeof *ids->items);
    ids->items[ids->count++] = id;
}

void session_ids_release(SessionIds *ids)
{
    free(ids->items);
    *ids = (SessionIds){0};
}

void process_list_release(ProcessList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].state);
        free(list->items[i].clock);
        free(list->items[i].mode);
        free(list->items[i].note);
    }
    free(list->items);
    *list = (ProcessList){0};
}

void function_release(Function *function)
{
    free(function->name);
    free(function->function);
    free(function->file);
    free(function->kind);
    *function = (Function){0};
}
