#include "servicesum.h"

#include <stdio.h>
#include <string.h>
#include <tka/probe.h>
#include <tka/roles.h>

#include "glob.h"

#define NONE     UINT32_MAX
#define KEY_ROOM (4 * TKA_KEY_TEXT_MOST + 1)

/* A chunk's elements by their addresses in the process that wrote them. */
struct place {
    uint64_t low, high;
    const struct tka_live_chunk *chunk;
    uint32_t *services; /* SERVICES: the sum of each, NONE unknown */
};

struct places {
    struct place *list;
    uint32_t count;
    uint64_t elements;
};

struct job {
    struct tkai_servicesum *to;
    const struct tkai_collected *from;
    struct places names, services, nodes;
    uint32_t *service_slots, *edge_slots;
    uint32_t service_slot_count, edge_slot_count; /* powers of two */
    char key[KEY_ROOM];
};

/* --- places ---------------------------------------------------------------- */

static void sort_places(struct place *list, uint32_t count)
{
    for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < count; i++) {
            struct place place = list[i];
            uint32_t at = i;

            for (; at >= gap && list[at - gap].low > place.low; at -= gap) {
                list[at] = list[at - gap];
            }
            list[at] = place;
        }
    }
}

static int find_places(struct job *job, struct places *places, uint32_t kind,
                       size_t element)
{
    const struct tkai_collected *from = job->from;

    places->list = tkai_scratch_take(&job->to->scratch,
                                     (from->chunk_count + 1) * sizeof *places->list);
    if (places->list == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < from->chunk_count; i++) {
        const struct tka_live_chunk *chunk = from->chunks[i];
        uint32_t used = tkai_collect_used(chunk, element);

        if (chunk->kind == kind) {
            uint64_t low = chunk->address + sizeof *chunk;

            places->list[places->count++] =
                (struct place){low, low + used * (uint64_t)element, chunk, NULL};
            places->elements += used;
        }
    }
    sort_places(places->list, places->count);
    return 0;
}

static struct place *place_of(const struct places *places, uint64_t address)
{
    uint32_t low = 0, high = places->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (address < places->list[middle].low) {
            high = middle;
        } else if (address >= places->list[middle].high) {
            low = middle + 1;
        } else {
            return &places->list[middle];
        }
    }
    return NULL;
}

/* --- keys ------------------------------------------------------------------ */

/* The name at that address and its text; NULL: there is none. */
static const char *name_at(struct job *job, uint64_t address, struct tka_name *name)
{
    const struct place *place = place_of(&job->names, address);
    const char *at;

    if (place == NULL || place->high - address < sizeof *name || address % 8 != 0) {
        return NULL;
    }
    at = (const char *)(place->chunk + 1) + (address - place->low);
    memcpy(name, at, sizeof *name);
    if (name->length > TKA_KEY_TEXT_MOST ||
        name->length > place->high - address - sizeof *name) {
        return NULL;
    }
    return at + sizeof *name;
}

/* Bytes of the UTF-8 character there; 0: it is none, or not to be printed. */
static uint32_t character(const unsigned char *at, uint32_t length)
{
    uint32_t size = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

    if (at[0] < 0x20 || at[0] == 0x7f || (at[0] >= 0x80 && at[0] < 0xc2) ||
        at[0] > 0xf4 || size > length) {
        return 0;
    }
    for (uint32_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) {
        return 0;
    }
    return size;
}

/* Into job->key. */
static void write_text(struct job *job, const char *text, uint32_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    char *to = job->key;

    while (length > 0) {
        uint32_t size = character(at, length);

        if (size != 0) {
            memcpy(to, at, size);
        } else {
            snprintf(to, 5, "\\x%02x", at[0]);
        }
        to += size != 0 ? size : 4;
        size += size == 0;
        at += size;
        length -= size;
    }
    *to = '\0';
}

/* The number that stands there; *end behind it. */
static uint64_t number_at(const char *at, const char **end)
{
    int negative = *at == '-';
    uint64_t number = 0;

    for (at += negative; *at >= '0' && *at <= '9'; at++) {
        number = 10 * number + (uint64_t)(*at - '0');
    }
    *end = at;
    return negative ? 0 - number : number;
}

/* The enumerator's name, as the resolver's site tells it in its ninth field. */
static int write_enumerator(struct job *job, const char *text, uint64_t number)
{
    int length;
    const char *at = tkai_site_field(text, TKAI_SITE_ROLES, &length), *end = at + length;

    at = length > 0 ? memmem(at, (size_t)length, "resolver;", 9) : NULL;
    for (at = at != NULL ? at + 8 : end; at < end && *at == ';';) {
        const char *name;
        uint64_t its = number_at(at + 1, &name);

        for (at = name; at < end && *at != ';' && *at != '\n'; at++) {
        }
        if (its == number && *name == '=' && at - name - 1 < (int)TKA_KEY_TEXT_MOST) {
            write_text(job, name + 1, (uint32_t)(at - name - 1));
            return 1;
        }
    }
    return 0;
}

/* --- services -------------------------------------------------------------- */

static uint32_t slots_for(uint64_t elements)
{
    uint32_t slots = 64;

    while (slots < 2 * elements && slots < 1u << 30) {
        slots *= 2;
    }
    return slots;
}

static uint32_t hash_key(uint32_t function, uint32_t kind, const char *key)
{
    uint64_t hash = function * 0x9e3779b97f4a7c15ull ^ kind;

    for (; *key != '\0'; key++) {
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3ull;
    }
    return (uint32_t)(hash ^ hash >> 29);
}

static uint32_t add_sum(struct job *job, uint32_t function, uint32_t kind)
{
    struct tkai_servicesum *to = job->to;
    struct tkai_service_sum *sum = &to->services[to->service_count];
    size_t size = strlen(job->key) + 1;
    char *key = tkai_scratch_take(&to->scratch, size);

    sum->buckets =
        tkai_scratch_take(&to->scratch, TKA_HISTOGRAM_BUCKETS * sizeof *sum->buckets);
    if (to->scratch.failed) {
        return NONE;
    }
    memcpy(key, job->key, size);
    sum->function = function;
    sum->kind = kind;
    sum->key = key;
    return to->service_count++;
}

/* The sum of the function's service by job->key. */
static uint32_t sum_for(struct job *job, uint32_t function, uint32_t kind)
{
    uint32_t mask = job->service_slot_count - 1;
    uint32_t slot = hash_key(function, kind, job->key) & mask, sum;

    for (; job->service_slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct tkai_service_sum *known =
            &job->to->services[job->service_slots[slot] - 1];

        if (known->function == function && known->kind == kind &&
            strcmp(known->key, job->key) == 0) {
            return job->service_slots[slot] - 1;
        }
    }
    sum = add_sum(job, function, kind);
    job->service_slots[slot] = sum + 1; /* NONE: 0, none */
    return sum;
}

static uint32_t sum_of(struct job *job, const struct tka_service *service)
{
    uint32_t function = tkai_collect_function(job->from, service->record);
    struct tka_name name;
    const char *text = name_at(job, service->name, &name);

    if (function == NONE || text == NULL || name.kind > TKA_KEY_FOLDED) {
        return NONE;
    }
    job->key[0] = '\0';
    if (name.kind != TKA_KEY_NUMBER) {
        write_text(job, text, name.length);
    } else if (!write_enumerator(job, job->from->functions[function].text, name.number)) {
        snprintf(job->key, sizeof job->key, "%lld", (long long)name.number);
    }
    return sum_for(job, function, name.kind);
}

static void add_service(struct tkai_service_sum *sum, const struct tka_service *service)
{
    uint64_t min = ~service->min_complement;

    sum->threads++;
    if (service->instances != 0) {
        sum->other_threads +=
            sum->instance != 0 && service->first_instance != sum->instance;
        sum->instance = sum->instance != 0 ? sum->instance : service->first_instance;
    }
    sum->figure[TKAI_SLOW] += service->slow;
    sum->figure[TKAI_INSTANCES] += service->instances;
    sum->figure[TKAI_CHANGES] += service->changes;
    sum->figure[TKAI_SCOPE_RESOLUTIONS] += service->scope_resolutions;
    sum->figure[TKAI_SCOPE_VISITS] += service->scope_visits;
    sum->figure[TKAI_SCOPE_CHANGES] += service->scope_changes;
    sum->figure[TKAI_SCOPE_OTHERS] += service->scope_others;
    if (service->min_complement == 0) {
        return; /* nothing timed */
    }
    sum->min = sum->min == 0 || min < sum->min - 1 ? min + 1 : sum->min;
    sum->max = service->max > sum->max ? service->max : sum->max;
    for (int i = 0; i < TKA_SERVICE_BUCKETS; i++) {
        sum->buckets[i] += service->bucket[i];
    }
}

static int read_services(struct job *job)
{
    struct tkai_servicesum *to = job->to;

    job->service_slot_count = slots_for(job->services.elements);
    job->service_slots =
        tkai_scratch_take(&to->scratch, job->service_slot_count * sizeof(uint32_t));
    to->services = tkai_scratch_take(&to->scratch,
                                     (job->services.elements + 1) * sizeof *to->services);
    for (uint32_t i = 0; i < job->services.count && !to->scratch.failed; i++) {
        struct place *place = &job->services.list[i];
        const struct tka_service *services = (const void *)(place->chunk + 1);
        uint32_t count = (uint32_t)((place->high - place->low) / sizeof *services);

        place->services = tkai_scratch_take(&to->scratch, count * sizeof(uint32_t) + 4);
        for (uint32_t n = 0; n < count && !to->scratch.failed; n++) {
            place->services[n] = sum_of(job, &services[n]);
            if (place->services[n] != NONE) {
                add_service(&to->services[place->services[n]], &services[n]);
            }
        }
    }
    return to->scratch.failed ? -1 : 0;
}

/* --- nodes ----------------------------------------------------------------- */

static uint32_t service_at(const struct job *job, uint64_t address)
{
    const struct place *place = place_of(&job->services, address);

    return place == NULL
               ? NONE
               : place->services[(address - place->low) / sizeof(struct tka_service)];
}

static const struct tka_service_node *node_at(const struct job *job, uint64_t address)
{
    const struct place *place = place_of(&job->nodes, address);

    return place == NULL
               ? NULL
               : (const struct tka_service_node *)(const void *)(place->chunk + 1) +
                     (address - place->low) / sizeof(struct tka_service_node);
}

/* Services of a node and of the one above it. -1: it is nobody's. */
static int ends_of(const struct job *job, const struct tka_service_node *node,
                   uint32_t *parent, uint32_t *service)
{
    const struct tka_service_node *above = node_at(job, node->parent);

    *service = service_at(job, node->service);
    *parent = above != NULL ? service_at(job, above->service) : NONE;
    return *service != NONE ? 0 : -1;
}

static struct tkai_service_edge *edge_for(struct job *job, uint32_t parent,
                                          uint32_t service)
{
    struct tkai_servicesum *to = job->to;
    uint64_t hash = ((uint64_t)parent << 32 | service) * 0x9e3779b97f4a7c15ull;
    uint32_t mask = job->edge_slot_count - 1, slot = (uint32_t)(hash >> 32) & mask;

    for (; job->edge_slots[slot] != 0; slot = (slot + 1) & mask) {
        struct tkai_service_edge *edge = &to->edges[job->edge_slots[slot] - 1];

        if (edge->parent == parent && edge->service == service) {
            return edge;
        }
    }
    to->edges[to->edge_count].parent = parent;
    to->edges[to->edge_count].service = service;
    job->edge_slots[slot] = ++to->edge_count;
    return &to->edges[to->edge_count - 1];
}

static void add_node(struct job *job, const struct tka_service_node *node)
{
    const uint64_t figure[TKAI_NODE_FIGURES] = {
        node->resolutions,     node->failures,       node->constructed, node->factories,
        node->construct_ticks, node->construct_self, node->samples,     node->weight,
        node->total,           node->child,          node->cycles};
    uint32_t parent, service;
    struct tkai_service_edge *edge;

    if (ends_of(job, node, &parent, &service) != 0) {
        return;
    }
    edge = edge_for(job, parent, service);
    for (int i = 0; i < TKAI_NODE_FIGURES; i++) {
        edge->figure[i] += figure[i];
        job->to->services[service].figure[i] += figure[i];
    }
}

static int read_nodes(struct job *job)
{
    struct tkai_servicesum *to = job->to;

    job->edge_slot_count = slots_for(job->nodes.elements);
    job->edge_slots =
        tkai_scratch_take(&to->scratch, job->edge_slot_count * sizeof(uint32_t));
    to->edges =
        tkai_scratch_take(&to->scratch, (job->nodes.elements + 1) * sizeof *to->edges);
    if (to->scratch.failed) {
        return -1;
    }
    for (uint32_t i = 0; i < job->nodes.count; i++) {
        const struct place *place = &job->nodes.list[i];
        const struct tka_service_node *nodes = (const void *)(place->chunk + 1);
        uint32_t count = (uint32_t)((place->high - place->low) / sizeof *nodes);

        for (uint32_t n = 0; n < count; n++) {
            add_node(job, &nodes[n]);
        }
    }
    return 0;
}

/* --- events ---------------------------------------------------------------- */

static void add_events(struct job *job, const struct tka_live_chunk *chunk, uint32_t room)
{
    const struct tka_service_event *events = (const void *)(chunk + 1);
    uint32_t count = tkai_collect_used(chunk, sizeof *events);

    for (uint32_t i = 0; i < count && job->to->event_count < room; i++) {
        struct tkai_service_event *event = &job->to->events[job->to->event_count];
        const struct tka_service_node *node =
            node_at(job, __atomic_load_n(&events[i].node, __ATOMIC_ACQUIRE));

        if (node != NULL && ends_of(job, node, &event->parent, &event->service) == 0) {
            event->source = &events[i];
            event->place = i;
            job->to->event_count++;
        }
    }
}

static int read_events(struct job *job)
{
    struct tkai_servicesum *to = job->to;

    for (uint32_t i = 0; i < job->from->chunk_count; i++) {
        const struct tka_live_chunk *chunk = job->from->chunks[i];

        if (chunk->kind == TKA_CHUNK_SERVICE_EVENTS && to->events == NULL) {
            to->events =
                tkai_scratch_take(&to->scratch, TKA_SERVICE_EVENTS * sizeof *to->events);
            if (to->events == NULL) {
                return -1;
            }
            add_events(job, chunk, TKA_SERVICE_EVENTS);
        }
    }
    return 0;
}

int tkai_servicesum(struct tkai_servicesum *to, const struct tkai_collected *from)
{
    struct job job = {.to = to, .from = from};

    memset(to, 0, sizeof *to);
    if (find_places(&job, &job.services, TKA_CHUNK_SERVICES,
                    sizeof(struct tka_service)) != 0) {
        return -1;
    }
    if (job.services.count == 0) {
        return 0;
    }
    if (find_places(&job, &job.names, TKA_CHUNK_NAMES, 1) != 0 ||
        find_places(&job, &job.nodes, TKA_CHUNK_SERVICE_NODES,
                    sizeof(struct tka_service_node)) != 0 ||
        read_services(&job) != 0 || read_nodes(&job) != 0) {
        return -1;
    }
    return read_events(&job);
}

void tkai_servicesum_release(struct tkai_servicesum *sum)
{
    tkai_scratch_release(&sum->scratch);
}
