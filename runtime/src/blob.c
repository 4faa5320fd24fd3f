#include "blob.h"

static unsigned char *write_number(unsigned char *to, uint64_t number)
{
    for (; number >= 128; number >>= 7) {
        *to++ = (unsigned char)(number | 128);
    }
    *to++ = (unsigned char)number;
    return to;
}

/* Past the number; NULL if it does not end in time. */
static const unsigned char *read_number(const unsigned char *from,
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
            to = write_number(to, gap);
            to = write_number(to, buckets[i]);
            gap = UINT64_MAX;
        }
    }
    return (size_t)(to - blob);
}

int tkai_blob_subtract(const unsigned char *blob, size_t size, uint64_t *buckets)
{
    const unsigned char *end = blob + size;
    uint64_t at = 0, gap, count;

    while (blob < end) {
        blob = read_number(blob, end, &gap);
        if (blob == NULL || gap >= TKA_HISTOGRAM_BUCKETS - at) {
            return -1;
        }
        at += gap;
        blob = read_number(blob, end, &count);
        if (blob == NULL) {
            return -1;
        }
        buckets[at] -= count < buckets[at] ? count : buckets[at];
        at++;
    }
    return 0;
}
