#include "report_memory_page.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "memory_json.h"
#include "picture.h"
#include "report_json.h"
#include "report_over_time.h"
#include "report_text.h"

#define TIME_COLUMNS 60

/* --- loading ------------------------------------------------------------------ */

/* All that was kept is one group, whatever its functions are. */
static void make_whole(MemoryGroups *whole, const MemoryProfile *profile,
                       const bool *kept)
{
    MemoryGroup *group = allocate_zeroed(1, sizeof *group);

    whole->items = group;
    whole->count = whole->capacity = 1;
    whole->order = allocate_zeroed(profile->count, sizeof *whole->order);
    for (size_t i = 0; i < profile->count; i++) {
        if (kept[i]) {
            whole->order[group->count++] = i;
            memory_figures_add(&group->sum, &profile->items[i].sum);
        }
    }
}

bool memory_page_load(MemoryPage *page, const MemoryView *view, const bool *kept,
                      Database *database, Error *error)
{
    const MemoryProfile *profile = view->profile;
    MemorySeriesList list = {0};
    IdIndex slots = {0};
    bool ok;

    *page = (MemoryPage){.view = view};
    make_whole(&page->whole, profile, kept);
    memory_groups_make(&page->paths, profile, MEMORY_BY_PATH, kept);
    memory_groups_make(&page->places, profile, MEMORY_BY_PLACE, kept);
    for (size_t i = 0; i < profile->count; i++) {
        bool is_new;

        if (kept[i]) {
            *id_index_slot(&slots, profile->items[i].id, &is_new) = 0;
        }
    }
    ok = memory_series_load(&list, database, &view->selection->ids, &slots, 1, error);
    if (ok) {
        memory_columns_make(&page->over_time, &list, TIME_COLUMNS);
    }
    memory_series_release(&list);
    id_index_release(&slots);
    return ok;
}

void memory_page_release(MemoryPage *page)
{
    memory_groups_release(&page->whole);
    memory_groups_release(&page->paths);
    memory_groups_release(&page->places);
    memory_columns_release(&page->over_time);
}

/* --- text --------------------------------------------------------------------- */

static void add_heading(const char *title, const Terminal *terminal, Text *out)
{
    text_char(out, '\n');
    terminal_format(terminal, out, STYLE_BOLD, "%s", title);
    text_char(out, '\n');
}

static void add_groups(const MemoryPage *page, const MemoryGroups *groups, MemoryBy by,
                       Text *out)
{
    MemoryView view = *page->view;

    view.by = by;
    report_memory_table(&view, groups, out);
}

static void add_padded(const char *text, size_t width, Text *out)
{
    size_t length = strlen(text);

    text_repeat(out, ' ', length < width ? width - length : 0);
    text_put(out, text);
}

/* Sizes are powers of two: 1 B, 2 B... are told as such, not in thousands. */
static char *size_text(int power)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    return format_new("%d %s", 1 << (power % 10), units[power / 10]);
}

static void add_sizes(const MemoryFigures *sum, const Terminal *terminal, Text *out)
{
    uint64_t most = 0, all = 0;
    int first = -1, last = -1;

    for (int i = 0; i < MEMORY_SIZES; i++) {
        all += sum->sizes[i];
        most = sum->sizes[i] > most ? sum->sizes[i] : most;
        first = sum->sizes[i] && first < 0 ? i : first;
        last = sum->sizes[i] ? i : last;
    }
    if (first < 0) {
        return;
    }
    add_heading("Sizes from", terminal, out);
    for (int i = first; i <= last; i++) {
        char *size = size_text(i);

        add_padded(size, 9, out);
        text_put(out, "  ");
        picture_bar((double)sum->sizes[i] / (double)most, terminal, out);
        add_padded(units_short_count((double)sum->sizes[i]).text, 9, out);
        add_padded(units_percent((double)sum->sizes[i] / (double)all).text, 8, out);
        text_char(out, '\n');
        free(size);
    }
}

static Figure format_bytes(double bytes, bool utf8)
{
    (void)utf8;
    return units_bytes(bytes);
}

static void add_remarks(const MemoryFigures *sum, Text *out)
{
    const int64_t *n = sum->n;

    if (n[MEMORY_GROWN] > 0) {
        text_format(out, "\nrealloc() let blocks grow %s times",
                    units_count((uint64_t)n[MEMORY_GROWN]).text);
        if (n[MEMORY_LADDERS] > 0) {
            text_format(out, ", %.1f times a block",
                        (double)n[MEMORY_GROWN] / (double)n[MEMORY_LADDERS]);
        }
        text_format(out, ", and copied %s, %s of what was allocated.\n",
                    units_bytes((double)n[MEMORY_MOVED_BYTES]).text,
                    units_percent(n[MEMORY_BYTES] > 0 ? (double)n[MEMORY_MOVED_BYTES] /
                                                            (double)n[MEMORY_BYTES]
                                                      : -1)
                        .text);
    }
    if (n[MEMORY_MAPPED] > 0) {
        text_format(out, "\nmmap(): %s times, %s.\n",
                    units_count((uint64_t)n[MEMORY_MAPPED]).text,
                    units_bytes((double)n[MEMORY_MAPPED_BYTES]).text);
    }
}

static void add_over_time(const MemoryColumns *columns, const Terminal *terminal,
                          Text *out)
{
    if (columns->count < 2) {
        return;
    }
    text_char(out, '\n');
    terminal_format(terminal, out, STYLE_BOLD, "Over time");
    text_format(out, ", from %s, ", units_date(columns->started_at).text);
    text_format(out, "%s a column\n",
                units_time((double)columns->length_ns, terminal->utf8).text);
    report_series("live", columns->bytes, columns->count, format_bytes, terminal, out);
}

void report_memory_page_text(const MemoryPage *page, Text *out)
{
    const MemoryFigures *sum = &page->whole.items[0].sum;
    const Terminal *terminal = page->view->terminal;

    report_memory_heading(page->view, out);
    add_groups(page, &page->whole, MEMORY_BY_FUNCTION, out);
    add_remarks(sum, out);
    add_over_time(&page->over_time, terminal, out);
    add_sizes(sum, terminal, out);
    add_heading("By path", terminal, out);
    add_groups(page, &page->paths, MEMORY_BY_PATH, out);
    add_heading("By place", terminal, out);
    add_groups(page, &page->places, MEMORY_BY_PLACE, out);
    report_memory_problems(page->view, out);
}

void report_memory_part_text(const MemoryPage *page, Text *out)
{
    const MemoryFigures *sum = &page->whole.items[0].sum;

    add_heading("Memory", page->view->terminal, out);
    add_groups(page, &page->whole, MEMORY_BY_FUNCTION, out);
    add_remarks(sum, out);
    add_over_time(&page->over_time, page->view->terminal, out);
    add_sizes(sum, page->view->terminal, out);
}

/* --- JSON and CSV --------------------------------------------------------------- */

static void add_json_sizes(Json *json, const MemoryFigures *sum)
{
    json_array(json, "sizes");
    for (int i = 0; i < MEMORY_SIZES; i++) {
        if (sum->sizes[i]) {
            json_object(json, NULL);
            json_count(json, "low_bytes", (uint64_t)1 << i);
            json_count(json, "high_bytes", ((uint64_t)2 << i) - 1);
            json_count(json, "allocations", sum->sizes[i]);
            json_end(json);
        }
    }
    json_end(json);
}

static void add_json_over_time(Json *json, const MemoryColumns *columns)
{
    json_array(json, "over_time");
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->bytes[i] >= 0) {
            json_object(json, NULL);
            json_text(
                json, "at",
                units_iso_moment(columns->started_at + (int64_t)i * columns->length_ns)
                    .text);
            json_real(json, "live_bytes", columns->bytes[i]);
            json_end(json);
        }
    }
    json_end(json);
}

static void add_json_paths(Json *json, const MemoryPage *page)
{
    const MemoryProfile *profile = page->view->profile;

    json_array(json, "paths");
    for (size_t i = 0; i < page->paths.count; i++) {
        const MemoryGroup *group = &page->paths.items[i];
        char *path =
            memory_item_path(profile, memory_group_item(&page->paths, profile, group));

        json_object(json, NULL);
        json_text(json, "path", path);
        report_memory_figures_json(json, &group->sum);
        json_end(json);
        free(path);
    }
    json_end(json);
}

static void add_json_places(Json *json, const MemoryPage *page)
{
    const MemoryProfile *profile = page->view->profile;

    json_array(json, "places");
    for (size_t i = 0; i < page->places.count; i++) {
        const MemoryGroup *group = &page->places.items[i];
        const MemoryItem *item = memory_group_item(&page->places, profile, group);
        char *code = memory_item_code(profile, item);
        char *spot = memory_item_spot(profile, item);

        json_object(json, NULL);
        json_optional_text(json, "code", code);
        json_optional_text(json, "place", spot);
        report_memory_figures_json(json, &group->sum);
        json_end(json);
        free(code);
        free(spot);
    }
    json_end(json);
}

static void add_members(Json *json, const MemoryPage *page)
{
    add_json_paths(json, page);
    add_json_places(json, page);
    add_json_sizes(json, &page->whole.items[0].sum);
    add_json_over_time(json, &page->over_time);
}

void report_memory_part_json(Json *json, const MemoryPage *page)
{
    json_object(json, "memory");
    report_memory_figures_json(json, &page->whole.items[0].sum);
    add_members(json, page);
    json_end(json);
}

void report_memory_page_json(const MemoryPage *page, Text *out)
{
    const MemoryProfile *profile = page->view->profile;
    const MemoryGroup *group = &page->whole.items[0];
    const MemoryItem *item = memory_group_item(&page->whole, profile, group);
    const Function *function = memory_item_function(profile, item);
    char *code = memory_item_code(profile, item);
    Json json = {.out = out};

    report_json_selection(&json, page->view->selection);
    memory_totals_json(&json, profile);
    json_object(&json, "function");
    if (function) {
        report_json_function(&json, function);
    } else {
        json_text(&json, "name", code);
    }
    json_bool(&json, "profiled", function != NULL);
    report_memory_figures_json(&json, &group->sum);
    json_end(&json);
    add_members(&json, page);
    json_end(&json);
    free(code);
}

void report_memory_page_csv(const MemoryPage *page, Text *out)
{
    MemoryView view = *page->view;

    view.by = MEMORY_BY_PLACE;
    report_memory_csv(&view, &page->places, out);
}
