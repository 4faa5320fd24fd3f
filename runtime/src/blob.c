#include "blob.h"

unsigned char *tkai_number_write(unsigned char *to, uint64_t number)
{
    for (; number >= 128; number >>= 7) {
        *to++ = (unsigned char)(number | 128);
    }
    *to++ = (unsigned char)number;
    return to;
}

const unsigned char *tkai_number_read(const unsigned char *from,
                                      const unsigned char *end, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; from < end && shift < 64; shift += 7) {
        *number |= (uint64_t)(*from & 127) << shift;
        if ((*from++ & 128) == 0) {
            return from;
        }
    }
    return NULL;
}

size_t tkai_blob_write(unsigned char *blob, const uint64_t *buckets)
{
    unsigned char *to = blob;
    uint64_t gap = 0;

    for (int i = 0; i < TKA_HISTOGRAM_BUCKETS; i++, gap++) {
        if (buckets[i] != 0) {
            to = tkai_number_write(to, gap);
            to = tkai_number_write(to, buckets[i]);
            gap = UINT64_MAX;
        }
    }
    return (size_t)(to - blob);
}

/* Read the blob and call add(bucket, count) for what it holds. */
static int each(const unsigned char *blob, size_t size,
                void (*add)(uint64_t *bucket, uint64_t count), uint64_t *buckets)
{
    const unsigned char *end = blob + size;
    uint64_t at = 0, gap, count;

    while (blob < end) {
        blob = tkai_number_read(blob, end, &gap);
        if (blob == NULL || gap >= TKA_HISTOGRAM_BUCKETS - at) {
            return -1;
        }
        at += gap;
        blob = tkai_number_read(blob, end, &count);
        if (blob == NULL) {
            return -1;
        }
        add(&buckets[at++], count);
    }
    return 0;
}

static void plus(uint64_t *bucket, uint64_t count)
{
    *bucket += count;
}

static void minus(uint64_t *bucket, uint64_t count)
{
    *bucket -= count < *bucket ? count : *bucket;
}

int tkai_blob_subtract(const unsigned char *blob, size_t size, uint64_t *buckets)
{
    return each(blob, size, minus, buckets);
}

int tkai_blob_add(const unsigned char *blob, size_t size, uint64_t *buckets)
{
    return each(blob, size, plus, buckets);
}
