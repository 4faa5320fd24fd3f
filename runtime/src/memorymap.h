/* memorymap - the process's mappings as the kernel lists them in /proc/self/maps.
 *
 * Read into memory of its own by system calls; a snapshot: another thread may change
 * mappings at any time, so what it lists is read with tkai_os_peek().
 */
#ifndef TKA_MEMORYMAP_H
#define TKA_MEMORYMAP_H

#include <stddef.h>
#include <stdint.h>

#include "range.h"

enum tkai_mapping_kind {
    TKAI_MAPPING_FILE,
    TKAI_MAPPING_ANONYMOUS,             /* without a name, or named by the program */
    TKAI_MAPPING_HEAP,                  /* [heap]: what brk() gives */
    TKAI_MAPPING_STACK,                 /* [stack]: the main thread's */
    TKAI_MAPPING_KERNEL                 /* [vvar], [vdso] and the like */
};

struct tkai_mapping {
    struct tkai_range range;
    const char *name;                   /* "" none */
    uint64_t offset;                    /* in its file */
    enum tkai_mapping_kind kind;
    unsigned char readable, writable, shared;
};

struct tkai_memorymap {
    struct tkai_mapping *at;            /* in the order of addresses */
    size_t count;
    char *memory;                       /* text and mappings */
    size_t size;
};

/* 0; -1: there is no /proc, or no memory. */
int tkai_memorymap_read(struct tkai_memorymap *map);
void tkai_memorymap_release(struct tkai_memorymap *map);

/* Of the mapping's file name, what is behind the last slash. */
const char *tkai_mapping_base_name(const struct tkai_mapping *mapping);

/* Add the data of the loaded program or library that `mapping` is the first of - where its
 * headers are -: its segments that were mapped writable, and so its bss, which has no name.
 * 0; -1: there are no headers. */
int tkai_mapping_add_data(const struct tkai_mapping *mapping, struct tkai_ranges *ranges);

#endif
