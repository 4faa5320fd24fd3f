#include "cputime.h"

#include <tka/live.h>

#include "deep.h"
#include "os.h"
#include "state.h"

static void read_clock(void *ns)
{
    *(uint64_t *)ns = tkai_os_thread_cpu_ns();
}

/* Calls that a longjmp ended: their frames lie below ours, or the new call has the place
 * of one of them, which ends those within it too. Where a handler has a stack of its own
 * live ones may go, whose CPU time is then not known. */
static void drop_dead(struct tkai_thread *thread, uintptr_t scope, uintptr_t frame)
{
    for (uint32_t i = 0; i < thread->cpu_depth; i++) {
        if (thread->cpu[i].scope == scope || thread->cpu[i].scope < frame) {
            thread->cpu_depth = i;
        }
    }
}

int tkai_cputime_begin(struct tkai_thread *thread, const struct tka_scope *scope)
{
    uint64_t ns;

    drop_dead(thread, (uintptr_t)scope, (uintptr_t)__builtin_frame_address(0));
    if (thread->cpu_depth == TKAI_CPU_DEPTH) {
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
