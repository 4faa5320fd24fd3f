/* How the process ends decides which frames are alive when it does, and what runs last.
 */
#define _GNU_SOURCE
#include "../leak.h"

#include <pthread.h>
#include <signal.h>

static void *global;
static volatile int yes = 1;

/* main returned: its frame is dead, and this was the one pointer. To lsan everything
 * above its own stack pointer is alive; it finds the block if its frames overwrote the
 * word, which is a matter of compiler and level. */
/* LEAK main_returns definite=1 bytes=90 differs=lsan */
static int main_returns(void)
{
    return 0;
}

/* The same, all of a list hanging on main's variable. lsan: see above. */
/* LEAK list_of_main definite=1 bytes=24 indirect=9 indirect_bytes=216 differs=lsan */
static int list_of_main(void)
{
    return 0;
}

/* exit() inside main: the frame is still there. */
/* CLEAN main_exits reachable=1 reachable_bytes=90 */
static int main_exits(void)
{
    exit(0);
}

LEAK_NOINLINE static void hold_and_go_deeper(int depth)
{
    LEAK_HELD(block, leak_block(30));
    if (depth == 0) {
        if (yes) {
            exit(0);
        }
        return;
    }
    hold_and_go_deeper(depth - 1);
    free(block);
}

/* CLEAN exit_in_recursion reachable=6 reachable_bytes=180 */
static void exit_in_recursion(void)
{
    hold_and_go_deeper(5);
}

LEAK_NOINLINE static void hold_and_return(void)
{
    LEAK_HELD(block, leak_block(31));
    (void)block;
}

/* LEAK exit_after_frame_left definite=1 bytes=31 */
static void exit_after_frame_left(void)
{
    hold_and_return();
    LEAK_CLOBBER_STACK();
    exit(0);
}

/* A live frame holds one block, a frame that is left held the other. */
/* LEAK exit_one_held_one_lost definite=1 bytes=31 */
static void exit_one_held_one_lost(void)
{
    LEAK_HELD(block, leak_block(32));
    hold_and_return();
    LEAK_CLOBBER_STACK();
    exit(0);
    free(block);
}

static void free_global(void)
{
    free(global);
    global = NULL;
}

static void set_global(size_t bytes)
{
    global = leak_block(bytes);
    LEAK_ESCAPE(&global);
}

/* CLEAN freed_at_exit */
static void freed_at_exit(void)
{
    set_global(33);
    atexit(free_global);
}

static void lose_one(void)
{
    leak_lose(34);
    LEAK_CLOBBER_STACK();
}

/* LEAK lost_at_exit definite=1 bytes=34 */
static void lost_at_exit(void)
{
    atexit(lose_one);
}

static void forget_global(void)
{
    global = NULL;
    LEAK_ESCAPE(&global);
}

/* LEAK forgotten_at_exit definite=1 bytes=35 */
static void forgotten_at_exit(void)
{
    set_global(35);
    atexit(forget_global);
}

static void free_argument(int status, void *block)
{
    (void)status;
    free(block);
}

/* Until then only the C library's list of handlers has the pointer, and it encrypts some.
 */
/* CLEAN freed_by_on_exit */
static void freed_by_on_exit(void)
{
    on_exit(free_argument, leak_block(36));
}

static int destructor_frees_it, destructor_forgets_it;

__attribute__((destructor)) static void last_things(void)
{
    if (destructor_frees_it) {
        free_global();
    }
    if (destructor_forgets_it) {
        forget_global();
    }
}

/* CLEAN freed_by_destructor */
static void freed_by_destructor(void)
{
    set_global(37);
    destructor_frees_it = 1;
}

/* Destructors run after the handlers of atexit: a detector has to be later still. */
/* LEAK forgotten_by_destructor definite=1 bytes=38 */
static void forgotten_by_destructor(void)
{
    set_global(38);
    destructor_forgets_it = 1;
}

static void *exits(void *data)
{
    (void)data;
    exit(0);
}

/* Another thread ends the process while main waits for it with the block on its stack. */
/* CLEAN exit_in_thread */
static void exit_in_thread(void)
{
    pthread_t thread;

    LEAK_HELD(block, leak_block(39));
    leak_need(pthread_create(&thread, NULL, exits, NULL) == 0, "pthread_create failed");
    pthread_join(thread, NULL);
    free(block);
}

static void *exits_after_main(void *main_thread)
{
    pthread_join(*(pthread_t *)main_thread, NULL);
    exit(0);
}

/* The main thread is gone, its frames with it; another one ends the process. lsan is not
 * told that the main thread ended and scans all of its stack. */
/* LEAK main_thread_gone definite=1 bytes=40 differs=lsan */
static void main_thread_gone(void)
{
    static pthread_t self;
    pthread_t thread;

    LEAK_HELD(block, leak_block(40));
    self = pthread_self();
    leak_need(pthread_create(&thread, NULL, exits_after_main, &self) == 0,
              "pthread_create failed");
    pthread_exit(NULL);
    free(block);
}

static void exit_on_signal(int number)
{
    (void)number;
    exit(0);
}

/* The signal's handler exits; the interrupted function's frame is alive. */
/* CLEAN exit_in_handler reachable=1 reachable_bytes=43 */
static void exit_in_handler(void)
{
    LEAK_HELD(block, leak_block(43));
    signal(SIGUSR1, exit_on_signal);
    raise(SIGUSR1);
    free(block);
}

/* CLEAN nothing_allocated reachable=0 */
static void nothing_allocated(void)
{
}

/* clang-format off */
static const struct LeakScene scenes[] = {
    SCENE(exit_in_recursion), SCENE(exit_after_frame_left), SCENE(exit_one_held_one_lost),
    SCENE(freed_at_exit), SCENE(lost_at_exit), SCENE(forgotten_at_exit),
    SCENE(freed_by_on_exit), SCENE(freed_by_destructor), SCENE(forgotten_by_destructor),
    SCENE(exit_in_thread), SCENE(main_thread_gone), SCENE(exit_in_handler),
    SCENE(nothing_allocated),
};
/* clang-format on */

/* The scenes in which main itself holds the block; main does not call anything after. */
static const struct {
    const char *name;
    int (*end)(void);
    int nodes;
} of_main[] = {
    {"main_returns", main_returns, 0},
    {"list_of_main", list_of_main, 10},
    {"main_exits", main_exits, 0},
};

int main(int argc, char **argv)
{
    void *volatile local = NULL;

    for (size_t i = 0; i < sizeof of_main / sizeof of_main[0]; i++) {
        if (argc < 2) {
            puts(of_main[i].name);
        } else if (strcmp(argv[1], of_main[i].name) == 0) {
            local = of_main[i].nodes ? leak_chain(of_main[i].nodes) : leak_block(90);
            LEAK_ESCAPE(&local);
            return of_main[i].end();
        }
    }
    return leak_play(scenes, sizeof scenes / sizeof scenes[0], argc > 1 ? argv[1] : NULL);
}
