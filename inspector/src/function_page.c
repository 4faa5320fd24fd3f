#define _GNU_SOURCE
#include "function_page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "textbuf.h"

/* --- finding the function ------------------------------------------------- */

/* "ns::Parser<int>::step(unsigned)" answers to "step", "Parser<int>::step" and
 * "ns::Parser<int>::step". */
static bool is_bare_name(const char *name, const char *wanted)
{
    size_t length = strlen(wanted);

    for (const char *at = name; (at = strstr(at, wanted)) != NULL; at++) {
        bool starts = at == name || (at - name >= 2 && at[-1] == ':' && at[-2] == ':');
        bool ends = at[length] == '\0' || at[length] == '(';

        if (starts && ends) {
            return true;
        }
    }
    return false;
}

/* "parse.c:20", "src/parse.c:20" */
static bool is_place(const Function *function, const char *wanted)
{
    char *place = format_new("%s:%lld", function->file, (long long)function->line);
    size_t length = strlen(wanted), all = strlen(place);
    bool same = strchr(wanted, ':') && length <= all &&
                !strcmp(place + all - length, wanted) &&
                (length == all || place[all - length - 1] == '/');

    free(place);
    return same;
}

int function_page_rank(const Function *function, const char *wanted)
{
    if (!strcmp(function->name, wanted) || is_place(function, wanted)) {
        return 4;
    }
    if (!strcmp(function->function, wanted)) {
        return 3;
    }
    if (is_bare_name(function->name, wanted)) {
        return 2;
    }
    return profile_matches(function, wanted) ? 1 : 0;
}

typedef struct Finder {
    const char *wanted;
    int rank; /* of the candidates */
    Function *items;
    size_t count, capacity;
} Finder;

static void finder_clear(Finder *finder)
{
    for (size_t i = 0; i < finder->count; i++) {
        function_release(&finder->items[i]);
    }
    finder->count = 0;
}

static bool consider(void *context, const Function *function)
{
    Finder *finder = context;
    int rank = function_page_rank(function, finder->wanted);
    Function copy = *function;

    if (rank == 0 || rank < finder->rank) {
        return true;
    }
    if (rank > finder->rank) {
        finder_clear(finder);
        finder->rank = rank;
    }
    copy.name = duplicate_text(function->name);
    copy.function = duplicate_text(function->function);
    copy.file = duplicate_text(function->file);
    copy.kind = duplicate_text(function->kind);
    finder->items =
        grow_array(finder->items, finder->count, &finder->capacity, sizeof copy);
    finder->items[finder->count++] = copy;
    return true;
}

static bool same_place(const Function *a, const Function *b)
{
    return !strcmp(a->name, b->name) && !strcmp(a->file, b->file) && a->line == b->line &&
           !strcmp(a->kind, b->kind);
}

static bool tell_ambiguous(const Finder *finder, Error *error)
{
    Text list = {0};

    for (size_t i = 0; i < finder->count && i < 5; i++) {
        const char *slash = strrchr(finder->items[i].file, '/');

        text_format(&list, "%s%s (%s:%lld)", i ? ", " : "", finder->items[i].name,
                    slash ? slash + 1 : finder->items[i].file,
                    (long long)finder->items[i].line);
    }
    error_set(error, STATUS_USAGE,
              "\"%s\" is %zu functions; name one, or FILE:LINE: %s%s", finder->wanted,
              finder->count, list.data, finder->count > 5 ? ", ..." : "");
    text_release(&list);
    return false;
}

static bool choose(const Finder *finder, FunctionPage *page, Error *error)
{
    if (finder->count == 0) {
        return error_set(error, STATUS_FAILURE,
                         "no profiled function \"%s\"; see tka doctor", finder->wanted);
    }
    for (size_t i = 0; i < finder->count; i++) {
        if (!same_place(&finder->items[0], &finder->items[i])) {
            return tell_ambiguous(finder, error);
        }
        session_ids_add(&page->rows, finder->items[i].id);
    }
    page->function = finder->items[0];
    finder->items[0] = (Function){0};
    return true;
}

static bool find_function(FunctionPage *page, Database *database, const char *wanted,
                          Error *error)
{
    Finder finder = {.wanted = wanted};
    bool ok = database_functions(database, consider, &finder, error) &&
              choose(&finder, page, error);

    finder_clear(&finder);
    free(finder.items);
    return ok;
}

/* --- history -------------------------------------------------------------- */

static bool add_record(void *context, const Measurement *one)
{
    ProfileRow *row = context;

    profile_row_add(row, one);
    return true;
}

static bool load_history(FunctionPage *page, Database *database, uint64_t limit,
                         Error *error)
{
    SessionList sessions = {0};
    bool ok = database_sessions(database, 0, &sessions, error);

    for (size_t i = 0; ok && i < sessions.count && page->history_count < limit; i++) {
        PageSession one = {0};

        for (size_t j = 0; ok && j < page->rows.count; j++) {
            ok = database_measurements(database, sessions.items[i].id,
                                       page->rows.items[j], add_record, &one.row, error);
        }
        if (one.row.timing.calls == 0) {
            profile_row_release(&one.row);
            continue;
        }
        one.session = sessions.items[i];
        sessions.items[i] = (Session){0};
        page->history = grow_array(page->history, page->history_count,
                                   &page->history_capacity, sizeof one);
        page->history[page->history_count++] = one;
    }
    session_list_release(&sessions);
    return ok;
}

/* --- callers and callees -------------------------------------------------- */

static void relate(RelationList *list, size_t function, const CallNode *edge)
{
    size_t i = 0;

    while (i < list->count && list->items[i].function != function) {
        i++;
    }
    if (i == list->count) {
        list->items =
            grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
        list->items[list->count++] = (Relation){.function = function};
    }
    list->items[i].samples += edge->samples;
    list->items[i].calls += edge->calls;
    list->items[i].total_ns += edge->total_ns;
    list->calls += edge->calls;
    list->total_ns += edge->total_ns;
}

static int compare_relations(const void *a, const void *b)
{
    const Relation *x = a, *y = b;

    return (x->total_ns < y->total_ns) - (x->total_ns > y->total_ns);
}

/* A function of the tree by its first equal: the tree has one per database row. */
static size_t first_equal(const CallTree *tree, size_t function)
{
    for (size_t i = 0; i < function; i++) {
        if (same_place(&tree->functions[i], &tree->functions[function])) {
            return i;
        }
    }
    return function;
}

static void relate_all(FunctionPage *page)
{
    const CallTree *tree = &page->tree;

    for (size_t i = 0; i < tree->count; i++) {
        const CallNode *node = &tree->nodes[i];
        const CallNode *parent =
            node->parent == NO_NODE ? NULL : &tree->nodes[node->parent];

        if (same_place(&tree->functions[node->function], &page->function)) {
            relate(&page->callers, parent ? first_equal(tree, parent->function) : NO_NODE,
                   node);
        }
        if (parent && same_place(&tree->functions[parent->function], &page->function)) {
            relate(&page->callees, first_equal(tree, node->function), node);
        }
    }
    if (page->callers.count) {
        qsort(page->callers.items, page->callers.count, sizeof *page->callers.items,
              compare_relations);
    }
    if (page->callees.count) {
        qsort(page->callees.items, page->callees.count, sizeof *page->callees.items,
              compare_relations);
    }
}

bool function_page_load(FunctionPage *page, Database *database, const char *wanted,
                        const char *session, uint64_t history_limit, Error *error)
{
    bool ok;

    page->tree.first_root = NO_NODE;
    ok = find_function(page, database, wanted, error) &&
         selection_session(&page->selection, database, session ? session : "last",
                           error) &&
         profile_load(&page->profile, database, &page->selection.ids, error) &&
         load_history(page, database, history_limit, error) &&
         calltree_load(&page->tree, database, &page->selection.ids, error);
    for (size_t i = 0; ok && i < page->profile.count; i++) {
        if (same_place(&page->profile.rows[i].function, &page->function)) {
            page->row = &page->profile.rows[i];
        }
    }
    if (ok) {
        relate_all(page);
    }
    return ok;
}

void function_page_release(FunctionPage *page)
{
    function_release(&page->function);
    session_ids_release(&page->rows);
    selection_release(&page->selection);
    profile_release(&page->profile);
    for (size_t i = 0; i < page->history_count; i++) {
        session_release(&page->history[i].session);
        profile_row_release(&page->history[i].row);
    }
    free(page->history);
    calltree_release(&page->tree);
    free(page->callers.items);
    free(page->callees.items);
    *page = (FunctionPage){0};
}
