#include "cputime.h"

#include <tka/live.h>

#include "deep.h"
#include "os.h"
#include "state.h"

static void read_clock(void *ns)
{
    *(uint64_t *)ns = tkai_os_thread_cpu_ns();
}

int tkai_cputime_begin(struct tkai_thread *thread, const struct tka_scope *scope)
{
    uint64_t ns;

    if (thread->cpu_depth == TKAI_CPU_DEPTH) {
        /* calls that a longjmp ended stay until a caller of theirs ends */
        return 0;
    }
    tkai_deep(read_clock, &ns);
    thread->cpu[thread->cpu_depth].scope = (uintptr_t)scope;
    thread->cpu[thread->cpu_depth++].ns = ns;
    return 1;
}

uint64_t tkai_cputime_end(struct tkai_thread *thread, const struct tka_scope *scope)
{
    uint32_t at = thread->cpu_depth;
    uint64_t ns;

    while (at > 0 && thread->cpu[at - 1].scope != (uintptr_t)scope) {
        at--;
    }
    if (at == 0) {
        return TKA_NOT_READ;
    }
    thread->cpu_depth = at - 1;
    tkai_deep(read_clock, &ns);
    ns -= thread->cpu[at - 1].ns;
    return ns > tkai_state.cpu_inside_ns ? ns - tkai_state.cpu_inside_ns : 0;
}
