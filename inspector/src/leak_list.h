/* leak_list - what a run leaked: lost at its exit, or growing while it ran.
 *
 *     LeakList list = {0};
 *     leak_list_make(&list, &memory_profile);           (symbolized)
 *     leak_list_add_growth(&list, database, &ids, error);
 *     leak_list_suppress(&list, &rules);
 *     leak_list_finish(&list, min_bytes);
 *
 * Of several processes, each with its own verdict, the losses are added up; growth is
 * told of each. The profile is borrowed.
 */
#ifndef TKA_LEAK_LIST_H
#define TKA_LEAK_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "failure.h"
#include "growth.h"
#include "memory_profile.h"
#include "suppressions.h"

typedef enum LeakKind {
    LEAK_DEFINITE,  /* out of reach */
    LEAK_INDIRECT,  /* reached from a lost block only */
    LEAK_REACHABLE, /* not freed, but in reach */
    LEAK_GROWTH,
    LEAK_KINDS
} LeakKind;

typedef struct Leak {
    LeakKind kind;
    const MemoryItem *item;
    int64_t blocks; /* of growth: 0 */
    double bytes;   /* of growth: by which it grew in the window */
    int64_t pid;    /* of growth */
    Growth growth;
    double known_bytes; /* what the baseline has; -1: nothing */
} Leak;

typedef struct LeakSum {
    size_t findings;
    int64_t blocks;
    double bytes;
} LeakSum;

typedef struct LeakList {
    const MemoryProfile *profile;
    Leak *items;
    size_t count, capacity;
    LeakSum totals[LEAK_KINDS]; /* all that was found, before anything was left out */
    LeakSum suppressed, known, small; /* left out: by rule, baseline, size */
    size_t judged;       /* allocations of a process that growth was judged of */
    size_t not_judged;   /* beyond those that owned most */
    size_t few_readings; /* processes with too few readings to tell growth */
    size_t with_verdict; /* processes */
} LeakList;

/* The losses of the profile. */
void leak_list_make(LeakList *list, const MemoryProfile *profile);

/* What grew, of the allocations that lived at each process's last reading. */
bool leak_list_add_growth(LeakList *list, Database *database, const SessionIds *ids,
                          Error *error);
void leak_list_suppress(LeakList *list, Suppressions *rules);

/* Leave out what is reachable; it stays in the totals. */
void leak_list_leave_reachable(LeakList *list);

/* Leave out what is smaller than min_bytes, growth excepted; most important kind and
 * most bytes first. */
void leak_list_finish(LeakList *list, double min_bytes);
void leak_list_release(LeakList *list);

/* Definite losses and growth are findings. */
bool leak_list_has_finding(const LeakList *list);

/* "definite", "indirect", "reachable", "growth" */
const char *leak_kind_word(LeakKind kind);

/* Why a process has no verdict, in one line; the caller frees it. NULL: it has. */
char *leak_no_verdict(const MemoryProcess *process);

/* Keep those for which keep() is true; what is dropped is added to sum. */
typedef bool LeakChooser(void *context, Leak *leak);
void leak_list_keep(LeakList *list, LeakChooser *keep, void *context, LeakSum *dropped);

#endif
