/* livemap - a live file as others than its process see it: mapped, checked, its
 * chunks found. Nothing in it is trusted.
 */
#ifndef TKA_LIVEMAP_H
#define TKA_LIVEMAP_H

#include <sys/stat.h>
#include <tka/live.h>

#include "scratch.h"

struct tkai_livemap {
    int fd;
    int private;                    /* ours to change: the header can be completed */
    int writable;                   /* fd is; only with private 0: to ask for things */
    char path[1300];
    struct stat st;
    void *memory;
    struct tka_live_header *header;
    struct tka_live_chunk **chunks;
    uint32_t chunk_count;
    struct tkai_scratch scratch;    /* owns chunks */
};

/* This machine's boot, and the name space of process ids we are in. */
struct tkai_livemap_here {
    char boot_id[40];
    uint64_t pid_namespace;
};
void tkai_livemap_where(struct tkai_livemap_here *here);

/* Call visit(argument, name) for the live files in DATA_DIR/live until it returns 0. */
void tkai_livemap_each(const char *data_dir, int (*visit)(void *, const char *),
                       void *argument);

/* Map what fd is open on. 1; 0 not a live file or not ready yet; -1 failed. */
int tkai_livemap_map(struct tkai_livemap *file);
int tkai_livemap_chunks(struct tkai_livemap *file);
void tkai_livemap_close(struct tkai_livemap *file);

/* Whether the process that made it still runs. */
int tkai_livemap_is_alive(const struct tkai_livemap_here *here,
                          const struct tkai_livemap *file);

#endif
