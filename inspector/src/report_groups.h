/* report_groups - self time by file, class or namespace, for a first look at a large
 * program. Self times add up; total times of functions do not.
 */
#ifndef TKA_REPORT_GROUPS_H
#define TKA_REPORT_GROUPS_H

#include <stdint.h>

#include "profile.h"
#include "selection.h"
#include "terminal.h"
#include "textbuf.h"

typedef enum GroupBy { GROUP_NONE, GROUP_FILE, GROUP_CLASS, GROUP_NAMESPACE } GroupBy;

typedef struct Group {
    char *name;
    uint64_t functions, calls;
    double self_ns, overhead_ns;
} Group;

typedef struct GroupList {
    Group *items;
    size_t count, capacity;
} GroupList;

/* Largest self time first. */
void groups_make(const Profile *profile, GroupBy by, GroupList *list);
void groups_release(GroupList *list);

/* What stands before the last :: of a C++ name; "" for none. The caller frees. */
char *groups_class(const char *name);

/* What stands before the first ::, unless it is a function. The caller frees. */
char *groups_namespace(const char *name);

/* At most limit groups (0: all). */
void groups_text(const GroupList *list, const Profile *profile,
                 const Selection *selection, const Terminal *terminal, uint64_t limit,
                 Text *out);
void groups_json(const GroupList *list, const Profile *profile,
                 const Selection *selection, uint64_t limit, Text *out);
void groups_csv(const GroupList *list, const Profile *profile, uint64_t limit, Text *out);

#endif
