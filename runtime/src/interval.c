#include "interval.h"

#include <string.h>

#include "blob.h"

#define NUMBERS_MOST 70u /* seven numbers of at most ten bytes */

struct tkai_past_function {
    uint64_t calls, samples, weight, total, self, hits;
    unsigned char *blob;
    size_t blob_size;
};

static uint64_t to_ns(uint64_t ticks, double ns_per_tick)
{
    double ns = (double)(int64_t)ticks * ns_per_tick;

    return (uint64_t)(int64_t)(ns > -9e18 && ns < 9e18 ? ns : 0);
}

static uint64_t zigzag(uint64_t number)
{
    return number << 1 ^ (uint64_t)((int64_t)number >> 63);
}

static const struct tkai_past_function *past_of(const struct tkai_past *past, uint32_t index)
{
    static const struct tkai_past_function none;

    return index < past->function_count ? &past->functions[index] : &none;
}

uint64_t tkai_interval_past_calls(const struct tkai_past *past, uint32_t index)
{
    return past_of(past, index)->calls;
}

uint64_t tkai_interval_past_hits(const struct tkai_past *past, uint32_t index)
{
    return past_of(past, index)->hits;
}

int tkai_interval_is_past(const struct tkai_past *past, uint32_t index,
                          const struct tkai_function *now)
{
    const struct tkai_past_function *before = past_of(past, index);

    return before->calls == now->calls && before->samples == now->samples &&
           before->total == now->total && before->self == now->self &&
           before->hits == now->hits;
}

/* The histogram of what is new, into room for any blob. */
static size_t encode_histogram(const struct tkai_past_function *before,
                               const struct tkai_function *now, uint64_t *buckets,
                               unsigned char *blob)
{
    if (now->buckets == NULL || now->samples == before->samples) {
        return 0;
    }
    memcpy(buckets, now->buckets, TKA_HISTOGRAM_BUCKETS * sizeof *buckets);
    if (before->blob != NULL) {
        tkai_blob_subtract(before->blob, before->blob_size, buckets);
    }
    return tkai_blob_write(blob, buckets);
}

/* A histogram has no more buckets than samples, but for those counted late. */
static size_t room_for(const struct tkai_past_function *before,
                       const struct tkai_function *now)
{
    uint64_t buckets = now->samples - before->samples + 256;

    if (now->buckets == NULL) {
        return NUMBERS_MOST;
    }
    return NUMBERS_MOST + (buckets < TKA_HISTOGRAM_BUCKETS ? buckets * 12 : TKAI_BLOB_MOST);
}

unsigned char *tkai_interval_encode(const struct tkai_past *past,
                                    const struct tkai_collected *now,
                                    const long long *ids, double ns_per_tick,
                                    struct tkai_scratch *scratch, size_t *size)
{
    uint64_t *buckets = tkai_scratch_take(scratch, TKA_HISTOGRAM_BUCKETS * sizeof *buckets);
    unsigned char *blob = tkai_scratch_take(scratch, TKAI_BLOB_MOST);
    size_t room = 0;
    unsigned char *data, *to;

    *size = 0;
    for (uint32_t i = 0; i < now->function_count; i++) {
        if (!tkai_interval_is_past(past, i, &now->functions[i]) && ids[i] != 0) {
            room += room_for(past_of(past, i), &now->functions[i]);
        }
    }
    data = room > 0 ? tkai_scratch_take(scratch, room) : NULL;
    if (data == NULL || buckets == NULL || blob == NULL) {
        return NULL;
    }
    to = data;
    for (uint32_t i = 0; i < now->function_count; i++) {
        const struct tkai_function *f = &now->functions[i];
        const struct tkai_past_function *before = past_of(past, i);
        size_t blob_size;

        if (tkai_interval_is_past(past, i, f) || ids[i] == 0) {
            continue;
        }
        blob_size = encode_histogram(before, f, buckets, blob);
        if (blob_size + NUMBERS_MOST > (size_t)(data + room - to)) {
            blob_size = 0; /* cannot be: rather without it than past the end */
        }
        to = tkai_number_write(to, (uint64_t)ids[i]);
        to = tkai_number_write(to, f->calls - before->calls);
        to = tkai_number_write(to, f->samples - before->samples);
        to = tkai_number_write(to, f->weight - before->weight);
        to = tkai_number_write(to, to_ns(f->total - before->total, ns_per_tick));
        to = tkai_number_write(to, zigzag(to_ns(f->self - before->self, ns_per_tick)));
        to = tkai_number_write(to, blob_size);
        memcpy(to, blob, blob_size);
        to += blob_size;
    }
    *size = (size_t)(to - data);
    return data;
}

static int keep(struct tkai_past *past, const struct tkai_collected *now)
{
    unsigned char *blob = tkai_scratch_take(&past->scratch, TKAI_BLOB_MOST);

    past->functions = tkai_scratch_take(
        &past->scratch, (now->function_count + 1) * sizeof *past->functions);
    if (blob == NULL || past->functions == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < now->function_count; i++) {
        const struct tkai_function *f = &now->functions[i];
        struct tkai_past_function *to = &past->functions[i];

        *to = (struct tkai_past_function){f->calls, f->samples, f->weight, f->total,
                                          f->self, f->hits, NULL, 0};
        if (f->buckets != NULL && f->samples > 0) {
            to->blob_size = tkai_blob_write(blob, f->buckets);
            to->blob = tkai_scratch_take(&past->scratch, to->blob_size + 1);
            if (to->blob == NULL) {
                return -1;
            }
            memcpy(to->blob, blob, to->blob_size);
        }
    }
    past->function_count = now->function_count;
    return 0;
}

void tkai_interval_advance(struct tkai_past *past, const struct tkai_collected *now,
                           int64_t at)
{
    tkai_scratch_release(&past->scratch);
    memset(past, 0, sizeof *past);
    past->at = at;
    if (keep(past, now) != 0) {
        tkai_scratch_release(&past->scratch);
        memset(past, 0, sizeof *past);
    }
}
