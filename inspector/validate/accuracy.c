/* Functions of known duration, for `tka validate`: a spin of a fixed number of
 * dependent multiplications takes the same time each call. argv[1]: stretches.
 *
 * The truth is what the clock says of stretches of many calls of a twin without a
 * probe, which take turns with those of the function: no probe's cost is in it, and
 * other load on the machine is in both.
 * Prints for each function: name, calls, mean ns. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tka/tka.h>

#define MAX_STRETCHES 1000

static volatile uint64_t sink;
static long turns_200ns, turns_2us, turns_1ms;

static inline __attribute__((always_inline)) uint64_t turn(uint64_t x, long turns)
{
    for (long i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

TKA_PROFILE __attribute__((noinline)) static void spin_200ns(void)
{
    sink = turn(sink, turns_200ns);
}

TKA_PROFILE __attribute__((noinline)) static void spin_2us(void)
{
    sink = turn(sink, turns_2us);
}

TKA_PROFILE __attribute__((noinline)) static void spin_1ms(void)
{
    sink = turn(sink, turns_1ms);
}

__attribute__((noinline)) static void twin_200ns(void)
{
    sink = turn(sink, turns_200ns);
}

__attribute__((noinline)) static void twin_2us(void)
{
    sink = turn(sink, turns_2us);
}

__attribute__((noinline)) static void twin_1ms(void)
{
    sink = turn(sink, turns_1ms);
}

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double calibrate(void)
{
    double best = 1e18;

    for (int i = 0; i < 50; i++) {
        double start = now_ns(), took;

        sink = turn(sink, 200000);
        took = now_ns() - start;
        best = took < best ? took : best;
    }
    return best / 200000;
}

static double stretch(void (*f)(void), int calls)
{
    double start = now_ns();

    for (int i = 0; i < calls; i++) {
        f();
    }
    return (now_ns() - start) / calls;
}

static void measure(const char *name, void (*probed)(void), void (*twin)(void), int calls,
                    int stretches)
{
    double sum = 0;

    for (int i = 0; i < stretches; i++) {
        sum += stretch(twin, calls);
        stretch(probed, calls);
    }
    printf("%s %d %.3f\n", name, calls * stretches, sum / stretches);
}

int main(int argc, char **argv)
{
    int wanted = argc > 1 ? atoi(argv[1]) : 100;
    int stretches = wanted < 10 ? 10 : wanted > MAX_STRETCHES ? MAX_STRETCHES : wanted;
    double ns_per_turn = calibrate();

    turns_200ns = (long)(200 / ns_per_turn);
    turns_2us = (long)(2000 / ns_per_turn);
    turns_1ms = (long)(1000000 / ns_per_turn);
    measure("spin_200ns", spin_200ns, twin_200ns, 5000, stretches);
    measure("spin_2us", spin_2us, twin_2us, 500, stretches);
    measure("spin_1ms", spin_1ms, twin_1ms, 2, stretches);
    return 0;
}
