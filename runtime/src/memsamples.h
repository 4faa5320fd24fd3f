/* memsamples - the sampled blocks that live.
 *
 * Every byte asked for is the next sample with the same small probability, so that
 * the distance between two is exponential, and a block of s bytes is one with
 * p = 1 - exp(-s/R). It stands for 1/p blocks (Horvitz & Thompson 1952).
 */
#ifndef TKA_MEMSAMPLES_H
#define TKA_MEMSAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct tkai_memsample {
    uintptr_t hidden;               /* ~address: nothing of ours points to a block */
    uint32_t row;
    uint32_t blocks;                /* that it stands for, in 1/256; at most 2^24 of them */
    uint64_t bytes;
};

/* Bytes to the next sample; mean R. random: a state of xorshift64*, not 0. */
int64_t tkai_memsamples_distance(uint64_t *random, double mean_bytes);

/* What a block of this size stands for. */
void tkai_memsamples_weigh(struct tkai_memsample *sample, size_t size, double mean_bytes);

/* 0; -1 there is no room. Safe among threads; signals are blocked meanwhile. */
int tkai_memsamples_add(const struct tkai_memsample *sample);

/* Take it out. 0; -1 it is none. */
int tkai_memsamples_take(const void *block, struct tkai_memsample *sample);

/* In a forked child: begin with none. */
void tkai_memsamples_forget(void);

#endif
