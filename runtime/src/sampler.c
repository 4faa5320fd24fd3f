#include "sampler.h"

/* log2(1 + i / 64) in 1/65536. */
static const uint32_t log2_table[65] = {
    0, 1466, 2909, 4331, 5732, 7112, 8473, 9814,
    11136, 12440, 13727, 14996, 16248, 17484, 18704, 19909,
    21098, 22272, 23433, 24579, 25711, 26830, 27936, 29029,
    30109, 31178, 32234, 33279, 34312, 35334, 36346, 37346,
    38336, 39316, 40286, 41246, 42196, 43137, 44068, 44990,
    45904, 46809, 47705, 48593, 49472, 50344, 51207, 52063,
    52911, 53751, 54584, 55410, 56229, 57040, 57845, 58643,
    59434, 60219, 60997, 61769, 62534, 63294, 64047, 64794,
    65536
};

/* log(2) / -log(1 - 2^-k) in 1/65536: turns -log2(u) into a gap for period k;
 * [0] is not used. */
static const uint32_t gap_scale[TKAI_PERIOD_LOG2_MOST + 1] = {
    0, 65536, 157904, 340190, 703860, 1430802, 2884497, 5791797,
    11606352, 23235439, 46493603, 93009925, 186042566, 372107845
};

uint32_t tkai_sampler_random(struct tkai_random *random)
{
    uint64_t x = random->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return (uint32_t)((x * 0x2545f4914f6cdd1dull) >> 32);
}

/* -log2((r + 1) / 2^32) in 1/65536, linear between the table's entries: at most
 * 2^-14 off. */
static uint32_t minus_log2(uint32_t r)
{
    uint64_t u = (uint64_t)r + 1;
    unsigned top = 63u - (unsigned)__builtin_clzll(u);
    uint64_t mantissa = (u << (32 - top)) & 0xffffffffu; /* fraction in 2^-32 */
    unsigned slot = (unsigned)(mantissa >> 26);
    uint64_t rest = mantissa & 0x3ffffffu;
    uint64_t step = log2_table[slot + 1] - log2_table[slot];
    uint32_t fraction = log2_table[slot] + (uint32_t)(step * rest >> 26);

    return ((32 - top) << 16) - fraction;
}

uint32_t tkai_sampler_gap(struct tkai_random *random, unsigned k)
{
    if (k == 0) {
        return 1;
    }
    return 1 + (uint32_t)((uint64_t)minus_log2(tkai_sampler_random(random)) * gap_scale[k] >> 32);
}
