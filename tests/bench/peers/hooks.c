/* The hooks of -finstrument-functions: empty, or with -DSTATISTICS what one would write
 * by hand: two clock readings, and count, sum, least and most per thread and function. */
#include <stdint.h>

void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

#if defined STATISTICS
struct statistics {
    uint64_t count, ticks, least, most;
};

static __thread struct statistics by_function[64];
static __thread uint64_t start[1024];
static __thread unsigned depth;

void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)function, (void)caller;
    start[depth++ % 1024] = __builtin_ia32_rdtsc();
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    uint64_t ticks = __builtin_ia32_rdtsc() - start[--depth % 1024];
    struct statistics *s = &by_function[(uintptr_t)function / 64 % 64];

    (void)caller;
    s->least = s->count == 0 || ticks < s->least ? ticks : s->least;
    s->most = ticks > s->most ? ticks : s->most;
    s->count++;
    s->ticks += ticks;
}
#else
void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)function, (void)caller;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function, (void)caller;
}
#endif
