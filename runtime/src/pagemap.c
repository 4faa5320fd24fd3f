#include "pagemap.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os.h"

#define PRESENT ((uint64_t)1 << 63)
#define SWAPPED ((uint64_t)1 << 62)

/* As in linux/fs.h of later kernels. */
struct request {
    uint64_t size, flags, start, end, walk_end, runs, room, most_pages;
    uint64_t inverted, all_of, any_of, wanted;
};
#define SCAN _IOWR('f', 16, struct request)
#define IS_PRESENT ((uint64_t)1 << 3)
#define IS_SWAPPED ((uint64_t)1 << 4)

/* Told from low on: 0; -1 the kernel cannot. */
static int ask_runs(struct tkai_pagemap *map, uintptr_t low, uintptr_t end)
{
    struct request request = {
        .size = sizeof request,
        .start = low & ~(map->page_size - 1),
        .end = (end + map->page_size - 1) & ~(map->page_size - 1),
        .runs = (uint64_t)(uintptr_t)map->told.runs,
        .room = TKAI_PAGEMAP_RUNS,
        .any_of = IS_PRESENT | IS_SWAPPED,
    };
    long count = syscall(SYS_ioctl, map->fd, SCAN, &request);

    if (count < 0) {
        return -1;
    }
    map->count = (size_t)count;
    map->low = (uintptr_t)request.start;
    map->high = (uintptr_t)request.walk_end;
    return 0;
}

void tkai_pagemap_open(struct tkai_pagemap *map)
{
    map->fd = tkai_os_open("/proc/thread-self/pagemap", O_RDONLY, 0);
    map->page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    map->first = map->low = map->high = 0;
    map->count = 0;
    map->tells_runs = map->fd >= 0 && ask_runs(map, 0, map->page_size) == 0;
    map->low = map->high = 0;
}

void tkai_pagemap_close(struct tkai_pagemap *map)
{
    if (map->fd >= 0) {
        close(map->fd);
    }
    map->fd = -1;
}

/* A page that the kernel does not tell about holds something. */
static int holds(struct tkai_pagemap *map, uintptr_t page)
{
    if (page < map->first || page - map->first >= map->count) {
        ssize_t got = pread(map->fd, map->told.entries, sizeof map->told.entries, (off_t)(page * 8));

        if (got < 8) {
            return 1;
        }
        map->first = page;
        map->count = (size_t)got / 8;
    }
    return (map->told.entries[page - map->first] & (PRESENT | SWAPPED)) != 0;
}

/* What was told last may go on being right: it is asked again where it ends. */
static int next_told(struct tkai_pagemap *map, uintptr_t *low, uintptr_t *high, uintptr_t end)
{
    uintptr_t from = *low;

    while (from < end) {
        if (from < map->low || from >= map->high) {
            if (ask_runs(map, from, end) != 0 || map->high <= from) {
                *high = end; /* not told */
                return 1;
            }
        }
        for (size_t i = 0; i < map->count; i++) {
            const struct tkai_pagemap_run *run = &map->told.runs[i];

            if (run->high > from) {
                if (run->low >= end) {
                    return 0;
                }
                *low = run->low > from ? (uintptr_t)run->low : from;
                *high = run->high < end ? (uintptr_t)run->high : end;
                return 1;
            }
        }
        from = map->high;
        *low = from < end ? from : end;
    }
    return 0;
}

int tkai_pagemap_next(struct tkai_pagemap *map, uintptr_t *low, uintptr_t *high,
                      uintptr_t end)
{
    uintptr_t page = *low / map->page_size;
    uintptr_t pages_end = (end + map->page_size - 1) / map->page_size;

    if (*low >= end) {
        return 0;
    }
    if (map->fd < 0) {
        *high = end;
        return 1;
    }
    if (map->tells_runs) {
        return next_told(map, low, high, end);
    }
    while (page < pages_end && !holds(map, page)) {
        page++;
    }
    if (page == pages_end) {
        return 0;
    }
    if (page * map->page_size > *low) {
        *low = page * map->page_size;
    }
    while (page < pages_end && holds(map, page)) {
        page++;
    }
    *high = page * map->page_size < end ? page * map->page_size : end;
    return 1;
}
