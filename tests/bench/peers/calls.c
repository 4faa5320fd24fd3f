/* The functions that are watched. Ways that are in the source are chosen by
 * -DWATCH_name; the others are options of the compiler. */
#include "driver.h"

#if defined WATCH_TKA
#include <tka/tka.h>
#define WATCHED TKA_PROFILE __attribute__((noinline, aligned(64))) uint64_t
#else
#define WATCHED __attribute__((noinline, aligned(64))) uint64_t
#endif

#if defined WATCH_RDTSC
static __thread uint64_t sum;
#define ENTER uint64_t start = __builtin_ia32_rdtsc();
#define LEAVE sum += __builtin_ia32_rdtsc() - start;
#elif defined WATCH_GETTIME
#include <time.h>
static __thread uint64_t sum;
static inline uint64_t now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}
#define ENTER uint64_t start = now();
#define LEAVE sum += now() - start;
#elif defined WATCH_LTTNG
#include "lttng.h"
#define ENTER tracepoint(tka_peers, enter, watched_leaf);
#define LEAVE tracepoint(tka_peers, leave, watched_leaf);
#else
#define ENTER
#define LEAVE
#endif

/* value between the probes of the ways that are in the source */
#define WATCH(value)                                                                     \
    uint64_t y;                                                                          \
    ENTER                                                                                \
    y = value;                                                                           \
    LEAVE                                                                                \
    return y;

uint64_t watched_3(uint64_t x), watched_2(uint64_t x);

WATCHED watched_leaf(uint64_t x){WATCH(x * 3 + 1)}

WATCHED watched_3(uint64_t x){WATCH(watched_leaf(x) + 1)}

WATCHED watched_2(uint64_t x){WATCH(watched_3(x) + 1)}

WATCHED watched_chain(uint64_t x)
{
    WATCH(watched_2(x) + 1)
}
