# What fails fails as without the hooks: the same results and errno, and what failed is
# not counted; what succeeds leaves errno alone.
. "$(dirname "$0")/../../lib/memory_case.sh"

cat >refused.c <<'C'
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <tka/tka.h>

static const char *told(void *block)
{
    const char *text = block != NULL ? "block" : "NULL";

    free(block);
    return text;
}

#define TELL(call) (errno = 77, printf("%s: %s", #call, told(call)), printf(" %d\n", errno))

static volatile size_t huge = SIZE_MAX / 2, most = PTRDIFF_MAX, all = SIZE_MAX;

TKA_PROFILE static void refuse(void)
{
    void *block = malloc(100), *same = block, *to = (void *)1;

    memset(block, 5, 100);
    TELL(malloc(huge));
    TELL(malloc(most));
    TELL(malloc(all));
    TELL(calloc(huge, 4));
    TELL(calloc(all, all));
    TELL(reallocarray(NULL, huge, 4));
    TELL(aligned_alloc(64, huge));
    TELL(memalign(64, all));
    TELL(valloc(all));
    TELL(pvalloc(all));
    errno = 77;
    printf("realloc: %d", realloc(block, huge) == NULL);
    printf(" %d\n", errno);
    errno = 77;
    printf("reallocarray: %d", reallocarray(block, huge, 4) == NULL);
    printf(" %d\n", errno);
    printf("kept: %d %d\n", ((char *)same)[99], malloc_usable_size(same) >= 100);
    free(same);
    errno = 77;
    printf("posix_memalign: %d", posix_memalign(&to, 3, 100));
    printf(" %d", posix_memalign(&to, 4, 100));
    printf(" %d", posix_memalign(&to, 64, huge));
    printf(" %d %d\n", to == (void *)1, errno);
}

TKA_PROFILE static void allow(void)
{
    TELL(malloc(0));
    TELL(calloc(0, 10));
    TELL(calloc(10, 0));
    TELL(realloc(NULL, 0));
    TELL(realloc(malloc(10), 0));
    TELL(realloc(malloc(10), 20));
    TELL(memalign(64, 0));
    TELL(memalign(48, 10));
    errno = 77;
    free(NULL);
    free(malloc(1 << 20));
    printf("free: %d\n", errno);
    printf("usable: %zu %zu\n", malloc_usable_size(NULL), malloc_usable_size(malloc(24)));
}

TKA_PROFILE static void exhaust(void)
{
    struct rlimit limit = {400u << 20, 400u << 20};
    void **list = NULL, **block;
    long n = 0;

    setrlimit(RLIMIT_AS, &limit);
    while ((block = malloc(1 << 16)) != NULL) {
        *block = list;
        list = block;
        n++;
    }
    printf("exhausted: %d %d\n", n > 100, errno);
    for (; list != NULL; list = block) {
        block = *list;
        free(list);
    }
    printf("again: %s\n", told(malloc(1 << 16)));
}

static volatile sig_atomic_t signals;

static void handler(int signal)
{
    signals++;
    free(malloc(10)); /* the program must not, but must not hang for our sake */
}

TKA_PROFILE static void own(void)
{
    for (volatile int i = 0; i < 100000; i++) {
    }
}

int main(int argc, char **argv)
{
    static char buffer[1 << 16];

    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    refuse();
    allow();
    own();
    /* one at a time, none interrupts another's malloc */
    signal(SIGUSR1, handler);
    for (int i = 0; i < 100; i++) {
        raise(SIGUSR1);
    }
    printf("signals: %d\n", (int)signals);
    if (argc > 1) {
        exhaust();
    }
    return 0;
}
C
compile refused.c
timeout 40 ./refused all >expected || fail "refused fails without hooks"
for mode in false sampled exact; do
    fresh
    hooked $mode ./refused all >truth || fail "refused fails, $mode: status $?"
    diff expected truth >difference || { cat difference; fail "results differ, $mode"; }
    [ $mode != false ] || continue
    fold
    expect "in refuse(), $mode" "1|100" "$(query "SELECT sum(allocations), sum(bytes) FROM memory_measurement m
        JOIN allocation a ON a.id = allocation_id JOIN callpath c ON c.id = callpath_id
        JOIN function f ON f.id = function_id WHERE f.name = 'refuse'")"
    [ $mode = sampled ] || expect "left of refuse() and exhaust()" 0 "$(($(figure tracked-freed refuse) + $(figure tracked-freed exhaust)))"
done
