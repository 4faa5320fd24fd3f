/* unit - what the inspector's unit tests include: cmocka with what it needs, and
 * random bytes for the fuzz-like tests. */
#ifndef TKA_TEST_UNIT_H
#define TKA_TEST_UNIT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* xorshift64: the same numbers in every run. */
static inline uint64_t unit_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A copy of exactly this size, so that the sanitizer sees a byte read beyond. */
static inline uint8_t *unit_exact_copy(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    if (size) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

#endif
