/* The one pointer left does not point to the start of the block, or carries more than the
 * address. A conservative detector has to take it for a pointer all the same. memcheck
 * calls most of these "possibly lost"; lsan and it see the tag bits as an interior
 * pointer. */
#include "../leak.h"

#include <stddef.h>
#include <stdint.h>

static char *inside;
static uintptr_t word;

/* CLEAN middle_kept reachable=1 reachable_bytes=100 */
static void middle_kept(void)
{
    inside = (char *)leak_block(100) + 48;
    LEAK_ESCAPE(&inside);
}

/* CLEAN last_byte_kept reachable=1 reachable_bytes=100 */
static void last_byte_kept(void)
{
    inside = (char *)leak_block(100) + 99;
    LEAK_ESCAPE(&inside);
}

/* LEAK middle_overwritten definite=1 bytes=100 */
static void middle_overwritten(void)
{
    middle_kept();
    inside = NULL;
    LEAK_ESCAPE(&inside);
}

/* A string with a header in front of what the user sees. */
/* CLEAN header_in_front reachable=1 reachable_bytes=72 */
static void header_in_front(void)
{
    size_t *header = (size_t *)leak_block(2 * sizeof *header + 56);

    header[0] = 56;
    inside = (char *)(header + 2);
    LEAK_ESCAPE(&inside);
}

/* CLEAN big_block_middle reachable=1 reachable_bytes=5000000 */
static void big_block_middle(void)
{
    inside = (char *)leak_block(5000000) + 4000000;
    LEAK_ESCAPE(&inside);
}

struct Link {
    struct Link *next, *back;
};
struct Entry {
    char name[40];
    struct Link link;
};
static struct Link entries = {&entries, &entries};

LEAK_NOINLINE static void add_entries(int count)
{
    for (int i = 0; i < count; i++) {
        struct Entry *entry = (struct Entry *)leak_block(sizeof *entry);

        entry->link.next = entries.next;
        entry->link.back = &entries;
        entries.next->back = &entry->link;
        entries.next = &entry->link;
        LEAK_ESCAPE(&entries);
    }
}

/* An intrusive list: all pointers go to the links inside. */
/* CLEAN intrusive_list_kept reachable=20 reachable_bytes=1120 */
static void intrusive_list_kept(void)
{
    add_entries(20);
}

/* CLEAN intrusive_list_freed */
static void intrusive_list_freed(void)
{
    add_entries(20);
    while (entries.next != &entries) {
        struct Link *link = entries.next;

        link->next->back = link->back;
        link->back->next = link->next;
        free((char *)link - offsetof(struct Entry, link));
    }
    LEAK_ESCAPE(&entries);
}

/* Taken out of the list, not freed; it still points into it. */
/* LEAK intrusive_entry_unlinked definite=1 bytes=56 */
static void intrusive_entry_unlinked(void)
{
    struct Link *link;

    add_entries(20);
    link = entries.next->next->next;
    link->next->back = link->back;
    link->back->next = link->next;
    LEAK_ESCAPE(link);
}

/* The list's head is made new: the entries form an open chain by interior pointers. Each
 * is pointed to by its neighbours, so which one is the definite one is a matter of order.
 */
/* LEAK intrusive_list_dropped definite=1 bytes=56 indirect=19 indirect_bytes=1064 */
static void intrusive_list_dropped(void)
{
    add_entries(20);
    entries.next = entries.back = &entries;
    LEAK_ESCAPE(&entries);
}

/* Red or black in the lowest bit. */
/* CLEAN tag_in_low_bits reachable=1 reachable_bytes=80 */
static void tag_in_low_bits(void)
{
    word = (uintptr_t)leak_block(80) | 1;
    LEAK_ESCAPE(&word);
}

/* CLEAN tagged_chain reachable=50 reachable_bytes=1200 */
static void tagged_chain(void)
{
    uintptr_t head = 0;

    for (int i = 0; i < 50; i++) {
        struct LeakNode *node = leak_node((struct LeakNode *)head, NULL);

        head = (uintptr_t)node | (uintptr_t)(i & 7);
    }
    word = head;
    LEAK_ESCAPE(&word);
}

/* LEAK tagged_word_overwritten definite=1 bytes=80 */
static void tagged_word_overwritten(void)
{
    tag_in_low_bits();
    word = 7;
    LEAK_ESCAPE(&word);
}

/* CLEAN kept_as_integer reachable=1 reachable_bytes=90 */
static void kept_as_integer(void)
{
    word = (uintptr_t)leak_block(90);
    LEAK_ESCAPE(&word);
}

/* A pointer written into a buffer of bytes, at an aligned place. */
/* CLEAN kept_in_bytes reachable=1 reachable_bytes=90 */
static void kept_in_bytes(void)
{
    static char bytes[64] __attribute__((aligned(16)));
    void *block = leak_block(90);

    memcpy(bytes + 16, &block, sizeof block);
    LEAK_ESCAPE(bytes);
}

/* A union that holds a number after it held the pointer. */
/* LEAK union_reused definite=1 bytes=45 */
static void union_reused(void)
{
    static union {
        void *pointer;
        double number;
    } value;

    value.pointer = leak_block(45);
    LEAK_ESCAPE(&value);
    value.number = 1.5;
    LEAK_ESCAPE(&value);
}

/* The pointer is the last word of a block of 8 * odd bytes. */
/* CLEAN pointer_at_block_end reachable=2 reachable_bytes=154 */
static void pointer_at_block_end(void)
{
    void **holder = (void **)leak_block(13 * sizeof *holder);

    holder[12] = leak_block(50);
    LEAK_ESCAPE(holder);
    inside = (char *)holder;
    LEAK_ESCAPE(&inside);
}

LEAK_MAIN(SCENE(middle_kept), SCENE(last_byte_kept), SCENE(middle_overwritten),
          SCENE(header_in_front), SCENE(big_block_middle), SCENE(intrusive_list_kept),
          SCENE(intrusive_list_freed), SCENE(intrusive_entry_unlinked),
          SCENE(intrusive_list_dropped), SCENE(tag_in_low_bits), SCENE(tagged_chain),
          SCENE(tagged_word_overwritten), SCENE(kept_as_integer), SCENE(kept_in_bytes),
          SCENE(union_reused), SCENE(pointer_at_block_end))
