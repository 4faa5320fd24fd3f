#include "threadstacks.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os.h"

/* struct pthread is about 2,300 bytes long. */
#define PTHREAD_MOST 2816u
#define STEP 4096u
/* Of a stack longer than this only so much is searched for its top. */
#define STACK_MOST ((uintptr_t)256 << 20)
/* May start between counting them and listing them. */
#define SPARE_THREADS 64

static const char *read_word(const char *p, uintptr_t *word)
{
    p += *p == ' ';
    if (p[0] == '0' && p[1] == 'x') {
        p += 2;
    }
    for (*word = 0;; p++) {
        unsigned digit = *p >= '0' && *p <= '9'   ? (unsigned)(*p - '0')
                         : *p >= 'a' && *p <= 'f' ? (unsigned)(*p - 'a') + 10
                                                  : 16;

        if (digit > 15) {
            return p;
        }
        *word = *word * 16 + digit;
    }
}

/* "running", "-1 SP PC" or "NUMBER ARGUMENT*6 SP PC". */
static void read_state(struct tkai_thread_seen *thread, const char *text)
{
    uintptr_t words[9], pc;
    int first = text[0] == '-' ? 0 : 6;
    const char *p = text + strcspn(text, " ");

    thread->state = TKAI_THREAD_RUNS;
    if (text[0] == 'r' || *p != ' ') {
        return;
    }
    for (int i = 0; i <= first; i++) {
        p = read_word(p, &words[i]);
    }
    read_word(p, &pc);
    if (words[first] == 0 || pc == 0) {
        thread->state = TKAI_THREAD_ENDED;
        return;
    }
    thread->state = TKAI_THREAD_WAITS;
    thread->stack_pointer = words[first];
    thread->word_count = (size_t)first + 1;
    memcpy(thread->words, words, thread->word_count * sizeof words[0]);
}

/* Of one that has ended the system tells no more than that. */
static int is_ended(int id)
{
    char path[64], text[512], *state;

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", id);
    if (tkai_os_read_file(path, text, sizeof text) <= 0) {
        return 0;
    }
    state = strrchr(text, ')');
    return state != NULL && (strncmp(state, ") Z", 3) == 0 || strncmp(state, ") X", 3) == 0);
}

static void look_up(struct tkai_thread_seen *thread)
{
    char path[64], text[256];

    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread->id);
    if (tkai_os_read_file(path, text, sizeof text) > 0) {
        read_state(thread, text);
    } else {
        thread->state = is_ended(thread->id) ? TKAI_THREAD_ENDED : TKAI_THREAD_RUNS;
    }
}

int tkai_threads_read(struct tkai_threads *threads, int own)
{
    int self = tkai_os_thread_id(), count = tkai_os_threads(NULL, 0), room, *ids;

    *threads = (struct tkai_threads){0};
    if (count <= 0) {
        return -1;
    }
    room = count + SPARE_THREADS;
    threads->room = (size_t)room;
    threads->at = tkai_os_memory(threads->room * (sizeof *threads->at + sizeof *ids));
    if (threads->at == NULL) {
        return -1;
    }
    ids = (int *)(void *)(threads->at + room);
    count = tkai_os_threads(ids, room);
    for (int i = 0; i < count && i < room; i++) {
        struct tkai_thread_seen *thread = &threads->at[threads->count];

        if (ids[i] == own) {
            continue;
        }
        thread->id = ids[i];
        thread->state = TKAI_THREAD_CALLER;
        if (ids[i] != self) {
            look_up(thread);
        }
        threads->count++;
    }
    return count > 0 && count <= room ? 0 : -1;
}

void tkai_threads_release(struct tkai_threads *threads)
{
    if (threads->at != NULL) {
        tkai_os_memory_free(threads->at,
                            threads->room * (sizeof *threads->at + sizeof(int)));
    }
    *threads = (struct tkai_threads){0};
}

const struct tkai_thread_seen *tkai_threads_on(const struct tkai_threads *threads,
                                          struct tkai_range range)
{
    for (size_t i = 0; i < threads->count; i++) {
        uintptr_t pointer = threads->at[i].stack_pointer;

        if (threads->at[i].state == TKAI_THREAD_WAITS && pointer >= range.low &&
            pointer < range.high) {
            return &threads->at[i];
        }
    }
    return NULL;
}

/* A chunk of 2 * STEP is in hand, so that struct pthread is found whole. */
struct window {
    uintptr_t low;                      /* address of bytes[0] */
    size_t size;
    _Alignas(16) unsigned char bytes[2 * STEP];
};

static uintptr_t word_at(const struct window *window, uintptr_t address)
{
    uintptr_t word = 0;

    if (address >= window->low && address - window->low + sizeof word <= window->size) {
        memcpy(&word, window->bytes + (address - window->low), sizeof word);
    }
    return word;
}

/* Where the thread's id stands in struct pthread: where the caller's own does. 0. */
static size_t id_offset(void)
{
    const unsigned char *self = (const unsigned char *)pthread_self();
    int own = tkai_os_thread_id();

    for (size_t offset = 64; offset < 1024; offset += sizeof(int)) {
        int id;

        memcpy(&id, self + offset, sizeof id);
        if (id == own) {
            return offset;
        }
    }
    return 0;
}

static int is_thread(const struct tkai_threads *threads, int id)
{
    for (size_t i = 0; i < threads->count; i++) {
        if (threads->at[i].id == id) {
            return 1;
        }
    }
    return 0;
}

/* `pair` is the address within struct pthread of the stack's beginning and length. Where
 * the struct begins is seen on x86-64 only: there two words of it are its own address.
 * Elsewhere any id of a thread in it counts. */
static int is_live(const struct tkai_threads *threads, const struct window *window,
                   uintptr_t pair)
{
    uintptr_t lowest = pair > window->low + PTHREAD_MOST ? pair - PTHREAD_MOST : window->low;

#if defined __x86_64__
    size_t offset = id_offset();

    for (uintptr_t at = pair & ~(uintptr_t)63; offset != 0 && at >= lowest; at -= 64) {
        if (word_at(window, at) == at && word_at(window, at + 16) == at) {
            return is_thread(threads, (int)(uint32_t)word_at(window, at + offset));
        }
    }
#else
    (void)id_offset;
#endif
    for (uintptr_t at = lowest; at < pair; at += sizeof(uintptr_t)) {
        uintptr_t word = word_at(window, at);

        if (is_thread(threads, (int)(uint32_t)word) || is_thread(threads, (int)(word >> 32))) {
            return 1;
        }
    }
    return 0;
}

/* The stack's own description of itself in the window's second half. */
static int find_pair(const struct window *window, uintptr_t memory, struct tkai_stack *stack,
                     uintptr_t *pair)
{
    for (uintptr_t at = window->low + window->size / 2; at < window->low + window->size;
         at += sizeof(uintptr_t)) {
        uintptr_t length = word_at(window, at + sizeof(uintptr_t));

        if (word_at(window, at) == memory && length % STEP == 0 && memory + length > at &&
            memory + length - at <= 2 * STEP && memory + length <= stack->range.high) {
            stack->range.high = memory + length;
            *pair = at;
            return 1;
        }
    }
    return 0;
}

int tkai_threads_stack(const struct tkai_threads *threads, const struct tkai_memorymap *map,
                       size_t at, struct tkai_pagemap *pages, struct tkai_stack *stack)
{
    const struct tkai_mapping *mapping = &map->at[at], *guard = mapping - 1;
    struct window window = {0};
    uintptr_t end, pair;

    if (at == 0 || guard->range.high != mapping->range.low || guard->readable ||
        guard->kind != TKAI_MAPPING_ANONYMOUS) {
        return 0;
    }
    stack->range = mapping->range;
    end = stack->range.high - stack->range.low > STACK_MOST ? stack->range.low + STACK_MOST
                                                            : stack->range.high;
    for (uintptr_t low = mapping->range.low, high;
         tkai_pagemap_next(pages, &low, &high, end); low = high) {
        for (uintptr_t page = low; page < high; page += STEP) {
            window.low = page - STEP;
            window.size = 2 * STEP;
            /* the page below may be a guard or absent: the struct then is in this one */
            if (tkai_os_peek(window.bytes, (const void *)window.low, 2 * STEP) != 0) {
                memset(window.bytes, 0, STEP);
                if (tkai_os_peek(window.bytes + STEP, (const void *)page, STEP) != 0) {
                    continue;
                }
            }
            if (find_pair(&window, guard->range.low, stack, &pair)) {
                stack->is_live = is_live(threads, &window, pair);
                return 1;
            }
        }
    }
    return 0;
}
