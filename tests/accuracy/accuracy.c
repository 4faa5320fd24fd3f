/* The programs whose profile run.sh compares with the truth; the first argument says
 * which. Each prints the truth, one line a function: name, calls, mean ns. trials.h
 * is made by run.sh: TRIALS functions trial_N, and their table. */
#include <pthread.h>
#include <unistd.h>
#include <tka/tka.h>

#include "workload.h"

/* --- shapes: one function a distribution --------------------------------- */

static Truth one, two;

TKA_PROFILE NOINLINE static void constant_1us(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void constant_100us(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void constant_10ms(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void constant_100ms(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void bimodal(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void lognormal(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void pareto(long turns)
{
    spin_noted(&one, turns);
}

TKA_PROFILE NOINLINE static void first_slow(long turns)
{
    spin_noted(&one, turns);
}

static Truth truth_of(uint64_t calls)
{
    return (Truth){0, 0, calloc(calls, sizeof(uint64_t))};
}

static void call_drawn(const char *name, const char *distribution, void (*call)(long),
                       double ns, int calls)
{
    long *turns = draw_turns(distribution, ns);

    one = truth_of((uint64_t)calls);
    for (int i = 0; i < calls; i++) {
        call(turns[i % DRAWS]);
        if (ns >= 1e5 || i % 1024 == 0) {
            rest();
        }
    }
    tell(name, &one);
    free(turns);
}

static void shapes(void)
{
    call_drawn("constant_1us", "", constant_1us, 1e3, 200000);
    call_drawn("constant_100us", "", constant_100us, 1e5, 3000);
    call_drawn("constant_10ms", "", constant_10ms, 1e7, 40);
    call_drawn("constant_100ms", "", constant_100ms, 1e8, 5);
    call_drawn("bimodal", "bimodal", bimodal, 700, 200000);
    call_drawn("lognormal", "lognormal", lognormal, 700, 200000);
    call_drawn("pareto", "pareto", pareto, 1e3, 200000);
}

/* The first call of the process takes 1000 times as long as the others. */
static void first(void)
{
    one = truth_of(200001);
    first_slow(turns_for(500e3));
    for (int i = 0; i < 200000; i++) {
        first_slow(turns_for(500));
        if (i % 1024 == 0) {
            rest();
        }
    }
    tell("first_slow", &one);
}

/* --- tiny: truth from stretches of calls without a probe ------------------ */

static long turns_20ns, turns_100ns;

TKA_PROFILE NOINLINE static void spin_20ns(void)
{
    spun = turn(spun, turns_20ns);
}

TKA_PROFILE NOINLINE static void spin_100ns(void)
{
    spun = turn(spun, turns_100ns);
}

NOINLINE static void twin_20ns(void)
{
    spun = turn(spun, turns_20ns);
}

NOINLINE static void twin_100ns(void)
{
    spun = turn(spun, turns_100ns);
}

NOINLINE static void nothing(void)
{
    __asm__ volatile("");
}

static double stretch_ns(void (*call)(void))
{
    uint64_t start = ticks();

    for (int i = 0; i < 1000; i++) {
        call();
    }
    return (double)(ticks() - start) * ns_per_tick / 1000;
}

static int compare_ns(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Stretches of both in turn; of the twin's, less those of the loop, the median. */
static void call_twins(const char *name, void (*probed)(void), void (*twin)(void))
{
    enum { STRETCHES = 1000 };
    static double twins[STRETCHES], loops[STRETCHES];

    for (int i = 0; i < STRETCHES; i++) {
        twins[i] = stretch_ns(twin);
        loops[i] = stretch_ns(nothing);
        stretch_ns(probed);
        rest();
    }
    qsort(twins, STRETCHES, sizeof *twins, compare_ns);
    qsort(loops, STRETCHES, sizeof *loops, compare_ns);
    printf("%s %d %.3f\n", name, STRETCHES * 1000,
           twins[STRETCHES / 2] - loops[STRETCHES / 2]);
}

static void tiny(void)
{
    turns_20ns = turns_for(20);
    turns_100ns = turns_for(100);
    call_twins("spin_20ns", spin_20ns, twin_20ns);
    call_twins("spin_100ns", spin_100ns, twin_100ns);
}

/* --- nested, recursive, paths --------------------------------------------- */

static long turns_50ns, turns_1us;

TKA_PROFILE NOINLINE static void inner(void)
{
    spun = turn(spun, turns_50ns);
}

TKA_PROFILE NOINLINE static void middle(void)
{
    spun = turn(spun, turns_1us);
    for (int i = 0; i < 20; i++) {
        inner();
    }
}

TKA_PROFILE NOINLINE static void outer(void)
{
    spun = turn(spun, 2 * turns_1us);
    middle();
    middle();
}

TKA_PROFILE NOINLINE static void recursive(int depth)
{
    uint64_t start = __builtin_ia32_rdtsc();

    spun = turn(spun, turns_1us);
    if (depth > 1) {
        recursive(depth - 1);
    }
    note(&one, ticks() - start);
    if (depth == 10) {
        note(&two, ticks() - start);
    }
}

TKA_PROFILE NOINLINE static void shared(long turns)
{
    spun = turn(spun, turns);
}

TKA_PROFILE NOINLINE static void rarely(void)
{
    shared(9 * turns_1us);
}

TKA_PROFILE NOINLINE static void often(void)
{
    shared(turns_1us);
}

/* Self time in percent: of outer 2 us, middle 2 x 1 us, inner 2 x 20 x 50 ns.
 * Time of shared by its caller: rarely 9 us, often 9 x 1 us. */
static void nested(void)
{
    turns_50ns = turns_for(50);
    turns_1us = turns_for(1000);
    for (int i = 0; i < 20000; i++) {
        outer();
        rarely();
        for (int j = 0; j < 9; j++) {
            often();
        }
        if (i % 128 == 0) {
            rest();
        }
    }
    printf("outer 20000 2000\nmiddle 40000 1000\ninner 800000 50\n");
    printf("rarely;shared 20000 9000\noften;shared 180000 1000\n");
}

static void recursion(void)
{
    turns_1us = turns_for(1000);
    one = truth_of(200000);
    two = truth_of(20000);
    for (int i = 0; i < 20000; i++) {
        recursive(10);
        if (i % 128 == 0) {
            rest();
        }
    }
    tell("recursive", &one);
    tell("recursive_outermost", &two);
}

/* --- threads -------------------------------------------------------------- */

static __thread Truth own;

TKA_PROFILE NOINLINE static void in_threads(long turns)
{
    spin_noted(&own, turns);
}

static void *run_thread(void *argument)
{
    const long *turns = argument;
    Truth *result = calloc(1, sizeof *result);

    own = truth_of(50000);
    for (int i = 0; i < 50000; i++) {
        in_threads(turns[i % DRAWS]);
        if (i % 1024 == 0) {
            rest();
        }
    }
    *result = own;
    return result;
}

static void threads(int count)
{
    long *turns = draw_turns("lognormal", 700);
    pthread_t thread[8];

    one = truth_of((uint64_t)count * 50000);
    for (int i = 0; i < count; i++) {
        pthread_create(&thread[i], NULL, run_thread, turns);
    }
    for (int i = 0; i < count; i++) {
        void *result;
        const Truth *of;

        pthread_join(thread[i], &result);
        of = result;
        memcpy(one.each + one.calls, of->each, of->calls * sizeof *of->each);
        one.calls += of->calls;
        one.sum += of->sum;
    }
    tell("in_threads", &one);
}

/* --- coverage: many functions, each a trial of its own --------------------- */

static Truth trial_truth[1000];

#include "trials.h"

/* One after the other, or all at once, as in a large program that starts. */
static void coverage(const char *distribution, int calls, int at_once)
{
    long *turns = draw_turns(distribution, 1000);
    Random random = {0x9e3779b97f4a7c15u};

    for (int i = 0; i < calls * TRIALS; i++) {
        trials[at_once ? i % TRIALS : i / calls](turns[(int)(uniform(&random) * DRAWS)]);
        if (i % 1024 == 0) {
            rest();
        }
    }
    for (int t = 0; t < TRIALS; t++) {
        char name[32];

        snprintf(name, sizeof name, "trial_%d", t);
        tell(name, &trial_truth[t]);
    }
}

/* --- change of behaviour: one session a second ----------------------------- */

TKA_PROFILE NOINLINE static void changing(long turns)
{
    spin_noted(&one, turns);
}

static void stretch(const char *name, double ns, double seconds)
{
    double end = now_ns() + seconds * 1e9;
    long turns = turns_for(ns);

    one = (Truth){0, 0, NULL};
    tka_session_start(name);
    do {
        int calls = ns < 1e5 ? 1000 : 1;

        for (int i = 0; i < calls; i++) {
            changing(turns);
        }
        rest();
    } while (now_ns() < end);
    tka_session_stop();
    tell(name, &one);
}

static void change(double before_ns, double after_ns)
{
    stretch("before", before_ns, 3);
    stretch("second_1", after_ns, 1);
    stretch("second_2", after_ns, 1);
    stretch("second_3", after_ns, 1);
}

/* --- overhead: calls that the build without probes makes, too --------------- */

TKA_PROFILE NOINLINE static uint64_t leaf(uint64_t x)
{
    return x * 3 + 1;
}

TKA_PROFILE NOINLINE static uint64_t chain_3(uint64_t x) { return leaf(x) + 1; }
TKA_PROFILE NOINLINE static uint64_t chain_2(uint64_t x) { return chain_3(x) + 1; }
TKA_PROFILE NOINLINE static uint64_t chain_1(uint64_t x) { return chain_2(x) + 1; }

TKA_PROFILE NOINLINE static uint64_t work(uint64_t x)
{
    return turn(x, 64);
}

/* A table walked at random, larger than the processor's first caches. */
static uint32_t *table;

TKA_PROFILE NOINLINE static uint64_t look_up(uint64_t x)
{
    return x * 6364136223846793005u + table[x >> 44];
}

static void mix(const char *name, long calls)
{
    uint64_t x = 1;

    table = calloc(1 << 20, sizeof *table);
    for (long i = 0; i < calls; i++) {
        switch (*name) {
        case 'l': x = leaf(x); break;
        case 'c': x = chain_1(x); break;
        case 'w': x = work(x); break;
        default: x = look_up(x); break;
        }
    }
    printf("%llu\n", (unsigned long long)x);
}

/* The clock's step in ns, below which no duration can be told apart. */
static void grain(void)
{
    uint64_t step = UINT64_MAX;

    for (int i = 0; i < 10000; i++) {
        uint64_t from = ticks(), took = ticks() - from;

        for (uint64_t next = ticks(); next - from < 3 * took + 3; next = ticks()) {
            uint64_t rest = (next - from) % (took != 0 ? took : 1);

            step = rest != 0 && rest < step ? rest : step;
        }
        step = took != 0 && took < step ? took : step;
    }
    printf("%.1f\n", (double)step * ns_per_tick);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    double number = argc > 2 ? atof(argv[2]) : 0;

    if (strcmp(what, "mix") == 0) {
        mix(argv[2], atol(argv[3]));
        return 0;
    }
    calibrate();
    if (strcmp(what, "grain") == 0) {
        grain();
    } else if (strcmp(what, "shapes") == 0) {
        shapes();
    } else if (strcmp(what, "first") == 0) {
        first();
    } else if (strcmp(what, "tiny") == 0) {
        tiny();
    } else if (strcmp(what, "nested") == 0) {
        nested();
    } else if (strcmp(what, "recursion") == 0) {
        recursion();
    } else if (strcmp(what, "threads") == 0) {
        threads((int)number);
    } else if (strcmp(what, "coverage") == 0) {
        coverage(argv[2], atoi(argv[3]), argc > 4);
    } else if (strcmp(what, "change") == 0) {
        change(number, atof(argv[3]));
    } else {
        return 2;
    }
    return 0;
}
