#include "edit.h"
#include "roletext.h"

#include <stdlib.h>
#include <string.h>

/* Candidates to be probed, in file order: places are looked up in it. */
typedef struct PlaceList {
    Candidate **items;
    size_t count;
} PlaceList;

static int compare_places(const void *left, const void *right)
{
    const Candidate *a = *(Candidate *const *)left;
    const Candidate *b = *(Candidate *const *)right;

    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    if (a->insert_line != b->insert_line) {
        return a->insert_line < b->insert_line ? -1 : 1;
    }
    if (a->insert_column != b->insert_column) {
        return a->insert_column < b->insert_column ? -1 : 1;
    }
    return 0;
}

/* qsort is not stable, and the order of several functions at one place is that
 * of their inclusions: an insertion sort of what is nearly sorted. */
static PlaceList sort_places(Arena *arena, const CandidateList *candidates)
{
    PlaceList places = {arena_alloc(arena, (candidates->count + 1) * sizeof(Candidate *)),
                        0};

    for (size_t i = 0; i < candidates->count; i++) {
        Candidate *candidate = candidates->items[i];
        size_t at = places.count;

        if (candidate->decision != DECISION_PROBE) {
            continue;
        }
        while (at > 0 && compare_places(&candidate, &places.items[at - 1]) < 0) {
            places.items[at] = places.items[at - 1];
            at--;
        }
        places.items[at] = candidate;
        places.count++;
    }
    return places;
}

/* The first place on the line or behind it. */
static size_t lower_bound(const PlaceList *places, int file, unsigned line)
{
    size_t low = 0, high = places->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Candidate *at = places->items[middle];

        if (at->file < file || (at->file == file && at->insert_line < line)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whether the text's line is the original's up to the column. */
static bool bytes_agree(const LineWalk *walk, size_t need)
{
    const SourceFile *source = sources_get(walk->sources, walk->file);
    size_t length;
    const char *line = source ? source_line(source, walk->line, &length) : NULL;

    if (!line || need > length || need > walk->length) {
        return false;
    }
    /* A place at a line's start has nothing before it to compare. */
    if (need == 0) {
        return length == walk->length && memcmp(line, walk->text, length) == 0;
    }
    return memcmp(line, walk->text, need) == 0;
}

static void add_point(EditPlan *plan, size_t offset, size_t candidate)
{
    if (plan->count == plan->capacity) {
        plan->points = arena_grow(plan->arena, plan->points, plan->count, &plan->capacity,
                                  sizeof *plan->points);
    }
    plan->points[plan->count++] = (EditPoint){offset, candidate, 0, NULL};
}

static void find_on_line(EditPlan *plan, const PlaceList *places, const LineWalk *walk)
{
    size_t i = lower_bound(places, walk->file, walk->line);

    while (i < places->count && places->items[i]->file == walk->file &&
           places->items[i]->insert_line == walk->line) {
        size_t first = i;

        while (i < places->count &&
               compare_places(&places->items[first], &places->items[i]) == 0) {
            i++;
        }
        if (bytes_agree(walk, places->items[first]->insert_column)) {
            add_point(plan,
                      (size_t)(walk->text - walk->begin) +
                          places->items[first]->insert_column,
                      first);
        }
    }
}

/* Points to sites: as many functions as copies of the place are paired in the
 * order in which both appear; else all copies are the first function's. */
static void number_sites(EditPlan *plan, const PlaceList *places)
{
    size_t *copies = arena_alloc(plan->arena, (places->count + 1) * sizeof *copies);
    size_t *seen = arena_alloc(plan->arena, (places->count + 1) * sizeof *seen);
    size_t *site_of = arena_alloc(plan->arena, (places->count + 1) * sizeof *site_of);

    for (size_t i = 0; i < plan->count; i++) {
        copies[plan->points[i].candidate]++;
    }
    for (size_t i = 0; i < plan->count; i++) {
        size_t first = plan->points[i].candidate, functions = 1, chosen;

        while (first + functions < places->count &&
               compare_places(&places->items[first], &places->items[first + functions]) ==
                   0) {
            places->items[first + functions++]->applied++;
        }
        chosen = first + (functions == copies[first] ? seen[first]++ : 0);
        places->items[chosen]->applied++;
        if (!site_of[chosen]) {
            Site site = {places->items[chosen], (unsigned)plan->sites.count};

            sites_add(&plan->sites, &site);
            site_of[chosen] = plan->sites.count;
        }
        plan->points[i].site = site_of[chosen] - 1;
    }
}

/* An edit of a role, and the candidate that has it, as an index of places. */
typedef struct RolePlace {
    size_t owner;
    const RoleEdit *edit;
} RolePlace;

typedef struct RolePlan {
    const PlaceList *places;
    RolePlace *items; /* in file order */
    size_t count;
    size_t *site; /* per place: in force here, plus 1; 0: none is */
    size_t *made; /* per place: edits made in the copy at hand */
    bool *is_broken;
    EditPoint *points; /* found, in the text's order */
    size_t point_count, capacity;
    size_t passed; /* points of the plan behind us */
} RolePlan;

static int compare_roles(const RolePlan *roles, const RolePlace *left,
                         const RolePlace *right)
{
    int a = roles->places->items[left->owner]->file;
    int b = roles->places->items[right->owner]->file;

    if (a != b) {
        return a < b ? -1 : 1;
    }
    return left->edit->offset < right->edit->offset
               ? -1
               : left->edit->offset > right->edit->offset;
}

static void list_roles(RolePlan *roles, Arena *arena)
{
    size_t total = 0;

    for (size_t i = 0; i < roles->places->count; i++) {
        const Role *role = roles->places->items[i]->role;

        total += role ? role->edit_count : 0;
    }
    roles->items = arena_alloc(arena, (total + 1) * sizeof *roles->items);
    for (size_t i = 0; i < roles->places->count; i++) {
        const Role *role = roles->places->items[i]->role;

        for (size_t k = 0; role && k < role->edit_count; k++) {
            RolePlace place = {i, &role->edits[k]};
            size_t at = roles->count++;

            while (at > 0 && compare_roles(roles, &place, &roles->items[at - 1]) < 0) {
                roles->items[at] = roles->items[at - 1];
                at--;
            }
            roles->items[at] = place;
        }
    }
}

/* A copy of the function is behind us: were all its edits made? */
static void finish_copy(RolePlan *roles, size_t owner)
{
    const Role *role = roles->places->items[owner]->role;

    if (role && roles->site[owner] && roles->made[owner] != role->edit_count) {
        roles->is_broken[owner] = true;
    }
    roles->made[owner] = 0;
    roles->site[owner] = 0;
}

/* Take note of the sites whose statement stands before the offset, or at it. */
static void pass_points(RolePlan *roles, const EditPlan *plan, size_t offset)
{
    for (; roles->passed < plan->count && plan->points[roles->passed].offset <= offset;
         roles->passed++) {
        const EditPoint *point = &plan->points[roles->passed];

        for (size_t i = point->candidate;
             i < roles->places->count &&
             compare_places(&roles->places->items[point->candidate],
                            &roles->places->items[i]) == 0;
             i++) {
            finish_copy(roles, i);
            if (roles->places->items[i] == plan->sites.items[point->site].candidate) {
                roles->site[i] = point->site + 1;
            }
        }
    }
}

/* The first edit on the line or behind it. */
static size_t first_role_on(const RolePlan *roles, int file, unsigned line)
{
    size_t low = 0, high = roles->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const RolePlace *at = &roles->items[middle];
        int at_file = roles->places->items[at->owner]->file;

        if (at_file < file || (at_file == file && at->edit->line < line)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void find_roles_on_line(RolePlan *roles, const EditPlan *plan,
                               const LineWalk *walk)
{
    for (size_t i = first_role_on(roles, walk->file, walk->line); i < roles->count; i++) {
        const RolePlace *place = &roles->items[i];
        size_t offset = (size_t)(walk->text - walk->begin) + place->edit->column;

        if (roles->places->items[place->owner]->file != walk->file ||
            place->edit->line != walk->line) {
            break;
        }
        if (!bytes_agree(walk, place->edit->column)) {
            continue;
        }
        pass_points(roles, plan, offset);
        if (!roles->site[place->owner]) {
            continue;
        }
        roles->made[place->owner]++;
        if (roles->point_count == roles->capacity) {
            roles->points = arena_grow(plan->arena, roles->points, roles->point_count,
                                       &roles->capacity, sizeof *roles->points);
        }
        roles->points[roles->point_count++] =
            (EditPoint){offset, place->owner, roles->site[place->owner] - 1, place->edit};
    }
}

/* Both lists are in the text's order; a statement goes before what is at its place. */
static void merge_points(EditPlan *plan, const RolePlan *roles)
{
    size_t total = plan->count + roles->point_count, probe = 0, edit = 0;
    EditPoint *merged = arena_alloc(plan->arena, (total + 1) * sizeof *merged);

    for (total = 0; probe < plan->count || edit < roles->point_count;) {
        if (probe < plan->count &&
            (edit == roles->point_count ||
             plan->points[probe].offset <= roles->points[edit].offset)) {
            merged[total++] = plan->points[probe++];
        } else {
            if (!roles->is_broken[roles->points[edit].candidate]) {
                merged[total++] = roles->points[edit];
            }
            edit++;
        }
    }
    plan->points = merged;
    plan->count = plan->capacity = total;
}

static void plan_roles(EditPlan *plan, const PlaceList *places)
{
    RolePlan roles = {.places = places};
    LineWalk walk;

    list_roles(&roles, plan->arena);
    if (!roles.count) {
        return;
    }
    roles.site = arena_alloc(plan->arena, (places->count + 1) * sizeof *roles.site);
    roles.made = arena_alloc(plan->arena, (places->count + 1) * sizeof *roles.made);
    roles.is_broken =
        arena_alloc(plan->arena, (places->count + 1) * sizeof *roles.is_broken);
    linewalk_start(&walk, plan->sources, plan->text->data, plan->text->length,
                   plan->dialect);
    while (linewalk_next(&walk)) {
        if (walk.file >= 0 && !walk.is_marker) {
            find_roles_on_line(&roles, plan, &walk);
        }
    }
    pass_points(&roles, plan, plan->text->length);
    for (size_t i = 0; i < places->count; i++) {
        finish_copy(&roles, i);
        if (roles.is_broken[i]) {
            roletext_drop_edits(plan->arena, places->items[i]->role,
                                "its returns are not all in the compiler's text");
        }
    }
    merge_points(plan, &roles);
}

void edit_plan(EditPlan *plan, CandidateList *candidates)
{
    PlaceList places = sort_places(plan->arena, candidates);
    LineWalk walk;

    linewalk_start(&walk, plan->sources, plan->text->data, plan->text->length,
                   plan->dialect);
    while (linewalk_next(&walk)) {
        if (walk.leaves_tka && !plan->definitions) {
            plan->definitions = (size_t)(walk.text - walk.begin);
        }
        if (walk.file >= 0 && !walk.is_marker) {
            find_on_line(plan, &places, &walk);
        }
    }
    number_sites(plan, &places);
    plan_roles(plan, &places);
    for (size_t i = 0; i < places.count; i++) {
        if (!places.items[i]->applied) {
            places.items[i]->decision = DECISION_SKIP;
            places.items[i]->reason = "it is not in the compiler's text";
        }
    }
}

char *edit_statement(Arena *arena, const Site *site)
{
    unsigned n = site->number;
    const char *kind = site->candidate->is_constexpr ? "_constexpr" : "";
    const char *value = site->candidate->is_constexpr ? " = {}" : "";

    const Role *role = site->candidate->role;
    char *text = arena_printf(
        arena,
        "__attribute__((__cleanup__(tka_leave%s))) struct tka_scope tka_s%u_%s;"
        " __attribute__((__unused__))"
        " int tka_e%u_ = tka_enter%s(&tka_s%u_,&tka_f%u_,&tka_o%u_);",
        kind, n, value, n, kind, n, n, n);

    for (size_t i = 0; role && i < ROLEKINDS; i++) {
        if (role->has[i] && role->declarations[i]) {
            text = arena_printf(arena, "%s%s", text,
                                roletext_number(arena, role->declarations[i], n));
        }
    }
    return text;
}

static char *edit_text(const EditPlan *plan, const EditPoint *point)
{
    const Site *site = &plan->sites.items[point->site];

    return point->edit ? roletext_number(plan->arena, point->edit->text, site->number)
                       : edit_statement(plan->arena, site);
}

/* clang's markers ignore the user's #line: say what __LINE__ would have been. */
static void append_renumbered(Bytes *out, const LineWalk *walk)
{
    const char *flags = walk->text + walk->length;

    while (flags > walk->text && flags[-1] != '"') {
        flags--;
    }
    bytes_printf(out, "# %ld \"", walk->presumed_line);
    for (const char *at = walk->presumed_name; *at; at++) {
        if (*at == '"' || *at == '\\') {
            bytes_puts(out, "\\");
        }
        bytes_append(out, at, 1);
    }
    bytes_puts(out, "\"");
    bytes_append(out, flags, (size_t)(walk->text + walk->length - flags));
}

void edit_apply(const EditPlan *plan, const Bytes *definitions, Bytes *out)
{
    const char *text = plan->text->data;
    size_t done = 0, next = 0;
    LineWalk walk;

    linewalk_start(&walk, plan->sources, text, plan->text->length, plan->dialect);
    while (linewalk_next(&walk)) {
        size_t start = (size_t)(walk.text - text), end = start + walk.length;

        if (walk.renumber) {
            bytes_append(out, text + done, start - done);
            append_renumbered(out, &walk);
            done = end;
        }
        if (walk.leaves_tka && plan->definitions == start) {
            bytes_append(out, text + done, start - done);
            bytes_append(out, definitions->data, definitions->length);
            done = start;
        }
        for (; next < plan->count && plan->points[next].offset <= end; next++) {
            const EditPoint *point = &plan->points[next];

            bytes_append(out, text + done, point->offset - done);
            bytes_puts(out, edit_text(plan, point));
            done = point->offset;
        }
    }
    bytes_append(out, text + done, plan->text->length - done);
}
