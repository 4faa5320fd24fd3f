/* The way through the code decides whether free() is reached. */
#include "../leak.h"

#include <setjmp.h>

static volatile int yes = 1, no = 0;

/* LEAK early_return definite=1 bytes=60 */
static void early_return(void)
{
    void *block = leak_block(60);

    if (yes) {
        return;
    }
    free(block);
}

LEAK_NOINLINE static int parse(int broken)
{
    char *buffer = (char *)leak_block(80);
    char *table = (char *)leak_block(90);

    if (broken) {
        free(buffer);
        return -1;
    }
    free(table);
    free(buffer);
    return 0;
}

/* LEAK error_path definite=1 bytes=90 */
static void error_path(void)
{
    leak_need(parse(yes) == -1, "no error");
}

/* CLEAN good_path */
static void good_path(void)
{
    leak_need(parse(no) == 0, "an error");
}

/* CLEAN one_way_out */
static void one_way_out(void)
{
    char *first = (char *)leak_block(10), *second = NULL;

    if (yes) {
        goto out;
    }
    second = (char *)leak_block(20);
    LEAK_ESCAPE(second);
out:
    free(second);
    free(first);
}

/* LEAK break_over_free definite=1 bytes=30 */
static void break_over_free(void)
{
    for (int i = 0; i < 10; i++) {
        void *block = leak_block(30);

        if (i == no + 4) {
            break;
        }
        free(block);
    }
}

/* LEAK continue_over_free definite=3 bytes=90 */
static void continue_over_free(void)
{
    for (int i = 0; i < 9; i++) {
        void *block = leak_block(30);

        if (i % (yes + 2) == 0) {
            continue;
        }
        free(block);
    }
}

static jmp_buf home;

LEAK_NOINLINE static void jump_home(void)
{
    LEAK_HELD(block, leak_block(70));
    if (yes) {
        longjmp(home, 1);
    }
    free(block);
}

/* LEAK longjmp_over_free definite=1 bytes=70 */
static void longjmp_over_free(void)
{
    if (setjmp(home) == 0) {
        jump_home();
    }
    memset(home, 0, sizeof home);
}

static void *volatile in_flight;

LEAK_NOINLINE static void jump_home_noted(void)
{
    in_flight = leak_block(70);
    longjmp(home, 1);
}

/* CLEAN longjmp_then_freed */
static void longjmp_then_freed(void)
{
    if (setjmp(home) == 0) {
        jump_home_noted();
    }
    free(in_flight);
    in_flight = NULL;
}

/* The second coming from setjmp allocates again into the same variable. */
/* LEAK setjmp_twice definite=1 bytes=35 */
static void setjmp_twice(void)
{
    void *volatile block;
    volatile int rounds = 0;

    (void)setjmp(home);
    block = leak_block(35);
    if (rounds++ == 0) {
        longjmp(home, 1);
    }
    free(block);
}

struct Context {
    char *text;
    int calls;
};

static void callback_takes(void *data)
{
    struct Context *context = (struct Context *)data;

    context->calls++;
    LEAK_ESCAPE(context->text);
}

static void callback_frees(void *data)
{
    struct Context *context = (struct Context *)data;

    free(context->text);
    free(context);
}

LEAK_NOINLINE static void call_back(void (*callback)(void *), void *data)
{
    LEAK_ESCAPE(callback);
    callback(data);
}

LEAK_NOINLINE static struct Context *new_context(void)
{
    struct Context *context = (struct Context *)leak_block(sizeof *context);

    context->text = (char *)leak_block(55);
    return context;
}

/* LEAK callback_context_lost definite=1 bytes=16 indirect=1 indirect_bytes=55 */
static void callback_context_lost(void)
{
    call_back(callback_takes, new_context());
}

/* CLEAN callback_context_freed */
static void callback_context_freed(void)
{
    call_back(callback_frees, new_context());
}

static struct {
    void (*callback)(void *);
    void *data;
} registered[4];

/* CLEAN callback_registered reachable=2 reachable_bytes=71 */
static void callback_registered(void)
{
    registered[2].callback = callback_takes;
    registered[2].data = new_context();
    LEAK_ESCAPE(registered);
}

/* LEAK callback_unregistered definite=1 bytes=16 indirect=1 indirect_bytes=55 */
static void callback_unregistered(void)
{
    callback_registered();
    registered[2].callback = NULL;
    registered[2].data = NULL;
    LEAK_ESCAPE(registered);
}

static void *make_small(void)
{
    return leak_block(11);
}
static void *make_big(void)
{
    return leak_block(1100);
}
static void drop(void *block)
{
    LEAK_ESCAPE(block);
}

struct Table {
    void *(*make)(void);
    void (*destroy)(void *);
};
static const struct Table tables[] = {{make_small, free}, {make_big, drop}};

LEAK_NOINLINE static void through_table(const struct Table *table)
{
    LEAK_ESCAPE(table);
    table->destroy(table->make());
}

/* LEAK function_table_drops definite=1 bytes=1100 */
static void function_table_drops(void)
{
    through_table(&tables[0]);
    through_table(&tables[1]);
}

/* CLEAN function_table_frees */
static void function_table_frees(void)
{
    through_table(&tables[0]);
    through_table(&tables[0]);
}

LEAK_NOINLINE static void recurse(int depth)
{
    void *block = leak_block(8);

    if (depth > 0) {
        recurse(depth - 1);
    }
    if (depth % 2) {
        free(block);
    }
}

/* LEAK recursion_frees_half definite=11 bytes=88 */
static void recursion_frees_half(void)
{
    recurse(20);
}

/* A comparison function, called by the C library, loses a block each time. */
static int compare(const void *left, const void *right)
{
    leak_lose(9);
    return *(const int *)left - *(const int *)right;
}

/* Two elements: one comparison. */
/* LEAK comparison_loses definite=1 bytes=9 */
static void comparison_loses(void)
{
    int numbers[2] = {2, 1};

    qsort(numbers, 2, sizeof numbers[0], compare);
}

LEAK_MAIN(SCENE(early_return), SCENE(error_path), SCENE(good_path), SCENE(one_way_out),
          SCENE(break_over_free), SCENE(continue_over_free), SCENE(longjmp_over_free),
          SCENE(longjmp_then_freed), SCENE(setjmp_twice), SCENE(callback_context_lost),
          SCENE(callback_context_freed), SCENE(callback_registered),
          SCENE(callback_unregistered), SCENE(function_table_drops),
          SCENE(function_table_frees), SCENE(recursion_frees_half),
          SCENE(comparison_loses))
