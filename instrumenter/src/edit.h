/* edit - put the statements into the expanded text.
 *
 *     edit_plan(&plan, &candidates, &walk...);   where, and which number
 *     edit_apply(&plan, definitions, &out);      the new text
 *
 * A place is accepted only where the text's bytes equal the original line's up
 * to the insertion. A header that was included twice is edited in each copy; a
 * function per copy gets a site per copy. No line is added.
 */
#ifndef TKA_CC_EDIT_H
#define TKA_CC_EDIT_H

#include "linewalk.h"
#include "site.h"

typedef struct EditPoint {
    size_t offset;        /* in the text */
    size_t candidate;     /* the first of those with this place */
    size_t site;          /* in the plan's sites */
    const RoleEdit *edit; /* of the site's role; NULL: its statement */
} EditPoint;

typedef struct EditPlan {
    Arena *arena;
    Sources *sources;
    const Bytes *text;
    Dialect dialect;
    EditPoint *points;
    size_t count, capacity;
    size_t definitions; /* offset at which the site definitions go; 0: unknown */
    SiteList sites;
} EditPlan;

/* A role whose edits cannot all be made in each copy is dropped. */
void edit_plan(EditPlan *plan, CandidateList *candidates);

/* The statement for a site, as text, with the declarations of its role. */
char *edit_statement(Arena *arena, const Site *site);

/* Append the text with everything inserted to `out`. */
void edit_apply(const EditPlan *plan, const Bytes *definitions, Bytes *out);

#endif
