#include "collectcache.h"

static uint64_t rows_of(const struct tka_live_chunk *chunk)
{
    return chunk->kind == TKA_CHUNK_CACHES
               ? tkai_collect_used(chunk, sizeof(struct tka_cache_row))
               : 0;
}

static struct tkai_cache *cache_for(struct tkai_cache *caches, uint32_t *count,
                                    uint32_t function)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (caches[i].function == function) {
            return &caches[i];
        }
    }
    caches[*count].function = function;
    return &caches[(*count)++];
}

static void add_row(struct tkai_cache *cache, const struct tka_cache_row *row)
{
    cache->rate_log2 = row->rate_log2 > cache->rate_log2 && row->rate_log2 < 64
                           ? row->rate_log2
                           : cache->rate_log2;
    cache->references += row->references;
    cache->weight += row->weight;
    cache->cold += row->cold;
    cache->dropped += row->dropped;
    for (int i = 0; i < TKA_HISTOGRAM_BUCKETS; i++) {
        cache->buckets[i] += row->bucket[i];
    }
}

/* Functions whose keys are followed are few, at most 256 (cachelog.c); a damaged file with
 * more is cut there. */
#define FUNCTIONS_MOST 1024

int tkai_collect_caches(const struct tkai_collected *from, struct tkai_scratch *scratch,
                        struct tkai_cache **caches, uint32_t *count)
{
    uint64_t room = 0;

    *count = 0;
    *caches = NULL;
    for (uint32_t i = 0; i < from->chunk_count; i++) {
        room += rows_of(from->chunks[i]);
    }
    room = room < FUNCTIONS_MOST ? room : FUNCTIONS_MOST;
    if (room == 0) {
        return 0;
    }
    *caches = tkai_scratch_take(scratch, room * sizeof **caches);
    if (*caches == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < from->chunk_count; i++) {
        const struct tka_live_chunk *chunk = from->chunks[i];
        const struct tka_cache_row *rows = (const void *)(chunk + 1);

        for (uint64_t n = 0; n < rows_of(chunk) && *count < room; n++) {
            uint32_t function = tkai_collect_site(from, chunk->module, rows[n].site);

            if (function != UINT32_MAX) {
                add_row(cache_for(*caches, count, function), &rows[n]);
            }
        }
    }
    return 0;
}
