#include "range.h"

#include <string.h>

#include "os.h"

static int grow(struct tkai_ranges *ranges)
{
    size_t room = ranges->room == 0 ? 256 : ranges->room * 2;
    struct tkai_range *at = tkai_os_memory(room * sizeof *at);

    if (at == NULL) {
        ranges->failed = 1;
        return -1;
    }
    if (ranges->count > 0) {
        memcpy(at, ranges->at, ranges->count * sizeof *at);
        tkai_os_memory_free(ranges->at, ranges->room * sizeof *at);
    }
    ranges->at = at;
    ranges->room = room;
    return 0;
}

void tkai_ranges_add(struct tkai_ranges *ranges, uintptr_t low, uintptr_t high)
{
    if (low >= high || (ranges->count == ranges->room && grow(ranges) != 0)) {
        return;
    }
    ranges->at[ranges->count++] = (struct tkai_range){low, high};
}

static void sift(struct tkai_range *at, size_t root, size_t count)
{
    struct tkai_range moved = at[root];
    size_t child;

    while ((child = root * 2 + 1) < count) {
        if (child + 1 < count && at[child + 1].low > at[child].low) {
            child++;
        }
        if (at[child].low <= moved.low) {
            break;
        }
        at[root] = at[child];
        root = child;
    }
    at[root] = moved;
}

/* A heap sort: qsort() may call malloc. */
static void order(struct tkai_range *at, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift(at, i, count);
    }
    while (count > 1) {
        struct tkai_range last = at[--count];

        at[count] = at[0];
        at[0] = last;
        sift(at, 0, count);
    }
}

void tkai_ranges_sort(struct tkai_ranges *ranges)
{
    size_t kept = 0;

    order(ranges->at, ranges->count);
    for (size_t i = 0; i < ranges->count; i++) {
        struct tkai_range range = ranges->at[i];

        if (kept > 0 && range.low <= ranges->at[kept - 1].high) {
            if (range.high > ranges->at[kept - 1].high) {
                ranges->at[kept - 1].high = range.high;
            }
        } else {
            ranges->at[kept++] = range;
        }
    }
    ranges->count = kept;
}

void tkai_ranges_add_rest(struct tkai_ranges *ranges, struct tkai_range whole,
                          const struct tkai_ranges *without)
{
    for (size_t i = tkai_ranges_find(without, whole.low);
         i < without->count && without->at[i].low < whole.high; i++) {
        tkai_ranges_add(ranges, whole.low, without->at[i].low);
        whole.low = without->at[i].high;
    }
    tkai_ranges_add(ranges, whole.low, whole.high);
}

size_t tkai_ranges_find(const struct tkai_ranges *ranges, uintptr_t address)
{
    size_t low = 0, high = ranges->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ranges->at[middle].high > address) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void tkai_ranges_release(struct tkai_ranges *ranges)
{
    if (ranges->at != NULL) {
        tkai_os_memory_free(ranges->at, ranges->room * sizeof *ranges->at);
    }
    *ranges = (struct tkai_ranges){0};
}
