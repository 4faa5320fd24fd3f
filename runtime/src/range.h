/* range - sets of address ranges, and what is left of one without another.
 *
 * A list grows by mappings of its own. Failure to get memory is sticky. */
#ifndef TKA_RANGE_H
#define TKA_RANGE_H

#include <stddef.h>
#include <stdint.h>

struct tkai_range {
    uintptr_t low, high;                /* high is one past it */
};

struct tkai_ranges {
    struct tkai_range *at;
    size_t count, room;
    int failed;
};

/* Empty ranges are left out. */
void tkai_ranges_add(struct tkai_ranges *ranges, uintptr_t low, uintptr_t high);

/* In order, and those that touch as one. */
void tkai_ranges_sort(struct tkai_ranges *ranges);

/* All of [low, high) that is in none of the sorted `without` is added. */
void tkai_ranges_add_rest(struct tkai_ranges *ranges, struct tkai_range whole,
                          const struct tkai_ranges *without);

/* The first of the sorted ranges that ends above address; `count` if there is none. */
size_t tkai_ranges_find(const struct tkai_ranges *ranges, uintptr_t address);

void tkai_ranges_release(struct tkai_ranges *ranges);

#endif
