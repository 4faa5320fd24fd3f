/* Functions of known duration, for accuracy.sh: a spin of a fixed number of
 * dependent multiplications takes the same time each call. Prints the mean time
 * of a call as clock_gettime has it, over stretches of many calls of this very
 * run, so that other load on the machine is in both figures. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tka/tka.h>

static volatile uint64_t sink;
static double ns_per_turn;

static inline __attribute__((always_inline)) uint64_t turn(uint64_t x, long turns)
{
    for (long i = 0; i < turns; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}

static long turns_200ns, turns_2us, turns_1ms;

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

static double now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void calibrate(void)
{
    double best = 1e18;

    for (int i = 0; i < 50; i++) {
        double start = now_ns(), took;

        sink = turn(sink, 200000);
        took = now_ns() - start;
        best = took < best ? took : best;
    }
    ns_per_turn = best / 200000;
}

static void run(const char *name, void (*f)(void), int calls)
{
    double start = now_ns();

    for (int i = 0; i < calls; i++) {
        f();
    }
    printf("%s %.2f\n", name, (now_ns() - start) / calls);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        ns_per_turn = atof(argv[1]);
    } else {
        calibrate();
        printf("%.9f\n", ns_per_turn);
        return 0;
    }
    turns_200ns = (long)(200 / ns_per_turn);
    turns_2us = (long)(2000 / ns_per_turn);
    turns_1ms = (long)(1000000 / ns_per_turn);
    run("spin_200ns", spin_200ns, 1000000);
    run("spin_2us", spin_2us, 200000);
    run("spin_1ms", spin_1ms, 400);
    return 0;
}
