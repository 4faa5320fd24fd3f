/* livefile - makes a live file (tka/live.h) and hands out chunks of it.
 *
 * One per process. Where the file system refuses, chunks are private memory:
 * the process can still store them itself, only a crash would lose them, and
 * the header's note says why. Callers hold the
 * lock of state.h.
 */
#ifndef TKA_LIVEFILE_H
#define TKA_LIVEFILE_H

#include <stddef.h>
#include <sys/types.h>
#include <tka/live.h>

#define TKAI_CHUNKS_MOST 65536u

struct tkai_livefile {
    int fd;                         /* -1: private memory */
    dev_t device;
    ino_t inode;
    char path[1200];                /* empty: private memory */
    struct tka_live_header *header;
    struct tka_live_chunk **chunks; /* every chunk handed out */
    uint32_t chunk_count;           /* published last */
};

/* Make DIR/live/NAME.tka and its header, zero but for magic, version, size and
 * committed. 0; -1 only when there is no memory at all. */
int tkai_livefile_create(struct tkai_livefile *file, const char *data_dir,
                         const char *name);

/* A zeroed chunk with `size` bytes of content; at: a reserved address, or NULL.
 * NULL when there is no memory. */
struct tka_live_chunk *tkai_livefile_add(struct tkai_livefile *file,
                                         enum tka_chunk_kind kind, uint32_t module,
                                         uint32_t thread, size_t size, void *at);

/* The mapped size that `size` bytes of content take. */
size_t tkai_livefile_chunk_size(size_t size);

/* In a forked child: forget the parent's file. */
void tkai_livefile_forget(struct tkai_livefile *file);

static inline void *tkai_chunk_content(struct tka_live_chunk *chunk)
{
    return chunk + 1;
}

#endif
