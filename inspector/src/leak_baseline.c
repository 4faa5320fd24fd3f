#include "leak_baseline.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "json_reader.h"

/* "parse.c" of "/src/parse.c:12"; "app+0x12" as it is. */
static char *file_name(const char *place)
{
    const char *slash = strrchr(place, '/');
    char *name = duplicate_text(slash ? slash + 1 : place);
    char *colon = strrchr(name, ':');

    if (colon && colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
        *colon = '\0';
    }
    return name;
}

char *leak_key(const char *kind, const char *path, const char *code, const char *place)
{
    char *file = file_name(place);
    char *key = format_new("%s\n%s\n%s\n%s", kind, path, code, file);

    free(file);
    return key;
}

static char *key_of(const LeakList *list, const Leak *leak)
{
    char *path = memory_item_path(list->profile, leak->item);
    char *code = memory_item_code(list->profile, leak->item);
    char *spot = memory_item_spot(list->profile, leak->item);
    char *key = leak_key(leak_kind_word(leak->kind), path, code, spot);

    free(path);
    free(code);
    free(spot);
    return key;
}

/* --- collecting ----------------------------------------------------------------- */

void leak_baseline_add(LeakBaseline *baseline, const char *key, const KnownLeak *figures)
{
    KnownLeak *known;

    baseline->items = grow_array(baseline->items, baseline->count, &baseline->capacity,
                                 sizeof *baseline->items);
    known = &baseline->items[baseline->count++];
    *known = *figures;
    known->key = duplicate_text(key);
    baseline->sorted = false;
}

void leak_baseline_add_list(LeakBaseline *baseline, const LeakList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const Leak *leak = &list->items[i];
        char *key = key_of(list, leak);

        leak_baseline_add(
            baseline, key,
            &(KnownLeak){NULL, (double)leak->blocks, leak->bytes, leak->growth.slope});
        free(key);
    }
}

bool leak_baseline_parse(LeakBaseline *baseline, const char *text, size_t size,
                         const char *file, Error *error)
{
    Error reason = {.text = "it has no \"findings\""};
    JsonValue *root = json_read(text, size, &reason);
    const JsonValue *list = json_member(root, "findings");

    if (!list || list->kind != JSON_ARRAY) {
        json_free(root);
        return error_set(error, STATUS_FAILURE,
                         "%.300s: no baseline, %.200s; `tka leaks --write-baseline FILE` "
                         "makes one",
                         file, reason.text);
    }
    for (size_t i = 0; i < list->count; i++) {
        const JsonValue *one = &list->items[i];
        char *key = leak_key(json_text_of(json_member(one, "kind")),
                             json_text_of(json_member(one, "path")),
                             json_text_of(json_member(one, "code")),
                             json_text_of(json_member(one, "place")));

        leak_baseline_add(
            baseline, key,
            &(KnownLeak){NULL, json_number_of(json_member(one, "blocks")),
                         json_number_of(json_member(one, "bytes")),
                         json_number_of(json_member(one, "bytes_per_hour"))});
        free(key);
    }
    json_free(root);
    return true;
}

void leak_baseline_release(LeakBaseline *baseline)
{
    for (size_t i = 0; i < baseline->count; i++) {
        free(baseline->items[i].key);
    }
    free(baseline->items);
    *baseline = (LeakBaseline){0};
}

/* --- comparing ------------------------------------------------------------------ */

static int compare_keys(const void *a, const void *b)
{
    const KnownLeak *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* Sorted, with one entry a key. */
static void sort_baseline(LeakBaseline *baseline)
{
    size_t kept = 0;

    if (baseline->count) {
        qsort(baseline->items, baseline->count, sizeof *baseline->items, compare_keys);
    }
    for (size_t i = 0; i < baseline->count; i++) {
        KnownLeak *one = &baseline->items[i];

        if (kept && !strcmp(baseline->items[kept - 1].key, one->key)) {
            baseline->items[kept - 1].blocks += one->blocks;
            baseline->items[kept - 1].bytes += one->bytes;
            baseline->items[kept - 1].rate += one->rate;
            free(one->key);
        } else {
            baseline->items[kept++] = *one;
        }
    }
    baseline->count = kept;
    baseline->sorted = true;
}

const KnownLeak *leak_baseline_find(LeakBaseline *baseline, const char *key)
{
    KnownLeak wanted = {.key = (char *)(uintptr_t)key};

    if (!baseline->sorted) {
        sort_baseline(baseline);
    }
    return baseline->count ? bsearch(&wanted, baseline->items, baseline->count,
                                     sizeof *baseline->items, compare_keys)
                           : NULL;
}

typedef struct Comparison {
    const LeakList *list;
    LeakBaseline *before, now; /* now: with one entry a key, as the baseline */
} Comparison;

static bool is_new_or_larger(void *context, Leak *leak)
{
    Comparison *comparison = context;
    char *key = key_of(comparison->list, leak);
    const KnownLeak *before = leak_baseline_find(comparison->before, key);
    const KnownLeak *now = leak_baseline_find(&comparison->now, key);
    bool larger = true;

    if (before) {
        leak->known_bytes = before->bytes;
        larger =
            leak->kind == LEAK_GROWTH
                ? leak->growth.slope_interval.low > before->rate
                : now && (now->bytes > before->bytes || now->blocks > before->blocks);
    }
    free(key);
    return larger;
}

void leak_baseline_subtract(LeakBaseline *baseline, LeakList *list)
{
    Comparison comparison = {list, baseline, {0}};

    leak_baseline_add_list(&comparison.now, list);
    leak_list_keep(list, is_new_or_larger, &comparison, &list->known);
    leak_baseline_release(&comparison.now);
}
