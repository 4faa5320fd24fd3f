/* leak_baseline - leaks that are known, so that only new or larger ones are told.
 *
 * A leak is known again by its kind, path, and code: the function and the file's name,
 * without the line, which moves when the file is edited. Code without a name is known by
 * its address, and so until it is compiled anew.
 */
#ifndef TKA_LEAK_BASELINE_H
#define TKA_LEAK_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "leak_list.h"

typedef struct KnownLeak {
    char *key;
    double blocks, bytes, rate; /* rate of growth: bytes per hour */
} KnownLeak;

typedef struct LeakBaseline {
    KnownLeak *items;
    size_t count, capacity;
    bool sorted;
} LeakBaseline;

/* What identifies a leak; place is "file.c:12", with or without its folder. The caller
 * frees it. */
char *leak_key(const char *kind, const char *path, const char *code, const char *place);

/* Of leaks with one key the figures are added up. */
void leak_baseline_add(LeakBaseline *baseline, const char *key, const KnownLeak *figures);
void leak_baseline_add_list(LeakBaseline *baseline, const LeakList *list);

/* What `tka leaks --format json` or --write-baseline wrote; file is for the error. */
bool leak_baseline_parse(LeakBaseline *baseline, const char *text, size_t size,
                         const char *file, Error *error);
void leak_baseline_release(LeakBaseline *baseline);

/* NULL when it is not known. */
const KnownLeak *leak_baseline_find(LeakBaseline *baseline, const char *key);

/* Leave out of the list what is known and not larger: more bytes, or a rate of growth
 * whose 95 % interval lies above. */
void leak_baseline_subtract(LeakBaseline *baseline, LeakList *list);

#endif
