#include "servicetree.h"

#include <string.h>

#include "livefile.h"
#include "os.h"
#include "state.h"

#define FIRST_SLOTS 128u

/* --- tables --------------------------------------------------------------- */

static uint64_t node_hash(const struct tka_service_node *node)
{
    const struct tka_service *service = tkai_service_of(node);

    return tkai_servicetree_hash((const struct tka_service_node *)(uintptr_t)node->parent,
                                 (const struct tka_record *)(uintptr_t)service->record,
                                 tkai_service_name(service)->hash);
}

static uint64_t service_hash(const struct tka_service *service)
{
    return tkai_servicetree_hash(NULL,
                                 (const struct tka_record *)(uintptr_t)service->record,
                                 tkai_service_name(service)->hash);
}

static void insert_node(struct tkai_servicetree *tree, struct tka_service_node *node)
{
    uint32_t mask = tree->node_slots - 1, slot = (uint32_t)node_hash(node) & mask;

    while (tree->nodes[slot] != NULL) {
        slot = (slot + 1) & mask;
    }
    tree->nodes[slot] = node;
}

static void insert_service(struct tkai_servicetree *tree, struct tka_service *service)
{
    uint32_t mask = tree->service_slots - 1,
             slot = (uint32_t)service_hash(service) & mask;

    while (tree->services[slot] != NULL) {
        slot = (slot + 1) & mask;
    }
    tree->services[slot] = service;
}

/* Room for one more, at most half full. */
static int grow_nodes(struct tkai_servicetree *tree)
{
    struct tka_service_node **old = tree->nodes, **new;
    uint32_t count = tree->node_slots, slots = count != 0 ? 2 * count : FIRST_SLOTS;

    if (2 * (tree->node_count + 1) <= count) {
        return 0;
    }
    new = tkai_os_memory(slots * sizeof *new);
    if (new == NULL) {
        return -1;
    }
    tree->nodes = new;
    tree->node_slots = slots;
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] != NULL) {
            insert_node(tree, old[i]);
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, count * sizeof *old);
    }
    return 0;
}

static int grow_services(struct tkai_servicetree *tree)
{
    struct tka_service **old = tree->services, **new;
    uint32_t count = tree->service_slots, slots = count != 0 ? 2 * count : FIRST_SLOTS;

    if (2 * (tree->service_count + 1) <= count) {
        return 0;
    }
    new = tkai_os_memory(slots * sizeof *new);
    if (new == NULL) {
        return -1;
    }
    tree->services = new;
    tree->service_slots = slots;
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] != NULL) {
            insert_service(tree, old[i]);
        }
    }
    if (old != NULL) {
        tkai_os_memory_free(old, count * sizeof *old);
    }
    return 0;
}

int tkai_servicetree_put(struct tkai_servicetree *tree, struct tka_service_node *node)
{
    if (grow_nodes(tree) != 0) {
        return -1;
    }
    insert_node(tree, node);
    tree->node_count++;
    return 0;
}

/* --- elements ------------------------------------------------------------- */

/* The next element of a thread's chunk, a new chunk where the last is full: first four
 * elements' worth, then as many as there are. */
static void *next_element(struct tkai_servicetree *tree, enum tka_chunk_kind kind,
                          size_t size)
{
    int is_node = kind == TKA_CHUNK_SERVICE_NODES;
    struct tka_live_chunk **chunk = is_node ? &tree->node_chunk : &tree->service_chunk;
    uint32_t *room = is_node ? &tree->node_room : &tree->service_room;
    uint32_t have = is_node ? tree->node_count : tree->service_count;
    struct tkai_os_mask old;

    if (*room == 0) {
        struct tka_live_chunk *new;
        uint32_t count = have < 6 ? 6 : have < 1024 ? have : 1024;

        tkai_state_lock(&old);
        new = tkai_livefile_add(&tkai_state.file, kind, 0, tree->thread, count * size,
                                NULL);
        if (new != NULL) {
            *chunk = new;
            *room = (uint32_t)((new->size - sizeof *new) / size);
        }
        tkai_state_unlock(&old);
    }
    if (*room == 0) {
        return NULL;
    }
    --*room;
    return (char *)tkai_chunk_content(*chunk) + (*chunk)->used * size;
}

/* Complete: readers may see it. */
static void publish(struct tka_live_chunk *chunk)
{
    __atomic_store_n(&chunk->used, chunk->used + 1, __ATOMIC_RELEASE);
}

static struct tka_service *find_service(const struct tkai_servicetree *tree,
                                        const struct tka_record *record,
                                        const struct tkai_key *key)
{
    uint32_t mask = tree->service_slots - 1;
    struct tka_service *service;

    if (tree->service_slots == 0) {
        return NULL;
    }
    for (uint32_t slot = (uint32_t)tkai_servicetree_hash(NULL, record, key->hash) & mask;
         (service = tree->services[slot]) != NULL; slot = (slot + 1) & mask) {
        if (service->record == (uint64_t)(uintptr_t)record &&
            tkai_servicekey_is(tkai_service_name(service), key)) {
            break;
        }
    }
    return service;
}

static struct tka_service *add_service(struct tkai_servicetree *tree,
                                       const struct tka_record *record,
                                       const struct tkai_key *key)
{
    const struct tka_name *name = tkai_servicekey_name(key);
    struct tka_service *service;

    if (name == NULL || grow_services(tree) != 0) {
        return NULL;
    }
    service = next_element(tree, TKA_CHUNK_SERVICES, sizeof *service);
    if (service == NULL) {
        return NULL;
    }
    service->record = (uint64_t)(uintptr_t)record;
    service->name = (uint64_t)(uintptr_t)name;
    publish(tree->service_chunk);
    insert_service(tree, service);
    tree->service_count++;
    return service;
}

struct tka_service *tkai_servicetree_service(struct tkai_servicetree *tree,
                                             const struct tka_record *record,
                                             const struct tkai_key *key)
{
    struct tka_service *service = find_service(tree, record, key);
    struct tkai_key folded;

    if (service != NULL) {
        return service;
    }
    if (tree->service_count >= TKAI_SERVICES_MOST && key->kind != TKA_KEY_NONE) {
        tkai_servicekey_read(&folded, TKA_KEY_FOLDED, NULL, 0);
        service = find_service(tree, record, &folded);
        return service != NULL ? service : add_service(tree, record, &folded);
    }
    return add_service(tree, record, key);
}

struct tka_service_node *tkai_servicetree_folded(const struct tkai_servicetree *tree,
                                                 const struct tka_service_node *parent,
                                                 const struct tka_record *record,
                                                 const struct tkai_key *key)
{
    struct tkai_key folded;

    if (tree->service_count < TKAI_SERVICES_MOST || key->kind == TKA_KEY_NONE ||
        find_service(tree, record, key) != NULL) {
        return NULL;
    }
    tkai_servicekey_read(&folded, TKA_KEY_FOLDED, NULL, 0);
    return tkai_servicetree_find(tree, parent, record, &folded);
}

/* The second node of a service on its own path; NULL if there are not two yet. */
static struct tka_service_node *find_recursive(struct tka_service_node *parent,
                                               const struct tka_service *service)
{
    struct tka_service_node *nearest = NULL;

    for (struct tka_service_node *up = parent; up != NULL;
         up = (struct tka_service_node *)(uintptr_t)up->parent) {
        if (tkai_service_of(up) == service) {
            if (nearest != NULL) {
                return nearest;
            }
            nearest = up;
        }
    }
    return NULL;
}

/* Folded keys are not found by the keys that they were. */
static struct tka_service_node *find_node(const struct tkai_servicetree *tree,
                                          const struct tka_service_node *parent,
                                          const struct tka_service *service)
{
    const struct tka_name *name = tkai_service_name(service);
    struct tkai_key key = {
        .hash = name->hash, .number = name->number, .kind = name->kind};

    return name->kind == TKA_KEY_FOLDED
               ? tkai_servicetree_find(
                     tree, parent, (const struct tka_record *)(uintptr_t)service->record,
                     &key)
               : NULL;
}

struct tka_service_node *tkai_servicetree_node(struct tkai_servicetree *tree,
                                               struct tka_service_node *parent,
                                               struct tka_service *service)
{
    struct tka_service_node *node = find_recursive(parent, service);

    if (node == NULL) {
        node = find_node(tree, parent, service);
    }
    if (node != NULL || tree->node_count >= TKAI_SERVICE_NODES_MOST ||
        grow_nodes(tree) != 0) {
        return node;
    }
    node = next_element(tree, TKA_CHUNK_SERVICE_NODES, sizeof *node);
    if (node != NULL) {
        node->parent = (uint64_t)(uintptr_t)parent;
        node->service = (uint64_t)(uintptr_t)service;
        publish(tree->node_chunk);
        insert_node(tree, node);
        tree->node_count++;
    }
    return node;
}
