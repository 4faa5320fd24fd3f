/* Blocks that are lost, and blocks that are not, in many ways, each with its label. What
 * is expected is written in the script beside it. */
#include "hooks.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct node {
    struct node *next, *other;
    long value[4];
};

struct tail {
    long value[2];
    struct tail *next;                  /* the last of its 24 usable bytes */
};

static void *volatile sink;
static struct node *volatile kept;
static char *volatile interior;
static struct tail **volatile tail_member;
static __thread void *volatile local;
static pthread_barrier_t barrier;
static int never[2];

#define HERE __attribute__((noinline)) static

HERE void *labelled(int value, size_t size)
{
    void *block;

    label = value;
    block = malloc(size);
    memset(block, 0, size);
    label = 0;
    return block;
}

HERE struct node *node(int value)
{
    return labelled(value, sizeof(struct node));
}

/* Nothing that this thread's stack still holds of earlier calls. */
HERE void clean_stack(void)
{
    volatile char area[16384];

    memset((char *)area, 0, sizeof area);
}

HERE void lose(void)
{
    struct node *a, *b;

    for (int i = 0; i < 10; i++) {
        sink = labelled(1, 40 + (size_t)i * 100);
    }
    a = node(2);
    a->next = node(3);
    a->next->next = node(3);
    a = node(4);                        /* a circle: one definite, one indirect */
    a->next = node(4);
    a->next->next = a;
    a = node(5);                        /* two that lead into the same circle */
    b = node(5);
    a->next = b->next = node(6);
    a->next->next = node(6);
    a->next->next->next = a->next;
    a = node(7);
    a->next = a;                        /* points to itself */
    sink = labelled(8, 1 << 20);        /* mappings of their own */
    sink = labelled(8, 3 << 20);
    *(void **)((char *)sink + (2 << 20)) = node(9);
    sink = NULL;
}

/* The first allocated has the highest address or the lowest: both ways a circle's later
 * leader must claim the earlier. */
HERE void lose_circle_behind(void)
{
    struct node *a = node(10), *b = node(10), *c = node(11);

    a->next = b;
    b->next = a;
    c->next = b;
    c = NULL;
    c = node(11);
    a = node(10);
    b = node(10);
    a->next = b;
    b->next = a;
    c->next = a;
}

HERE void keep(void)
{
    struct tail *a;

    kept = node(20);
    kept->next = node(20);
    kept->next->other = node(20);
    interior = (char *)labelled(21, 5000) + 4999;
    a = labelled(22, sizeof *a);
    a->next = labelled(22, sizeof *a);
    tail_member = &a->next;             /* only the last member is pointed to */
    local = labelled(23, 64);
    *(void **)local = labelled(23, 200000);
}

HERE void map(void)
{
    void **region = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void **shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *guarded;

    declare_region(region, 65536);
    region[1000] = labelled(24, 100);
    shared[10] = labelled(25, 100);
    label = 26;
    if (posix_memalign((void **)&region[1001], 4096, 16384) != 0) {
        abort();
    }
    label = 0;
    guarded = region[1001];
    *(void **)(guarded + 8000) = labelled(26, 24);
    mprotect(guarded + 4096, 4096, PROT_READ);
    mprotect(guarded + 8192, 4096, PROT_NONE);
}

/* Freed memory that points to what is lost, on lists of the allocator's. */
HERE void stale(void)
{
    void *blocks[400];

    for (int i = 0; i < 400; i++) {
        blocks[i] = labelled(0, 100 + (size_t)i * 16);
    }
    for (int i = 0; i < 400; i += 2) {
        void **block = blocks[i];

        for (size_t j = 2; j < 12; j++) {
            block[j] = labelled(12, 32);
        }
    }
    for (int i = 0; i < 400; i += 2) {
        free(blocks[i]);
    }
    for (int i = 1; i < 400; i += 2) {
        free(blocks[i]);
        blocks[i] = NULL;
    }
    /* lost, with a chunk on the free lists behind each */
    for (int i = 0; i < 40; i++) {
        sink = labelled(13, 1500);
        blocks[i] = labelled(0, 1500);
        blocks[i + 40] = labelled(0, 24);
    }
    for (int i = 0; i < 80; i++) {
        free(blocks[i]);
    }
    memset(blocks, 0, sizeof blocks);
    sink = NULL;
}

static void *dies(void *argument)
{
    void *blocks[50];

    for (int i = 0; i < 50; i++) {
        blocks[i] = labelled(14, 64);
    }
    local = labelled(15, 64);
    sink = blocks;
    sink = NULL;
    return argument;
}

/* On the stack of the thread that died, which is used again. */
static void *waits(void *argument)
{
    void *volatile held;
    int data;

    clean_stack();
    held = labelled(27, 64);
    local = labelled(28, 64);
    pthread_barrier_wait(&barrier);
    if (read(never[0], &data, sizeof data) >= 0) {
        sink = held;
    }
    return argument;
}

static void *runs(void *argument)
{
    void *volatile held = labelled(29, 64);

    pthread_barrier_wait(&barrier);
    for (;;) {
        sink = held;
        free(malloc(200000));
    }
    return argument;
}

HERE void run_threads(int mode)
{
    pthread_t thread;

    pthread_create(&thread, NULL, dies, NULL);
    pthread_join(thread, NULL);
    if (mode == 't') {
        pthread_barrier_init(&barrier, NULL, 3);
        pthread_create(&thread, NULL, waits, NULL);
        pthread_create(&thread, NULL, runs, NULL);
        pthread_barrier_wait(&barrier);
        usleep(20000);
        sink = NULL;
    }
}

static void *exits(void *argument)
{
    void *volatile held = labelled(30, 64);

    exit(3 + (held == NULL));
    return argument;
}

static ucontext_t back, other;

static void coroutine(void)
{
    void *volatile held = labelled(31, 64);

    swapcontext(&other, &back);
    sink = held;
}

HERE void run_coroutine(void)
{
    getcontext(&other);
    other.uc_stack.ss_size = 65536;
    other.uc_stack.ss_sp = labelled(0, other.uc_stack.ss_size);
    makecontext(&other, coroutine, 0);
    swapcontext(&back, &other);
}

int main(int argc, char **argv)
{
    int mode = argc > 1 ? argv[1][0] : 'r';
    void *volatile held;
    pthread_t thread;

    if (pipe(never) != 0) {
        return 9;
    }
    setenv("TKA_TEST_VARIABLE", "a value of its own", 1);
    map();
    keep();
    stale();
    lose();
    lose_circle_behind();
    run_threads(mode);
    run_coroutine();
    clean_stack();
    held = labelled(16, 64);            /* reachable from main() while it runs */
    sink = NULL;
    if (mode == 'e') {
        exit(3);
    }
    if (mode == 'x') {
        pthread_create(&thread, NULL, exits, NULL);
        pthread_join(thread, NULL);
    }
    return held == NULL ? 9 : 3;
}
