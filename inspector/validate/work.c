/* A program as people annotate one, for `tka validate`: functions of 1 us and more,
 * nested three deep, on some megabytes of memory.
 *   work               prints how many turns of the loop take 1 us
 *   work TURNS COUNT   handles COUNT requests of some 130 us each
 * The second form prints a checksum and its largest resident size in KiB. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef TKA_PLAIN
#define TKA_PROFILE
#else
#include <tka/tka.h>
#endif

#define WORDS (1u << 21)

static uint64_t memory[WORDS];
static long turns_per_us;

static uint64_t turn(uint64_t x, long turns)
{
    for (long i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

/* 1 us */
TKA_PROFILE __attribute__((noinline)) static uint64_t look_up(uint64_t key)
{
    uint64_t place = turn(key, turns_per_us);

    memory[place % WORDS] += key;
    return place;
}

/* 3 us and two look-ups */
TKA_PROFILE __attribute__((noinline)) static uint64_t parse_field(uint64_t field)
{
    return look_up(field) + look_up(field + 1) + turn(field, 3 * turns_per_us);
}

/* 10 us */
TKA_PROFILE __attribute__((noinline)) static uint64_t format_answer(uint64_t sum)
{
    return turn(sum, 10 * turns_per_us);
}

/* 20 us and the above: some 130 us */
TKA_PROFILE __attribute__((noinline)) static uint64_t handle_request(uint64_t number)
{
    uint64_t sum = turn(number, 20 * turns_per_us);

    for (uint64_t i = 0; i < 20; i++) {
        sum += parse_field(number + i);
    }
    return format_answer(sum);
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int calibrate(void)
{
    double best = 1e18;

    for (int i = 0; i < 50; i++) {
        double start = now_ns(), took;

        memory[0] += turn(memory[0], 200000);
        took = now_ns() - start;
        best = took < best ? took : best;
    }
    printf("%.0f\n", 200000 / best * 1000);
    return 0;
}

static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;

    while (file && fgets(line, sizeof line, file)) {
        if (!strncmp(line, "VmHWM:", 6)) {
            kib = atol(line + 6);
        }
    }
    if (file) {
        fclose(file);
    }
    return kib;
}

int main(int argc, char **argv)
{
    uint64_t sum = 0;
    long count;

    if (argc < 3) {
        return calibrate();
    }
    turns_per_us = atol(argv[1]);
    count = atol(argv[2]);
    memset(memory, 1, sizeof memory);
    for (long i = 0; i < count; i++) {
        sum += handle_request((uint64_t)i);
    }
    printf("%llu %ld\n", (unsigned long long)sum, resident_kib());
    return 0;
}
