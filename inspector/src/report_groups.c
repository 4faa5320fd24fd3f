#include "report_groups.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "csv_writer.h"
#include "report_json.h"
#include "report_text.h"
#include "table.h"

static bool is_identifier(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* The word itself: what follows may have brackets of its own. */
static bool is_operator(const char *name, const char *at)
{
    return !strncmp(at, "operator", 8) && !is_identifier(at[8]) &&
           (at == name || !is_identifier(at[-1]));
}

/* The next :: outside of brackets, which scopes may have, too: f(int)::Local::g();
 * NULL after the last. */
static const char *next_scope(const char *name, const char *from)
{
    int nesting = 0;

    for (const char *c = from; *c && !is_operator(name, c); c++) {
        nesting += (*c == '<' || *c == '(') - (*c == '>' || *c == ')');
        if (nesting == 0 && c[0] == ':' && c[1] == ':') {
            return c;
        }
    }
    return NULL;
}

char *groups_class(const char *name)
{
    const char *end = name;

    for (const char *c = name; (c = next_scope(name, c)) != NULL; c += 2) {
        end = c;
    }
    return format_new("%.*s", (int)(end - name), name);
}

char *groups_namespace(const char *name)
{
    const char *end = next_scope(name, name);
    bool is_function = end && end > name && end[-1] == ')' && name[0] != '(';

    return format_new("%.*s", end && !is_function ? (int)(end - name) : 0, name);
}

static char *group_name(const ProfileRow *row, GroupBy by)
{
    switch (by) {
    case GROUP_FILE:
        return duplicate_text(row->function.file);
    case GROUP_NAMESPACE:
        return groups_namespace(row->function.name);
    default:
        return groups_class(row->function.name);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const Group *)a)->name, ((const Group *)b)->name);
}

static int compare_self(const void *a, const void *b)
{
    const Group *x = a, *y = b;

    if (x->self_ns != y->self_ns) {
        return x->self_ns < y->self_ns ? 1 : -1;
    }
    return compare_names(a, b);
}

static Group group_of_row(const ProfileRow *row, GroupBy by)
{
    return (Group){.name = group_name(row, by),
                   .functions = 1,
                   .calls = row->timing.calls,
                   .self_ns = timing_self(&row->timing),
                   .overhead_ns = row->overhead_ns};
}

static void merge_neighbours(GroupList *list)
{
    size_t kept = 0;

    for (size_t i = 1; i < list->count; i++) {
        Group *to = &list->items[kept], *from = &list->items[i];

        if (strcmp(to->name, from->name) != 0) {
            list->items[++kept] = *from;
            continue;
        }
        to->functions += from->functions;
        to->calls += from->calls;
        to->self_ns += from->self_ns;
        to->overhead_ns += from->overhead_ns;
        free(from->name);
    }
    list->count = list->count ? kept + 1 : 0;
}

void groups_make(const Profile *profile, GroupBy by, GroupList *list)
{
    for (size_t i = 0; i < profile->count; i++) {
        list->items =
            grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
        list->items[list->count++] = group_of_row(&profile->rows[i], by);
    }
    if (list->count) {
        qsort(list->items, list->count, sizeof *list->items, compare_names);
        merge_neighbours(list);
        qsort(list->items, list->count, sizeof *list->items, compare_self);
    }
}

void groups_release(GroupList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
    }
    free(list->items);
    *list = (GroupList){0};
}

static double share_of(const Group *group, const Profile *profile)
{
    return profile->self_ns > 0 ? group->self_ns / profile->self_ns : -1;
}

static size_t shown_of(const GroupList *list, uint64_t limit)
{
    return limit && limit < list->count ? (size_t)limit : list->count;
}

void groups_text(const GroupList *list, const Profile *profile,
                 const Selection *selection, const Terminal *terminal, uint64_t limit,
                 Text *out)
{
    static const Column columns[] = {
        {"Self%", ALIGN_RIGHT, 0, 0},  {"Self", ALIGN_RIGHT, 0, 0},
        {"Calls", ALIGN_RIGHT, 0, 0},  {"Functions", ALIGN_RIGHT, 0, 0},
        {"Probes", ALIGN_RIGHT, 1, 0}, {"Group", ALIGN_LEFT, 0, 20}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns);

    report_text_heading(profile, selection, terminal, out);
    for (size_t i = 0; i < shown_of(list, limit); i++) {
        const Group *group = &list->items[i];
        double share = share_of(group, profile);

        table_cell(table, report_text_style(share), units_percent(share).text);
        table_cell(table, STYLE_PLAIN, units_time(group->self_ns, terminal->utf8).text);
        table_cell(table, STYLE_PLAIN, units_count(group->calls).text);
        table_cell(table, STYLE_PLAIN, units_count(group->functions).text);
        table_cell(table, STYLE_DIM, units_time(group->overhead_ns, terminal->utf8).text);
        table_cell(table, report_text_style(share),
                   *group->name ? group->name : "(none)");
    }
    table_print(table, terminal, out);
    table_free(table);
    report_text_losses(profile, terminal, out);
}

void groups_json(const GroupList *list, const Profile *profile,
                 const Selection *selection, uint64_t limit, Text *out)
{
    Json json = {.out = out};

    report_json_begin(&json, profile, selection);
    json_array(&json, "groups");
    for (size_t i = 0; i < shown_of(list, limit); i++) {
        const Group *group = &list->items[i];

        json_object(&json, NULL);
        json_text(&json, "name", group->name);
        json_count(&json, "functions", group->functions);
        json_count(&json, "calls", group->calls);
        json_ns(&json, "self_ns", group->self_ns);
        json_real(&json, "share", profile->self_ns > 0 ? share_of(group, profile) : 0);
        json_ns(&json, "overhead_ns", group->overhead_ns);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
}

void groups_csv(const GroupList *list, const Profile *profile, uint64_t limit, Text *out)
{
    Csv csv = {.out = out};

    text_put(out, "name,functions,calls,self_ns,share,overhead_ns\n");
    for (size_t i = 0; i < shown_of(list, limit); i++) {
        const Group *group = &list->items[i];

        csv_text(&csv, group->name);
        csv_count(&csv, group->functions);
        csv_count(&csv, group->calls);
        csv_ns(&csv, group->self_ns);
        csv_real(&csv, share_of(group, profile));
        csv_ns(&csv, group->overhead_ns);
        csv_end_row(&csv);
    }
}
