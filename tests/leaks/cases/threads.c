/* Memory of threads: lost in them, kept by them, handed over. */
#define _GNU_SOURCE
#include "../leak.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void *ThreadBody(void *);

static sem_t ready;
static pthread_key_t key;
static __thread void *thread_local;

LEAK_NOINLINE static pthread_t start(ThreadBody *body, void *data)
{
    pthread_t thread;

    leak_need(pthread_create(&thread, NULL, body, data) == 0, "pthread_create failed");
    return thread;
}

LEAK_NOINLINE static void run(ThreadBody *body, void *data)
{
    pthread_join(start(body, data), NULL);
}

static void *loses(void *data)
{
    leak_lose(100);
    LEAK_CLOBBER_STACK();
    return data;
}

/* LEAK lost_in_joined definite=1 bytes=100 */
static void lost_in_joined(void)
{
    run(loses, NULL);
}

/* LEAK lost_in_each_of_8 definite=8 bytes=800 */
static void lost_in_each_of_8(void)
{
    pthread_t threads[8];

    for (int i = 0; i < 8; i++) {
        threads[i] = start(loses, NULL);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void *loses_at_once(void *data)
{
    LEAK_HELD(block, leak_block(100));
    (void)block;
    return data;
}

/* The pointer is still on the thread's stack, which the C library keeps for the next
 * thread: dead memory, though it is mapped. */
/* LEAK lost_on_dead_stack definite=1 bytes=100 */
static void lost_on_dead_stack(void)
{
    run(loses_at_once, NULL);
}

static volatile pid_t detached;

static void *loses_detached(void *data)
{
    detached = gettid();
    leak_lose(100);
    LEAK_CLOBBER_STACK();
    sem_post(&ready);
    return data;
}

/* The thread has ended when the system knows it no more. */
/* LEAK lost_in_detached definite=1 bytes=100 */
static void lost_in_detached(void)
{
    char path[64];

    sem_init(&ready, 0, 0);
    pthread_detach(start(loses_detached, NULL));
    sem_wait(&ready);
    snprintf(path, sizeof path, "/proc/self/task/%d", (int)detached);
    while (access(path, F_OK) == 0) {
        sched_yield();
    }
}

static void *returns_block(void *data)
{
    (void)data;
    return leak_block(60);
}

/* The result of a joined thread is for the one who joins. The C library keeps it in the
 * descriptor on the dead thread's stack, which stays mapped for the next thread. */
/* LEAK result_ignored definite=1 bytes=60 */
static void result_ignored(void)
{
    run(returns_block, NULL);
}

/* CLEAN result_freed */
static void result_freed(void)
{
    void *result = NULL;

    pthread_join(start(returns_block, NULL), &result);
    free(result);
}

static void *sets_key(void *data)
{
    pthread_setspecific(key, leak_block(70));
    LEAK_CLOBBER_STACK();
    return data;
}

/* LEAK key_without_destructor definite=1 bytes=70 */
static void key_without_destructor(void)
{
    pthread_key_create(&key, NULL);
    run(sets_key, NULL);
}

/* CLEAN key_with_destructor */
static void key_with_destructor(void)
{
    pthread_key_create(&key, free);
    run(sets_key, NULL);
}

static void *sets_key_twice(void *data)
{
    pthread_setspecific(key, leak_block(71));
    pthread_setspecific(key, leak_block(72));
    LEAK_CLOBBER_STACK();
    return data;
}

/* LEAK key_overwritten definite=1 bytes=71 */
static void key_overwritten(void)
{
    pthread_key_create(&key, free);
    run(sets_key_twice, NULL);
}

/* The main thread's value; no destructor runs when main returns. */
/* CLEAN key_of_main reachable=1 reachable_bytes=73 */
static void key_of_main(void)
{
    pthread_key_create(&key, free);
    pthread_setspecific(key, leak_block(73));
}

/* The 40th key: its value is in a table that the C library allocates. */
/* CLEAN high_key_of_main reachable=2 reachable_bytes=586 */
static void high_key_of_main(void)
{
    for (int i = 0; i < 40; i++) {
        pthread_key_create(&key, NULL);
    }
    pthread_setspecific(key, leak_block(74));
}

/* CLEAN thread_local_of_main reachable=1 reachable_bytes=75 */
static void thread_local_of_main(void)
{
    thread_local = leak_block(75);
    LEAK_ESCAPE(&thread_local);
}

static void *sets_thread_local(void *data)
{
    thread_local = leak_block(76);
    LEAK_ESCAPE(&thread_local);
    LEAK_CLOBBER_STACK();
    return data;
}

/* A thread's own variable ends with the thread. */
/* LEAK thread_local_of_ended definite=1 bytes=76 */
static void thread_local_of_ended(void)
{
    run(sets_thread_local, NULL);
}

static void *frees_thread_local(void *data)
{
    thread_local = leak_block(76);
    LEAK_ESCAPE(&thread_local);
    free(thread_local);
    return data;
}

/* CLEAN thread_local_freed */
static void thread_local_freed(void)
{
    run(frees_thread_local, NULL);
}

LEAK_NOINLINE static void wait_for_ever(void)
{
    sem_post(&ready);
    for (;;) {
        pause();
    }
}

static void *holds_on_stack(void *data)
{
    LEAK_HELD(block, leak_block(80));
    wait_for_ever();
    free(block);
    return data;
}

static void start_and_wait(ThreadBody *body)
{
    sem_init(&ready, 0, 0);
    start(body, NULL);
    sem_wait(&ready);
}

/* The thread is still there when main returns, and so is its stack. */
/* CLEAN stack_of_running */
static void stack_of_running(void)
{
    start_and_wait(holds_on_stack);
}

static void *holds_thread_local(void *data)
{
    thread_local = leak_block(81);
    LEAK_ESCAPE(&thread_local);
    LEAK_CLOBBER_STACK();
    wait_for_ever();
    return data;
}

/* CLEAN thread_local_of_running */
static void thread_local_of_running(void)
{
    start_and_wait(holds_thread_local);
}

static void *holds_key(void *data)
{
    pthread_setspecific(key, leak_block(82));
    LEAK_CLOBBER_STACK();
    wait_for_ever();
    return data;
}

/* CLEAN key_of_running */
static void key_of_running(void)
{
    pthread_key_create(&key, free);
    start_and_wait(holds_key);
}

static void *loses_and_waits(void *data)
{
    leak_lose(83);
    LEAK_CLOBBER_STACK();
    wait_for_ever();
    return data;
}

/* LEAK lost_in_running definite=1 bytes=83 */
static void lost_in_running(void)
{
    start_and_wait(loses_and_waits);
}

static void *stack_memory;

LEAK_NOINLINE static pthread_t start_on(void *stack, size_t bytes, ThreadBody *body)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, bytes);
    leak_need(pthread_create(&thread, &attributes, body, NULL) == 0,
              "pthread_create failed");
    pthread_attr_destroy(&attributes);
    return thread;
}

enum { OWN_STACK_BYTES = 1 << 20 };

/* The thread's stack is a block of the heap. */
/* CLEAN stack_from_heap */
static void stack_from_heap(void)
{
    leak_need(posix_memalign(&stack_memory, 4096, OWN_STACK_BYTES) == 0, "no memory");
    memset(stack_memory, 0, OWN_STACK_BYTES);
    sem_init(&ready, 0, 0);
    start_on(stack_memory, OWN_STACK_BYTES, holds_on_stack);
    sem_wait(&ready);
}

/* CLEAN stack_from_heap_freed */
static void stack_from_heap_freed(void)
{
    leak_need(posix_memalign(&stack_memory, 4096, OWN_STACK_BYTES) == 0, "no memory");
    memset(stack_memory, 0, OWN_STACK_BYTES);
    pthread_join(start_on(stack_memory, OWN_STACK_BYTES, frees_thread_local), NULL);
    free(stack_memory);
}

/* The thread has ended, its stack is a block that is kept: what is in there is garbage to
 * the program, but to a scanner the content of a live block like any other. */
/* UNDECIDABLE stack_from_heap_dead */
static void stack_from_heap_dead(void)
{
    leak_need(posix_memalign(&stack_memory, 4096, OWN_STACK_BYTES) == 0, "no memory");
    memset(stack_memory, 0, OWN_STACK_BYTES);
    pthread_join(start_on(stack_memory, OWN_STACK_BYTES, loses_at_once), NULL);
}

/* CLEAN stack_from_mapping */
static void stack_from_mapping(void)
{
    void *stack = mmap(NULL, OWN_STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    leak_need(stack != MAP_FAILED, "mmap failed");
    sem_init(&ready, 0, 0);
    start_on(stack, OWN_STACK_BYTES, holds_on_stack);
    sem_wait(&ready);
}

static void *frees(void *block)
{
    free(block);
    return NULL;
}

/* CLEAN freed_by_another */
static void freed_by_another(void)
{
    run(frees, leak_block(90));
}

static void *shared;

static void *stores(void *data)
{
    shared = leak_block(91);
    LEAK_ESCAPE(&shared);
    return data;
}

/* CLEAN kept_by_another reachable=1 reachable_bytes=91 */
static void kept_by_another(void)
{
    run(stores, NULL);
}

/* LEAK overwritten_by_another definite=1 bytes=91 */
static void overwritten_by_another(void)
{
    run(stores, NULL);
    run(stores, NULL);
}

static struct LeakNode *queue;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *produces(void *data)
{
    for (int i = 0; i < 100; i++) {
        struct LeakNode *node = leak_node(NULL, NULL);

        node->data = leak_block(10);
        pthread_mutex_lock(&lock);
        node->next = queue;
        queue = node;
        pthread_mutex_unlock(&lock);
    }
    return data;
}

/* `data`: not null to free what the nodes hold. */
static void *consumes(void *data)
{
    while (queue) {
        struct LeakNode *node = queue;

        queue = node->next;
        if (data) {
            free(node->data);
        }
        free(node);
    }
    LEAK_CLOBBER_STACK();
    return NULL;
}

LEAK_NOINLINE static void produce(void)
{
    pthread_t one = start(produces, NULL), two = start(produces, NULL);

    pthread_join(one, NULL);
    pthread_join(two, NULL);
}

/* CLEAN queue_consumed */
static void queue_consumed(void)
{
    produce();
    run(consumes, &lock);
}

/* LEAK queue_payload_lost definite=200 bytes=2000 */
static void queue_payload_lost(void)
{
    produce();
    run(consumes, NULL);
}

/* CLEAN queue_left_full reachable=400 reachable_bytes=6800 */
static void queue_left_full(void)
{
    produce();
}

static void *holds_and_cleans(void *data)
{
    pthread_cleanup_push(free, leak_block(95));
    wait_for_ever();
    pthread_cleanup_pop(1);
    return data;
}

LEAK_NOINLINE static void cancel_one(ThreadBody *body)
{
    pthread_t thread;

    sem_init(&ready, 0, 0);
    thread = start(body, NULL);
    sem_wait(&ready);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

/* The thread is cancelled while its stack holds the block. */
/* LEAK cancelled definite=1 bytes=80 */
static void cancelled(void)
{
    cancel_one(holds_on_stack);
}

/* CLEAN cancelled_with_cleanup */
static void cancelled_with_cleanup(void)
{
    cancel_one(holds_and_cleans);
}

LEAK_MAIN(SCENE(lost_in_joined), SCENE(lost_in_each_of_8), SCENE(lost_on_dead_stack),
          SCENE(lost_in_detached), SCENE(result_ignored), SCENE(result_freed),
          SCENE(key_without_destructor), SCENE(key_with_destructor),
          SCENE(key_overwritten), SCENE(key_of_main), SCENE(high_key_of_main),
          SCENE(thread_local_of_main), SCENE(thread_local_of_ended),
          SCENE(thread_local_freed), SCENE(stack_of_running),
          SCENE(thread_local_of_running), SCENE(key_of_running), SCENE(lost_in_running),
          SCENE(stack_from_heap), SCENE(stack_from_heap_freed),
          SCENE(stack_from_heap_dead), SCENE(stack_from_mapping), SCENE(freed_by_another),
          SCENE(kept_by_another), SCENE(overwritten_by_another), SCENE(queue_consumed),
          SCENE(queue_payload_lost), SCENE(queue_left_full), SCENE(cancelled),
          SCENE(cancelled_with_cleanup))
