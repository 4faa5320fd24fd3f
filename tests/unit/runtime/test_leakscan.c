/* Verdicts on a heap of the test's own, of an allocator other than glibc's. What is on the
 * stack does not count, as if main() had returned; addresses of blocks are kept as offsets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "leakscan.h"
#include "os.h"
#include "shadow.h"

#define ARENA ((size_t)4 << 20)
#define PAGE 4096u
#define MOST 512

static char *arena;                     /* between two pages without rights */
static uint32_t sizes[ARENA / 16];
static size_t used;
static void *volatile root[4];
static char verdicts[MOST];             /* by row: '-' none, R, D, I */
static struct tkai_leakscan_result result;

static size_t size_of(void *block)
{
    return sizes[((char *)block - arena) / 16];
}

static int set_up(void **state)
{
    char *memory = mmap(NULL, ARENA + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    if (memory == MAP_FAILED) {
        return -1;
    }
    arena = memory + PAGE;
    used = 64;                          /* nothing points to a block by pointing to the arena */
    memset((void *)root, 0, sizeof root);
    return mprotect(arena, ARENA, PROT_READ | PROT_WRITE);
}

static int tear_down(void **state)
{
    (void)state;
    tkai_shadow_forget();
    memset(sizes, 0, sizeof sizes);
    return munmap(arena - PAGE, ARENA + 2 * PAGE);
}

/* The offset of a new block of row `row`. */
static size_t block(uint32_t row, size_t size)
{
    size_t at = used;

    used += (size + 15) / 16 * 16 + 16;
    assert_true(used < ARENA);
    sizes[at / 16] = (uint32_t)size;
    tkai_shadow_set((uintptr_t)arena + at, row + 1);
    return at;
}

static void point(size_t from, size_t word, size_t to)
{
    ((void **)(void *)(arena + from))[word] = arena + to;
}

static void note(void *context, const struct tkai_leak_block *found)
{
    uintptr_t *last = context;

    assert_true(found->address > *last);
    *last = found->address;
    assert_true(found->value - 1 < MOST);
    verdicts[found->value - 1] = "RDI"[found->verdict];
}

static struct tkai_leakscan_input usual(void)
{
    return (struct tkai_leakscan_input){.usable_size = size_of,
                                        .allocator = TKAI_ALLOCATOR_OTHER,
                                        .exit_kind = TKAI_EXIT_MAIN_RETURNED};
}

/* The verdicts on rows 0, 1, ... are as expected. */
static void expect(const struct tkai_leakscan_input *input, const char *expected)
{
    uintptr_t last = 0;

    memset(verdicts, '-', sizeof verdicts);
    tkai_leakscan_run(input, note, &last, &result);
    assert_null(result.reason);
    verdicts[strlen(expected)] = '\0';
    assert_string_equal(verdicts, expected);
}

static void what_roots_point_to_is_reachable(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 40), b = block(1, 8), c = block(2, 100000), d = block(3, 16);

    (void)state;
    block(4, 16);
    root[0] = arena + a;
    point(a, 4, b);                     /* in its last word */
    point(b, 0, c + 99999);             /* to the last byte */
    point(c, 12499, d);
    expect(&input, "RRRRD");
    assert_int_equal(result.blocks[TKAI_LEAK_REACHABLE], 4);
    assert_int_equal(result.bytes[TKAI_LEAK_REACHABLE], 40 + 8 + 100000 + 16);
    assert_int_equal(result.bytes[TKAI_LEAK_DEFINITE], 16);
    assert_int_equal(result.threads_unseen, 0);
}

static void pointers_beside_a_block_are_none(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 48), b = block(1, 48);

    (void)state;
    root[0] = arena + a + 48;
    root[1] = arena + a - 1;
    root[2] = arena + b + 47;
    expect(&input, "DR");
}

static void one_of_a_circle_is_definite(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 16), b = block(1, 16), c = block(2, 16), d = block(3, 32);

    (void)state;
    point(a, 0, b);
    point(b, 0, c);
    point(c, 0, a);
    expect(&input, "DIID");
    point(d, 1, b);                     /* the later block leads into the circle */
    expect(&input, "IIID");
    root[0] = arena + c;
    expect(&input, "RRRD");
}

/* Blocks of a random graph, checked by the transitive closure. */
static void check_graph(unsigned blocks, unsigned edges, uint32_t random)
{
    static size_t at[200];
    static char reaches[200][200];
    struct tkai_leakscan_input input = usual();
    uintptr_t last = 0;

    memset(reaches, 0, sizeof reaches);
    for (uint32_t i = 0; i < blocks; i++) {
        at[i] = block(i, 16 + (i % 7) * 8);
        reaches[i][i] = 1;
        memset(arena + at[i], 0, 16);
    }
    for (unsigned i = 0; i < edges; i++) {
        unsigned from = (random = random * 1664525u + 1013904223u) >> 8, to, word;

        from %= blocks;
        to = ((random = random * 1664525u + 1013904223u) >> 8) % blocks;
        word = (random >> 5) % 2;
        ((void **)(void *)(arena + at[from]))[word] = arena + at[to] + random % 16;
    }
    for (unsigned i = 0; i < blocks; i++) {
        for (unsigned word = 0; word < 2; word++) {
            uintptr_t to = ((uintptr_t *)(void *)(arena + at[i]))[word];

            for (unsigned j = 0; j < blocks && to != 0; j++) {
                reaches[i][j] |= to - (uintptr_t)(arena + at[j]) < 16;
            }
        }
    }
    for (unsigned k = 0; k < blocks; k++) {
        for (unsigned i = 0; i < blocks; i++) {
            for (unsigned j = 0; j < blocks; j++) {
                reaches[i][j] |= reaches[i][k] && reaches[k][j];
            }
        }
    }
    root[0] = arena + at[random % blocks];
    tkai_leakscan_run(&input, note, &last, &result);
    assert_null(result.reason);
    for (unsigned i = 0; i < blocks; i++) {
        int led = 0, led_by_other = 0;

        assert_int_equal(verdicts[i] == 'R', reaches[random % blocks][i]);
        for (unsigned j = 0; j < blocks; j++) {
            led += verdicts[j] == 'D' && reaches[j][i];
            led_by_other += verdicts[j] == 'D' && j != i && reaches[j][i];
        }
        assert_true(verdicts[i] == 'R' || led > 0);
        assert_true(verdicts[i] != 'D' || led_by_other == 0);
    }
}

static void graphs_have_the_least_definite_blocks(void **state)
{
    for (uint32_t seed = 1; seed <= 60; seed++) {
        check_graph(20 + seed * 2, 10 + seed * 3, seed);
        tear_down(state);
        assert_int_equal(set_up(state), 0);
    }
}

static void regions_of_the_program_count_though_they_adjoin_the_heap(void **state)
{
    struct tkai_leakscan_input input = usual();
    struct tkai_range region = {(uintptr_t)arena + ARENA / 2, (uintptr_t)arena + ARENA};
    size_t a = block(0, 16), b = block(1, 16);

    (void)state;
    point(ARENA / 2 + 4096, 3, a);
    point(ARENA / 4, 0, b);             /* free memory of the allocator's */
    expect(&input, "DD");
    input.regions = &region;
    input.region_count = 1;
    expect(&input, "RD");
}

static void memory_of_the_runtime_does_not_count(void **state)
{
    struct tkai_leakscan_input input = usual();
    struct tkai_range own = {(uintptr_t)&root[1], (uintptr_t)&root[2]};
    size_t a = block(0, 16), b = block(1, 16), c = block(2, 16);

    (void)state;
    root[0] = arena + a;
    root[1] = arena + b;
    root[2] = arena + c;
    input.own = &own;
    input.own_count = 1;
    expect(&input, "RDR");
}

static void registers_and_frames_count_if_exit_was_called(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 16), b = block(1, 16), c = block(2, 16);
    uintptr_t registers[] = {1, (uintptr_t)arena + a, 3};
    void *volatile frame[64] = {NULL};

    (void)state;
    input.exit_kind = TKAI_EXIT_CALLED;
    input.registers = registers;
    input.register_count = 3;
    frame[2] = arena + b;
    frame[60] = arena + c;
    input.frame = (uintptr_t)&frame[30];
    registers[0] = registers[1];
    expect(&input, "RDR");
    (void)frame[2];
}

static void blocks_may_be_unreadable(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a, b, c;

    (void)state;
    used = 2 * PAGE;
    a = block(0, 3 * PAGE);
    b = block(1, 16);
    c = block(2, 16);
    root[0] = arena + a;
    point(a, 3, b);
    point(a + 2 * PAGE, 3, c);
    mprotect(arena + a + PAGE, PAGE, PROT_NONE);
    expect(&input, "RRR");
}

static size_t size_of_corrupt(void *block)
{
    return size_of(block) == 48 ? SIZE_MAX - 100 : size_of(block) == 32 ? ARENA * 1000 : size_of(block);
}

static void sizes_may_be_overwritten(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 48), b = block(1, 32), c = block(2, 16);

    (void)state;
    input.usable_size = size_of_corrupt;
    root[0] = arena + a;
    point(a, 1, b);
    point(b, 0, c);
    expect(&input, "RRR");
}

static void *wait_here(void *argument)
{
    void *volatile held = argument;

    pause();
    return held;
}

static size_t size_of_crash(void *block)
{
    (void)block;
    __builtin_trap();
}

static void with_threads_a_copy_is_scanned(void **state)
{
    struct tkai_leakscan_input input = usual();
    size_t a = block(0, 48);
    struct tkai_os_mask mask;
    pthread_t thread;

    (void)state;
    block(1, 16);
    assert_int_equal(pthread_create(&thread, NULL, wait_here, arena + a), 0);
    usleep(20000);
    expect(&input, "RD");
    assert_int_equal(result.threads_unseen, 1);
    input.usable_size = size_of_crash;
    tkai_os_block_signals(&mask);
    assert_int_equal(tkai_leakscan_run(&input, note, NULL, &result), -1);
    tkai_os_restore_signals(&mask);
    assert_non_null(result.reason);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

static void nothing(int status, void *argument)
{
    (void)status;
    (void)argument;
}

/* glibc keeps the argument among its variables, where its allocator's are, too. */
static void headers_of_the_next_block_do_not_count(void **state)
{
    struct tkai_leakscan_input input = {.usable_size = malloc_usable_size,
                                        .exit_kind = TKAI_EXIT_MAIN_RETURNED};
    char *first = malloc(1000), *second = malloc(1000), *third = malloc(1000);

    (void)state;
    tkai_shadow_set((uintptr_t)first, 1);
    tkai_shadow_set((uintptr_t)second, 2);
    tkai_shadow_set((uintptr_t)third, 3);
    assert_int_equal(on_exit(nothing, first + malloc_usable_size(first) - 8), 0);
    assert_int_equal(on_exit(nothing, second + malloc_usable_size(second) - 16), 0);
    root[0] = third + malloc_usable_size(third) - 8;
    expect(&input, "DRR");
}

/* Its memory may be one mapping with all that the sanitizer keeps. */
#if defined __SANITIZE_ADDRESS__
#define TEST(name) cmocka_unit_test(((void)name, is_skipped))
static void is_skipped(void **state)
{
    (void)state;
    skip();
}
#else
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_roots_point_to_is_reachable),
        TEST(pointers_beside_a_block_are_none),
        TEST(one_of_a_circle_is_definite),
        TEST(graphs_have_the_least_definite_blocks),
        TEST(regions_of_the_program_count_though_they_adjoin_the_heap),
        TEST(memory_of_the_runtime_does_not_count),
        TEST(registers_and_frames_count_if_exit_was_called),
        TEST(blocks_may_be_unreadable),
        TEST(sizes_may_be_overwritten),
        TEST(with_threads_a_copy_is_scanned),
        TEST(headers_of_the_next_block_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
