#include "collect.h"

#include <string.h>

#include "glob.h"

#define NONE UINT32_MAX
#define DEPTH_MOST 2000
#define TEXTS_MOST (1u << 24)

struct job {
    struct tkai_collected *to;
    struct tka_live_chunk *const *chunks;
    uint32_t count;
    unsigned char *has_switches;    /* by module: they lie within its chunk */
    uint32_t *function_slots, *path_slots;
    uint32_t function_slot_count, path_slot_count; /* powers of two */
    uint32_t path_room, function_room;
};

static uint64_t hash_bytes(const char *bytes, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325ull;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
    }
    return hash ^ hash >> 29;
}

/* What makes two texts the same function: all but size and reason. */
static size_t identity_length(const char *text)
{
    int length;
    const char *size = tkai_site_field(text, 6, &length);

    return *size != '\0' ? (size_t)(size - text) : strlen(text);
}

static uint32_t slots_for(uint32_t elements)
{
    uint32_t slots = 64;

    while (slots < 2u * elements && slots < 1u << 30) {
        slots *= 2;
    }
    return slots;
}

/* --- chunks ------------------------------------------------------------- */

static uint64_t capacity(const struct tka_live_chunk *chunk, size_t element)
{
    return (chunk->size - sizeof *chunk) / element;
}

uint32_t tkai_collect_used(const struct tka_live_chunk *chunk, size_t element)
{
    uint64_t most = capacity(chunk, element);

    return chunk->used < most ? chunk->used : (uint32_t)most;
}

static const struct tka_live_module *module_of(const struct tka_live_chunk *chunk)
{
    const struct tka_live_module *module = (const void *)(chunk + 1);
    uint64_t room = chunk->size - sizeof *chunk;

    if (chunk->size < sizeof *chunk + sizeof *module ||
        __atomic_load_n(&chunk->used, __ATOMIC_ACQUIRE) == 0) {
        return NULL; /* or not complete yet */
    }
    room -= sizeof *module;
    if (module->sites > room / sizeof(uint32_t)) {
        return NULL;
    }
    room -= module->sites * sizeof(uint32_t);
    return module->text_size <= room ? module : NULL;
}

static int switches_fit(const struct tka_live_chunk *chunk,
                        const struct tka_live_module *module)
{
    uint64_t room = chunk->size - sizeof *chunk;

    return module->switches >= sizeof *module && module->switches % 8 == 0 &&
           module->switches <= room &&
           module->sites <= (room - module->switches) / sizeof(struct tka_switch);
}

static const uint32_t *offsets_of(const struct tka_live_module *module)
{
    return (const uint32_t *)(const void *)(module + 1);
}

static const char *text_of(const struct tka_live_module *module)
{
    return (const char *)(offsets_of(module) + module->sites);
}

/* The text at an offset, if one begins there and ends within the section. */
static const char *text_at(const struct tka_live_module *module, uint64_t offset)
{
    const char *text = text_of(module);

    if (offset >= module->text_size || (offset > 0 && text[offset - 1] != '\0') ||
        memchr(text + offset, '\0', module->text_size - offset) == NULL) {
        return NULL;
    }
    return text + offset;
}

/* --- functions ---------------------------------------------------------- */

static uint32_t function_for(struct job *job, const char *text)
{
    struct tkai_collected *to = job->to;
    size_t length = identity_length(text);
    uint32_t mask = job->function_slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes(text, length) & mask;

    for (; job->function_slots[slot] != 0; slot = (slot + 1) & mask) {
        uint32_t index = job->function_slots[slot] - 1;

        if (identity_length(to->functions[index].text) == length &&
            memcmp(to->functions[index].text, text, length) == 0) {
            return index;
        }
    }
    if (to->function_count >= job->function_room) {
        return NONE;
    }
    to->functions[to->function_count].text = text;
    job->function_slots[slot] = ++to->function_count;
    return to->function_count - 1;
}

static uint32_t count_texts(const struct tka_live_module *module)
{
    const char *text = text_of(module);
    uint32_t count = 0;

    for (uint64_t i = 0; i < module->text_size; i++) {
        count += text[i] == '\0';
    }
    return count;
}

static int prepare_functions(struct job *job)
{
    struct tkai_collected *to = job->to;
    uint64_t texts = 0;
    uint32_t modules = 0;

    for (uint32_t i = 0; i < job->count; i++) {
        const struct tka_live_module *module;

        if (job->chunks[i]->kind == TKA_CHUNK_MODULE &&
            (module = module_of(job->chunks[i])) != NULL) {
            texts += count_texts(module);
            modules++;
        }
    }
    to->functions = tkai_scratch_take(&to->scratch, (texts + 1) * sizeof *to->functions);
    to->annotations = tkai_scratch_take(&to->scratch, (texts + 1) * sizeof *to->annotations);
    to->modules = tkai_scratch_take(&to->scratch, (modules + 1) * sizeof *to->modules);
    if (texts > TEXTS_MOST) {
        return -1;
    }
    job->function_room = (uint32_t)texts;
    job->function_slot_count = slots_for((uint32_t)texts);
    job->function_slots =
        tkai_scratch_take(&to->scratch, job->function_slot_count * sizeof(uint32_t));
    job->to->site_functions =
        tkai_scratch_take(&to->scratch, (modules + 1) * sizeof *job->to->site_functions);
    job->to->site_counts = tkai_scratch_take(&to->scratch, (modules + 1) * sizeof(uint32_t));
    job->has_switches = tkai_scratch_take(&to->scratch, modules + 1);
    return to->scratch.failed ? -1 : 0;
}

static void add_annotations(struct job *job, const struct tka_live_module *module,
                            uint32_t id)
{
    struct tkai_collected *to = job->to;

    for (uint64_t at = 0; at < module->text_size;) {
        const char *text = text_at(module, at);

        if (text == NULL) {
            return;
        }
        at += strlen(text) + 1;
        if (*text != '\0') { /* alignment between object files leaves empty ones */
            uint32_t function = function_for(job, text);

            if (function != NONE) {
                to->annotations[to->annotation_count++] =
                    (struct tkai_annotation){id, function};
            }
        }
    }
}

/* Modules are numbered in the order of their chunks, as they were registered. */
static int read_modules(struct job *job)
{
    struct tkai_collected *to = job->to;

    for (uint32_t i = 0; i < job->count; i++) {
        const struct tka_live_module *module;
        uint32_t id = to->module_count, sites, *functions;

        if (job->chunks[i]->kind != TKA_CHUNK_MODULE ||
            (module = module_of(job->chunks[i])) == NULL) {
            continue;
        }
        sites = *(const volatile uint32_t *)&module->sites;
        functions =
            tkai_scratch_take(&to->scratch, ((size_t)sites + 1) * sizeof *functions);
        if (functions == NULL) {
            return -1;
        }
        add_annotations(job, module, id);
        for (uint32_t site = 0; site < sites; site++) {
            const char *text = text_at(module, offsets_of(module)[site]);

            functions[site] =
                text != NULL && *text != '\0' ? function_for(job, text) : NONE;
        }
        job->to->site_functions[id] = functions;
        job->to->site_counts[id] = sites;
        job->has_switches[id] = (unsigned char)switches_fit(job->chunks[i], module);
        to->modules[to->module_count++] = module;
    }
    return 0;
}

/* --- ranges ------------------------------------------------------------- */

/* Shell's sort: qsort() may call malloc, which is the program's. */
static void sort_ranges(struct tkai_range *ranges, uint32_t count)
{
    for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < count; i++) {
            struct tkai_range range = ranges[i];
            uint32_t at = i;

            for (; at >= gap && ranges[at - gap].low > range.low; at -= gap) {
                ranges[at] = ranges[at - gap];
            }
            ranges[at] = range;
        }
    }
}

static struct tkai_range *find_range(struct tkai_range *ranges, uint32_t count,
                                     uint64_t address)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (address < ranges[middle].low) {
            high = middle;
        } else if (address >= ranges[middle].high) {
            low = middle + 1;
        } else {
            return &ranges[middle];
        }
    }
    return NULL;
}

static struct tkai_range *make_ranges(struct job *job, uint32_t kind, size_t element,
                                 uint32_t *count)
{
    struct tkai_scratch *scratch = &job->to->scratch;
    struct tkai_range *ranges = tkai_scratch_take(scratch, (job->count + 1) * sizeof *ranges);

    *count = 0;
    for (uint32_t i = 0; ranges != NULL && i < job->count; i++) {
        struct tka_live_chunk *chunk = job->chunks[i];
        struct tkai_range *range = &ranges[*count];

        if (chunk->kind == kind) {
            range->low = chunk->address + sizeof *chunk;
            range->high = range->low + tkai_collect_used(chunk, element) * (uint64_t)element;
            range->chunk = chunk;
            (*count)++;
        }
    }
    if (ranges != NULL) {
        sort_ranges(ranges, *count);
    }
    return ranges;
}

uint32_t tkai_collect_site(const struct tkai_collected *from, uint32_t module, uint64_t site)
{
    if (module >= from->module_count || site >= from->site_counts[module]) {
        return NONE;
    }
    return from->site_functions[module][site];
}

uint32_t tkai_collect_function(const struct tkai_collected *from, uint64_t record)
{
    const struct tkai_range *range = find_range(from->records, from->record_ranges, record);

    if (range == NULL) {
        return NONE;
    }
    return tkai_collect_site(from, range->chunk->module,
                             (record - range->low) / sizeof(struct tka_record));
}

/* --- counters ----------------------------------------------------------- */

static void add_record(struct tkai_function *function, const struct tka_record *record)
{
    uint64_t min = ~record->min_complement;

    function->calls += tka_record_calls(record);
    function->hits += record->hits;
    if (record->min_complement == 0) {
        return; /* nothing timed */
    }
    function->total += record->nested;
    function->cpu_readings += record->cpu_readings;
    function->min = function->min == 0 || min < function->min - 1 ? min + 1 : function->min;
    function->max = record->max > function->max ? record->max : function->max;
}

static void read_records(struct job *job)
{
    for (uint32_t i = 0; i < job->to->record_ranges; i++) {
        const struct tkai_range *range = &job->to->records[i];
        const struct tka_record *records = (const void *)(range->chunk + 1);
        uint32_t count = (uint32_t)((range->high - range->low) / sizeof *records);

        for (uint32_t n = 0; n < count; n++) {
            uint32_t function =
                tkai_collect_function(job->to, range->low + n * sizeof *records);

            if (function != NONE && (records[n].calls | records[n].armed |
                                     (uint32_t)records[n].countdown) != 0) {
                add_record(&job->to->functions[function], &records[n]);
            }
        }
    }
}

static int add_histogram(struct job *job, const struct tka_histogram *histogram)
{
    uint32_t index = tkai_collect_function(job->to, histogram->record);
    struct tkai_function *function;

    if (index == NONE) {
        return 0;
    }
    function = &job->to->functions[index];
    if (function->buckets == NULL) {
        function->buckets =
            tkai_scratch_take(&job->to->scratch, TKA_HISTOGRAM_BUCKETS * sizeof(uint64_t));
        if (function->buckets == NULL) {
            return -1;
        }
    }
    function->rare += histogram->rare;
    function->cpu_ns += histogram->cpu_ns;
    function->cpu_wall += histogram->cpu_wall;
    function->slow_calls += histogram->slow_calls;
    function->variance += (double)histogram->variance[1] * 0x1p64 +
                          (double)histogram->variance[0];
    function->rare_weight += (double)histogram->rare_weight;
    function->rare_ticks += (double)histogram->rare_ticks;
    for (int i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        function->buckets[i] += histogram->bucket[i];
    }
    return 0;
}

static int read_histograms(struct job *job)
{
    for (uint32_t i = 0; i < job->count; i++) {
        const struct tka_live_chunk *chunk = job->chunks[i];
        const struct tka_histogram *histograms = (const void *)(chunk + 1);

        if (chunk->kind != TKA_CHUNK_HISTOGRAMS) {
            continue;
        }
        for (uint32_t n = 0; n < tkai_collect_used(chunk, sizeof *histograms); n++) {
            if (add_histogram(job, &histograms[n]) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* --- paths -------------------------------------------------------------- */

static int is_recursive(const struct tkai_collected *to, uint32_t parent, uint32_t function)
{
    for (; parent != 0; parent = to->paths[parent].parent) {
        if (to->paths[parent].function == function) {
            return 1;
        }
    }
    return 0;
}

static uint32_t path_for(struct job *job, uint32_t parent, uint32_t function)
{
    struct tkai_collected *to = job->to;
    uint32_t key[2] = {parent, function}, mask = job->path_slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes((const char *)key, sizeof key) & mask;

    for (; job->path_slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct tkai_path *path = &to->paths[job->path_slots[slot]];

        if (path->parent == parent && path->function == function) {
            return job->path_slots[slot];
        }
    }
    if (to->path_count >= job->path_room) {
        return NONE;
    }
    to->paths[to->path_count].parent = parent;
    to->paths[to->path_count].function = function;
    to->paths[to->path_count].recursive = is_recursive(to, parent, function);
    job->path_slots[slot] = to->path_count++;
    return to->path_count - 1;
}

static const struct tka_node *node_at(const struct tkai_collected *from, uint64_t address,
                                      uint32_t **path)
{
    const struct tkai_range *range = find_range(from->nodes, from->node_ranges, address);
    uint64_t index;

    if (range == NULL) {
        return NULL;
    }
    index = (address - range->low) / sizeof(struct tka_node);
    *path = &range->paths[index];
    return (const struct tka_node *)(const void *)(range->chunk + 1) + index;
}

/* The path of the node at this address; 0 for a root, which lies in no chunk. */
static uint32_t path_of_node(struct job *job, uint64_t address, int depth)
{
    uint32_t *known, parent, function;
    const struct tka_node *node = node_at(job->to, address, &known);

    if (node == NULL || depth > DEPTH_MOST) {
        return 0;
    }
    if (*known != NONE) {
        return *known;
    }
    *known = 0; /* a loop, which only a damaged file has, ends here */
    parent = path_of_node(job, node->parent, depth + 1);
    function = tkai_collect_function(job->to, node->record);
    if (function != NONE) {
        uint32_t path = path_for(job, parent, function);

        *known = path == NONE ? 0 : path;
    }
    return *known;
}

uint32_t tkai_collect_path(const struct tkai_collected *from, uint64_t node)
{
    uint32_t *known;

    if (from->path_count == 0 || node_at(from, node, &known) == NULL) {
        return 0;
    }
    return *known != NONE ? *known : 0;
}

static int prepare_paths(struct job *job)
{
    struct tkai_collected *to = job->to;
    uint64_t total = 1;

    for (uint32_t i = 0; i < job->to->node_ranges; i++) {
        struct tkai_range *range = &job->to->nodes[i];
        uint32_t count = (uint32_t)((range->high - range->low) / sizeof(struct tka_node));
        size_t size = count * sizeof(uint32_t);

        total += count;
        range->paths = tkai_scratch_take(&to->scratch, size + 4);
        if (range->paths == NULL) {
            return -1;
        }
        memset(range->paths, 0xff, size);
    }
    job->path_room = (uint32_t)total;
    job->path_slot_count = slots_for((uint32_t)total);
    to->paths = tkai_scratch_take(&to->scratch, total * sizeof *to->paths);
    job->path_slots =
        tkai_scratch_take(&to->scratch, job->path_slot_count * sizeof(uint32_t));
    to->path_count = 1;
    return to->scratch.failed ? -1 : 0;
}

static void add_node(struct job *job, const struct tka_node *node, uint64_t address)
{
    uint32_t function = tkai_collect_function(job->to, node->record);
    struct tkai_path *path = &job->to->paths[path_of_node(job, address, 0)];
    struct tkai_function *f;

    if (function == NONE || path == job->to->paths) {
        return;
    }
    f = &job->to->functions[function];
    f->samples += node->samples;
    f->weight += node->weight;
    f->total += node->total;
    f->outer += path->recursive ? 0 : node->total;
    f->self += node->total - node->child;
    path->samples += node->samples;
    path->weight += node->weight;
    path->total += node->total;
    path->child += node->child;
}

static void read_nodes(struct job *job)
{
    for (uint32_t i = 0; i < job->to->node_ranges; i++) {
        const struct tkai_range *range = &job->to->nodes[i];
        const struct tka_node *nodes = (const void *)(range->chunk + 1);
        uint32_t count = (uint32_t)((range->high - range->low) / sizeof *nodes);

        for (uint32_t n = 0; n < count; n++) {
            add_node(job, &nodes[n], range->low + n * sizeof *nodes);
        }
    }
}

/* --- switches and captures ------------------------------------------------ */

static void add_switch(struct tkai_function *function, const struct tka_switch *entry,
                       int64_t now)
{
    int64_t off_ns = entry->off_ns;

    if (entry->off_since != 0) {
        off_ns += now > entry->off_since ? now - entry->off_since : 0;
        function->off_reason = entry->reason;
    }
    function->off_ns = off_ns > function->off_ns ? off_ns : function->off_ns;
}

static void read_switches(struct job *job, int64_t now)
{
    for (uint32_t id = 0; id < job->to->module_count; id++) {
        const struct tka_live_module *module = job->to->modules[id];
        const struct tka_switch *switches =
            (const void *)((const char *)module + module->switches);

        if (!job->has_switches[id]) {
            continue;
        }
        for (uint32_t n = 0; n < job->to->site_counts[id]; n++) {
            uint32_t function = job->to->site_functions[id][n];

            if (function != NONE) {
                add_switch(&job->to->functions[function], &switches[n], now);
            }
        }
    }
}

/* A copy, unless its thread wrote to it meanwhile. */
static const struct tka_capture *copy_capture(struct job *job,
                                              const struct tka_capture *capture)
{
    uint64_t sequence = __atomic_load_n(&capture->sequence, __ATOMIC_ACQUIRE);
    struct tka_capture *copy;

    if (sequence == 0) {
        return NULL;
    }
    copy = tkai_scratch_take(&job->to->scratch, sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, capture, sizeof *copy);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&capture->sequence, __ATOMIC_RELAXED) != sequence ||
        copy->event_count > TKA_CAPTURE_EVENTS) {
        return NULL;
    }
    return copy;
}

static void add_capture(struct job *job, const struct tka_capture *capture)
{
    struct tkai_capture *to = &job->to->captures[job->to->capture_count];

    to->source = copy_capture(job, capture);
    if (to->source == NULL) {
        return;
    }
    to->path = path_of_node(job, to->source->node, 0);
    if (to->path == 0) {
        return;
    }
    for (uint32_t i = 0; i < to->source->event_count; i++) {
        to->event_paths[i] = path_of_node(job, to->source->events[i].node, 0);
    }
    job->to->capture_count++;
}

static int read_captures(struct job *job)
{
    uint64_t room = 0;

    for (uint32_t i = 0; i < job->count; i++) {
        if (job->chunks[i]->kind == TKA_CHUNK_CAPTURES) {
            room += tkai_collect_used(job->chunks[i], sizeof(struct tka_capture));
        }
    }
    if (room == 0) {
        return 0;
    }
    job->to->captures =
        tkai_scratch_take(&job->to->scratch, (room + 1) * sizeof *job->to->captures);
    if (job->to->captures == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < job->count; i++) {
        const struct tka_live_chunk *chunk = job->chunks[i];
        const struct tka_capture *captures = (const void *)(chunk + 1);

        for (uint32_t n = 0;
             chunk->kind == TKA_CHUNK_CAPTURES && n < tkai_collect_used(chunk, sizeof *captures) &&
             job->to->capture_count < room; n++) {
            add_capture(job, &captures[n]);
        }
    }
    return 0;
}

int tkai_collect(struct tkai_collected *to, struct tka_live_chunk *const *chunks,
                 uint32_t count, int64_t now)
{
    struct job job = {.to = to, .chunks = chunks, .count = count};

    memset(to, 0, sizeof *to);
    to->chunks = chunks;
    to->chunk_count = count;
    if (prepare_functions(&job) != 0 || read_modules(&job) != 0) {
        return -1;
    }
    to->records = make_ranges(&job, TKA_CHUNK_RECORDS, sizeof(struct tka_record),
                              &to->record_ranges);
    to->nodes =
        make_ranges(&job, TKA_CHUNK_NODES, sizeof(struct tka_node), &to->node_ranges);
    if (to->scratch.failed) {
        return -1;
    }
    read_records(&job);
    if (read_histograms(&job) != 0 || prepare_paths(&job) != 0) {
        return -1;
    }
    read_nodes(&job);
    read_switches(&job, now);
    if (read_captures(&job) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < to->function_count; i++) {
        to->functions[i].min -= to->functions[i].min != 0; /* 0 meant none yet */
    }
    return 0;
}

void tkai_collect_release(struct tkai_collected *collected)
{
    tkai_scratch_release(&collected->scratch);
}
