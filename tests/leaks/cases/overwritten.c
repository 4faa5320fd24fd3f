/* The one pointer to a block is overwritten, or is not. */
#include "../leak.h"

static void *global;

/* LEAK global_overwritten definite=1 bytes=40 */
static void global_overwritten(void)
{
    global = leak_block(40);
    LEAK_ESCAPE(&global);
    global = leak_block(50);
    LEAK_ESCAPE(&global);
}

/* LEAK global_set_to_null definite=1 bytes=40 */
static void global_set_to_null(void)
{
    global = leak_block(40);
    LEAK_ESCAPE(&global);
    global = NULL;
    LEAK_ESCAPE(&global);
}

/* CLEAN global_kept reachable=1 reachable_bytes=40 */
static void global_kept(void)
{
    global = leak_block(40);
    LEAK_ESCAPE(&global);
}

LEAK_NOINLINE static void fill_static_local(size_t bytes)
{
    static void *local;

    LEAK_ESCAPE(&local);
    local = leak_block(bytes);
}

/* LEAK static_local_overwritten definite=2 bytes=30 */
static void static_local_overwritten(void)
{
    fill_static_local(10);
    fill_static_local(20);
    fill_static_local(30);
}

/* CLEAN static_local_kept reachable=1 reachable_bytes=30 */
static void static_local_kept(void)
{
    fill_static_local(30);
}

struct Settings {
    int number;
    char *name;
};
static struct Settings *settings;

/* LEAK field_overwritten definite=1 bytes=33 */
static void field_overwritten(void)
{
    settings = (struct Settings *)leak_block(sizeof *settings);
    settings->name = (char *)leak_block(33);
    LEAK_ESCAPE(settings);
    settings->name = (char *)leak_block(44);
    LEAK_ESCAPE(settings);
}

/* CLEAN field_kept reachable=2 reachable_bytes=49 */
static void field_kept(void)
{
    settings = (struct Settings *)leak_block(sizeof *settings);
    settings->name = (char *)leak_block(33);
    LEAK_ESCAPE(settings);
}

/* The struct is copied over by another: the field's block is lost. */
/* LEAK struct_assigned_over definite=1 bytes=33 */
static void struct_assigned_over(void)
{
    static struct Settings kept;
    struct Settings fresh = {1, (char *)leak_block(21)};

    kept.name = (char *)leak_block(33);
    LEAK_ESCAPE(&kept);
    kept = fresh;
    LEAK_ESCAPE(&kept);
}

/* Only the last of them is in the global. */
/* LEAK loop_overwritten definite=9 bytes=288 */
static void loop_overwritten(void)
{
    for (int i = 0; i < 10; i++) {
        global = leak_block(32);
        LEAK_ESCAPE(&global);
    }
}

/* CLEAN loop_freed */
static void loop_freed(void)
{
    for (int i = 0; i < 10; i++) {
        void *block = leak_block(32);
        LEAK_ESCAPE(block);
        free(block);
    }
}

static void *slots[8];

/* A ring of 8 slots that 20 blocks go through. */
/* LEAK slots_overwritten definite=12 bytes=120 */
static void slots_overwritten(void)
{
    for (int i = 0; i < 20; i++) {
        slots[i % 8] = leak_block(10);
        LEAK_ESCAPE(slots);
    }
}

/* CLEAN slots_freed_before reachable=8 reachable_bytes=80 */
static void slots_freed_before(void)
{
    for (int i = 0; i < 20; i++) {
        free(slots[i % 8]);
        slots[i % 8] = leak_block(10);
        LEAK_ESCAPE(slots);
    }
}

/* CLEAN globals_swapped reachable=2 reachable_bytes=30 */
static void globals_swapped(void)
{
    static void *other;
    void *kept;

    global = leak_block(10);
    other = leak_block(20);
    LEAK_ESCAPE(&global);
    LEAK_ESCAPE(&other);
    kept = global;
    global = other;
    other = kept;
    LEAK_ESCAPE(&other);
}

/* A memory area with the pointer in it is set to zero. */
/* LEAK memset_over_pointer definite=1 bytes=25 */
static void memset_over_pointer(void)
{
    static struct Settings kept;

    kept.name = (char *)leak_block(25);
    LEAK_ESCAPE(&kept);
    memset(&kept, 0, sizeof kept);
    LEAK_ESCAPE(&kept);
}

/* Two pointers to a block, one of them overwritten. */
/* CLEAN second_pointer_kept reachable=1 reachable_bytes=25 */
static void second_pointer_kept(void)
{
    static void *second;

    global = leak_block(25);
    second = global;
    LEAK_ESCAPE(&second);
    global = NULL;
    LEAK_ESCAPE(&global);
}

/* The array holding the pointers is freed, its elements are not. What free() leaves in
 * the array's memory is no pointer of the program's any more. */
/* LEAK holder_freed definite=5 bytes=250 */
static void holder_freed(void)
{
    void **holder = (void **)leak_block(40 * sizeof *holder);

    for (int i = 0; i < 5; i++) {
        holder[20 + i] = leak_block(50);
    }
    LEAK_ESCAPE(holder);
    global = holder;
    LEAK_ESCAPE(&global);
    free(holder);
}

/* realloc to a smaller size drops the pointers at the end. */
/* LEAK shrunk_holder definite=30 bytes=510 */
static void shrunk_holder(void)
{
    void **holder = (void **)leak_block(40 * sizeof *holder);

    for (int i = 0; i < 40; i++) {
        holder[i] = leak_block(17);
    }
    LEAK_ESCAPE(holder);
    global = realloc(holder, 10 * sizeof *holder);
    LEAK_ESCAPE(&global);
}

/* CLEAN grown_holder reachable=41 reachable_bytes=80680 */
static void grown_holder(void)
{
    void **holder = (void **)leak_block(40 * sizeof *holder);

    for (int i = 0; i < 40; i++) {
        holder[i] = leak_block(17);
    }
    LEAK_ESCAPE(holder);
    global = realloc(holder, 10000 * sizeof *holder);
    LEAK_ESCAPE(&global);
}

LEAK_MAIN(SCENE(global_overwritten), SCENE(global_set_to_null), SCENE(global_kept),
          SCENE(static_local_overwritten), SCENE(static_local_kept),
          SCENE(field_overwritten), SCENE(field_kept), SCENE(struct_assigned_over),
          SCENE(loop_overwritten), SCENE(loop_freed), SCENE(slots_overwritten),
          SCENE(slots_freed_before), SCENE(globals_swapped), SCENE(memset_over_pointer),
          SCENE(second_pointer_kept), SCENE(holder_freed), SCENE(shrunk_holder),
          SCENE(grown_holder))
