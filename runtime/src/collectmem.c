#include "collectmem.h"

#include <string.h>

struct job {
    struct tkai_memory_collected *to;
    const struct tkai_collected *collected;
    struct tkai_scratch *scratch;
    const struct tka_image **images;
    uint32_t image_count;
    uint32_t *slots, slot_count;    /* of allocations, + 1; a power of two */
    uint32_t room;
};

static int is_text(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

/* In the order of their chunks, as they were numbered. */
static int find_images(struct job *job)
{
    struct tka_live_chunk *const *chunks = job->collected->chunks;
    uint32_t room = 0, count = job->collected->chunk_count;

    for (uint32_t i = 0; i < count; i++) {
        room += chunks[i]->kind == TKA_CHUNK_IMAGES
                    ? tkai_collect_used(chunks[i], sizeof(struct tka_image))
                    : 0;
    }
    job->images = tkai_scratch_take(job->scratch, (room + 1) * sizeof *job->images);
    for (uint32_t i = 0; job->images != NULL && i < count; i++) {
        const struct tka_image *images = (const void *)(chunks[i] + 1);
        uint32_t used = chunks[i]->kind == TKA_CHUNK_IMAGES
                            ? tkai_collect_used(chunks[i], sizeof *images)
                            : 0;

        for (uint32_t n = 0; n < used && job->image_count < room; n++) {
            job->images[job->image_count++] =
                is_text(images[n].path, sizeof images[n].path) &&
                        is_text(images[n].build_id, sizeof images[n].build_id)
                    ? &images[n]
                    : NULL;
        }
    }
    return job->images != NULL ? 0 : -1;
}

static uint32_t hash_of(uint32_t path, const struct tka_image *image, uint64_t address)
{
    uint64_t hash = (path + 1) * 0x9e3779b97f4a7c15ull ^ (uintptr_t)image;

    hash = (hash ^ hash >> 29 ^ address) * 0xbf58476d1ce4e5b9ull;
    return (uint32_t)(hash >> 32);
}

static struct tkai_allocation *allocation_for(struct job *job, uint32_t path,
                                              const struct tka_image *image,
                                              uint64_t address)
{
    uint32_t mask = job->slot_count - 1, slot = hash_of(path, image, address) & mask;
    struct tkai_allocation *allocation;

    for (; job->slots[slot] != 0; slot = (slot + 1) & mask) {
        allocation = &job->to->allocations[job->slots[slot] - 1];
        if (allocation->path == path && allocation->image == image &&
            allocation->address == address) {
            return allocation;
        }
    }
    if (job->to->count >= job->room) {
        return NULL;
    }
    allocation = &job->to->allocations[job->to->count++];
    job->slots[slot] = job->to->count;
    allocation->path = path;
    allocation->image = image;
    allocation->address = address;
    return allocation;
}

static void add_row(struct job *job, const struct tka_memory_row *row)
{
    uint32_t number = row->image;
    const struct tka_image *image =
        number != 0 && number <= job->image_count ? job->images[number - 1] : NULL;
    struct tkai_allocation *allocation =
        allocation_for(job, tkai_collect_path(job->collected, row->node), image,
                       image != NULL ? row->place - image->base : 0);
    const uint64_t *figures = &row->allocations;

    if (allocation == NULL) {
        return;
    }
    for (int i = 0; i < TKAI_MEMORY_FIGURES; i++) {
        allocation->figure[i] += __atomic_load_n(&figures[i], __ATOMIC_RELAXED);
    }
    for (unsigned i = 0; i < TKA_MEMORY_SIZES; i++) {
        allocation->sizes[i] += row->sizes[i];
    }
}

static uint32_t rows_of(const struct tka_live_chunk *chunk)
{
    return chunk->kind == TKA_CHUNK_MEMORY
               ? tkai_collect_used(chunk, sizeof(struct tka_memory_row))
               : 0;
}

static int prepare(struct job *job, uint32_t rows)
{
    struct tkai_scratch *scratch = job->scratch;

    job->room = rows;
    job->slot_count = 64;
    while (job->slot_count < 2u * rows && job->slot_count < 1u << 30) {
        job->slot_count *= 2;
    }
    job->to->allocations =
        tkai_scratch_take(scratch, (rows + 1) * sizeof *job->to->allocations);
    job->slots = tkai_scratch_take(scratch, job->slot_count * sizeof *job->slots);
    return scratch->failed ? -1 : 0;
}

int tkai_collect_memory(struct tkai_memory_collected *to,
                        const struct tkai_collected *collected,
                        struct tkai_scratch *scratch)
{
    struct job job = {.to = to, .collected = collected, .scratch = scratch};
    struct tka_live_chunk *const *chunks = collected->chunks;
    uint32_t rows = 0;

    memset(to, 0, sizeof *to);
    for (uint32_t i = 0; i < collected->chunk_count; i++) {
        rows += rows_of(chunks[i]);
    }
    if (rows == 0) {
        return 0;
    }
    if (find_images(&job) != 0 || prepare(&job, rows) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < collected->chunk_count; i++) {
        const struct tka_memory_row *row = (const void *)(chunks[i] + 1);
        uint32_t used = rows_of(chunks[i]);

        for (uint32_t n = 0; n < used; n++) {
            add_row(&job, row + n);
        }
    }
    return 0;
}

int64_t tkai_allocation_live(const struct tkai_allocation *a)
{
    return (int64_t)(a->figure[TKAI_TRACKED_BYTES] - a->figure[TKAI_FREED_BYTES] -
                     a->figure[TKAI_FOREIGN_FREED_BYTES] + a->figure[TKAI_SAMPLED_BYTES]);
}
