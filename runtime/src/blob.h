/* blob - a histogram as the database holds it: pairs of unsigned LEB128 numbers
 * (gap, count), gap being the number of empty buckets before this one.
 */
#ifndef TKA_BLOB_H
#define TKA_BLOB_H

#include <stddef.h>
#include <stdint.h>
#include <tka/store.h>

/* Room that any histogram fits in. */
#define TKAI_BLOB_MOST (TKA_HISTOGRAM_BUCKETS * 12)

/* Length of the blob written. */
size_t tkai_blob_write(unsigned char *blob, const uint64_t *buckets);

/* An unsigned LEB128 number; where it ends. Reading: NULL if it does not end in time. */
unsigned char *tkai_number_write(unsigned char *to, uint64_t number);
const unsigned char *tkai_number_read(const unsigned char *from,
                                      const unsigned char *end, uint64_t *number);

/* Add what the blob holds to the buckets. 0; -1 if it is damaged. */
int tkai_blob_add(const unsigned char *blob, size_t size, uint64_t *buckets);

/* Subtract what the blob holds from the buckets, never below 0. 0; -1 if it is
 * damaged. */
int tkai_blob_subtract(const unsigned char *blob, size_t size, uint64_t *buckets);

#endif
