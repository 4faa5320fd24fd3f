/* Lists, rings, trees and graphs: what is lost directly and what hangs on it. Of a cycle
 * that is lost as a whole one block counts as definite, the others as indirect. */
#include "../leak.h"

static struct LeakNode *root;

static void set_root(struct LeakNode *node)
{
    root = node;
    LEAK_ESCAPE(&root);
}

struct Person {
    char *name, *street;
};

LEAK_NOINLINE static struct Person *people(int count)
{
    struct Person *all = (struct Person *)leak_block((size_t)count * sizeof *all);

    for (int i = 0; i < count; i++) {
        all[i].name = (char *)leak_block(10);
        all[i].street = (char *)leak_block(20);
    }
    LEAK_ESCAPE(all);
    return all;
}

/* LEAK array_with_members definite=1 bytes=80 indirect=10 indirect_bytes=150 */
static void array_with_members(void)
{
    LEAK_ESCAPE(people(5));
}

/* The array is freed, its members are not. */
/* LEAK members_only definite=10 bytes=150 */
static void members_only(void)
{
    struct Person *all = people(5);

    free(all);
}

/* CLEAN array_and_members_freed */
static void array_and_members_freed(void)
{
    struct Person *all = people(5);

    for (int i = 0; i < 5; i++) {
        free(all[i].name);
        free(all[i].street);
    }
    free(all);
}

/* LEAK list_lost definite=1 bytes=24 indirect=9 indirect_bytes=216 */
static void list_lost(void)
{
    LEAK_ESCAPE(leak_chain(10));
}

/* A popped head: it points into the list, nothing points to it. */
/* LEAK head_popped definite=1 bytes=24 */
static void head_popped(void)
{
    set_root(leak_chain(10));
    set_root(root->next);
}

/* LEAK tail_cut definite=1 bytes=24 indirect=5 indirect_bytes=120 */
static void tail_cut(void)
{
    struct LeakNode *node;

    set_root(leak_chain(10));
    node = root->next->next->next;
    LEAK_ESCAPE(node);
    node->next = NULL;
    LEAK_ESCAPE(node);
}

/* CLEAN list_kept reachable=10 reachable_bytes=240 */
static void list_kept(void)
{
    set_root(leak_chain(10));
}

/* CLEAN list_freed */
static void list_freed(void)
{
    set_root(leak_chain(10));
    while (root) {
        struct LeakNode *node = root;

        set_root(node->next);
        free(node);
    }
}

/* The block is at the end of a chain of 1000. */
/* CLEAN far_end_kept reachable=1001 reachable_bytes=24099 */
static void far_end_kept(void)
{
    struct LeakNode *node = leak_chain(1000);

    set_root(node);
    while (node->next) {
        node = node->next;
    }
    node->data = leak_block(99);
    LEAK_ESCAPE(node);
}

/* LEAK chain_of_1000_lost definite=1 bytes=24 indirect=999 indirect_bytes=23976 */
static void chain_of_1000_lost(void)
{
    set_root(leak_chain(1000));
    set_root(NULL);
}

LEAK_NOINLINE static struct LeakNode *ring(int nodes)
{
    struct LeakNode *head = leak_chain(nodes), *node = head;

    while (node->next) {
        node->next->other = node;
        node = node->next;
    }
    node->next = head;
    head->other = node;
    LEAK_ESCAPE(head);
    return head;
}

/* lsan calls all blocks of a cycle indirect: each is pointed to from a lost block. */
/* LEAK ring_lost definite=1 bytes=24 indirect=6 indirect_bytes=144 */
static void ring_lost(void)
{
    LEAK_ESCAPE(ring(7));
}

/* CLEAN ring_kept reachable=7 reachable_bytes=168 */
static void ring_kept(void)
{
    set_root(ring(7));
}

/* An entry taken out of a ring, that still points into it. */
/* LEAK unlinked_entry definite=1 bytes=24 */
static void unlinked_entry(void)
{
    struct LeakNode *node;

    set_root(ring(7));
    node = root->next->next;
    node->other->next = node->next;
    node->next->other = node->other;
    LEAK_ESCAPE(root);
}

/* LEAK self_pointer definite=1 bytes=24 */
static void self_pointer(void)
{
    struct LeakNode *node = leak_node(NULL, NULL);

    node->next = node;
    LEAK_ESCAPE(node);
}

LEAK_NOINLINE static struct LeakNode *tree(int depth)
{
    return depth == 0 ? NULL : leak_node(tree(depth - 1), tree(depth - 1));
}

/* LEAK tree_lost definite=1 bytes=24 indirect=62 indirect_bytes=1488 */
static void tree_lost(void)
{
    LEAK_ESCAPE(tree(6));
}

/* LEAK subtree_lost definite=1 bytes=24 indirect=14 indirect_bytes=336 */
static void subtree_lost(void)
{
    set_root(tree(6));
    root->next->other = NULL;
    LEAK_ESCAPE(root);
}

/* CLEAN tree_kept reachable=63 reachable_bytes=1512 */
static void tree_kept(void)
{
    set_root(tree(6));
}

static void free_tree(struct LeakNode *node)
{
    if (node) {
        free_tree(node->next);
        free_tree(node->other);
        free(node);
    }
}

/* CLEAN tree_freed */
static void tree_freed(void)
{
    free_tree(tree(6));
}

/* Only the root of the tree is freed: two subtrees are lost. */
/* LEAK tree_root_freed definite=2 bytes=48 indirect=60 indirect_bytes=1440 */
static void tree_root_freed(void)
{
    free(tree(6));
}

/* A cycle of two with a tail: one definite, the rest hangs on it. */
/* LEAK cycle_with_tail definite=1 bytes=24 indirect=4 indirect_bytes=96 */
static void cycle_with_tail(void)
{
    struct LeakNode *pair = ring(2);

    pair->data = leak_chain(3);
    LEAK_ESCAPE(pair);
}

/* A lost block points to a cycle: it is the definite one, whatever the order. memcheck
 * walks blocks by address, meets the cycle first and calls one block of it definite, too.
 */
/* LEAK head_before_cycle definite=1 bytes=24 indirect=5 indirect_bytes=120 */
static void head_before_cycle(void)
{
    LEAK_ESCAPE(leak_node(ring(5), NULL));
}

/* Two lost blocks share what hangs on them. */
/* LEAK shared_child definite=2 bytes=48 indirect=1 indirect_bytes=70 */
static void shared_child(void)
{
    void *child = leak_block(70);
    struct LeakNode *left = leak_node(NULL, NULL), *right = leak_node(NULL, NULL);

    left->data = child;
    right->data = child;
    LEAK_ESCAPE(left);
    LEAK_ESCAPE(right);
}

/* A lost block points to one that is kept: that one is no leak. */
/* LEAK lost_points_to_kept definite=1 bytes=24 */
static void lost_points_to_kept(void)
{
    set_root(leak_chain(3));
    LEAK_ESCAPE(leak_node(root, root->next));
}

/* An undirected graph, all of it kept but for one component. */
/* LEAK component_lost definite=1 bytes=24 indirect=3 indirect_bytes=72 */
static void component_lost(void)
{
    struct LeakNode *kept = ring(4), *lost = ring(4);

    kept->data = lost;
    LEAK_ESCAPE(kept);
    set_root(kept);
    kept->data = NULL;
    LEAK_ESCAPE(kept);
}

/* A table of buckets, one chain of which is cut off with the table in place. */
/* LEAK bucket_dropped definite=1 bytes=24 indirect=2 indirect_bytes=48 */
static void bucket_dropped(void)
{
    static struct LeakNode **buckets;

    buckets = (struct LeakNode **)leak_block(16 * sizeof *buckets);
    LEAK_ESCAPE(&buckets);
    for (int i = 0; i < 16; i++) {
        buckets[i] = leak_chain(3);
    }
    LEAK_ESCAPE(buckets);
    buckets[5] = NULL;
    LEAK_ESCAPE(buckets);
}

/* A leaked block points into the middle of the next. */
/* LEAK interior_child definite=1 bytes=24 indirect=1 indirect_bytes=100 */
static void interior_child(void)
{
    struct LeakNode *node = leak_node(NULL, NULL);

    node->data = (char *)leak_block(100) + 50;
    LEAK_ESCAPE(node);
}

LEAK_MAIN(SCENE(array_with_members), SCENE(members_only), SCENE(array_and_members_freed),
          SCENE(list_lost), SCENE(head_popped), SCENE(tail_cut), SCENE(list_kept),
          SCENE(list_freed), SCENE(far_end_kept), SCENE(chain_of_1000_lost),
          SCENE(ring_lost), SCENE(ring_kept), SCENE(unlinked_entry), SCENE(self_pointer),
          SCENE(tree_lost), SCENE(subtree_lost), SCENE(tree_kept), SCENE(tree_freed),
          SCENE(tree_root_freed), SCENE(cycle_with_tail), SCENE(head_before_cycle),
          SCENE(shared_child), SCENE(lost_points_to_kept), SCENE(component_lost),
          SCENE(bucket_dropped), SCENE(interior_child))
