/* Every function of the C library that hands out memory, lost and freed. */
#define _GNU_SOURCE
#include "../leak.h"

#include <malloc.h>
#include <stdint.h>
#include <unistd.h>

/* LEAK malloc_lost definite=1 bytes=100 */
static void malloc_lost(void)
{
    leak_lose(100);
}

/* LEAK calloc_lost definite=1 bytes=120 */
static void calloc_lost(void)
{
    LEAK_ESCAPE(calloc(10, 12));
}

/* LEAK realloc_grown_lost definite=1 bytes=5000 */
static void realloc_grown_lost(void)
{
    void *block = leak_block(10);

    block = realloc(block, 5000);
    LEAK_ESCAPE(block);
}

/* LEAK realloc_shrunk_lost definite=1 bytes=10 */
static void realloc_shrunk_lost(void)
{
    void *block = leak_block(5000);

    block = realloc(block, 10);
    LEAK_ESCAPE(block);
}

/* `p = realloc(p, n)` when realloc fails: the old block is still allocated. */
/* LEAK realloc_failed definite=1 bytes=64 */
static void realloc_failed(void)
{
    volatile size_t huge = PTRDIFF_MAX;
    void *block = leak_block(64);

    block = realloc(block, huge);
    leak_need(block == NULL, "realloc had so much memory");
}

/* LEAK realloc_from_null definite=1 bytes=48 */
static void realloc_from_null(void)
{
    void *volatile none = NULL;

    LEAK_ESCAPE(realloc(none, 48));
}

/* LEAK reallocarray_lost definite=1 bytes=70 */
static void reallocarray_lost(void)
{
    void *volatile none = NULL;

    LEAK_ESCAPE(reallocarray(none, 7, 10));
}

/* LEAK strdup_lost definite=1 bytes=6 */
static void strdup_lost(void)
{
    LEAK_ESCAPE(strdup("hello"));
}

/* LEAK strndup_lost definite=1 bytes=4 */
static void strndup_lost(void)
{
    LEAK_ESCAPE(strndup("hello", 3));
}

/* The C library shrinks or grows a first guess: 13 bytes is what it ends with. */
/* LEAK asprintf_lost definite=1 bytes=13 */
static void asprintf_lost(void)
{
    char *text = NULL;

    leak_need(asprintf(&text, "%s, %s", "hello", "world") == 12, "asprintf failed");
    LEAK_ESCAPE(text);
}

static FILE *two_lines(void)
{
    static char text[] = "one\ntwo\n";

    return fmemopen(text, sizeof text - 1, "r");
}

/* 120 bytes: getline's first size. */
/* LEAK getline_lost definite=1 bytes=120 */
static void getline_lost(void)
{
    FILE *in = two_lines();
    char *line = NULL;
    size_t room = 0;

    leak_need(getline(&line, &room, in) == 4, "getline failed");
    line = NULL;
    leak_need(getline(&line, &room, in) == 4, "getline failed");
    free(line);
    fclose(in);
}

/* LEAK open_memstream_lost definite=1 */
static void open_memstream_lost(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    leak_need(out != NULL, "open_memstream failed");
    fputs("hello", out);
    fclose(out);
    LEAK_ESCAPE(text);
}

/* LEAK getcwd_lost definite=1 bytes=300 */
static void getcwd_lost(void)
{
    volatile size_t room = 300;

    leak_need(chdir("/") == 0, "chdir failed");
    LEAK_ESCAPE(getcwd(NULL, room));
}

/* LEAK posix_memalign_lost definite=1 bytes=200 */
static void posix_memalign_lost(void)
{
    void *block = NULL;

    leak_need(posix_memalign(&block, 256, 200) == 0, "posix_memalign failed");
    LEAK_ESCAPE(block);
}

/* LEAK aligned_alloc_lost definite=1 bytes=192 */
static void aligned_alloc_lost(void)
{
    LEAK_ESCAPE(aligned_alloc(64, 192));
}

/* LEAK memalign_lost definite=1 bytes=77 */
static void memalign_lost(void)
{
    LEAK_ESCAPE(memalign(4096, 77));
}

/* lsan counts a block of no bytes as one byte. */
/* LEAK zero_bytes_lost definite=1 bytes=0 */
static void zero_bytes_lost(void)
{
    volatile size_t none = 0;

    LEAK_ESCAPE(malloc(none));
}

/* Above malloc's threshold: a mapping of its own. */
/* LEAK mapped_block_lost definite=1 bytes=3000000 */
static void mapped_block_lost(void)
{
    leak_lose(3000000);
}

/* LEAK thousand_blocks_lost definite=1000 bytes=16000 */
static void thousand_blocks_lost(void)
{
    for (int i = 0; i < 1000; i++) {
        leak_lose(16);
    }
}

/* Its memory is used anew after it was freed. */
/* LEAK recycled_block_lost definite=1 bytes=100 */
static void recycled_block_lost(void)
{
    for (int i = 0; i < 50; i++) {
        free(leak_block(100));
    }
    leak_lose(100);
}

/* CLEAN all_freed */
static void all_freed(void)
{
    void *aligned = NULL;
    char *text = NULL;

    free(leak_block(100));
    free(calloc(3, 9));
    free(strdup("hello"));
    free(strndup("hello", 2));
    leak_need(asprintf(&text, "%d", 42) == 2, "asprintf failed");
    free(text);
    leak_need(posix_memalign(&aligned, 128, 100) == 0, "posix_memalign failed");
    free(aligned);
    free(aligned_alloc(64, 128));
    free(memalign(32, 9));
    free(getcwd(NULL, 0));
    free(realpath("/", NULL));
    free(NULL);
}

/* CLEAN realloc_chain_freed */
static void realloc_chain_freed(void)
{
    char *block = NULL;

    for (size_t bytes = 1; bytes <= 1 << 20; bytes *= 2) {
        block = (char *)realloc(block, bytes);
        leak_need(block != NULL, "realloc failed");
        block[bytes - 1] = 1;
    }
    for (size_t bytes = 1 << 20; bytes >= 1; bytes /= 3) {
        block = (char *)realloc(block, bytes);
        LEAK_ESCAPE(block);
    }
    free(block);
}

/* CLEAN realloc_failed_freed */
static void realloc_failed_freed(void)
{
    volatile size_t huge = PTRDIFF_MAX;
    void *block = leak_block(64), *volatile kept = block;

    block = realloc(block, huge);
    leak_need(block == NULL, "realloc had so much memory");
    free(kept);
}

/* CLEAN getline_loop_freed */
static void getline_loop_freed(void)
{
    FILE *in = two_lines();
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, in) > 0) {
        LEAK_ESCAPE(line);
    }
    free(line);
    fclose(in);
}

static void *aligned_blocks[3];

/* CLEAN aligned_blocks_kept reachable=3 reachable_bytes=600 */
static void aligned_blocks_kept(void)
{
    leak_need(posix_memalign(&aligned_blocks[0], 4096, 100) == 0,
              "posix_memalign failed");
    aligned_blocks[1] = aligned_alloc(256, 256);
    aligned_blocks[2] = memalign(64, 244);
    LEAK_ESCAPE(aligned_blocks);
}

static char *mapped_block;

/* CLEAN mapped_block_kept reachable=1 reachable_bytes=6000000 */
static void mapped_block_kept(void)
{
    mapped_block = (char *)leak_block(3000000);
    mapped_block = (char *)realloc(mapped_block, 6000000);
    LEAK_ESCAPE(&mapped_block);
}

LEAK_MAIN(SCENE(malloc_lost), SCENE(calloc_lost), SCENE(realloc_grown_lost),
          SCENE(realloc_shrunk_lost), SCENE(realloc_failed), SCENE(realloc_from_null),
          SCENE(reallocarray_lost), SCENE(strdup_lost), SCENE(strndup_lost),
          SCENE(asprintf_lost), SCENE(getline_lost), SCENE(open_memstream_lost),
          SCENE(getcwd_lost), SCENE(posix_memalign_lost), SCENE(aligned_alloc_lost),
          SCENE(memalign_lost), SCENE(zero_bytes_lost), SCENE(mapped_block_lost),
          SCENE(thousand_blocks_lost), SCENE(recycled_block_lost), SCENE(all_freed),
          SCENE(realloc_chain_freed), SCENE(realloc_failed_freed),
          SCENE(getline_loop_freed), SCENE(aligned_blocks_kept), SCENE(mapped_block_kept))
