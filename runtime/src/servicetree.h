/* servicetree - what a thread resolved: a service per resolver and key, and a node for
 * each place where it was needed, found by parent, resolver's record and key.
 *
 * A thread's own, as its call paths are; services and nodes lie in the live file.
 */
#ifndef TKA_SERVICETREE_H
#define TKA_SERVICETREE_H

#include <stdint.h>
#include <tka/live.h>

#include "servicekey.h"

/* Beyond that a resolver's keys are one. */
#define TKAI_SERVICES_MOST      4096u
#define TKAI_SERVICE_NODES_MOST 65536u

struct tkai_servicetree {
    uint32_t thread;
    struct tka_service_node **nodes; /* a hash table, open addressing */
    uint32_t node_slots, node_count; /* node_slots: a power of two; 0 none yet */
    struct tka_service **services;
    uint32_t service_slots, service_count;
    struct tka_live_chunk *node_chunk, *service_chunk;
    uint32_t node_room, service_room; /* elements that the chunks have left */
};

static inline struct tka_service *tkai_service_of(const struct tka_service_node *node)
{
    return (struct tka_service *)(uintptr_t)node->service;
}

static inline const struct tka_name *tkai_service_name(const struct tka_service *service)
{
    return (const struct tka_name *)(uintptr_t)service->name;
}

static inline uint64_t tkai_servicetree_hash(const struct tka_service_node *parent,
                                             const struct tka_record *record,
                                             uint64_t hash)
{
    hash ^= ((uint64_t)(uintptr_t)parent >> 4) * 0xc2b2ae3d27d4eb4full;
    return tkai_servicekey_mix(hash, (uint64_t)(uintptr_t)record);
}

/* The node, or NULL: there is none yet. */
static inline struct tka_service_node *
tkai_servicetree_find(const struct tkai_servicetree *tree,
                      const struct tka_service_node *parent,
                      const struct tka_record *record, const struct tkai_key *key)
{
    uint32_t mask = tree->node_slots - 1, slot;
    struct tka_service_node *node;

    if (tree->node_slots == 0) {
        return 0;
    }
    slot = (uint32_t)tkai_servicetree_hash(parent, record, key->hash) & mask;
    for (; (node = tree->nodes[slot]) != 0; slot = (slot + 1) & mask) {
        const struct tka_service *service = tkai_service_of(node);

        if (node->parent == (uint64_t)(uintptr_t)parent &&
            service->record == (uint64_t)(uintptr_t)record &&
            tkai_servicekey_is(tkai_service_name(service), key)) {
            break;
        }
    }
    return node;
}

/* The node of the keys that are one, if the key is one of those and the node is there. */
struct tka_service_node *tkai_servicetree_folded(const struct tkai_servicetree *tree,
                                                 const struct tka_service_node *parent,
                                                 const struct tka_record *record,
                                                 const struct tkai_key *key);

/* The thread's service of the record by the key, and its node below parent, made if they
 * are new; NULL: no memory. They make system calls and take the lock of state.h. A
 * service that is there twice above parent gets no third node: the second is it. */
struct tka_service *tkai_servicetree_service(struct tkai_servicetree *tree,
                                             const struct tka_record *record,
                                             const struct tkai_key *key);
struct tka_service_node *tkai_servicetree_node(struct tkai_servicetree *tree,
                                               struct tka_service_node *parent,
                                               struct tka_service *service);

/* Put in one that lies elsewhere. -1 no memory. */
int tkai_servicetree_put(struct tkai_servicetree *tree, struct tka_service_node *node);

#endif
