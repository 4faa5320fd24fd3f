/* function_page - everything about one function: its figures in a selection of
 * sessions and in each of the last ones, and who calls it and whom it calls.
 */
#ifndef TKA_FUNCTION_PAGE_H
#define TKA_FUNCTION_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calltree.h"
#include "database.h"
#include "failure.h"
#include "model.h"
#include "profile.h"
#include "selection.h"

/* What one session has of the function. */
typedef struct PageSession {
    Session session;
    ProfileRow row; /* its function is empty */
} PageSession;

/* A caller or callee. */
typedef struct Relation {
    size_t function; /* in tree.functions; NO_NODE: called from no probed function */
    uint64_t samples;
    double calls, total_ns;
} Relation;

typedef struct RelationList {
    Relation *items;
    size_t count, capacity;
    double calls, total_ns; /* sums */
} RelationList;

typedef struct FunctionPage {
    Function function;
    SessionIds rows; /* function ids: rows of the database that are this function */
    Selection selection;
    Profile profile;
    const ProfileRow *row; /* in profile; NULL: not called in the selection */
    PageSession *history;  /* newest first; only sessions that called it */
    size_t history_count, history_capacity;
    CallTree tree;
    RelationList callers, callees; /* most time first */
} FunctionPage;

/* Find the function by name, enclosing function, bare name (without class and
 * parameters), FILE:LINE, or a glob or part of its name that only it matches.
 * session: NULL is the last run. The caller releases page in any case. */
bool function_page_load(FunctionPage *page, Database *database, const char *wanted,
                        const char *session, uint64_t history_limit, Error *error);
void function_page_release(FunctionPage *page);

/* How well a function answers to a name; 0: not at all. */
int function_page_rank(const Function *function, const char *wanted);

#endif
